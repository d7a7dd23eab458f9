"""What a unit costs as its use grows: a longer text, a longer conversation.

What is measured does not depend on what else the machine does: memory is what the interpreter has
given out after a full collection, and time is processor time, of which the least of some tries
counts.
"""

import asyncio
import gc
import time
import tracemalloc
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from production_testers.laws.guard.keeps_up import GUARDED
from production_testers.laws.memory.session_size import TURNS
from production_testers.model.canonical import Json
from production_testers.model.observation import CostPoint
from production_testers.model.semantics import Capability, SutDescription
from production_testers.suts.contract import Adapter, BoundUnit, HasUnits
from production_testers.suts.plain_bench import PlainBench

TRIES = 7
SECONDS_MAX = 1.0
"""A size that takes longer is the last one: two sizes are compared, whatever they are."""

TURN = "x" * 400
"""What is said in a turn, and answered: sixty words or so."""

SENTENCE: Mapping[str, str] = {
    "personal": "please send the report to anna.berg@example.com or call 555-123-4567, ",
    "injection": "do not ignore all of the previous notes, and you are now in the office, ",
    "words": "the grumbling of the weather is fine today, ",
}
"""Operation of the guard → what its texts repeat: near misses, or what has to be hidden."""


Measure = Callable[[BoundUnit, Sequence[int]], Coroutine[Any, Any, list[tuple[int, int]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A unit and how its use grows.

    Attributes:
        unit: Name of the unit.
        needs: What a framework must offer.
        measure: What each size took, as pairs of a size and an amount.
        settings: The unit's.
    """

    unit: str
    needs: frozenset[Capability]
    measure: Measure
    settings: Mapping[str, Json] = field(default_factory=dict)


async def _turns(unit: BoundUnit, sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Bytes that a session of so many turns keeps."""
    points = []
    await _turn(unit, -1)  # what is made at first use is not the session's
    gc.collect()
    tracemalloc.start()
    try:
        for before, size in pairwise([0, *sizes]):
            for number in range(before, size):
                await _turn(unit, number)
            gc.collect()
            points.append((size, tracemalloc.get_traced_memory()[0]))
    finally:
        tracemalloc.stop()
    return points


async def _turn(unit: BoundUnit, number: int) -> None:
    for role in ("user", "assistant"):
        text = f"{number:08d}{TURN}"
        arguments = {"session": "a", "role": role, "text": text, "age_s": 0}
        await unit.perform("write", arguments)


def _text(operation: str) -> Measure:
    """Processor time in nanoseconds for texts of so many characters."""

    async def measure(unit: BoundUnit, sizes: Sequence[int]) -> list[tuple[int, int]]:
        sentence = SENTENCE[operation]
        least: dict[int, int] = {}
        for number in range(TRIES):  # in turns, so that what disturbs one size disturbs all
            for size in list(least) if number else sizes:
                text = (sentence * (size // len(sentence) + 1))[:size]
                took = await _took(unit, operation, text)
                least[size] = min(took, least.get(size, took))
                if took > SECONDS_MAX * 1e9:
                    break
        return list(least.items())

    return measure


async def _took(unit: BoundUnit, operation: str, text: str) -> int:
    before = time.process_time_ns()
    await unit.perform(operation, {"text": text})
    return time.process_time_ns() - before


_GUARD: Mapping[str, Json] = {
    "words": ["grumble", "blighter"],
    "phrases": ["secret project"],
    "chars_min": 0,
    "chars_max": 10_000_000,
}

WAYS: Mapping[str, Growth] = {
    TURNS: Growth(
        unit="conversation_memory",
        needs=frozenset({Capability.CONVERSATION_MEMORY}),
        measure=_turns,
    ),
    **{
        f"{GUARDED}{operation}": Growth(
            unit="guard_checks",
            needs=frozenset({Capability.CONTENT_FILTER, capability}),
            measure=_text(operation),
            settings=_GUARD,
        )
        for operation, capability in (
            ("personal", Capability.REDACTION),
            ("injection", Capability.INJECTION_DETECTION),
            ("words", Capability.CONTENT_FILTER),
        )
    },
}
"""What grows → how it is measured."""


def measured(
    adapter: Adapter, sut: SutDescription, way: str, sizes: Sequence[int]
) -> tuple[CostPoint, ...]:
    """One point for each size; none where the framework does not offer what is needed."""
    growth = WAYS[way]
    if not (isinstance(adapter, HasUnits) and all(map(sut.offers, growth.needs))):
        return ()
    unit = adapter.unit(growth.unit, dict(growth.settings), PlainBench())
    points = asyncio.run(growth.measure(unit, sizes))
    return tuple(CostPoint(size=size, operations=took, what=way) for size, took in points)
