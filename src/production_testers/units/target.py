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
from production_testers.units.odd_texts import ODD_TEXTS

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
            factory=f"{_SAMPLE}:Ledger",
            effects=("write",),
            deduplicates_by="key",
            opens=("connect",),
            closes=("release",),
        ),
    },
    promises=Promises(
        timeout_ms=120_000,
        idempotent="order",
        tenant="account",
        ordered="account",
        secrets=("card",),
        refuses_bad_answers=True,
        free_text=("note",),
    ),
    invariants=(f"{_SAMPLE}:amount_is_kept",),
    stages={"handle": ""},
)
"""What is drawn where nobody names a target: an application that is right."""

FAILURES = ("timeout", "connection", "error")
SLOW_MS = 30_000.0
"""Longer than anybody waits."""


CROWD = 24
"""Clients at once, in a tenth of the usages under stress."""

LATE_SHARE = 0.35
"""Of failures, hung and slow work: what was asked for is done, and its answer is lost or late."""

HOLDS_SHARE = 0.8
"""Of what goes wrong in the application's own code, so much is a failure; the rest hangs, too."""

IN_STEP_SHARE = 0.25
"""Of usages in which nothing goes wrong: what is shared for one step of the loop is seen only where
others take the same step at the same time."""

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
    if kind is Kind.STRESS and random.random() < 0.1:
        clients = CROWD
    others = random.sample(range(target.records), min(random.randint(0, 3), target.records))
    for client in range(1, clients + 1):
        calls += _of_client(random, kind, target, client, [*numbers, *others])
    if kind in (Kind.BASELINE, Kind.STRESS) and random.random() < IN_STEP_SHARE:
        calls = [one if one.client == first else _in_step(one, target) for one in calls]
    settings: dict[str, Json] = {"target": target.as_json(), "control": False}
    return Usage(unit="target", settings=settings, calls=tuple(calls), first=first)


def _in_step(call: Call, target: Target) -> Call:
    """The call with nothing that takes time: all clients are at the same place of the code."""
    places = (*target.stages, *(f"{name}.*" for name in target.outside))
    return replace(call, after_ms=0.0, works={place: (Work(ms=0.0),) for place in places})


def _call(
    client: int, index: int, number: int, odd: Mapping[str, Json] | None = None, **more: Any
) -> Call:
    arguments: dict[str, Json] = {"record": number, **({"odd": dict(odd)} if odd else {})}
    return drawing.call(client, index, "handle", arguments, **more)


def _odd(random: Random, kind: Kind, target: Target) -> Mapping[str, Json] | None:
    """What is odd about a request: one of its texts that may be any."""
    members = target.promises.free_text
    if not members or kind is not Kind.ADVERSARIAL or random.random() < 0.5:
        return None
    return {"member": random.choice(members), "text": random.choice(sorted(ODD_TEXTS))}


def _of_client(
    random: Random, kind: Kind, target: Target, client: int, numbers: Sequence[int]
) -> list[Call]:
    """One to three requests in a row."""
    return [
        _call(
            client, index, random.choice(list(numbers)), _odd(random, kind, target),
            after_ms=random.choice((0.0, 0.0, 1.0, 5.0, 20.0)),
            cancel_after_ms=drawing.gives_up(random, kind, 60.0),
            works=_works(random, kind, target),
        )
        for index in range(random.randint(1, 3) if client < CROWD // 2 else 1)
    ]  # fmt: skip


def _works(random: Random, kind: Kind, target: Target) -> Mapping[str, tuple[Work, ...]]:
    """What goes wrong in a call: in one of its stages, or in a service that it calls."""
    shares = {Kind.CHAOS: 0.7, Kind.ADVERSARIAL: 0.6, Kind.RECOVERY: 0.6}
    if random.random() >= shares.get(kind, 0.0):
        return {}
    services = [f"{name}.*" for name in target.outside]
    places = services if services and random.random() < SERVICE_SHARE else list(target.stages)
    if not places:
        return {}
    place = random.choice(places)
    outside = place.endswith(".*")
    before = random.choice((0, 0, 0, 0, 1, 1, 2, 3)) if outside else random.randint(0, 1)
    works = [Work(ms=0.0)] * before + [_work(random, kind, outside=outside)]
    if random.random() < 0.6:
        works.append(Work(ms=0.0))
    return {place: tuple(works)}


def _work(random: Random, kind: Kind, *, outside: bool) -> Work:
    """One thing that goes wrong; in a third of the cases only once the work is done.

    The application's own code seldom hangs: no promise is about that.
    """
    if not outside and random.random() < HOLDS_SHARE:
        late = random.random() < LATE_SHARE
        return Work(ms=0.0, raises=random.choice(FAILURES), late=late)
    chosen = random.choice(("raises", "raises", "slow", "hangs", "hangs", "spoils"))
    if outside and (kind is Kind.ADVERSARIAL or chosen == "spoils"):
        return Work(ms=0.0, spoils=random.choice(SPOILINGS))
    late = random.random() < LATE_SHARE
    if chosen in ("raises", "spoils"):
        return Work(ms=0.0, raises=random.choice(FAILURES), late=late)
    if chosen == "slow":
        return Work(ms=SLOW_MS, late=late)
    return Work(ms=0.0, hangs=True, late=late)


def target_of(usage: Usage) -> Target:
    """The application that a usage is about; every law asks for it, of the same usage."""
    raw: Any = usage.settings["target"]
    if not _LAST or _LAST[0][0] is not raw:
        _LAST[:] = [(raw, Target.from_json(raw))]
    return _LAST[0][1]


_LAST: list[tuple[Any, Target]] = []
"""The last description that was read, and the application that it describes."""


def mocks_of(usage: Usage) -> frozenset[str]:
    """What answers where settings of the application lead: a service of its own, or a thread."""
    return frozenset(target_of(usage).mocks)


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
            fixed=("record", "odd"),
        )
    },
    draw=draw,
    fixed=("target", "control"),
    elsewhere=mocks_of,
)
