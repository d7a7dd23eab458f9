"""Interceptors: code of the caller's around its own work, in a stated order."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

LABEL = "work"
"""Label of the work that is wrapped; an interceptor NAME has `before NAME`, `after NAME` and
`error NAME`."""

NAMES = ("a", "b", "c", "d")
ANSWER: Mapping[str, Json] = {"answered": "by an interceptor"}
"""What an interceptor gives that answers in the place of the work."""


def draw(random: Random, kind: Kind) -> Usage:
    """A chain with different priorities, around work that fails now and then, at the same time."""
    names = random.sample(NAMES, random.randint(1, 4))
    ranks = random.sample(range(-50, 100), len(names))
    answers = random.choice(("", "", *names)) if kind is not Kind.BASELINE else ""
    retries = random.choice(("", "", *names)) if kind is not Kind.BASELINE else ""
    chain: list[Json] = [
        {"name": name, "rank": rank, "answers": name == answers, "retries": name == retries}
        for name, rank in zip(names, ranks, strict=True)
    ]
    calls = [
        _call(random, kind, client, number, names)
        for client in range(drawing.clients(random, kind))
        for number in range(random.randint(1, 3))
    ]
    return Usage(unit="interceptors", settings={"chain": chain}, calls=tuple(calls))


def _call(random: Random, kind: Kind, client: int, number: int, names: list[str]) -> Call:
    fails = 0.2 if kind is Kind.BASELINE else 0.5
    errors = ("error", "value", "timeout", "connection")
    works = {LABEL: tuple(drawing.work(random, errors, fails) for _ in range(2))}
    if kind is not Kind.BASELINE and random.random() < 0.5:
        hook = f"{random.choice(('before', 'after', 'error'))} {random.choice(names)}"
        raises = random.choice(("", "error", "value", "timeout"))
        works[hook] = (Work(ms=round(random.uniform(0.0, 5.0), 1), raises=raises),)
    return drawing.call(
        client, number, "execute",
        after_ms=random.choice((0.0, 1.0, 5.0)),
        cancel_after_ms=drawing.gives_up(random, kind, 20.0),
        works=works,
    )  # fmt: skip


def accepts(usage: Usage) -> bool:
    """Names and priorities are unique: the order among equals is nobody's promise."""
    settings: Mapping[str, Any] = usage.settings
    chain = settings["chain"]
    keys = {"name", "rank", "answers", "retries"}
    return bool(
        chain
        and all(set(one) == keys and one["name"] for one in chain)
        and len({one["name"] for one in chain}) == len(chain)
        and len({one["rank"] for one in chain}) == len(chain)
    )


UNIT = Unit(
    name="interceptors",
    does="Executes the caller's own code inside a chain of interceptors: before it the lowest"
    " priority first, after it the other way round, and each is told of an error.",
    capability=Capability.INTERCEPTORS,
    operations={
        "execute": Operation(
            does="Ends as the last execution did, or gives what the interceptor gave that answered"
            " in its place."
        )
    },
    draw=draw,
    accepts=accepts,
)
