"""`FailureCollector`, asked as an executor would."""

from stageflow.pipeline.failure_tolerance import FailureCollector, FailureMode

_AT = "stageflow.pipeline.failure_tolerance.FailureCollector"
MODES = {
    "stop": FailureMode.FAIL_FAST,
    "go_on": FailureMode.CONTINUE_ON_FAILURE,
    "try_all": FailureMode.BEST_EFFORT,
}


class Binding:
    errors = {}
    components = {
        "may_run": f"{_AT}.should_continue",
        "failed": f"{_AT}.record_failure",
        "completed": f"{_AT}.record_completion",
        "summary": f"{_AT}.get_summary",
    }

    def __init__(self, settings, bench):
        self.collector = FailureCollector(MODES[settings["mode"]])
        self.left_out = set()

    async def perform(self, operation, arguments):
        if operation == "summary":
            found = self.collector.get_summary(arguments["total"], {})
            told = {"failed": found.failed_stages, "completed": found.completed_stages}
            return {**told, "share": found.success_rate}
        stage = arguments["stage"]
        if operation == "may_run":
            may = self.collector.should_continue(stage, set(arguments["after"]))
            if not may:
                self.left_out.add(stage)
            return may
        if stage in self.left_out:  # it was not executed, so nothing came of it
            return None
        if operation == "failed":
            more = {"recoverable": bool(arguments.get("recoverable"))}
            return self.collector.record_failure(stage, ValueError(arguments["why"]), **more)
        return self.collector.record_completion(stage)
