"""The rule for measured evidence: how often it is wrong is counted, not believed."""

import math
from random import Random

import pytest

from production_testers.evidence.pipeline import REPLAYS
from production_testers.evidence.scripted import RUNS_ELSEWHERE
from production_testers.evidence.trial import TRIALS
from production_testers.model.measured import (
    Decided,
    decide,
    decide_ratio,
    in_turns,
    is_attributed,
)
from production_testers.model.shares import CONFIDENCE, at_least, at_most, tail

ALPHA = 1 - CONFIDENCE
CONFIRMED, REJECTED, UNDECIDED = Decided.CONFIRMED, Decided.REJECTED, Decided.UNDECIDED


@pytest.mark.parametrize(
    ("breaks", "repetitions", "expected"),
    [
        (10, 10, CONFIRMED),
        (9, 10, UNDECIDED),
        (7, 7, CONFIRMED),
        (6, 6, UNDECIDED),
        (16, 20, CONFIRMED),
        (15, 20, UNDECIDED),
        (5, 10, UNDECIDED),
        (4, 20, REJECTED),
        (0, 10, REJECTED),
        (0, 0, UNDECIDED),
    ],
)
def test_what_repetitions_say(breaks, repetitions, expected):
    said = decide(breaks, repetitions)
    assert said.state is expected
    assert f"{breaks} of {repetitions} repetitions" in said.words


def test_bounds_are_those_of_clopper_and_pearson():
    assert at_least(10, 10) == pytest.approx(0.01 ** (1 / 10))  # in closed form
    assert at_most(0, 10) == pytest.approx(1 - 0.01 ** (1 / 10))
    assert at_least(0, 10) == 0
    assert at_most(10, 10) == 1
    # 8 of 10, one-sided 99 %: 1 - P(fewer than 8) = 0.01 at 0.3883
    assert at_least(8, 10) == pytest.approx(0.3883, abs=5e-5)
    assert math.isfinite(at_least(2_500, 5_000))


def test_what_cannot_tell_counts_for_neither_side_and_too_much_of_it_decides_nothing():
    assert decide(16, 16, unknown=4).state is CONFIRMED
    assert decide(15, 15, unknown=5).state is UNDECIDED
    assert decide(0, 15, unknown=5).state is UNDECIDED
    assert "4 more could not tell" in decide(16, 16, unknown=4).words


@pytest.mark.parametrize(("breaks", "repetitions", "unknown"), [(3, 2, 0), (-1, 2, 0), (1, 2, -1)])
def test_counts_that_contradict_each_other_are_refused(breaks, repetitions, unknown):
    with pytest.raises(ValueError, match=f"{breaks} of {repetitions} repetitions"):
        decide(breaks, repetitions, unknown=unknown)


def chance(count, of, share):
    return math.comb(of, count) * share**count * (1 - share) ** (of - count)


@pytest.mark.parametrize("more_than", [0.5, 0.1, 0.9])
def test_what_does_not_show_often_enough_is_confirmed_once_in_a_hundred_at_most(more_than):
    """Exactly at the limit, and rejected as rarely; added up, not sampled."""
    for of in (*range(1, 13), 20, 33, 50):
        states = {k: decide(k, of, more_than=more_than).state for k in range(of + 1)}
        for state in (CONFIRMED, REJECTED):
            wrong = sum(chance(k, of, more_than) for k, said in states.items() if said is state)
            assert wrong <= ALPHA


def test_what_shows_nearly_always_is_confirmed_nearly_always():
    assert sum(chance(k, 20, 0.95) for k in range(21) if decide(k, 20).state is CONFIRMED) > 0.99


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.8, 0.99])
@pytest.mark.parametrize(("of", "beside"), [(10, 10), (10, 3), (20, 5)])
def test_a_control_that_breaks_as_often_is_told_apart_once_in_a_hundred_at_most(share, of, beside):
    wrong = sum(
        chance(k, of, share) * chance(other, beside, share)
        for k in range(of + 1)
        for other in range(beside + 1)
        if is_attributed(k, of, other, beside)
    )
    assert wrong <= ALPHA


def test_a_control_that_keeps_it_is_enough_and_one_that_breaks_half_is_not():
    assert is_attributed(10, 10, 0, 10)
    assert not is_attributed(10, 10, 5, 10)
    assert not is_attributed(0, 10, 0, 10)


def test_the_runs_of_a_script_are_enough_for_the_rule():
    here = TRIALS + REPLAYS
    assert is_attributed(here, here, 0, RUNS_ELSEWHERE)
    # what is verified would not stay away so often by chance
    assert tail(RUNS_ELSEWHERE, RUNS_ELSEWHERE, 1 - at_least(10, 10)) < 0.06


def noisy(random, ratio, count, noise=0.2):
    """Pairs of turns: both sides drift together, each has noise of its own."""
    pairs = []
    for _ in range(count):
        machine = random.lognormvariate(0, 1)
        mine, beside = (random.lognormvariate(0, noise) for _ in range(2))
        pairs.append((ratio * machine * mine, machine * beside))
    return pairs


@pytest.mark.slow
@pytest.mark.parametrize("count", [10, 20])
def test_of_three_hundred_systems_at_the_limit_hardly_one_is_over_it(count):
    random = Random(count)
    said = [decide_ratio(noisy(random, 1.0, count), 1.0).state for _ in range(300)]
    # 1 % of 300 is 3; 10 or more would come about less than once in five hundred
    assert said.count(CONFIRMED) < 10
    assert said.count(REJECTED) < 10


@pytest.mark.slow
def test_a_planted_slowdown_is_found_though_the_machine_drifts():
    random = Random(1)
    said = [decide_ratio(noisy(random, 1.5, 20, noise=0.1), 1.2).state for _ in range(100)]
    assert said.count(CONFIRMED) >= 95
    said = [decide_ratio(noisy(random, 1.0, 20, noise=0.1), 1.2).state for _ in range(100)]
    assert said.count(REJECTED) >= 95


def test_few_pairs_decide_nothing_however_clear_they_look():
    assert decide_ratio([(2.0, 1.0)] * 6, 1.0).state is UNDECIDED
    said = decide_ratio([(2.0, 1.0)] * 7, 1.0)
    assert (said.state, said.low, said.high) == (CONFIRMED, 2.0, 2.0)
    assert said.words.startswith("ratio 2 over 7 pairs, 2 to 2,")


def test_one_wild_pair_does_not_decide():
    pairs = [(1.0, 1.0), (0.99, 1.0)] * 10
    assert decide_ratio([*pairs, (1e6, 1.0)], 1.1).state is not CONFIRMED


def test_the_same_pairs_and_seed_say_the_same():
    pairs = noisy(Random(3), 1.1, 12)
    assert decide_ratio(pairs, 1.0, seed=4) == decide_ratio(pairs, 1.0, seed=4)


@pytest.mark.parametrize("pairs", [[], [(1.0, 0.0)], [(-1.0, 1.0)], [(math.nan, 1.0)]])
def test_figures_that_have_no_ratio_are_refused(pairs):
    with pytest.raises(ValueError, match="all figures must be over 0"):
        decide_ratio(pairs, 1.0)


def test_system_and_control_take_turns_and_neither_is_always_first():
    assert in_turns(3) == ("sut", "control", "control", "sut", "sut", "control")
    assert in_turns(8).count("sut") == in_turns(8).count("control") == 8
