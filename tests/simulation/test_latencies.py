"""How much longer sleeps take: what is drawn, for whom, and that it is drawn by meaning."""

import asyncio
from collections import Counter
from itertools import pairwise

import pytest

from production_testers.simulation import Delay, Schedule, execute
from production_testers.simulation.latencies import (
    DISTRIBUTIONS,
    WAKERS,
    extra_of,
    fraction,
    place_of,
    waker_of,
)
from production_testers.simulation.schedule import Latency
from production_testers.simulation.tasks import Actor

OPTIONS = {
    "wide": {"factor": 2.0, "call_s": 0.5},
    "few": {"share": 0.25, "low_s": 0.001, "high_s": 1.0},
    "uneven": {"factor": 10.0, "change": 0.0, "call_s": 0.5},
    "disturbed": {"most_s": 0.004},
}
ACTORS = [Actor(f"main/a[{number}]") for number in range(400)]


def drawn(name, seed=1, *, delay=0.1, nth=1, **options):
    extra = DISTRIBUTIONS[name](seed, {**OPTIONS[name], **options})
    return [extra(actor, nth, delay) for actor in ACTORS]


def test_fractions_are_even_and_depend_on_everything():
    fractions = [fraction(7, tag * 977, nth) for tag in range(100) for nth in range(1, 21)]
    assert len(set(fractions)) == 2000
    assert all(0 <= number < 1 for number in fractions)
    tenths = Counter(int(number * 10) for number in fractions)
    assert all(140 < tenths[tenth] < 260 for tenth in range(10)), tenths
    assert len({fraction(seed, 5, 1) for seed in range(100)}) == 100


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_draw_belongs_to_the_seed_the_task_and_the_number_of_its_sleep(name):
    assert drawn(name) == drawn(name)
    assert drawn(name) != drawn(name, seed=2)
    assert len(set(drawn(name))) > 50
    assert min(drawn(name)) >= 0
    if name != "uneven":  # there a task keeps its pace
        assert drawn(name) != drawn(name, nth=2)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_what_is_drawn_does_not_depend_on_what_was_drawn_before(name):
    extra = DISTRIBUTIONS[name](1, OPTIONS[name])
    backwards = [extra(actor, 1, 0.1) for actor in reversed(ACTORS)]
    assert backwards[::-1] == drawn(name)


def test_wide_latencies_are_up_to_a_multiple_of_the_sleep():
    seconds = drawn("wide")
    assert max(seconds) < 0.2
    assert max(seconds) > 0.19
    assert 0.09 < sum(seconds) / len(seconds) < 0.11
    assert max(drawn("wide", delay=0)) > 0.45  # a call in a thread


def test_few_latencies_meet_a_share_of_the_sleeps_with_any_magnitude():
    seconds = [s for s in drawn("few") if s]
    assert 70 < len(seconds) < 130
    assert 0.001 <= min(seconds) < 0.002
    assert 0.5 < max(seconds) <= 1.0
    magnitudes = Counter(int(1000 * s) > 31 for s in seconds)  # the middle of 1 and 1000
    assert min(magnitudes.values()) > 30


def test_uneven_latencies_give_every_task_a_pace():
    extra = DISTRIBUTIONS["uneven"](1, OPTIONS["uneven"])
    for actor in ACTORS[:20]:
        paces = {round(extra(actor, nth, 0.1 * nth) / (0.1 * nth), 3) for nth in range(1, 9)}
        assert len(paces) == 1
        assert 0 <= paces.pop() <= 9


def test_uneven_latencies_change_the_pace_at_a_share_of_the_sleeps():
    extra = DISTRIBUTIONS["uneven"](1, {**OPTIONS["uneven"], "change": 0.3})
    changes = 0
    for actor in ACTORS[:100]:
        paces = [extra(actor, nth, 0.1) for nth in range(1, 11)]
        changes += sum(a != b for a, b in pairwise(paces))
    assert 200 < changes < 340


def test_a_disturbance_is_small():
    assert 0.0035 < max(drawn("disturbed")) <= 0.004


