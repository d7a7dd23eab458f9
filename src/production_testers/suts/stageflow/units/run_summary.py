"""A pipeline built with wide events, without interceptors of its own."""

import uuid

from stageflow import (
    Pipeline,
    PipelineContext,
    PipelineResults,
    StageKind,
    StageOutput,
)
from stageflow.pipeline.dag import UnifiedStageExecutionError
from stageflow.pipeline.interceptors import TimeoutInterceptor

STATUS = {"completed": "ok", "failed": "failed", "cancelled": "cancelled"}


class Binding:
    errors = {UnifiedStageExecutionError: "failed"}
    components = {"run": "stageflow.pipeline.dag.UnifiedStageGraph.run"}

    def __init__(self, settings, bench):
        self.bench, self.runs = bench, {}
        pipeline, before = Pipeline(name="told"), ()
        for number in range(settings["stages"]):
            name = f"stage {number}"
            pipeline = pipeline.with_stage(name, self.stage(name), StageKind.TRANSFORM, before)
            before = (name,) if settings["shape"] == "chain" else ()
        told = {"emit_stage_wide_events": True, "emit_pipeline_wide_event": True}
        self.graph = pipeline.build(interceptors=[TimeoutInterceptor()], **told)

    def stage(self, name):
        async def run(ctx):
            given = await self.bench.work(name)
            return StageOutput.fail("refused") if given["refuses"] else StageOutput.ok(given)

        return run

    def try_emit(self, *, type, data):  # noqa: A002 - theirs
        if type == "stage.wide":
            told = {"label": data["stage"], "status": STATUS.get(data["status"], data["status"])}
            self.emit("stage summary", data, **told)
        if type == "pipeline.wide":
            details = data["stage_details"]
            stages = {one["stage"]: STATUS.get(one["status"], one["status"]) for one in details}
            counts = {STATUS.get(name, name): n for name, n in data["stage_counts"].items()}
            status = STATUS.get(data["status"], data["status"])
            self.emit("run summary", data, status=status, stages=stages, counts=counts)

    def emit(self, name, data, **told):
        run = self.runs.get(data["pipeline_run_id"])
        self.bench.emit(name, of=run, ms=data["duration_ms"], **told)

    async def perform(self, operation, arguments):
        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {one: uuid.UUID(self.bench.identifier(one, arguments["run"])) for one in names}
        self.runs[str(ids["pipeline_run_id"])] = arguments["run"]
        more = {"topology": "told", "execution_mode": "test", "data": {}}
        # releases without this class take no such context
        _: PipelineResults = await self.graph.run(PipelineContext(**ids, **more, event_sink=self))
