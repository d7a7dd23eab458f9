"""`ContextBag`."""

import warnings

from stageflow.context.bag import ContextBag, DataConflictError

_BAG = "stageflow.context.bag.ContextBag"


class Binding:
    errors = {DataConflictError: "taken"}
    components = {
        "write": f"{_BAG}.write",
        "read": f"{_BAG}.read",
        "names": f"{_BAG}.keys",
        "writer": f"{_BAG}.get_writer",
    }

    def __init__(self, settings, bench):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self.bag = ContextBag()

    async def perform(self, operation, arguments):
        if operation == "names":
            return self.bag.keys()
        key = arguments["key"]
        if operation == "write":
            return await self.bag.write(key, arguments["value"], arguments["stage"])
        return self.bag.read(key) if operation == "read" else self.bag.get_writer(key)
