"""Memory samples: how much memory is in use before and after a piece of the caller's own code."""

from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import LAST, Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

CODE = "code"
"""Label of the caller's own code."""

SAMPLE = "sample"
"""What the unit emits to its listener: `{of, at, fits}`, where `at` is `start` or `end`, and `fits`
says that no more is in use than the most that ever was, as the sample has them."""


def draw(random: Random, kind: Kind) -> Usage:
    """Pieces of code of several clients, which fail now and then; in the end it is stopped."""
    share = 0.0 if kind is Kind.BASELINE else 0.3
    calls = [
        drawing.call(
            client, number, random.choice(("around", "around_now")),
            {"of": f"c{client}.{number} ü"},
            cancel_after_ms=drawing.gives_up(random, kind, 15.0),
            works={CODE: (drawing.work(random, ("value", "timeout"), share),)},
        )
        for client in range(drawing.clients(random, kind))
        for number in range(random.randint(1, 4))
    ]  # fmt: skip
    return Usage(unit="memory_samples", calls=(*calls, drawing.last(0, "stop")))


def accepts(usage: Usage) -> bool:
    """Every piece has a name of its own, and it is stopped in the end."""
    names = [call.arguments["of"] for call in usage.calls if "of" in call.arguments]
    closed: list[Any] = [call.operation for call in usage.calls if call.client == LAST]
    return len(set(names)) == len(names) and "" not in names and closed == ["stop"]


UNIT = Unit(
    name="memory_samples",
    does="Executes the caller's own code, and tells a listener of the memory in use before and"
    " after.",
    capability=Capability.MEMORY_SAMPLES,
    operations={
        "around": Operation(
            does="Gives what the code gives, or fails as it does.", required=("of",), fixed=("of",)
        ),
        "around_now": Operation(
            does="The same for code that is no coroutine.", required=("of",), fixed=("of",)
        ),
        "stop": Operation(does="Ends all of it: what was switched on is switched off."),
    },
    draw=draw,
    accepts=accepts,
)
