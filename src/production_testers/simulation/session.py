"""One simulated execution, from a coroutine to what became of it."""

# ruff: noqa: SLF001 - whatever the code under test returns, on a loop of our own

import asyncio
import gc
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from production_testers.simulation import patches
from production_testers.simulation.loop import (
    DeadlockError,
    LimitReachedError,
    SimulatedLoop,
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
    STOPPED = "stopped"


@dataclass(slots=True)
class Session:
    """What a simulation left behind.

    Attributes:
        ended: How it ended.
        detail: For a deadlock, who waits where; for a limit, which.
        result: What the coroutine returned.
        steps: Callbacks that ran.
        tasks: Tasks that were made.
        choices: Points at which a strategy chose among several ready tasks.
        overtaken: Task and its step → how many others went before it, though it was ready earlier.
        virtual_s: Virtual time that passed.
        lost: Messages about exceptions that nobody retrieved.
        pending: Tasks that had not ended when nothing more could happen; where nothing may
            settle, when the coroutine returned, less those that had been told to end.
        unawaited: Coroutines that were thrown away without having been awaited.
        after_close: Where a callback was scheduled on the closed loop.
        refused: What the code asked for that a simulation does not have: it shows nothing about
            that code.
    """

    ended: Ended = Ended.RETURNED
    detail: tuple[str, ...] = ()
    result: Any = None
    steps: int = 0
    tasks: int = 0
    choices: int = 0
    overtaken: Mapping[tuple[str, int], int] = field(default_factory=dict)
    virtual_s: float = 0.0
    lost: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    unawaited: tuple[str, ...] = ()
    after_close: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def simulate(
    main: Callable[[Any], Awaitable[Any]],
    loop: SimulatedLoop,
    *,
    seed: int,
    settle: bool = True,
    on_stuck: Callable[[Ended, tuple[str, ...]], None] | None = None,
    on_rest: Callable[[], None] | None = None,
) -> Session:
    """Run `main(loop)`, then let what it started come to rest, clean up and close the loop.

    Args:
        main: Makes the coroutine to run.
        loop: A loop that nothing ran on yet.
        seed: Where entropy and ids come from.
        settle: Let tasks that are left over go on as long as something can happen, before they
            are cancelled; otherwise they are cancelled at once, as `asyncio.run` does.
        on_stuck: Told when the simulation ends by deadlock or limit, before clean-up.
        on_rest: Told when nothing more can happen by itself, before what waits is cancelled.

    Raises:
        Exception: Whatever `main` raises; errors of the code under test belong inside it.
        RuntimeError: A simulation, or another event loop, is running in this thread.
    """
    if asyncio._get_running_loop() is not None or patches.active():
        loop.close()
        raise RuntimeError("A simulation cannot run inside another one, nor inside an event loop.")
    session = Session()
    refusals.clear()
    lost: list[str] = []
    loop.set_exception_handler(lambda _loop, context: lost.append(describe(context)))
    source = patches.Source(loop.time, seed, loop.block, loop.skew)
    patches.activate(source, seed)
    gc_was_on = gc.isenabled()
    gc.disable()  # a collection in the middle of a schedule would run finalisers at random places
    try:
        session.result = _drive(loop, main, session, on_stuck)
        _rest(loop, session, settle=settle)
        if on_rest is not None:
            on_rest()
    finally:
        session.steps, session.virtual_s = loop.steps, loop.time()
        session.tasks, session.choices, session.overtaken = loop.chosen()
        session.refused = tuple(refusals)
        try:
            _clean_up(loop, lost)
        finally:
            loop.set_exception_handler(_nobody_listens)
            loop.close()
            patches.activate(None)
            if gc_was_on:
                gc.enable()
            session.lost, session.unawaited = tuple(lost), tuple(source.unawaited)
            session.after_close = tuple(loop.after_close)
    return session


def _nobody_listens(_loop: object, _context: object) -> None:
    """What is thrown away after a simulation is nobody's error any more."""


def _drive(
    loop: SimulatedLoop,
    main: Callable[[Any], Awaitable[Any]],
    session: Session,
    on_stuck: Callable[[Ended, tuple[str, ...]], None] | None,
) -> Any:
    async def call() -> Any:
        return await main(loop)

    call.__name__ = "main"
    root = loop.create_task(call())
    try:
        return loop.run_until_complete(root)
    except DeadlockError as error:
        session.ended, session.detail = Ended.DEADLOCK, error.stuck
    except LimitReachedError as error:
        if root.done():  # it ended in the very pass that reached the limit
            return root.result()
        session.ended, session.detail = Ended.LIMIT, (str(error),)
    except RuntimeError as error:
        if root.done():
            raise
        session.ended, session.detail = Ended.STOPPED, (str(error),)
    if on_stuck is not None:
        on_stuck(session.ended, session.detail)
    return None


def _rest(loop: SimulatedLoop, session: Session, *, settle: bool) -> None:
    if not settle:
        session.pending = loop.waiting(told_to_end=False)
        return
    if session.ended is Ended.RETURNED:
        left = max(0.0, loop.limit_s - loop.time())
        loop.rest(seconds=left, passes=RESTING_PASSES)
    session.pending = loop.waiting()


def _clean_up(loop: SimulatedLoop, lost: list[str]) -> None:
    """Cancel whatever is left, close generators, and see which exceptions nobody retrieved."""
    for _ in range(3):  # a task may swallow one cancellation; three is enough for clean-up code
        left = [task for task in loop.tasks if not task.done()]
        if not left:
            break
        for task in left:  # `cancel` makes an ended task forget that nobody saw its error
            task.cancel()
        loop.rest(seconds=CLEANING_S, passes=CLEANING_PASSES)
    if loop._asyncgens:
        loop.create_task(loop.shutdown_asyncgens())
        loop.rest(seconds=CLEANING_S, passes=CLEANING_PASSES)
    for task in loop.tasks:
        if not task.done():
            _abandon(task)
        elif task._log_traceback:  # said now, not whenever memory is collected
            task._log_traceback = False
            path = task.simulated_actor.path
            message = f"Exception of task {path} was never retrieved"
            lost.append(describe({"message": message, "exception": task.exception()}))
    loop.tasks.clear()


def _abandon(task: Any) -> None:
    """End the coroutine of a task that refuses to be cancelled."""
    try:
        task.get_coro().close()
    except (Exception, asyncio.CancelledError):  # noqa: BLE001 - it refuses even this
        return


def describe(context: dict[str, Any]) -> str:
    """What the exception handler of a loop is told, as one line."""
    error, message = context.get("exception"), str(context.get("message", ""))
    return f"{message}: {type(error).__name__}: {error}" if error else message
