"""How each strategy chooses among ready steps."""

import asyncio
from collections import Counter
from types import SimpleNamespace

import pytest

from production_testers.simulation import Hold, Schedule, execute
from production_testers.simulation.schedule import Order
from production_testers.simulation.strategies import (
    PICKERS,
    First,
    Holding,
    Pct,
    Pos,
    Prefix,
    Recorded,
    Urw,
    Walk,
    name_of,
)
from production_testers.simulation.tasks import Actor

CALLBACK = SimpleNamespace(actor=None)


class Tasks:
    """Independent tasks with a number of steps each, all of them ready all the time."""

    def __init__(self, **steps):
        self.left = steps
        self.actors = {name: Actor(name) for name in steps}

    def options(self):
        return [SimpleNamespace(actor=self.actors[name]) for name, n in self.left.items() if n]

    def run(self, picker):
        """The order in which they take their steps."""
        order = []
        while len(options := self.options()) > 1:
            order.append(self._step(options[picker.pick(options)]))
        while options := self.options():
            order.append(self._step(options[0]))
        return "".join(order)

    def _step(self, option):
        option.actor.steps += 1
        self.left[option.actor.path] -= 1
        return option.actor.path


def orders(make, count, **steps):
    """How often each order comes."""
    return Counter(Tasks(**steps).run(make(seed)) for seed in range(count))


def order(name, seed, options=None, **weights):
    return Order(strategy=name, seed=seed, options=options or {}, weights=weights)


def test_first_is_asyncios_own_order():
    assert orders(lambda _: First(), 3, a=2, b=2) == {"aabb": 3}


@pytest.mark.parametrize("name", sorted(set(PICKERS) - {"prefix"}))
def test_a_seed_is_one_order_and_others_are_others(name):
    def picker(seed):
        return PICKERS[name](order(name, seed, {"depth": 3, "steps": 9}, a=4, b=3, c=2))

    first, again = (orders(picker, 60, a=4, b=3, c=2) for _ in range(2))
    assert first == again
    assert len(first) > 5


def test_a_random_walk_takes_every_ready_step_equally_often():
    options = Tasks(a=1, b=1, c=1).options()
    picks = Counter(Walk(order("walk", seed)).pick(options) for seed in range(900))
    assert all(250 < picks[position] < 350 for position in range(3)), picks


def test_weighed_by_what_is_left_every_order_is_equally_likely():
    counts = orders(lambda s: Urw(order("urw", s, a=4, b=1)), 2000, a=4, b=1)
    assert set(counts) == {"baaaa", "abaaa", "aabaa", "aaaba", "aaaab"}
    assert all(330 < count < 470 for count in counts.values()), counts
    walked = orders(lambda s: Walk(order("walk", s)), 2000, a=4, b=1)
    assert walked["baaaa"] > 2 * counts["baaaa"]


def test_without_expectations_weighing_is_a_random_walk():
    picks = Counter(
        Urw(order("urw", seed)).pick([*Tasks(a=1, b=1).options(), CALLBACK]) for seed in range(900)
    )
    assert all(250 < picks[position] < 350 for position in range(3)), picks


def test_pct_of_depth_1_lets_tasks_finish_in_the_order_of_their_priorities():
    counts = orders(lambda s: Pct(order("pct", s, {"depth": 1, "steps": 9})), 600, a=2, b=2, c=2)
    assert set(counts) == {"aabbcc", "aaccbb", "bbaacc", "bbccaa", "ccaabb", "ccbbaa"}
    assert all(60 < count < 140 for count in counts.values()), counts


def test_pct_of_depth_2_changes_one_priority_somewhere():
    counts = orders(lambda s: Pct(order("pct", s, {"depth": 2, "steps": 4})), 600, a=3, b=3)
    assert {"abbbaa", "aabbba", "baaabb", "bbaaab"} <= set(counts)
    assert not {"ababab", "abaabb"} & set(counts)  # more than one change


def test_pct_gives_callbacks_a_priority_of_their_own():
    picks = Counter()
    for seed in range(300):
        options = [*Tasks(a=1, b=1).options(), CALLBACK]
        picks[Pct(order("pct", seed, {"depth": 1, "steps": 3})).pick(options)] += 1
    assert all(60 < picks[position] < 140 for position in range(3)), picks


def test_what_pos_draws_for_a_step_stays_until_it_has_run():
    for seed in range(50):
        picker, tasks = Pos(order("pos", seed)), Tasks(a=3, b=1, c=1)
        options = tasks.options()
        best = picker.pick(options)
        assert [picker.pick(options) for _ in range(5)] == [best] * 5
        without_best = [option for option in options if option is not options[best]]
        second = picker.pick(without_best)
        assert [picker.pick(without_best) for _ in range(5)] == [second] * 5
    assert len(orders(lambda s: Pos(order("pos", s)), 200, a=2, b=2)) == 6


def test_holding_passes_over_a_held_step_and_only_that():
    picker = Holding([Hold(task="a", step=2)])
    assert Tasks(a=3, b=2, c=1).run(picker) == "abbcaa"


def test_holding_counts_the_steps_of_others_down():
    picker = Holding([Hold(task="a", step=1, others=2), Hold(task="c", step=1, others=1)])
    assert Tasks(a=2, b=2, c=1).run(picker) == "bbaac"


def test_where_every_step_is_held_the_first_goes():
    picker = Holding([Hold(task="a", step=1), Hold(task="b", step=1)])
    assert Tasks(a=1, b=1).run(picker) == "ab"


def test_a_callback_is_never_held():
    picker = Holding([Hold(task="a", step=1)])
    assert picker.pick([*Tasks(a=1).options(), CALLBACK]) == 1


def test_what_was_recorded_is_followed():
    picks = [("b", 1), ("a", 1), ("b", 2)]
    picker = Recorded(picks)
    assert Tasks(a=2, b=2).run(picker) == "baba"
    assert picker.out_of_step == 0


def test_where_what_was_recorded_does_not_fit_asyncios_own_order_is_followed():
    picker = Recorded([("b", 1), ("x", 7)])
    assert Tasks(a=2, b=2).run(picker) == "baab"
    assert picker.out_of_step == 2


def test_a_prefix_is_followed_by_asyncios_own_order():
    options = {"0": 1, "1": 9, "2": 0}
    assert Tasks(a=2, b=3).run(Prefix(order("prefix", 0, options))) == "bbaab"


def test_a_step_is_named_by_its_task_and_number():
    tasks = Tasks(a=2)
    (option,) = tasks.options()
    assert name_of(option) == ("a", 1)
    option.actor.steps = 4
    assert name_of(option) == ("a", 5)
    assert name_of(CALLBACK) == ("", 0)


@pytest.mark.parametrize("name", sorted(set(PICKERS) - {"prefix"}))
def test_every_strategy_runs_a_program_of_every_kind_of_step(name):
    async def program():
        loop = asyncio.get_running_loop()
        log = []

        async def child(number):
            loop.call_soon(log.append, number)
            await asyncio.to_thread(log.append, number + 10)
            await asyncio.sleep(0.001 * number)

        await asyncio.gather(*map(child, range(4)))
        return sorted(log)

    outcomes, seen = set(), set()
    for seed in range(20):
        chosen = Order(strategy=name, seed=seed, options={"depth": 2, "steps": 20})
        execution = execute(program, Schedule(order=chosen))
        outcomes.add(execution.outcome)
        seen.add(execution.interleaving)
    assert outcomes == {"returned [0, 1, 2, 3, 10, 11, 12, 13]"}
    assert len(seen) > 5
