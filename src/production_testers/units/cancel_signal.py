"""Cancel token: somebody asks, everybody who listens is told."""

from collections.abc import Mapping
from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

REASONS = ("shutdown", "user left", "")
HOSTILE_REASONS = ("", "\ud800", "\N{SNOWMAN}" * 100, "a\x00b")


def draw(random: Random, kind: Kind) -> Usage:
    """Listeners, some of whom fail, and cancellations, some of them repeated."""
    hostile = kind is Kind.ADVERSARIAL
    plan = [
        [random.choice(("listen", "listen", "ask", "cancel")) for _ in range(random.randint(2, 5))]
        for _ in range(drawing.clients(random, kind))
    ]
    listeners = [
        f"c{client}.{number}"
        for client, operations in enumerate(plan)
        for number, operation in enumerate(operations)
        if operation == "listen"
    ]
    failing = [name for name in listeners if kind is not Kind.BASELINE and random.random() < 0.3]
    works: Mapping[str, tuple[Work, ...]] = {
        f"listener {name}": (Work(raises="error"),) for name in failing
    }
    calls = []
    for client, operations in enumerate(plan):
        for number, operation in enumerate(operations):
            arguments: dict[str, Json] = {}
            if operation == "cancel":
                arguments["reason"] = random.choice(HOSTILE_REASONS if hostile else REASONS)
            if operation == "listen":
                arguments["name"] = f"c{client}.{number}"
            calls.append(
                drawing.call(
                    client, number, operation, arguments,
                    after_ms=random.choice((0.0, 1.0)),
                    works=works if operation == "cancel" else {},
                )
            )  # fmt: skip
    return Usage(unit="cancel_signal", calls=tuple(calls))


def accepts(usage: Usage) -> bool:
    """Names of listeners are unique."""
    names = [call.arguments["name"] for call in usage.calls if call.operation == "listen"]
    return len(set(names)) == len(names)


UNIT = Unit(
    name="cancel_signal",
    does="Remembers that cancellation was asked for, and tells those who listen.",
    capability=Capability.CANCEL_SIGNAL,
    operations={
        "cancel": Operation(
            does="Asks for cancellation and tells every listener; later ones change nothing.",
            required=("reason",),
        ),
        "ask": Operation(does="Gives whether it was asked for, and why."),
        "listen": Operation(
            does="Has the caller's own code `listener NAME` called at the cancellation, or at once"
            " where it was asked for already.",
            required=("name",),
            fixed=("name",),
        ),
    },
    draw=draw,
    accepts=accepts,
)
