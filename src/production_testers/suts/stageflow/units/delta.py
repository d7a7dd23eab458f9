"""`compute_delta` and `apply_delta`."""

from copy import deepcopy

from stageflow.compression import apply_delta, compute_delta


class Binding:
    errors = {}
    components = {"rebuild": "stageflow.compression.compute_delta"}

    def __init__(self, settings, bench):
        pass

    async def perform(self, operation, arguments):
        base = deepcopy(arguments["base"])
        delta = compute_delta(base, deepcopy(arguments["current"]))
        made = apply_delta(base, delta)
        return {
            "made": made,
            "base": base,
            "names": [*delta.get("set", ()), *delta.get("remove", ())],
        }
