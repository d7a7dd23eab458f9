"""`Pipeline.with_stage` with everything that it takes for a runner."""

import uuid

import stageflow

TRANSFORM = stageflow.StageKind.TRANSFORM


def stage_of(bench):
    class Stage:
        name, kind = "one", TRANSFORM

        def __init__(self, setting=0):
            self.setting, self.seen = setting, 0

        async def execute(self, ctx):
            self.seen += 1
            gives = {"setting": self.setting, "seen": self.seen}
            await bench.work("work")
            return stageflow.StageOutput.ok(data=gives)

    return Stage


def pipeline_of(bench, form, setting):
    made, empty = stage_of(bench), stageflow.Pipeline()
    if form == "class":
        return empty.with_stage("one", made, TRANSFORM)
    if form == "class_with_settings":
        return empty.with_stage("one", made, TRANSFORM, config={"setting": setting})
    if form == "object":
        return empty.with_stage("one", made(setting), TRANSFORM)

    async def one(ctx):
        await bench.work("work")
        return stageflow.StageOutput.ok(data={"setting": 0, "seen": 1})

    return empty.with_stage("one", one, TRANSFORM)


class Binding:
    errors = {}
    components = {"run": "stageflow.pipeline.pipeline.Pipeline.build"}

    def __init__(self, settings, bench):
        self.bench = bench
        self.graph = pipeline_of(bench, settings["form"], settings["setting"]).build()

    async def perform(self, operation, arguments):
        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        ctx = stageflow.PipelineContext(**ids, topology="one", execution_mode="test")
        outputs = await self.graph.run(ctx)
        return dict(outputs["one"].data)
