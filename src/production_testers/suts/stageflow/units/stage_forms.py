"""`Pipeline.with_stage` with everything that it takes for a runner."""

import inspect
import uuid

import stageflow

TRANSFORM = stageflow.StageKind.TRANSFORM
AFTER = "after" in inspect.signature(stageflow.Pipeline.with_stage).parameters


def stage_of(bench, place):
    class Stage:
        name, kind = "one", TRANSFORM

        def __init__(self, setting=0):
            self.setting, self.seen = setting, 0

        async def execute(self, ctx):
            self.seen += 1
            gives = {"told": [place, self.setting, self.seen]}
            await bench.work("work")
            return stageflow.StageOutput.ok(data=gives)

    return Stage


def function_of(bench, place):
    async def one(ctx):
        await bench.work("work")
        return stageflow.StageOutput.ok(data={"told": [place, 0, 1]})

    return one


def pipeline_of(bench, form, setting, count):
    pipeline, before = stageflow.Pipeline(), {}
    for place in range(count):
        name, made, more = f"stage {place}", stage_of(bench, place), dict(before)
        if form == "class_with_settings":
            more["config"] = {"setting": setting + place}
        if form == "object":
            made = made(setting + place)
        if form == "function":
            made = function_of(bench, place)
        pipeline = pipeline.with_stage(name, made, TRANSFORM, **more)
        before = {"after": name} if AFTER else {"dependencies": (name,)}
    return pipeline


class Binding:
    errors = {}
    components = {"run": "stageflow.pipeline.pipeline.Pipeline.build"}

    def __init__(self, settings, bench):
        self.bench, self.count, self.graph = bench, settings.get("stages", 1), None
        self.pipeline = pipeline_of(bench, settings["form"], settings["setting"], self.count)

    async def perform(self, operation, arguments):
        self.graph = self.graph or self.pipeline.build()
        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        ctx = stageflow.PipelineContext(**ids, topology="one", execution_mode="test")
        outputs = await self.graph.run(ctx)
        return [outputs[f"stage {place}"].data["told"] for place in range(self.count)]
