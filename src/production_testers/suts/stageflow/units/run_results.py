"""`PipelineResults` of stages that give payloads and summaries."""

from stageflow import StageOutput
from stageflow.pipeline.results import PipelineResults
from stageflow.stages.payloads import (
    StagePayloadResult,
    cancel_output,
    fail_output,
    ok_output,
    payload_from_results,
    summary_from_output,
)

RESULTS = "stageflow.pipeline.results.PipelineResults."
PAYLOADS = "stageflow.stages.payloads."


def output_of(stage):
    result = StagePayloadResult(stage["payload"], stage["summary"])
    if stage["status"] == "ok":
        return ok_output(result)
    if stage["status"] == "cancel":
        return cancel_output(result, reason="cancelled")
    if stage["status"] == "fail":
        return fail_output(error="failed", payload=stage["payload"], summary=stage["summary"])
    return StageOutput.skip(reason="skipped", data=ok_output(result).data)


class Binding:
    errors = {KeyError: "missing", RuntimeError: "not_ok"}
    components = {
        "payload": PAYLOADS + "payload_from_results",
        "summary": PAYLOADS + "summary_from_output",
        "ok": RESULTS + "ok",
        "failed": RESULTS + "failed",
    }

    def __init__(self, settings, bench):
        made = {name: output_of(stage) for name, stage in settings["stages"].items()}
        self.results = PipelineResults(made)

    async def perform(self, operation, arguments):
        if operation == "failed":
            return self.results.failed()
        stage = arguments["stage"]
        if operation == "ok":
            return self.results.ok(stage)
        if operation == "summary":
            return summary_from_output(self.results.require(stage))
        return payload_from_results(self.results, stage)
