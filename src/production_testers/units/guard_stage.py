"""A guard that puts a text through checks of the caller's own, and lets it through or not."""

from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit

LABEL = "check {}"
"""Label of each check, from 0; it gives `severities` of violations, and a `text` or None."""

CLEAN: dict[str, Json] = {"severities": [], "text": None}


def stated(call: Call, number: int) -> Work:
    """What a check of a call does, in full."""
    works = call.works.get(LABEL.format(number), ())
    work = works[0] if works else Work()
    return work if work.gives is not None else Work(ms=work.ms, raises=work.raises, gives=CLEAN)


def draw(random: Random, kind: Kind) -> Usage:
    """Texts, and checks that find something, change the text, or crash."""
    checks = random.randint(1, 3)
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 3)):
            text = odd_values.text(random) if kind is Kind.ADVERSARIAL else "some text"
            works = {LABEL.format(n): (_check(random, kind),) for n in range(checks)}
            arguments: dict[str, Json] = {"text": text or "-"}
            calls.append(drawing.call(client, number, "guard", arguments, works=works))
    settings: dict[str, Json] = {
        "checks": checks,
        "blocks": random.random() < 0.6,
        "transforms": random.random() < 0.7,
        "threshold": random.choice((0.0, 0.0, 0.5)),
    }
    return Usage(unit="guard_stage", settings=settings, calls=tuple(calls))


def _check(random: Random, kind: Kind) -> Work:
    if random.random() < (0.0 if kind is Kind.BASELINE else 0.1):
        return Work(raises=random.choice(("error", "value", "timeout")))
    found = random.random() < 0.35
    severities: Json = [random.choice((0.1, 0.5, 0.9)) for _ in range(random.randint(1, 2) * found)]
    text = random.choice((None, None, "masked", "[hidden] text", "", odd_values.text(random)))
    return Work(gives={"severities": severities, "text": text})


def accepts(usage: Usage) -> bool:
    """There are checks, texts to check, and answers of checks are whole."""
    settings: Any = usage.settings
    gives: list[Any] = [
        work.gives for call in usage.calls for works in call.works.values() for work in works
    ]
    return (
        1 <= settings["checks"] <= 5
        and 0 <= settings["threshold"] <= 1
        and all(call.arguments["text"] for call in usage.calls)
        and all(given is None or set(given) == set(CLEAN) for given in gives)
    )


UNIT = Unit(
    name="guard_stage",
    does="Puts a text through the caller's checks, in order, each seeing what the one before made"
    " of it; where one finds something, of `threshold` or more, it blocks, or lets it through with"
    " a mandatory audit.",
    capability=Capability.GUARD_STAGE,
    operations={
        "guard": Operation(
            does="Gives whether the text was `blocked`, whether it `passed`, the number of"
            " `violations`, how many checks were `run`, and the `text` after the checks.",
            required=("text",),
        )
    },
    draw=draw,
    accepts=accepts,
)
