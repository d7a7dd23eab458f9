"""Retry: the caller's own code is executed again when it fails with an error that may pass."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

LABEL = "attempt"
"""Label of the caller's own code."""

PASSING = ("timeout", "connection")
"""Errors that are tried again."""

LASTING = ("value", "error")
"""Errors that are not."""

GROWTH = ("constant", "linear", "exponential")
"""How the pause before the next attempt grows with the number of attempts made."""


def pause_ms(settings: Mapping[str, Any], attempts: int) -> float:
    """The pause after so many attempts, without jitter, milliseconds."""
    factor = {"constant": 1, "linear": attempts, "exponential": 2 ** (attempts - 1)}
    grown: float = settings["base_ms"] * factor[settings["growth"]]
    return min(grown, float(settings["limit_ms"]))


JITTER = ("none", "full", "equal", "decorrelated")
"""What is random about a pause: nothing; all of it; its second half; anything between the base and
the limit."""


def bounds_ms(settings: Mapping[str, Any], attempts: int) -> tuple[float, float]:
    """The shortest and the longest pause after so many attempts, milliseconds."""
    pause = pause_ms(settings, attempts)
    shortest = {"full": 0.0, "equal": pause // 2, "decorrelated": float(settings["base_ms"])}
    longest = float(settings["limit_ms"]) if settings["jitter"] == "decorrelated" else pause
    return shortest.get(settings["jitter"], pause), longest


def draw(random: Random, kind: Kind) -> Usage:
    """Callers whose code fails now and then, some of them at the same time."""
    errors = PASSING if kind is Kind.BASELINE else (*PASSING, *LASTING)
    attempts = random.randint(1, 5)
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 3)):
            works = tuple(drawing.work(random, errors, 0.6) for _ in range(random.randint(1, 6)))
            calls.append(
                drawing.call(
                    client, number, "execute",
                    after_ms=random.choice((0.0, 1.0, 5.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 100.0),
                    works={LABEL: works},
                )
            )  # fmt: skip
    base = random.choice((1, 10, 100, 1_000))
    return Usage(
        unit="retry",
        settings={
            "attempts": attempts,
            "base_ms": base,
            "limit_ms": base * random.choice((1, 3, 30)),
            "growth": random.choice(GROWTH),
            "jitter": random.choice(("none", *JITTER)),
        },
        calls=tuple(calls),
    )


def accepts(usage: Usage) -> bool:
    """Limits are positive, and the pause is not longer than its limit from the start."""
    settings: Mapping[str, Any] = usage.settings
    return bool(settings["attempts"] >= 1 and 1 <= settings["base_ms"] <= settings["limit_ms"])


UNIT = Unit(
    name="retry",
    does="Executes the caller's own code, and again after a pause when it fails with an error that"
    " may pass, up to a number of attempts.",
    capability=Capability.RETRY,
    operations={
        "execute": Operation(
            does="Gives what the first successful attempt gave, or fails with the last error."
        )
    },
    draw=draw,
    accepts=accepts,
    fixed=("growth", "jitter"),
)
