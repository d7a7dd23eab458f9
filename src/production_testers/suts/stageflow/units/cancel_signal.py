"""`CancellationToken`."""

from stageflow.pipeline.cancellation import CancellationToken

_SIGNAL = "stageflow.pipeline.cancellation.CancellationToken"


class Binding:
    errors = {}
    components = {
        "cancel": f"{_SIGNAL}.cancel",
        "ask": _SIGNAL,
        "listen": f"{_SIGNAL}.on_cancel",
    }

    def __init__(self, settings, bench):
        self.bench = bench
        self.token = CancellationToken()

    async def perform(self, operation, arguments):
        if operation == "cancel":
            return self.token.cancel(arguments["reason"])
        if operation == "listen":
            name = arguments["name"]
            return self.token.on_cancel(lambda: self.bench.work_now(f"listener {name}"))
        return {"cancelled": self.token.is_cancelled, "reason": self.token.reason}
