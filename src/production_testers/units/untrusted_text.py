"""Messages to a model that hold what a user or a tool wrote, marked as not to be trusted."""

from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit
from production_testers.units.guard_checks import INJECTIONS, PLAIN

CONTROL = ("<system>", "</system>", "< SYSTEM >", "[SYSTEM]", "[ system ]")
"""Marks by which texts pretend to be instructions."""

FILLER = "lorem ipsum dolor "


def draw(random: Random, kind: Kind) -> Usage:
    """Plain texts, texts with marks, long ones, injections, and texts that end the marked part."""
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 4)):
            operation = random.choice(("user", "user", "tool"))
            closes = random.random() < 0.2
            arguments: dict[str, Json] = {"text": _text(random, kind), "closes": closes}
            calls.append(drawing.call(client, number, operation, arguments))
    settings: dict[str, Json] = {"limit": random.choice((60, 200, 4_000))}
    return Usage(unit="untrusted_text", settings=settings, calls=tuple(calls))


def _text(random: Random, kind: Kind) -> str:
    pieces = [random.choice(PLAIN)]
    if random.random() < 0.3:
        pieces.append(random.choice(CONTROL))
    if random.random() < 0.2:
        pieces.append(random.choice(INJECTIONS))
    if random.random() < 0.3:
        pieces.append(FILLER * random.choice((5, 20)))
    if kind is Kind.ADVERSARIAL:
        pieces.append(odd_values.text(random))
    random.shuffle(pieces)
    return " ".join(pieces)


def accepts(usage: Usage) -> bool:
    """There is a text, and room for some of it."""
    limit = usage.settings["limit"]
    return (
        isinstance(limit, int)
        and limit >= 20
        and all(call.arguments["text"] for call in usage.calls)
    )


UNIT = Unit(
    name="untrusted_text",
    does="Makes messages to a model of what a user or a tool wrote: at most `limit` characters of"
    " it, with marks of instructions taken out, between an opening and a closing mark. What a user"
    " injects is refused.",
    capability=Capability.UNTRUSTED_TEXT,
    operations={
        "user": Operation(
            does="Gives the `message` of a user's text, and its `closing` mark; refused as injected"
            " where it is an injection. With `closes`, the text is given with that mark in it.",
            required=("text", "closes"),
        ),
        "tool": Operation(
            does="Gives the same of a tool's result; injections are marked, not refused.",
            required=("text", "closes"),
        ),
    },
    draw=draw,
    accepts=accepts,
)
