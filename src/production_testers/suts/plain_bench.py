"""A bench that adds nothing: no fault, no delay, no note."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from production_testers.model import seeds
from production_testers.model.canonical import Json


class PlainBench:
    """See `suts.contract.Bench`: what is executed behaves as it is."""

    async def work(self, label: str, given: Json = None) -> Json:
        """Nothing is done."""
        await asyncio.sleep(0)
        return {"from": label, "given": given}

    def work_now(self, label: str, given: Json = None) -> Json:
        """Nothing is done."""
        return {"from": label, "given": given}

    async def around(self, _label: str, run: Callable[[], Awaitable[Any]]) -> Any:
        """The caller's own code as it is."""
        return await run()

    def around_now(self, _label: str, run: Callable[[], Any]) -> Any:
        """The same for code that is no coroutine."""
        return run()

    def emit(self, name: str, **value: Json) -> None:
        """Nobody listens."""

    def now_ms(self) -> float:
        """Milliseconds of the running loop."""
        return asyncio.get_running_loop().time() * 1000

    def identifier(self, *names: str) -> str:
        """The same for the same names."""
        return str(seeds.uuid_for(0, *names))
