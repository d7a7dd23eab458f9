"""`CircuitBreakerInterceptor`, around the callers' pieces of work."""

import uuid
from datetime import UTC, datetime

from stageflow import PipelineContext
from stageflow.pipeline.interceptors import CircuitBreakerInterceptor, run_with_interceptors
from stageflow.stages.result import StageResult


class Binding:
    errors = {}
    components = {"execute": "stageflow.pipeline.interceptors.CircuitBreakerInterceptor"}

    def __init__(self, settings, bench):
        self.bench = bench
        self.breaker = CircuitBreakerInterceptor()  # its numbers are fixed: 5 failures, 30 s

    async def perform(self, operation, arguments):
        service = arguments["service"]

        async def work():
            begun = datetime.now(UTC)
            data = await self.bench.work("service")
            times = {"started_at": begun, "ended_at": datetime.now(UTC)}
            return StageResult(name=service, status="completed", data=data, **times)

        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        more = {"topology": "breaker", "execution_mode": "test", "data": {}}
        ctx = PipelineContext(**ids, **more)
        result = await run_with_interceptors(service, work, ctx, [self.breaker])
        if result.status == "failed":
            raise RuntimeError(result.error)
        return dict(result.data)
