"""`run_with_interceptors`, with interceptors of the caller's own."""

import uuid
from datetime import UTC, datetime

from stageflow import PipelineContext
from stageflow.pipeline.interceptors import (
    BaseInterceptor,
    ErrorAction,
    InterceptorResult,
    run_with_interceptors,
)
from stageflow.stages.result import StageResult


class Own(BaseInterceptor):
    def __init__(self, one, bench):
        self.name, self.priority = one["name"], one["rank"]
        self.one, self.bench = one, bench

    async def before(self, _stage_name, ctx):
        await self.bench.work(f"before {self.name}")
        if self.one["answers"]:
            answer = {"answered": "by an interceptor"}
            return InterceptorResult(stage_ran=False, result=answer)
        return None

    async def after(self, _stage_name, result, ctx):
        await self.bench.work(f"after {self.name}")

    async def on_error(self, _stage_name, error, ctx):
        await self.bench.work(f"error {self.name}")
        return ErrorAction.RETRY if self.one["retries"] else ErrorAction.FAIL


class Binding:
    errors = {}
    components = {"execute": "stageflow.pipeline.interceptors.run_with_interceptors"}

    def __init__(self, settings, bench):
        self.bench = bench
        self.chain = [Own(one, bench) for one in settings["chain"]]

    async def perform(self, operation, arguments):
        async def work():
            begun = datetime.now(UTC)
            data = await self.bench.work("work")
            times = {"started_at": begun, "ended_at": datetime.now(UTC)}
            return StageResult(name="work", status="completed", data=data, **times)

        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        more = {"topology": "chain", "execution_mode": "test", "data": {}}
        ctx = PipelineContext(**ids, **more)
        result = await run_with_interceptors("work", work, ctx, self.chain)
        if result.status == "failed":
            raise RuntimeError(result.error)
        return dict(result.data)
