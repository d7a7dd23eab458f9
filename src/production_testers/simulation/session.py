"""One simulated execution, from a coroutine to what became of it."""

# ruff: noqa: SLF001 - whatever the code under test returns, on a loop of our own

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from production_testers.model import seeds
from production_testers.simulation import patches
from production_testers.simulation.choices import Choices
from production_testers.simulation.loop import (
    DeadlockError,
    LimitReachedError,
    SimulatedLoop,
    SimulatedTask,
    refusals,
)

CLEANING_S = 1.0
"""Virtual time that clean-up code gets after each cancellation."""
CLEANING_PASSES = 10_000
RESTING_PASSES = 100_000
"""Passes that left-over tasks get: one that polls for ever is *pending*."""


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
        refused: What the code asked for that a simulation does not have: it shows nothing about
            that code.
    """

    ended: Ended = Ended.RETURNED
    detail: tuple[str, ...] = ()
    result: Any = None
    steps: int = 0
    virtual_s: float = 0.0
    lost: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    taken: Mapping[str, float] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def simulate(
    main: Callable[[SimulatedLoop], Awaitable[Any]],
    choices: Choices,
    *,
    limit_s: float = 3600.0,
    pass_limit: int = 2_000_000,
    on_stuck: Callable[[Ended, tuple[str, ...]], None] | None = None,
    on_rest: Callable[[], None] | None = None,
) -> Session:
    """Run `main(loop)` on a loop of its own, then let everything that it started come to rest.

    Args:
        main: Makes the coroutine to run.
        choices: The choices of the schedule; they record what was asked for.
        limit_s: Virtual seconds after which the simulation is stopped.
        pass_limit: Passes over the ready callbacks after which it is stopped (a livelock).
        on_stuck: Told when the simulation ends by deadlock or limit, before clean-up.
        on_rest: Told when nothing more can happen by itself, before what waits is cancelled.

    Raises:
        Exception: Whatever `main` raises; errors of the code under test belong inside it.
        RuntimeError: A simulation, or another event loop, is running in this thread.
    """
    if asyncio._get_running_loop() is not None or patches.active():
        raise RuntimeError("A simulation cannot run inside another one, nor inside an event loop.")
    session = Session()
    refusals.clear()
    loop = SimulatedLoop(choices, limit_s=limit_s, pass_limit=pass_limit)
    lost: list[str] = []
    loop.set_exception_handler(lambda _loop, context: lost.append(_describe(context)))
    patches.activate(
        patches.Source(loop.time, seeds.random_for(choices.seed, "entropy"), loop.block)
    )
    gc_was_on = gc.isenabled()
    gc.disable()  # a collection in the middle of a schedule would run finalisers at random places
    try:
        session.result = _drive(loop, main, session, on_stuck)
        if session.ended is Ended.RETURNED:
            loop.rest(seconds=max(0.0, limit_s - loop.time()), passes=RESTING_PASSES)
        session.pending = loop.waiting()
        if on_rest is not None:
            on_rest()
        session.steps, session.virtual_s = loop.steps, loop.time()
        session.refused = tuple(refusals)
    finally:
        try:
            _clean_up(loop, lost)
        finally:
            loop.set_exception_handler(lambda _loop, _context: None)
            loop.close()
            patches.activate(None)
            if gc_was_on:
                gc.enable()
    session.lost, session.taken = tuple(lost), dict(choices.taken)
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
    except LimitReachedError as error:
        if root.done():  # it ended in the very pass that reached the limit
            return root.result()
        session.ended, session.detail = Ended.LIMIT, (str(error),)
    if on_stuck is not None:
        on_stuck(session.ended, session.detail)
    return None


def _clean_up(loop: SimulatedLoop, lost: list[str]) -> None:
    """Cancel whatever is left, close generators, and see which exceptions nobody retrieved."""
    for _ in range(3):  # a task may swallow one cancellation; three is enough for clean-up code
        for task in loop.tasks:
            if not task.done():  # `cancel` makes an ended task forget that nobody saw its error
                task.cancel()
        loop.rest(seconds=CLEANING_S, passes=CLEANING_PASSES)
    generators: Any = loop._asyncgens  # type: ignore[attr-defined]
    if generators:
        loop.create_task(loop.shutdown_asyncgens())
        loop.rest(seconds=CLEANING_S, passes=CLEANING_PASSES)
    for task in loop.tasks:
        if not task.done():
            _abandon(task)
        elif task._log_traceback:  # said now, not whenever memory is collected
            task._log_traceback = False
            message = "Task exception was never retrieved"
            lost.append(_describe({"message": message, "exception": task.exception()}))
    loop.tasks.clear()


def _abandon(task: SimulatedTask) -> None:
    """End the coroutine of a task that refuses to be cancelled."""
    try:
        task.get_coro().close()
    except (Exception, asyncio.CancelledError):  # noqa: BLE001 - it refuses even this
        return


def _describe(context: dict[str, Any]) -> str:
    error, message = context.get("exception"), str(context.get("message", ""))
    return f"{message}: {type(error).__name__}: {error}" if error else message
