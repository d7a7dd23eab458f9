"""`Pipeline`, the fluent builder."""

from stageflow import Pipeline, StageKind, StageOutput
from stageflow.pipeline.spec import PipelineValidationError

_PIPELINE = "stageflow.pipeline.pipeline.Pipeline"


class Stage:
    kind = StageKind.TRANSFORM

    async def execute(self, ctx):
        return StageOutput.ok()


STAGE = Stage()
ORDER = Pipeline.stage_names  # older releases do not tell an order


class Binding:
    errors = {PipelineValidationError: "impossible"}
    components = {
        "build": f"{_PIPELINE}.build",
        "compose": f"{_PIPELINE}.compose",
        "branch": f"{_PIPELINE}.with_stage",
    }

    def __init__(self, settings, bench):
        pass

    async def perform(self, operation, arguments):
        if operation == "build":
            return self.order(self.extend(Pipeline(), arguments["stages"]))
        first = self.extend(Pipeline(), arguments["first"])
        if operation == "compose":
            second = self.extend(Pipeline(), arguments["second"])
            return self.order(first.compose(second))
        second = self.extend(first, arguments["second"])
        third = first.with_stage("other", STAGE, StageKind.TRANSFORM)
        parts = {"first": first, "second": second, "third": third}
        return {name: list(pipeline.stages) for name, pipeline in parts.items()}

    def extend(self, pipeline, stages):
        for stage in stages:
            name, after = stage["name"], tuple(stage["after"])
            pipeline = pipeline.with_stage(name, STAGE, StageKind.TRANSFORM, dependencies=after)
        return pipeline

    def order(self, pipeline):
        pipeline.build()
        return ORDER(pipeline)
