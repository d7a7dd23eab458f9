"""Schedules as documents, and in words."""

import json
from dataclasses import replace

import pytest

from production_testers.model.errors import InvalidDocumentError
from production_testers.simulation import (
    Delay,
    Fault,
    FaultKind,
    Hold,
    Model,
    Schedule,
    in_words,
    read_schedule,
)
from production_testers.simulation.execution import Profile
from production_testers.simulation.portfolio import STRATEGIES, Faults, planned, turns_of
from production_testers.simulation.schedule import Latency, Order, milliseconds

FULL = Schedule(
    seed=7,
    order_seed=2**32 - 1,
    order=Order(
        strategy="pct", seed=3, options={"depth": 2, "steps": 9.5}, weights={"main/a[0]": 4}
    ),
    latency=Latency(distribution="few", seed=5, options={"share": 0.1}),
    picks=(("main/a[0]", 1), ("", 0)),
    holds=(Hold(task="main/a[0]", step=2, others=3), Hold(task="main/b[0]", step=1)),
    delays=(Delay(task="main", nth=1, seconds=0.1 + 0.2),),
    impatient=True,
    faults=(
        Fault(kind=FaultKind.CANCEL, target="main/a[0]", nth=2, waiting=True),
        Fault(kind=FaultKind.CLOCK, seconds=-1.5, at_s=0.25),
    ),
)


def through_json(schedule):
    return read_schedule(json.loads(json.dumps(schedule.as_json())))


@pytest.mark.parametrize("schedule", [Schedule(), FULL], ids=["default", "full"])
def test_a_schedule_comes_back_from_json_as_it_was(schedule):
    assert through_json(schedule) == schedule
    assert json.dumps(through_json(schedule).as_json()) == json.dumps(schedule.as_json())


def test_every_planned_schedule_comes_back_from_json_as_it_was():
    profile = Profile(
        steps={"main": 4, "main/a[0]": 3}, choices=5, sleeps=3, virtual_s=0.1, ports={"m:f": 2}
    )
    faults = Faults(
        cancel=True, ports={"m:f": tuple(FaultKind)[1:5]}, clock_s=5, late_work=True, at_most=3
    )
    turns = turns_of(profile)
    seen = set()
    for index in range(200):
        entry = planned(3, index, profile, turns, faults)
        assert through_json(entry.schedule) == entry.schedule
        seen.add(entry.strategy)
    assert seen == set(STRATEGIES) - {"exhaustive"}


@pytest.mark.parametrize("raw", [None, [], "ptest.schedule/1", {}, {"format": "ptest.schedule/2"}])
def test_another_format_is_refused(raw):
    with pytest.raises(InvalidDocumentError, match=r"is not 'ptest\.schedule/1'"):
        read_schedule(raw, path="here.json")


@pytest.mark.parametrize("member", [name for name in Schedule().as_json() if name != "format"])
def test_a_member_that_is_missing_is_named(member):
    raw = FULL.as_json()
    del raw[member]
    with pytest.raises(InvalidDocumentError, match=rf"^here.json .*\b{member}:"):
        read_schedule(raw, path="here.json")


ORDER = {"strategy": "walk", "seed": 1, "options": {}, "weights": {}}


@pytest.mark.parametrize(
    ("member", "value", "place"),
    [
        ("seed", "5", "seed"),
        ("seed", 5.0, "seed"),
        ("seed", True, "seed"),
        ("seed", None, "seed"),
        ("impatient", "no", "impatient"),
        ("impatient", 0, "impatient"),
        ("order", "walk", "order"),
        ("order", {**ORDER, "options": {"depth": "2"}}, "order.options.depth"),
        ("order", {**ORDER, "options": []}, "order.options"),
        ("order", {"strategy": "walk"}, "order.seed"),
        ("order", {**ORDER, "sed": 1}, "order.sed"),
        ("latency", {"distribution": 3, "seed": 1}, "latency.distribution"),
        ("picks", 3, "picks"),
        ("picks", [["main", "1"]], r"picks\[0\]\[1\]"),
        ("picks", [["main", 1, 2]], r"picks\[0\]"),
        ("holds", [{"task": "main", "step": "x"}], r"holds\[0\].step"),
        ("holds", [{"task": "main", "step": 1}, {"task": "main"}], r"holds\[1\].step"),
        ("holds", {"task": "main", "step": 1}, "holds"),
        ("delays", [{"task": "main", "nth": 1, "seconds": "3"}], r"delays\[0\].seconds"),
        ("delays", [{"task": "main", "nth": 1, "seconds": float("inf")}], r"delays\[0\].seconds"),
        ("delays", [{"task": "main", "nth": 1.5, "seconds": 3}], r"delays\[0\].nth"),
        ("faults", [{"kind": "explode"}], r"faults\[0\].kind"),
        ("faults", [{"kind": "raise", "target": 3}], r"faults\[0\].target"),
        ("faults", [{"kind": "raise", "waiting": 1}], r"faults\[0\].waiting"),
    ],
)
def test_a_member_of_another_type_is_named(member, value, place):
    with pytest.raises(InvalidDocumentError, match=rf"place\(s\): {place}: "):
        read_schedule({**Schedule().as_json(), member: value})


