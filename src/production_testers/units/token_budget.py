"""Token budget: how much of a limited context is used, and what had to be cut to fit."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

CUT = "cut"
"""What the unit emits when something was cut: `{before, after}`."""


def _arguments(random: Random, operation: str, most: int, kind: Kind) -> dict[str, Json]:
    if operation in ("add", "fits"):
        sizes = (0, 1, most // 3, most // 2, most, most + 1)
        large = 10**12 if kind is Kind.ADVERSARIAL else most
        return {"tokens": random.choice((*sizes, large))}
    if operation == CUT:
        before = random.choice((1, 10, 4_000))
        return {
            "before": before,
            "after": random.choice((0, before // 2, before - 1)),
            "why": random.choice(("too long", "", "zu lang \u200b")),
        }
    return {}


def draw(random: Random, kind: Kind) -> Usage:
    """Content of several clients, some of which does not fit."""
    most = random.choice((1, 10, 100, 4_096))
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 6)):
            operation = random.choices(("add", "fits", "used", CUT, "cuts"), (4, 2, 2, 2, 1))[0]
            arguments = _arguments(random, operation, most, kind)
            calls.append(drawing.call(client, number, operation, arguments))
    return Usage(
        unit="token_budget",
        settings={"most": most, "reserved": random.choice((0, 0, most // 4, most))},
        calls=tuple(calls),
    )


def accepts(usage: Usage) -> bool:
    """Numbers of tokens are not negative, what is cut gets shorter, and the reserve fits."""
    settings: Mapping[str, Any] = usage.settings
    for call in usage.calls:
        arguments: Mapping[str, Any] = call.arguments
        if min(arguments.get("tokens", 0), arguments.get("after", 0)) < 0:
            return False
        if call.operation == CUT and arguments["after"] >= arguments["before"]:
            return False
    return bool(settings["most"] >= 1 and 0 <= settings["reserved"] <= settings["most"])


UNIT = Unit(
    name="token_budget",
    does="Counts the tokens of what was put into a context of limited size, of which a part may be"
    " reserved, and keeps a record of what was cut.",
    capability=Capability.TOKEN_BUDGET,
    operations={
        "add": Operation(does="Takes so many tokens if they fit; says so.", required=("tokens",)),
        "fits": Operation(does="Says whether so many tokens would fit.", required=("tokens",)),
        "used": Operation(does="Says how many tokens are used and how many are free."),
        CUT: Operation(
            does="Records that a text was cut, and tells the receiver of events.",
            required=("before", "after", "why"),
        ),
        "cuts": Operation(does="Says how many texts were cut, and how many tokens that saved."),
    },
    draw=draw,
    accepts=accepts,
)
