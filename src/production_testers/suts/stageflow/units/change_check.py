"""A pipeline of one stage with the `ImmutabilityInterceptor`, built once."""

import uuid

import stageflow
from stageflow.pipeline.interceptors_hardening import ImmutabilityInterceptor


class Stage:
    name, kind = "work", stageflow.StageKind.TRANSFORM

    def __init__(self, bench):
        self.bench = bench

    async def execute(self, ctx):
        given = ctx.snapshot.metadata
        await self.bench.work("work")
        if given["changes"]:
            given["list"].append("changed")
        return stageflow.StageOutput.ok()


class ChangedError(Exception):
    pass


class Binding:
    errors = {ChangedError: "changed"}
    components = {
        "execute": "stageflow.pipeline.interceptors_hardening.ImmutabilityInterceptor.after"
    }

    def __init__(self, settings, bench):
        self.bench = bench
        pipeline = stageflow.Pipeline().with_stage("work", Stage(bench), Stage.kind)
        self.graph = pipeline.build(interceptors=[ImmutabilityInterceptor()])

    async def perform(self, operation, arguments):
        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        given = {"changes": arguments["changes"], "list": list(arguments["list"])}
        more = {"topology": "one", "execution_mode": "test", "metadata": given}
        try:
            await self.graph.run(stageflow.PipelineContext(**ids, **more))
        except Exception as error:
            if "Immutability violation" in str(error):
                raise ChangedError from error
            raise
