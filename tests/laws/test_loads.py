"""The laws about loads accuse a framework only where three things are sure."""

import math
from random import Random

import pytest

from production_testers.experiments.jobs import cost_scenario
from production_testers.laws.load.releases import LAW as RELEASES
from production_testers.laws.load.releases import SLOWER_MAX
from production_testers.laws.load.targets import LAW as TARGETS
from production_testers.laws.load.targets import OWN_SHARE
from production_testers.model.history import History
from production_testers.model.observation import LoadFigure, Observation
from production_testers.model.verdict import State
from production_testers.suts.reference import ReferenceAdapter

PAIRS = 14
SUT = ReferenceAdapter().describe()


def said(law, *figures):
    return law.check(
        Observation(
            scenario=cost_scenario("chain", 1),
            sut=SUT,
            history=History(events=()),
            figures=figures,
        )
    )


def figure(own, control, *, name="p50_ms", limit=None, operations=5_000, **more):
    """All pairs alike, but for a little noise."""
    pairs = tuple((own * (1 + 0.01 * n), control * (1 + 0.01 * n)) for n in range(PAIRS))
    return LoadFigure(name=name, pairs=pairs, operations=operations, limit=limit, **more)


@pytest.mark.parametrize(
    ("own", "control", "limit", "state", "words"),
    [
        (90, 10, 50, State.BROKEN, "and 10.65 on a plain executor; the target is 50"),
        (30, 10, 50, State.HOLDS, "the target is met"),
        (90, 60, 50, State.HOLDS, "the plain executor misses it, too"),
        (60, 40, 50, State.HOLDS, "most of it is not the framework's"),
        (90, 44, 47, State.UNKNOWN, "the pairs decide nothing"),
    ],
)
def test_a_latency_target(own, control, limit, state, words):
    verdict = said(TARGETS, figure(own, control, limit=limit))
    assert verdict.state is state
    assert words in verdict.summary
    assert verdict.outcome_class == ("latency" if state is State.BROKEN else "")


def test_a_throughput_target_is_missed_from_below():
    rate = {"name": "throughput_tps", "limit": 500.0}
    assert said(TARGETS, figure(100, 900, **rate)).outcome_class == "throughput"
    assert said(TARGETS, figure(900, 2_000, **rate)).state is State.HOLDS
    assert said(TARGETS, figure(100, 200, **rate)).state is State.HOLDS


def test_a_miss_counts_only_by_more_than_the_share_that_others_had_of_the_core():
    alone = figure(60, 10, limit=50)
    assert said(TARGETS, alone).state is State.BROKEN
    crowded = figure(60, 10, limit=50, waited_share=0.5)
    assert said(TARGETS, crowded).state is State.UNKNOWN
    assert (
        "less the 50 % of the time in which others had its core" in said(TARGETS, crowded).summary
    )


@pytest.mark.parametrize(
    ("name", "operations", "words"),
    [
        ("p99_ms", 999, "p99_ms needs 1,000 executions in each load, and one completed 999"),
        ("p50_ms", 19, "needs 20 executions"),
        ("max_ms", 10**6, "max_ms is no figure that repetitions could decide"),
    ],
)
def test_a_figure_of_too_few_executions_says_nothing(name, operations, words):
    verdict = said(TARGETS, figure(90, 10, name=name, limit=50, operations=operations))
    assert verdict.state is State.UNKNOWN
    assert words in verdict.summary


def test_nothing_completed_in_a_turn_says_nothing():
    pairs = ((0.0, 10.0), *(((90.0, 10.0),) * (PAIRS - 1)))
    one = LoadFigure(name="p50_ms", pairs=pairs, operations=50, limit=50)
    assert "p50_ms is 0 in one of the loads" in said(TARGETS, one).summary


def test_one_figure_that_nobody_can_decide_is_not_covered_up_by_one_that_is_met():
    met, silent = figure(30, 10, limit=50), figure(90, 10, name="p99_ms", limit=50, operations=9)
    assert said(TARGETS, met, silent).state is State.UNKNOWN
    assert said(TARGETS, figure(90, 10, limit=50), silent).state is State.BROKEN


def test_no_figures_say_nothing():
    assert said(TARGETS).state is State.UNKNOWN
    assert said(RELEASES).state is State.UNKNOWN


def noisy(random, own, control, spread):
    """Pairs of a machine that is shared: log-normal, and slow moments hit both of a pair."""
    pairs = []
    for _ in range(PAIRS):
        moment = random.lognormvariate(0, spread)
        pairs.append(
            tuple(mean * moment * random.lognormvariate(0, spread) for mean in (own, control))
        )
    return tuple(pairs)


@pytest.mark.parametrize("ratio", [1.0, 1.5, OWN_SHARE])
def test_an_executor_without_fault_is_accused_at_most_once_in_a_hundred_times(ratio):
    random, wrong, trials = Random(7), 0, 100
    for _ in range(trials):
        limit = 10 * random.uniform(0.5, 1.2) * ratio
        pairs = noisy(random, 10 * ratio, 10, random.uniform(0.02, 0.5))
        one = LoadFigure(name="p50_ms", pairs=pairs, operations=500, limit=limit)
        wrong += said(TARGETS, one).state is State.BROKEN
    assert wrong <= trials * 0.01 + 3 * math.sqrt(trials * 0.01)


def test_an_executor_at_fault_is_found_on_a_noisy_machine():
    random = Random(8)
    found = [
        said(
            TARGETS,
            LoadFigure(name="p50_ms", pairs=noisy(random, 60, 10, 0.15), operations=500, limit=30),
        ).state
        is State.BROKEN
        for _ in range(25)
    ]
    assert sum(found) >= 22


@pytest.mark.parametrize(
    ("name", "way"), [("cpu_us", "costs-more"), ("p50_ms", "slower"), ("p99_ms", "slower")]
)
def test_a_release_that_takes_more_than_an_earlier_one(name, way):
    slower = said(RELEASES, figure(200, 100, name=name))
    assert (slower.state, slower.outcome_class) == (State.BROKEN, way)
    assert f"{SLOWER_MAX:g} is allowed" in slower.summary
    assert said(RELEASES, figure(110, 100, name=name)).state is State.HOLDS
    assert said(RELEASES, figure(200, 100, name=name, operations=3)).state is State.UNKNOWN


def test_a_release_that_is_a_little_slower_than_allowed_is_accused_at_most_once_in_a_hundred():
    random, trials = Random(9), 100
    wrong = sum(
        said(
            RELEASES,
            LoadFigure(
                name="cpu_us", pairs=noisy(random, 100 * SLOWER_MAX, 100, 0.2), operations=500
            ),
        ).state
        is State.BROKEN
        for _ in range(trials)
    )
    assert wrong <= trials * 0.01 + 3 * math.sqrt(trials * 0.01)