def test_a_schedule_that_claims_another_model_is_refused():
    with pytest.raises(InvalidDocumentError, match="model: 'strict', but what it says is 'reorder"):
        read_schedule({**FULL.as_json(), "model": "strict"})


def test_members_with_a_default_may_be_left_out_of_directives():
    raw = {**Schedule().as_json(), "faults": [{"kind": "clock", "seconds": 2}]}
    assert read_schedule(raw).faults == (Fault(kind=FaultKind.CLOCK, seconds=2.0),)


@pytest.mark.parametrize(
    ("change", "model"),
    [
        ({}, Model.STRICT),
        ({"order_seed": 3, "latency": FULL.latency, "delays": FULL.delays}, Model.STRICT),
        ({"impatient": True, "faults": FULL.faults, "seed": 9}, Model.STRICT),
        ({"order": FULL.order}, Model.REORDERING),
        ({"picks": FULL.picks}, Model.REORDERING),
        ({"holds": FULL.holds}, Model.REORDERING),
    ],
)
def test_only_what_changes_the_order_of_ready_tasks_is_of_the_reordering_model(change, model):
    assert replace(Schedule(), **change).model is model


def test_the_size_counts_directives():
    assert (Schedule().size, FULL.size) == (0, 5)


def said(**members):
    return in_words(Schedule(**members))


def test_asyncios_own_order_needs_no_words():
    assert said() == said(seed=5) == ()


def test_holds_in_words():
    assert said(
        holds=(
            Hold(task="main/fetch[2]", step=3),
            Hold(task="main/fetch[0]", step=1, others=1),
            Hold(task="main", step=2, others=4),
        )
    ) == (
        "Hold task main/fetch[2] before its step 3 until nothing else can run.",
        "Hold task main/fetch[0] before its step 1 until 1 step of others have run.",
        "Hold task main before its step 2 until 4 steps of others have run.",
    )


def test_delays_in_words():
    assert said(
        delays=(
            Delay(task="main/fetch[0]", nth=2, seconds=0.02),
            Delay(task="main/fetch[0]/thread[1]", nth=1, seconds=1.2345),
        )
    ) == (
        "Sleep 2 of task main/fetch[0] takes 20 ms longer.",
        "Call main/fetch[0]/thread[1] in a thread takes 1,234.5 ms longer.",
    )


def fault(kind, **members):
    return said(faults=(Fault(kind=kind, **members),))[0]


@pytest.mark.parametrize(
    ("words", "kind", "members"),
    [
        (
            "Cancel task main/a[0] before its step 2, while it waits.",
            FaultKind.CANCEL,
            {"target": "main/a[0]", "nth": 2, "waiting": True},
        ),
        (
            "Cancel task main/a[0] before its step 1, when it is about to run.",
            FaultKind.CANCEL,
            {"target": "main/a[0]"},
        ),
        (
            "Raise TimeoutError at call 3 of shop.store:Store.save.",
            FaultKind.RAISE,
            {"target": "shop.store:Store.save", "nth": 3, "error": "builtins:TimeoutError"},
        ),
        ("Drop call 1 of m:f.", FaultKind.DROP, {"target": "m:f"}),
        ("Make call 1 of m:f twice.", FaultKind.DUPLICATE, {"target": "m:f"}),
        (
            "Let call 1 of m:f come 250 ms late.",
            FaultKind.DELAY,
            {"target": "m:f", "seconds": 0.25},
        ),
        (
            "The wall clock is 2,000 ms ahead from the start.",
            FaultKind.CLOCK,
            {"seconds": 2.0},
        ),
        (
            "The wall clock is 500 ms behind from 10 ms on.",
            FaultKind.CLOCK,
            {"seconds": -0.5, "at_s": 0.01},
        ),
    ],
)
def test_faults_in_words(words, kind, members):
    assert fault(kind, **members) == words


def test_everything_else_in_words():
    assert said(
        impatient=True,
        order_seed=4,
        picks=(("main", 1),) * 3,
        order=FULL.order,
        latency=FULL.latency,
    ) == (
        "Time-outs do not wait for work that is late.",
        "Sets of tasks iterate in the order of seed 4.",
        "Ready tasks go by pct, seed 3.",
        "Sleeps take longer by few, seed 5.",
        "3 choices of the next task, as recorded.",
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0005, "0.5 ms"), (0, "0 ms"), (0.1, "100 ms"), (12.3456789, "12,345.679 ms")],
)
def test_durations_are_written_in_milliseconds(seconds, text):
    assert milliseconds(seconds) == text
