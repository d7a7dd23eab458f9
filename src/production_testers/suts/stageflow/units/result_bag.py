"""`OutputBag`."""

from stageflow import StageOutput
from stageflow.context.output_bag import OutputBag, OutputConflictError

_BAG = "stageflow.context.output_bag.OutputBag"


class Binding:
    errors = {OutputConflictError: "taken"}
    components = {
        "write": f"{_BAG}.write",
        "read": f"{_BAG}.get",
        "names": f"{_BAG}.keys",
        "repeated": f"{_BAG}.get_retry_stages",
    }

    def __init__(self, settings, bench):
        self.bag = OutputBag()

    async def perform(self, operation, arguments):
        if operation == "write":
            output = StageOutput.ok(data=dict(arguments["value"]))
            again = arguments["again"]
            entry = await self.bag.write(arguments["name"], output, allow_overwrite=again)
            return entry.attempt
        if operation == "read":
            entry = self.bag.get(arguments["name"])
            return entry and {"value": dict(entry.output.data), "attempt": entry.attempt}
        return self.bag.keys() if operation == "names" else self.bag.get_retry_stages()
