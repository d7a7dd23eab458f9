"""`IdempotencyInterceptor`, around the callers' pieces of work."""

import uuid
from datetime import UTC, datetime

from stageflow import PipelineContext
from stageflow.pipeline.idempotency import IdempotencyInterceptor, IdempotencyParamMismatch
from stageflow.pipeline.interceptors import run_with_interceptors
from stageflow.stages.result import StageResult


class Binding:
    errors = {IdempotencyParamMismatch: "mismatch"}
    components = {"execute": "stageflow.pipeline.idempotency.IdempotencyInterceptor"}

    def __init__(self, settings, bench):
        self.bench = bench
        self.once = IdempotencyInterceptor(ttl_seconds=settings["keep_s"])

    async def perform(self, operation, arguments):
        async def work():
            begun = datetime.now(UTC)
            data = await self.bench.work("effect")
            times = {"started_at": begun, "ended_at": datetime.now(UTC)}
            return StageResult(name="work", status="completed", data=data, **times)

        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        data = {
            "idempotency_key": arguments["key"],
            "idempotency_params": dict(arguments["parameters"]),
        }
        more = {"topology": "once", "execution_mode": "test", "data": data}
        ctx = PipelineContext(**ids, **more)
        result = await run_with_interceptors("work", work, ctx, [self.once])
        if result.status == "failed":
            raise RuntimeError(result.error)
        data = result.data
        if isinstance(data, StageResult):  # a kept answer is wrapped, and unwrapped once, as by
            data = data.data  # `UnifiedStageGraph._coerce_result_data`
        return data if isinstance(data, dict) else {}