def test_what_is_stated_comes_on_top_of_what_is_drawn():
    actor = ACTORS[0]
    stated = [Delay(task=actor.path, nth=2, seconds=3.0)]
    latency = Latency(distribution="wide", seed=1, options=OPTIONS["wide"])
    plain, both = extra_of(latency, ()), extra_of(latency, stated)
    assert both(actor, 2, 0.1) == plain(actor, 2, 0.1) + 3.0
    assert both(actor, 1, 0.1) == plain(actor, 1, 0.1)
    only = extra_of(None, stated)
    assert [only(actor, nth, 0.1) for nth in (1, 2, 3)] == [0, 3.0, 0]


# Who ends next


def chooser(name, seed, **options):
    return waker_of(Latency(distribution=name, seed=seed, options=options))


SLEEPERS = [(actor, 1) for actor in ACTORS[:4]]


def test_distributions_that_say_how_long_choose_nobody():
    assert waker_of(None) is None
    assert all(chooser(name, 1) is None for name in DISTRIBUTIONS)
    assert not set(WAKERS) & set(DISTRIBUTIONS)


def test_any_sleep_is_equally_likely_to_end_next():
    picks = Counter(chooser("any-next", seed).choose(SLEEPERS) for seed in range(800))
    assert all(150 < picks[position] < 250 for position in range(4)), picks


def test_ranked_sleeps_end_by_priority_and_keep_it():
    for seed in range(20):
        ranked = chooser("ranked", seed, depth=1, sleeps=9)
        best = ranked.choose(SLEEPERS)
        assert [ranked.choose(SLEEPERS) for _ in range(5)] == [best] * 5
    picks = Counter(
        chooser("ranked", seed, depth=1, sleeps=9).choose(SLEEPERS) for seed in range(800)
    )
    assert all(150 < picks[position] < 250 for position in range(4)), picks


def test_ranked_sleeps_of_depth_2_change_their_order_once():
    changes = Counter()
    for seed in range(50):
        ranked = chooser("ranked", seed, depth=2, sleeps=6)
        picks = [ranked.choose(SLEEPERS) for _ in range(6)]
        changes[sum(a != b for a, b in pairwise(picks))] += 1
    assert set(changes) == {0, 1}
    assert changes[1] > changes[0]


def test_in_order_ends_the_one_that_is_named_first():
    places = {place_of(ACTORS[2], 1): 0.0, place_of(ACTORS[1], 1): 1.0}
    in_order = chooser("in-order", 0, gap_s=0.02, **places)
    assert in_order.choose(SLEEPERS) == 2
    assert in_order.choose(SLEEPERS[:2]) == 1
    assert in_order.choose([SLEEPERS[0], SLEEPERS[3]]) == 0


def test_in_order_reproduces_an_order_of_ends_with_distances():
    async def program():
        ended = []

        async def sleeper(number):
            await asyncio.sleep(0.01)
            ended.append((number, round(asyncio.get_running_loop().time(), 2)))

        await asyncio.gather(*map(sleeper, range(3)))
        return ended

    places = {f"main/sleeper[{number}]#1": float(place) for place, number in enumerate((2, 0, 1))}
    latency = Latency(distribution="in-order", seed=0, options={**places, "gap_s": 0.05})
    ended = execute(program, Schedule(latency=latency))._ending[2]
    assert [number for number, _ in ended] == [2, 0, 1]
    moments = [moment for _, moment in ended]
    assert all(b - a >= 0.045 for a, b in pairwise(moments))


def test_a_call_in_a_thread_and_a_sleep_are_drawn_for_by_their_own_paths():
    def program_with(extra):
        async def sleeper():
            await asyncio.sleep(0.01)

        async def other():
            await asyncio.to_thread(len, "")

        async def program():
            await asyncio.gather(*(other() for _ in range(extra)), sleeper(), sleeper())

        return program

    latency = Latency(distribution="wide", seed=4, options=OPTIONS["wide"])
    few, many = (
        {
            (delay.task, delay.nth): delay.seconds
            for delay in execute(program_with(extra), Schedule(latency=latency)).stated.delays
        }
        for extra in (0, 3)
    )
    assert few.items() <= many.items()
    assert "main/other[2]/thread[0]" in {task for task, _ in many}
