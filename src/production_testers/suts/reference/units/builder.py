"""A builder that takes what can run, again and again."""

from collections.abc import Mapping, Sequence
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class ImpossibleError(Exception):
    """No order fits."""


class Builder:
    """See `production_testers.units.builder`."""

    errors: Mapping[type[BaseException], str] = {ImpossibleError: "impossible"}

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        pass

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "build":
            return self.order(arguments["stages"])
        first, second = list(arguments["first"]), list(arguments["second"])
        if operation == "branch":
            known = [stage["name"] for stage in first]
            more = [stage["name"] for stage in second if stage["name"] not in known]
            return {"first": known, "second": known + more, "third": [*known, "other"]}
        return self.order(first + [stage for stage in second if stage not in first])

    def order(self, stages: Sequence[Mapping[str, Any]]) -> list[Json]:
        """The names, each after what it waits for."""
        names = [stage["name"] for stage in stages]
        left = {stage["name"]: set(stage["after"]) for stage in stages}
        if len(left) < len(stages) or any(not after <= set(names) for after in left.values()):
            raise ImpossibleError
        order: list[Json] = []
        while left:
            ready = [name for name, after in left.items() if not after]
            if not ready:
                raise ImpossibleError
            order += ready
            left = {name: after - set(ready) for name, after in left.items() if name not in ready}
        return order
