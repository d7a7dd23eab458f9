"""Circuit breaker: a service that keeps failing is left alone for a while."""

from collections.abc import Mapping
from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

LABEL = "service"
"""Label of the caller's own code."""

SETTINGS: Mapping[str, Json] = {"failures": 5, "rest_ms": 30_000, "probes": 1}
"""Failures in a row that open it, how long it stays open, calls let through to try again.

Frameworks that fix these numbers use these; others can be asked for them.
"""

SERVICES = ("search", "payments")


def draw(random: Random, kind: Kind) -> Usage:
    """Callers of one or two services that fail most of the time, with rests in between."""
    outage = kind is Kind.STRESS and random.random() < 0.7
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        if outage:
            calls += _outage(random, client)
        else:
            calls += [_call(random, kind, client, n) for n in range(random.randint(6, 12))]
    return Usage(unit="circuit_breaker", settings=SETTINGS, calls=tuple(calls))


def _outage(random: Random, client: int) -> list[Call]:
    """A service fails for everybody, is slow when it is called after a rest, and well then."""
    works = [Work(ms=1.0, raises="connection")] * 3 + [Work(ms=2_500.0), Work()]
    pauses = (1.0, 1.0, 1.0, random.choice((4_000.0, 10_000.0)), 100.0)
    return [
        drawing.call(
            client, number, "execute", {"service": SERVICES[0]},
            after_ms=pause, works={LABEL: (work,)},
        )
        for number, (pause, work) in enumerate(zip(pauses, works, strict=True))
    ]  # fmt: skip


def _call(random: Random, kind: Kind, client: int, number: int) -> Call:
    error = random.choice(("error", "value", "connection", "timeout"))
    fails = random.random() < 0.7
    work = Work(ms=round(random.uniform(0.5, 20), 1), raises=error if fails else "")
    return drawing.call(
        client, number, "execute",
        {"service": random.choice(SERVICES[: random.choice((1, 1, 2))])},
        after_ms=random.choice((0.0, 1.0, 1.0, 100.0, 1_000.0, 10_000.0)),
        cancel_after_ms=drawing.gives_up(random, kind, 20.0),
        works={LABEL: (work,)},
    )  # fmt: skip


def accepts(usage: Usage) -> bool:
    """The numbers are those that every framework can have."""
    return dict(usage.settings) == dict(SETTINGS)


UNIT = Unit(
    name="circuit_breaker",
    does="Executes the caller's own code for a service; after a number of failures in a row it"
    " refuses calls for a while, and then lets one through to see whether the service is back.",
    capability=Capability.CIRCUIT_BREAKER,
    operations={
        "execute": Operation(
            does="Ends as the caller's own code did, or is refused without executing it.",
            required=("service",),
        )
    },
    draw=draw,
    accepts=accepts,
    fixed=tuple(SETTINGS),
)
