"""`RetryInterceptor`, around one piece of work."""

import uuid
from datetime import UTC, datetime

from stageflow import PipelineContext
from stageflow.pipeline.interceptors import run_with_interceptors
from stageflow.pipeline.retry import BackoffStrategy, JitterStrategy, RetryInterceptor
from stageflow.stages.result import StageResult


class Binding:
    errors = {}
    components = {"execute": "stageflow.pipeline.retry.RetryInterceptor"}

    def __init__(self, settings, bench):
        self.bench = bench
        self.retry = RetryInterceptor(
            max_attempts=settings["attempts"],
            base_delay_ms=settings["base_ms"],
            max_delay_ms=settings["limit_ms"],
            backoff_strategy=BackoffStrategy(settings["growth"]),
            jitter_strategy=JitterStrategy(settings["jitter"]),
        )

    async def perform(self, operation, arguments):
        async def work():
            begun = datetime.now(UTC)
            data = await self.bench.work("attempt")
            times = {"started_at": begun, "ended_at": datetime.now(UTC)}
            return StageResult(name="work", status="completed", data=data, **times)

        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        more = {"topology": "retry", "execution_mode": "test", "data": {}}
        ctx = PipelineContext(**ids, **more)
        result = await run_with_interceptors("work", work, ctx, [self.retry])
        if result.status == "failed":
            raise RuntimeError(result.error)
        return dict(result.data)
