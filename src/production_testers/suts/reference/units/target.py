"""A plain async function, called as it is."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.errors import UsageError
from production_testers.model.target import Target
from production_testers.suts.contract import Bench
from production_testers.suts.targets import Wrapped, answered, is_handler, none_is_made


class PlainTarget:
    """See `production_testers.units.target`: without a framework there is one stage, `handle`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        target = Target.from_json(settings["target"])
        self._wrapped = Wrapped.make(target, bench, none_is_made)

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Handle one request."""
        await self._wrapped.ready()
        return await called(self._wrapped, arguments)


async def called(wrapped: Wrapped, arguments: Mapping[str, Any]) -> Json:
    """Handle one request with the team's own function.

    Raises:
        UsageError: It is none.
    """
    function = wrapped.made
    if not is_handler(function):
        raise UsageError(f"{wrapped.target.object} gives a {type(function).__name__}.")

    async def run(request: Json) -> Any:
        """The team's own function, which is one stage."""

        async def handle() -> Any:
            return await function(request)

        return await wrapped.stage("handle", handle)

    return await answered(wrapped, arguments, run)
