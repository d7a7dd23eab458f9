"""A pipeline with a `GuardRetryStrategy`."""

import uuid

from stageflow import (
    Pipeline,
    PipelineContext,
    PipelineResults,
    StageKind,
    StageOutput,
)
from stageflow.pipeline.dag import UnifiedStageExecutionError
from stageflow.pipeline.guard_retry import GuardRetryPolicy, GuardRetryStrategy
from stageflow.pipeline.interceptors import TimeoutInterceptor


class Binding:
    errors = {UnifiedStageExecutionError: "not_passed"}
    components = {"run": "stageflow.pipeline.dag.UnifiedStageGraph.run"}

    def __init__(self, settings, bench):
        self.bench = bench
        guards = [f"guard {number}" for number in range(settings["guards"])]
        limit = settings["limit_ms"]
        policy = GuardRetryPolicy(
            retry_stage="draft",
            max_attempts=settings["attempts"],
            stagnation_limit=settings["alike"],
            hash_fields=tuple(settings["fields"]) or None,
            timeout_seconds=None if limit is None else limit / 1000,
        )
        pipeline = Pipeline().with_stage("source", self.works("source"), StageKind.ENRICH)
        pipeline = pipeline.with_stage(
            "draft", self.works("draft", "source"), StageKind.TRANSFORM, ("source",)
        )
        for name in guards:
            pipeline = pipeline.with_stage(name, self.guards(name), StageKind.GUARD, ("draft",))
        behind = self.works("behind", "draft")
        pipeline = pipeline.with_stage("behind", behind, StageKind.WORK, ("draft", *guards))
        strategy = GuardRetryStrategy(dict.fromkeys(guards, policy))
        alone = [TimeoutInterceptor()]  # others would answer for a guard that refuses often
        self.graph = pipeline.build(interceptors=alone, guard_retry_strategy=strategy)

    def works(self, label, of=None):
        async def run(ctx):
            given = ctx.inputs.get_from(of, "it") if of else None
            return StageOutput.ok(it=await self.bench.work(label, given))

        return run

    def guards(self, label):
        async def run(ctx):
            found = await self.bench.work(label, ctx.inputs.get_from("draft", "it"))
            if found["passes"]:
                return StageOutput.ok(found)
            return StageOutput.fail(error=found["why"], data=found)

        return run

    async def perform(self, operation, arguments):
        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        more = {"topology": "guarded", "execution_mode": "test", "data": {}}
        # releases without this class take no such context
        outputs: PipelineResults = await self.graph.run(PipelineContext(**ids, **more))
        return {name: outputs[name].data["it"] for name in ("draft", "behind")}
