"""A team's own application: requests are made of it, side by side, while the world misbehaves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind, Scenario
from production_testers.model.semantics import Capability
from production_testers.model.target import Promises, ServiceSpec, Target
from production_testers.model.usage import SPOILINGS, Call, Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

TARGET = "target"
"""Name of the unit."""

_SAMPLE = "production_testers.units.sample"
SAMPLE = Target(
    object=f"{_SAMPLE}:build",
    inputs=f"{_SAMPLE}:orders",
    records=8,
    services={
        "model": ServiceSpec(factory=f"{_SAMPLE}:Model"),
        "ledger": ServiceSpec(
            factory=f"{_SAMPLE}:Ledger", effects=("write",), deduplicates_by="key"
        ),
    },
    promises=Promises(
        timeout_ms=120_000,
        idempotent="order",
        ordered="account",
        secrets=("card",),
        refuses_bad_answers=True,
    ),
    invariants=(f"{_SAMPLE}:amount_is_kept",),
    stages={"handle": ""},
)
"""What is drawn where nobody names a target: an application that is right."""

FAILURES = ("timeout", "connection", "error")
SLOW_MS = 30_000.0
"""Longer than anybody waits."""


SERVICE_SHARE = 0.7
"""Of what goes wrong, so much does outside: services fail more often than code does."""


def draw(random: Random, kind: Kind) -> Usage:
    """Usages of the sample."""
    return draw_target(random, kind, SAMPLE)


def draw_target(random: Random, kind: Kind, target: Target) -> Usage:
    """Each request twice alone, one after the other; then several at once, with what goes wrong.

    Args:
        random: Draws it.
        kind: Which of the five.
        target: The application, with its stages and services as found.
    """
    wanted = random.randint(1, 3)
    numbers = random.sample(range(target.records), min(wanted, target.records))
    calls = [_call(0, index, number) for index, number in enumerate([*numbers, *numbers])]
    first = calls[0].client
    clients = random.randint(2, 6) if kind is Kind.STRESS else random.randint(1, 4)
    others = random.sample(range(target.records), min(random.randint(0, 3), target.records))
    for client in range(1, clients + 1):
        calls += _of_client(random, kind, target, client, [*numbers, *others])
    settings: dict[str, Json] = {"target": target.as_json(), "control": False}
    return Usage(unit="target", settings=settings, calls=tuple(calls), first=first)


def _call(client: int, index: int, number: int, **more: Any) -> Call:
    return drawing.call(client, index, "handle", {"record": number}, **more)


def _of_client(
    random: Random, kind: Kind, target: Target, client: int, numbers: Sequence[int]
) -> list[Call]:
    """One to three requests in a row."""
    return [
        _call(
            client, index, random.choice(list(numbers)),
            after_ms=random.choice((0.0, 0.0, 1.0, 5.0, 20.0)),
            cancel_after_ms=drawing.gives_up(random, kind, 60.0),
            works=_works(random, kind, target),
        )
        for index in range(random.randint(1, 3))
    ]  # fmt: skip


def _works(random: Random, kind: Kind, target: Target) -> Mapping[str, tuple[Work, ...]]:
    """What goes wrong in a call: in one of its stages, or in a service that it calls."""
    shares = {Kind.CHAOS: 0.6, Kind.ADVERSARIAL: 0.5, Kind.RECOVERY: 0.5}
    if random.random() >= shares.get(kind, 0.0):
        return {}
    services = [f"{name}.*" for name in target.services]
    places = services if services and random.random() < SERVICE_SHARE else list(target.stages)
    if not places:
        return {}
    first = random.randint(0, 1)
    works = [Work(ms=0.0)] * first + [_work(random, kind)]
    if random.random() < 0.6:
        works.append(Work(ms=0.0))
    return {random.choice(places): tuple(works)}


def _work(random: Random, kind: Kind) -> Work:
    chosen = random.choice(("raises", "raises", "slow", "hangs", "spoils"))
    if kind is Kind.ADVERSARIAL or chosen == "spoils":
        return Work(ms=0.0, spoils=random.choice(SPOILINGS))
    if chosen == "slow":
        return Work(ms=SLOW_MS)
    if chosen == "hangs":
        return Work(ms=0.0, hangs=True)
    return Work(ms=0.0, raises=random.choice(FAILURES))


def target_of(usage: Usage) -> Target:
    """The application that a usage is about."""
    raw: Any = usage.settings["target"]
    return Target.from_json(raw)


def without_framework(scenario: Scenario) -> Scenario:
    """The control: the same stages, executed as plain tasks that wait for what they depend on."""
    assert scenario.usage is not None, "it is one of a target"
    settings = {**scenario.usage.settings, "control": True}
    return replace(scenario, usage=replace(scenario.usage, settings=settings))


UNIT = Unit(
    name=TARGET,
    does="A team's own application, executed with its services replaced.",
    capability=Capability.TARGET,
    operations={
        "handle": Operation(
            does="Handles one request, and gives digests of what it answers.",
            required=("record",),
            fixed=("record",),
        )
    },
    draw=draw,
    fixed=("target", "control"),
)
