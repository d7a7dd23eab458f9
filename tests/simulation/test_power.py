"""What a search that found nothing means, in numbers and in words."""

import asyncio

import pytest

from production_testers.simulation import Power, explore


def power(**members):
    given = {"schedules": 300, "strategies": {"fifo": 1, "pct1": 10, "pct2": 100, "pct3": 1_000}}
    return Power(**{**given, "interleavings": 250, "tasks": 4, "choices": 5, **members})


@pytest.mark.parametrize(
    ("depth", "one_run", "runs"), [(1, 1 / 4, 10), (2, 1 / (4 * 5), 100), (3, 1 / (4 * 25), 1_000)]
)
def test_the_bound_is_pcts_for_independent_runs(depth, one_run, runs):
    assert power().bound(depth) == pytest.approx(1 - (1 - one_run) ** runs)


def test_only_runs_of_pct_of_that_depth_count():
    assert power(strategies={"walk": 10_000, "pct1": 500}).bound(2) == 0
    assert power(strategies={"pct2": 1}).bound(2) == pytest.approx(1 / 20)


def test_the_bound_grows_with_runs_and_falls_with_tasks_and_choices():
    bounds = [power(strategies={"pct2": runs}).bound(2) for runs in (1, 10, 100, 1000)]
    assert bounds == sorted(bounds)
    assert power(tasks=8).bound(2) < power().bound(2)
    assert power(choices=50).bound(2) < power().bound(2)
    assert power(choices=50).bound(1) == power().bound(1)


def test_a_program_without_tasks_or_choices_has_a_bound_all_the_same():
    assert power(tasks=0).bound(1) == 0
    assert power(choices=0).bound(3) == power(choices=1).bound(3)


def test_what_was_done_is_said_first():
    assert power().in_words()[0] == (
        "300 schedules (fifo 1, pct1 10, pct2 100, pct3 1000), 250 distinct interleavings of"
        " 4 tasks with 5 points of choice."
    )
    assert (
        power(schedules=1, interleavings=1, tasks=1, choices=1)
        .in_words()[0]
        .endswith("1 distinct interleaving of 1 task with 1 point of choice.")
    )


def test_the_bound_is_said_in_words():
    one, two, three = (f"{power().bound(depth) * 100:.2f} %" for depth in (1, 2, 3))
    assert f"with a probability of at least {one}, {two} and {three} (" in power().in_words()[1]
    few = power(strategies={"pct2": 1}, choices=100_000)
    assert few.bounds_in_words() == "0.00 %, under 0.01 % and 0.00 %"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"exhausted": True}, "Every order of ready tasks was executed"),
        ({"choices": 0}, "Never two tasks were ready at once"),
        ({"strategies": {"any-next": 300}}, "PCT did not run"),
    ],
)
def test_where_the_bound_says_nothing_something_else_is_said(members, words):
    said = power(**members).in_words()
    assert len(said) == 2
    assert said[1].startswith(words)


def test_executions_that_say_nothing_are_counted():
    assert power(inconclusive=3).in_words()[-1].startswith("Of these, 3 executions ")
    assert power(inconclusive=1).in_words()[-1].startswith("Of these, 1 execution ")


def test_figures_are_a_json_object():
    raw = power(inconclusive=2).as_json()
    assert raw["pct_bounds"] == [round(power().bound(depth), 6) for depth in (1, 2, 3)]
    assert list(raw["strategies"]) == sorted(raw["strategies"])
    assert (raw["distinct_interleavings"], raw["inconclusive"]) == (250, 2)


def test_the_figures_of_a_search_are_those_of_its_program():
    async def program():
        async def child():
            await asyncio.sleep(0)

        await asyncio.gather(child(), child())

    found = explore(program, schedules=60, isolate=False).power
    assert (found.schedules, sum(found.strategies.values()), found.tasks) == (60, 60, 3)
    assert found.choices > 0
    assert 1 < found.interleavings <= 60
    assert 0 < found.bound(1) <= 1


def test_pct_keeps_its_promise_for_a_defect_of_depth_1():
    """One task must begin before another; PCT of depth 1 promises 1 of n runs."""

    async def program():
        order = []

        async def child(number):
            order.append(number)
            await asyncio.sleep(0)

        await asyncio.gather(*map(child, range(3)))
        assert order[0] == 0

    (failure,) = explore(
        program, schedules=200, strategies=["pct1"], isolate=False, minimise=False
    ).failures
    assert failure.count >= 199 / 4 / 2  # half of what is promised: it is random
