"""One simulated execution, from a coroutine to what became of it."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from production_testers.model import seeds
from production_testers.simulation import patches
from production_testers.simulation.choices import Choices
from production_testers.simulation.loop import DeadlockError, SimulatedLoop


class Ended(StrEnum):
    """How a simulation ended."""

    RETURNED = "returned"
    DEADLOCK = "deadlock"
    LIMIT = "limit"


@dataclass(slots=True)
class Session:
    """What a simulation left behind.

    Attributes:
        ended: How it ended.
        detail: For a deadlock, who waits where; for a limit, which.
        result: What the coroutine returned.
        steps: Callbacks that ran.
        virtual_s: Virtual time that passed.
        lost: Messages about exceptions that nobody retrieved.
        pending: Tasks that had not ended when nothing more could happen.
        taken: Every latency factor that was asked for, by name.
    """

    ended: Ended = Ended.RETURNED
    detail: tuple[str, ...] = ()
    result: Any = None
    steps: int = 0
    virtual_s: float = 0.0
    lost: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    taken: Mapping[str, float] = field(default_factory=dict)


def simulate(
    main: Callable[[SimulatedLoop], Awaitable[Any]],
    choices: Choices,
    *,
    limit_s: float = 3600.0,
    on_stuck: Callable[[Ended, tuple[str, ...]], None] | None = None,
    on_rest: Callable[[], None] | None = None,
) -> Session:
    """Run `main(loop)` on a loop of its own, then let everything that it started come to rest.

    Args:
        main: Makes the coroutine to run.
        choices: The choices of the schedule; they record what was asked for.
        limit_s: Virtual seconds after which the simulation is stopped.
        on_stuck: Told when the simulation ends by deadlock or limit, before clean-up.
        on_rest: Told when nothing more can happen by itself, before what waits is cancelled.

    Raises:
        Exception: Whatever `main` raises; errors of the code under test belong inside it.
    """
    session = Session()
    loop = SimulatedLoop(choices, limit_s=limit_s)
    lost: list[str] = []
    loop.set_exception_handler(lambda _loop, context: lost.append(_describe(context)))
    patches.activate(patches.Source(loop.time, seeds.random_for(choices.seed, "entropy")))
    gc_was_on = gc.isenabled()
    gc.disable()  # a collection in the middle of a schedule would run finalisers at random places
    try:
        session.result = _drive(loop, main, session, on_stuck)
        _settle(loop)
        session.pending = loop.waiting()
        if on_rest is not None:
            on_rest()
        session.steps, session.virtual_s = loop.steps, loop.time()
        _cancel_all(loop)
        loop.tasks.clear()  # a task reports its lost exception when nobody holds it any more
        session.lost = tuple(lost)
        session.taken = dict(choices.taken)
    finally:
        loop.set_exception_handler(lambda _loop, _context: None)
        loop.close()
        patches.activate(None)
        asyncio.set_event_loop(None)
        if gc_was_on:
            gc.enable()
    return session


def _drive(
    loop: SimulatedLoop,
    main: Callable[[SimulatedLoop], Awaitable[Any]],
    session: Session,
    on_stuck: Callable[[Ended, tuple[str, ...]], None] | None,
) -> Any:
    async def call() -> Any:
        return await main(loop)

    root = loop.create_task(call())
    try:
        return loop.run_until_complete(root)
    except DeadlockError as error:
        session.ended, session.detail = Ended.DEADLOCK, error.stuck
    except TimeoutError as error:
        if root.done():
            raise
        session.ended, session.detail = Ended.LIMIT, (str(error),)
    if on_stuck is not None:
        on_stuck(session.ended, session.detail)
    return None


def _settle(loop: SimulatedLoop) -> None:
    """Let whatever is still running go on until it ends or waits for ever."""
    _wait_for_tasks(loop, timeout=None)


def _cancel_all(loop: SimulatedLoop) -> None:
    for _ in range(3):  # a task may swallow one cancellation; three is enough for clean-up code
        for task in loop.tasks:
            task.cancel()
        _wait_for_tasks(loop, timeout=1.0)


def _wait_for_tasks(loop: SimulatedLoop, *, timeout: float | None) -> None:
    others = [task for task in loop.tasks if not task.done()]
    if not others:
        return
    waiter = loop.create_task(asyncio.wait(others, timeout=timeout))
    try:
        loop.run_until_complete(waiter)
    except (DeadlockError, TimeoutError):
        waiter.cancel()
        loop.call_soon(loop.stop)
        loop.run_forever()
    loop.tasks.remove(waiter)


def _describe(context: dict[str, Any]) -> str:
    error, message = context.get("exception"), str(context.get("message", ""))
    return f"{message}: {type(error).__name__}: {error}" if error else message
