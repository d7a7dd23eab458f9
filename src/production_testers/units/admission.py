"""Admission: how many pieces of work are at work at once, and who is turned away."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

LABEL = "work"
"""Label of the caller's own code."""


def draw(random: Random, kind: Kind) -> Usage:
    """More callers than there is room for, and looks at the counts, also when all is over."""
    settings: dict[str, Json] = {
        "most": random.choice((1, 2, 3, 10)),
        "sheds": kind is not Kind.BASELINE and random.random() < 0.5,
        "high_share": random.choice((0.5, 0.8, 1.0)),
        "queue": random.choice((1, 2, 100)),
        "slow_ms": random.choice((30, 5_000)),
    }
    calls: list[Call] = []
    for client in range(max(2, drawing.clients(random, kind))):
        for number in range(random.randint(2, 5)):
            asks = random.random() < 0.2
            calls.append(
                drawing.call(
                    client, number, "ask" if asks else "execute",
                    {} if asks else {"tells": random.random() < 0.8},
                    after_ms=random.choice((0.0, 0.0, 1.0, 5.0)),
                    cancel_after_ms=None if asks else drawing.gives_up(random, kind, 20.0),
                    works={} if asks else {LABEL: (drawing.work(random, ("error",), 0.2),)},
                )
            )  # fmt: skip
    calls.append(drawing.call(99, 0, "execute", {"tells": True}, after_ms=5_000.0))
    calls.append(drawing.call(99, 1, "ask", after_ms=1_000.0))
    return Usage(unit="admission", settings=settings, calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """Limits are positive, and the high mark is a share."""
    settings: Mapping[str, Any] = usage.settings
    limits = (settings["most"], settings["queue"], settings["slow_ms"])
    return all(limit >= 1 for limit in limits) and bool(0 < settings["high_share"] <= 1)


UNIT = Unit(
    name="admission",
    does="Lets a number of pieces of work be at work at once; the others wait, or are turned away"
    " while there is too much to do, where that is asked for.",
    capability=Capability.ADMISSION,
    operations={
        "execute": Operation(
            does="Executes the caller's own code once there is room, and ends as it did; or turns"
            " it away. Its caller `tells` how long it took, or does not.",
            required=("tells",),
        ),
        "ask": Operation(
            does="Gives how many are at work, how many wait, and whether it is too much."
        ),
    },
    draw=draw,
    accepts=accepts,
)
