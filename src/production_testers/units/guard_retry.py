"""Guard retry: a draft is made anew while a guard refuses it, up to a limit."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

SOURCE, DRAFT, BEHIND = "source", "draft", "behind"
"""Labels of the caller's own code: what every draft is made from, the drafts, and what is done with
the one that every guard has let pass."""


def guard(number: int) -> str:
    """Label of a guard: it is given the latest draft and gives `{passes, why, more}`."""
    return f"guard {number}"


def _verdicts(random: Random, refusing: float) -> tuple[Work, ...]:
    return tuple(
        Work(
            ms=round(random.uniform(0.5, 20), 1),
            gives={
                "passes": random.random() >= refusing,
                "why": random.choice(("rude", "rude", "rude", "wörtlich\u200b")),
                "more": random.choice((0, 0, 1)),
            },
        )
        for _ in range(random.randint(1, 6))
    )


def draw(random: Random, kind: Kind) -> Usage:
    """Runs of one to three guards, which refuse some drafts and now and then all of them."""
    guards = 1 if kind is Kind.BASELINE else random.randint(1, 3)
    share = 0.0 if kind is Kind.BASELINE else random.choice((0.0, 0.1))
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 2)):
            works = {
                SOURCE: (Work(ms=1.0, gives={"text": "o", "parts": [1, {"a": None}]}),),
                DRAFT: tuple(drawing.work(random, ("value",), share) for _ in range(4)),
                BEHIND: (drawing.work(random, ("value",), share),),
            }
            for one in range(guards):
                works[guard(one)] = _verdicts(random, random.choice((0.2, 0.5, 0.8, 1.0)))
            calls.append(
                drawing.call(
                    client, number, "run",
                    after_ms=random.choice((0.0, 1.0, 15.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 60.0),
                    works=works,
                )
            )  # fmt: skip
    return Usage(
        unit="guard_retry",
        settings={
            "guards": guards,
            "attempts": random.choice((1, 2, 3, 5, 8)),
            "alike": random.choice((1, 2, 2, 10)),
            "fields": random.choice(([], ["why"], ["why", "more"])),
            "limit_ms": random.choice((None, 15, 60)),
        },
        calls=tuple(calls),
    )


def accepts(usage: Usage) -> bool:
    """Limits are positive, and every guard says in each call whether it lets pass."""
    settings: Mapping[str, Any] = usage.settings
    sized = min(settings["guards"], settings["attempts"], settings["alike"]) >= 1
    timed = settings["limit_ms"] is None or settings["limit_ms"] > 0
    labels = [guard(number) for number in range(settings["guards"])]
    return bool(sized and timed) and all(
        label in call.works and all(map(_says, call.works[label]))
        for call in usage.calls
        for label in labels
    )


def _says(work: Work) -> bool:
    return isinstance(work.gives, Mapping) and {"passes", "why", "more"} <= set(work.gives)


UNIT = Unit(
    name="guard_retry",
    does="Makes a draft from a source, has guards look at it, and makes another one when a guard"
    " refuses it: until the guard lets it pass, has refused `attempts` drafts, has refused `alike`"
    " drafts more for the same reason, or `limit_ms` have passed since its first refusal.",
    capability=Capability.GUARD_RETRY,
    operations={
        "run": Operation(
            does="Gives the draft that every guard has let pass, and what was done with it; or"
            " fails."
        )
    },
    draw=draw,
    accepts=accepts,
    fixed=("fields",),
)
