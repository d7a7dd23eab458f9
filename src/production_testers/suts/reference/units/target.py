"""A plain async function, called as it is."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.errors import UsageError
from production_testers.model.target import Target
from production_testers.suts.contract import Bench
from production_testers.suts.targets import Wrapped, answered, is_coroutine, settled


class PlainTarget:
    """See `production_testers.units.target`: without a framework there is one stage, `handle`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        target = Target.from_json(settings["target"])
        self._wrapped = Wrapped.make(target, bench, is_coroutine)

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Handle one request."""
        wrapped, number = self._wrapped, int(arguments["record"])
        wrapped.made = await settled(wrapped.made)
        function = wrapped.made
        if not callable(function):
            raise UsageError(f"{wrapped.target.object} is no async function.")

        async def run() -> Any:
            """The team's own function."""
            return await function(wrapped.records[number])

        return await answered(wrapped, number, lambda: wrapped.stage("handle", run))
