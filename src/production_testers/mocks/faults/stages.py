"""Faults of a stage: it fails, hangs, or gives something else than it promised."""

import asyncio
import builtins
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from production_testers.mocks.faults.kinds import (
    BOTH,
    Kind,
    Layer,
    Moment,
    Param,
    choice,
    milliseconds,
    share,
    whole,
)
from production_testers.model.fault_plan import Place

ERRORS = (
    "RuntimeError",
    "ValueError",
    "KeyError",
    "TypeError",
    "TimeoutError",
    "ConnectionError",
    "OSError",
    "PermissionError",
    "MemoryError",
    "RecursionError",
    "AssertionError",
    "NotImplementedError",
    "ExceptionGroup",
)


class StageRun(Protocol):
    """One execution of a stage, as a fault gets it."""

    async def work(self) -> Any:
        """Do what the stage is there for; its output, or None."""

    async def wait(self, milliseconds: float) -> None:
        """Let time pass."""

    def write(self, *, inside: bool) -> None:
        """Write into what the stage received: into its members, or into what is inside of them."""

    def slowed(self, factor: float) -> None:
        """From here on, the stage's work takes so many times longer."""

    def marker(self) -> str:
        """The words by which an injected failure is recognised in what is reported of it."""


Disturb = Callable[[Moment, StageRun], Awaitable[Any]]


def error_of(name: str, words: str) -> Exception:
    """An exception of one of `ERRORS`."""
    if name == "ExceptionGroup":
        return ExceptionGroup(words, [ValueError(words)])
    made: Exception = getattr(builtins, name)(words)
    return made


async def _raise(moment: Moment, run: StageRun) -> Any:
    raise error_of(str(moment.params["error"]), run.marker())


async def _raise_after(moment: Moment, run: StageRun) -> Any:
    await run.work()
    raise error_of(str(moment.params["error"]), run.marker())


async def _hang(moment: Moment, run: StageRun) -> Any:
    if moment.params["ms"]:
        await run.wait(moment.params["ms"])
        return await run.work()
    await asyncio.Event().wait()
    return None


async def _slow(moment: Moment, run: StageRun) -> Any:
    await run.wait(moment.params["ms"])
    return await run.work()


async def _work_slower(moment: Moment, run: StageRun) -> Any:
    run.slowed(moment.params["factor"])
    return await run.work()


async def _blocking(moment: Moment, run: StageRun) -> Any:
    time.sleep(moment.params["ms"] / 1000)  # noqa: ASYNC251 - it is the fault
    return await run.work()


async def _nothing(_moment: Moment, run: StageRun) -> Any:
    await run.work()
    return None


async def _retyped(_moment: Moment, run: StageRun) -> Any:
    return _changed(await run.work(), lambda given: {n: _other(v) for n, v in given.items()})


def _other(value: Any) -> Any:
    """The same in another type."""
    if isinstance(value, str):
        return [value]
    return value if value is None else str(value)


async def _without_key(moment: Moment, run: StageRun) -> Any:
    def without(given: Mapping[str, Any]) -> dict[str, Any]:
        gone = moment.random.choice(sorted(given)) if given else None
        return {name: value for name, value in given.items() if name != gone}

    return _changed(await run.work(), without)


async def _partial(moment: Moment, run: StageRun) -> Any:
    def part(given: Mapping[str, Any]) -> dict[str, Any]:
        kept = sorted(given)[: int(len(given) * moment.params["share"])]
        return {name: given[name] for name in kept}

    return _changed(await run.work(), part)


async def _more_keys(moment: Moment, run: StageRun) -> Any:
    more = {"unexpected": "x" * int(moment.params["bytes"])}
    return _changed(await run.work(), lambda given: {**given, **more})


async def _writing(_moment: Moment, run: StageRun) -> Any:
    run.write(inside=False)
    return await run.work()


async def _writing_inside(_moment: Moment, run: StageRun) -> Any:
    run.write(inside=True)
    return await run.work()


async def _twice(_moment: Moment, run: StageRun) -> Any:
    await run.work()
    return await run.work()


async def _deaf(moment: Moment, run: StageRun) -> Any:
    """It finishes its work in peace when it is cancelled, and says that it was not."""
    work = asyncio.ensure_future(run.work())
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await run.wait(moment.params["ms"])
        return await work


async def _slow_cleanup(moment: Moment, run: StageRun) -> Any:
    try:
        return await run.work()
    except asyncio.CancelledError:
        await run.wait(moment.params["ms"])
        raise


def _changed(output: Any, change: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Any:
    """The output with other members; a stage that says how it ended instead has none."""
    return change(output) if isinstance(output, Mapping) else output


EFFECTS: dict[str, Disturb] = {}
"""What each kind does to an execution."""


def _kind(name: str, what: str, effect: Disturb, ends: str = "", **params: Param) -> Kind:
    EFFECTS[name] = effect
    return Kind(
        name=name,
        layer=Layer.STAGE,
        what=what,
        ends=ends or "With the execution of the stage.",
        places={Place.STAGE: BOTH},
        params=params,
    )


_ERROR = choice("which exception", *ERRORS)

KINDS = (
    _kind("stage-raises", "The stage raises before it does anything.", _raise, error=_ERROR),
    _kind(
        "stage-raises-after-work",
        "The stage does its work, effects and all, and then raises.",
        _raise_after,
        error=_ERROR,
    ),
    _kind(
        "stage-hangs",
        "The stage never ends, or does not for a long time.",
        _hang,
        "When it is cancelled; with `ms`, after that time.",
        ms=milliseconds(0, "how long; 0 for ever"),
    ),
    _kind(
        "stage-slow",
        "The stage waits before it does its work.",
        _slow,
        ms=milliseconds(50, "how long"),
    ),
    _kind(
        "stage-blocks-loop",
        "The stage blocks the event loop, as a forgotten synchronous call does.",
        _blocking,
        ms=milliseconds(50, "how long", high=60_000),
    ),
    _kind("stage-returns-none", "The stage does its work and gives nothing.", _nothing),
    _kind("stage-wrong-type", "The members of the output have other types.", _retyped),
    _kind("stage-missing-key", "One member of the output is missing.", _without_key),
    _kind(
        "stage-partial-output",
        "Only a part of the output's members is there.",
        _partial,
        share=share(0.5, "the part"),
    ),
    _kind(
        "stage-huge-output",
        "The output has one more member, a long text.",
        _more_keys,
        bytes=whole(100_000, "its length, characters", high=100_000_000),
    ),
    _kind("stage-mutates-inputs", "The stage writes into what it received.", _writing),
    _kind(
        "stage-mutates-inside-inputs",
        "The stage writes into lists and objects inside of what it received.",
        _writing_inside,
    ),
    _kind(
        "stage-completes-twice",
        "The stage does its work twice; its effects happen twice.",
        _twice,
    ),
    _kind(
        "stage-ignores-cancellation",
        "A stage that is cancelled goes on to its end, and gives its output.",
        _deaf,
        ms=milliseconds(50, "how long it takes before it goes on"),
    ),
    _kind(
        "stage-slow-cleanup",
        "A stage that is cancelled takes time to put things in order.",
        _slow_cleanup,
        ms=milliseconds(50, "how long"),
    ),
)

EFFECTS["cpu-hog"] = _work_slower
"""Of the infrastructure; a stage feels it as work that takes longer."""


async def _out_of_memory(_moment: Moment, run: StageRun) -> Any:
    raise MemoryError(run.marker())


EFFECTS["memory-cap"] = _out_of_memory
