"""`PipelineRunner` and `run_simple_pipeline`."""

import uuid

from stageflow import Pipeline, StageKind, StageOutput
from stageflow.helpers.run_utils import PipelineRunner, run_simple_pipeline
from stageflow.pipeline.interceptors_hardening import ImmutabilityInterceptor  # noqa: F401 - it must be there


class Binding:
    errors = {}
    components = {
        "run": "stageflow.helpers.run_utils.PipelineRunner.run",
        "run_simply": "stageflow.helpers.run_utils.run_simple_pipeline",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        more = {
            "capture_events": settings["keeps"],
            "enable_immutability_check": settings["checks"],
        }
        self.runner = PipelineRunner(verbose=False, **more)
        self.pipeline, before = Pipeline(), ()
        for number in range(settings["stages"]):
            name = f"stage {number}"
            self.pipeline = self.pipeline.with_stage(
                name, self.stage(name), StageKind.TRANSFORM, before
            )
            before = (name,)

    def stage(self, name):
        async def run(ctx):
            snapshot = ctx.snapshot
            given = {"text": snapshot.input_text, "mode": snapshot.execution_mode}
            given["notes"] = snapshot.metadata.get("notes")
            gave = await self.bench.work(name, given)
            if gave["ends"] == "writes":
                ctx.snapshot.metadata["written"] = name
            if gave["ends"] == "cancels":
                return StageOutput.cancel("enough")
            return (
                StageOutput.fail("refused") if gave["ends"] == "refuses" else StageOutput.ok(gave)
            )

        return run

    async def perform(self, operation, arguments):
        mode = {"execution_mode": arguments["mode"]} if "mode" in arguments else {}
        if operation == "run":
            names = "pipeline_run_id request_id session_id user_id interaction_id".split()
            ids = {one: uuid.UUID(self.bench.identifier(one, arguments["run"])) for one in names}
            result = await self.runner.run(
                self.pipeline, input_text=arguments["text"], **mode, **ids
            )
        else:
            notes = arguments["notes"] and {"notes": arguments["notes"]}
            more = {"metadata": notes, **mode}
            result = await run_simple_pipeline(self.pipeline, arguments["text"], **more)
        stages = {name: data for name, data in result.stages.items() if "ends" in data}
        told = {"ok": result.success, "cancelled": result.cancelled, "error": result.error}
        return {**told, "stages": stages, "events": len(result.events)}
