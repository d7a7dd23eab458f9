"""Tasks and futures are known by where they come from: their paths, and how sets iterate."""

import asyncio
import sys
from asyncio import Task as TaskFromBefore

import pytest

from production_testers.simulation import Schedule, execute


class Traced(TaskFromBefore):
    """A program's own kind of task, made before anything was simulated."""

    def __init__(self, coro, **more):
        super().__init__(coro, **more)
        self.children = 0


class Kept(asyncio.Future):
    """A program's own kind of future, likewise."""


def result(program, schedule=Schedule()):  # noqa: B008 - it is frozen
    execution = execute(program, schedule)
    assert execution.problems == (), execution
    return execution._ending[2]


def paths(program):
    """The paths of all tasks, in the order of their first step."""
    return list(execute(program, Schedule()).profile.steps)


def with_other_addresses(count):
    """Shifts where the next objects lie in memory."""
    return [asyncio.Lock() for _ in range(count)], [object() for _ in range(count * 7)]


def outcomes(program, schedule=Schedule(), *, runs=6):  # noqa: B008 - it is frozen
    kept, found = [], set()
    for number in range(runs):
        kept.append(with_other_addresses(number * 37))
        found.add(execute(program, schedule).outcome)
        kept.append(execute(program, schedule))
    return found


async def nap(_number=0):
    await asyncio.sleep(0)


# Paths


def test_a_path_says_who_spawned_whom_as_which():
    async def program():
        async def parent():
            await asyncio.gather(nap(), nap())

        await asyncio.gather(parent(), parent(), nap())

    assert sorted(paths(program)) == [
        "main",
        "main/nap[0]",
        "main/parent[0]",
        "main/parent[0]/nap[0]",
        "main/parent[0]/nap[1]",
        "main/parent[1]",
        "main/parent[1]/nap[0]",
        "main/parent[1]/nap[1]",
    ]


def test_names_are_part_of_the_path():
    async def program():
        first = asyncio.create_task(nap(), name="first")
        again = asyncio.create_task(nap(), name="first")
        async with asyncio.TaskGroup() as group:
            group.create_task(nap(), name="in a group")
        await asyncio.gather(first, again)
        return first.get_name(), again.get_name()

    assert result(program) == ("first", "first")
    assert paths(program) == ["main", "main/first[0]", "main/first[1]", "main/in a group[0]"]


def test_a_name_that_is_given_before_the_first_step_counts():
    async def program():
        async def late():
            await asyncio.sleep(0)
            asyncio.current_task().set_name("too late")

        task = asyncio.create_task(nap())
        task.set_name("early")
        await asyncio.gather(task, late())
        return task.get_name()

    assert result(program) == "early"
    assert paths(program) == ["main", "main/early[0]", "main/late[0]"]


def test_no_two_tasks_have_one_path_however_they_are_renamed():
    async def program():
        tasks = [asyncio.create_task(nap()) for _ in range(3)]
        tasks[0].set_name("other")
        tasks.append(asyncio.create_task(nap()))
        tasks[-1].set_name("other")
        tasks += [asyncio.create_task(nap()) for _ in range(2)]
        await asyncio.gather(*tasks)
        return [task.simulated_actor.path for task in tasks]

    found = result(program)
    assert len(set(found)) == len(found) == 6
    assert [path.partition("[")[0] for path in found].count("main/other") == 2


def test_a_task_that_a_callback_spawns_has_no_parent():
    async def program():
        loop = asyncio.get_running_loop()
        spawned = []
        loop.call_soon(lambda: spawned.append(loop.create_task(nap())))
        loop.call_soon(lambda: spawned.append(loop.create_task(nap())))
        await asyncio.sleep(0)
        await asyncio.gather(*spawned)

    assert paths(program) == ["main", "nap", "nap[1]"]


def test_adding_a_task_leaves_the_paths_of_others_as_they_are():
    def program_with(extra):
        async def other():
            await asyncio.sleep(0)

        async def program():
            await asyncio.gather(*([other()] * 0), *(other() for _ in range(extra)), nap(), nap())

        return program

    before, after = set(paths(program_with(0))), set(paths(program_with(2)))
    assert before <= after
    assert after - before == {"main/other[0]", "main/other[1]"}


# Sets


def test_sets_of_tasks_iterate_in_the_order_in_which_they_were_spawned():
    async def program():
        tasks = {asyncio.create_task(asyncio.sleep(0, n)) for n in range(30)}
        await asyncio.sleep(0.1)
        return [task.result() for task in tasks]

    assert outcomes(program) == {f"returned {list(range(30))}"}


def test_an_order_seed_changes_how_sets_of_tasks_iterate_and_is_the_same_each_time():
    async def program():
        done, _ = await asyncio.wait([asyncio.create_task(asyncio.sleep(0, n)) for n in range(30)])
        return [task.result() for task in done]

    by_seed = [outcomes(program, Schedule(order_seed=seed), runs=3) for seed in range(4)]
    assert {len(found) for found in by_seed} == {1}
    assert len(set.union(*by_seed)) == 4


async def wait_in_a_set(futures):
    for number, future in enumerate(futures):
        if not future.done():
            future.set_result(number)
    done, _ = await asyncio.wait(futures)
    return [future.result() for future in done]


@pytest.mark.parametrize("bare", [True, False])
def test_sets_of_futures_iterate_in_the_order_in_which_they_came_in(bare):
    async def program():
        make = asyncio.Future if bare else asyncio.get_running_loop().create_future
        return await wait_in_a_set([make() for _ in range(40)])

    assert outcomes(program) == {f"returned {list(range(40))}"}


def test_sets_of_gathered_futures_iterate_in_the_order_in_which_they_came_in():
    async def program():
        gathered = [asyncio.gather(asyncio.sleep(0, number)) for number in range(40)]
        done, _ = await asyncio.wait(gathered)
        return [future.result()[0] for future in done]

    assert outcomes(program) == {f"returned {list(range(40))}"}


def test_shields_and_wrapped_futures_iterate_in_the_order_in_which_they_came_in():
    async def program():
        shields = {asyncio.shield(asyncio.sleep(0, number)) for number in range(40)}
        done, _ = await asyncio.wait(shields)
        return [future.result() for future in done]

    assert outcomes(program) == {f"returned {list(range(40))}"}


def test_all_tasks_and_groups_are_ordered_too():
    async def program():
        log = []

        async def child(number):
            try:
                await asyncio.Event().wait()
            finally:
                log.append(number)

        async def fails():
            await asyncio.sleep(0)
            raise ValueError("x")

        try:
            async with asyncio.TaskGroup() as group:
                for number in range(20):
                    group.create_task(child(number), name=f"{number}")
                group.create_task(fails())
                await asyncio.sleep(0)
                names = [task.get_name() for task in asyncio.all_tasks()]
        except* ValueError:
            pass
        return names, log

    assert len(outcomes(program)) == 1
    assert result(program)[1] == list(range(20))


def test_async_generators_that_are_left_open_are_closed_in_the_order_in_which_they_began():
    closed = []

    async def program():
        async def numbers(name):
            try:
                yield 1
            finally:
                for _ in range(name % 3):
                    await asyncio.sleep(0)
                closed.append(name)

        asyncio.get_running_loop().kept = kept = [numbers(n) for n in range(20)]
        for generator in kept:
            await anext(generator)

    expected = [n for rest in range(3) for n in range(20) if n % 3 == rest]
    digests, kept = set(), []
    for number in range(5):
        closed.clear()
        kept.append(with_other_addresses(number * 37))
        digests.add(execute(program, Schedule()).digest)
        assert closed == expected
    assert len(digests) == 1


# The program's own kinds


def test_what_stands_in_for_tasks_and_futures_knows_the_real_ones():
    async def program():
        loop = asyncio.get_running_loop()
        loop.set_task_factory(lambda loop, coro, **more: Traced(coro, loop=loop, **more))
        own = asyncio.create_task(nap())
        loop.set_task_factory(None)
        task, future, kept = asyncio.create_task(nap()), loop.create_future(), Kept()
        await asyncio.gather(own, task)
        return [
            [isinstance(one, kind) for kind in (asyncio.Task, asyncio.Future, Traced, Kept)]
            for one in (own, task, asyncio.current_task(), future, asyncio.Future(), kept, 3)
        ]

    assert result(program) == [
        [True, True, True, False],
        [True, True, False, False],
        [True, True, False, False],
        [False, True, False, False],
        [False, True, False, False],
        [False, True, False, True],
        [False, False, False, False],
    ]


def test_classes_that_a_program_derives_in_a_simulation_know_only_their_own():
    async def program():
        class MyFuture(asyncio.Future):
            pass

        class MyTask(asyncio.Task):
            pass

        mine = MyFuture()
        mine.set_result(3)
        task = MyTask(nap(), loop=asyncio.get_running_loop(), name="mine")
        await task
        return (
            [isinstance(one, MyFuture) for one in (mine, asyncio.Future(), task)],
            [isinstance(one, MyTask) for one in (task, asyncio.current_task())],
            issubclass(MyTask, asyncio.Task) and issubclass(asyncio.Task, asyncio.Future),
            await mine,
        )

    assert result(program) == ([True, False, False], [True, False], True, 3)


def test_outside_a_simulation_tasks_and_futures_are_the_stock_ones():
    execute(nap, Schedule())
    assert asyncio.Task is TaskFromBefore
    assert asyncio.Future is Kept.__mro__[1]
    assert asyncio.futures.Future is asyncio.Future

    async def stock():
        tasks = {asyncio.create_task(asyncio.sleep(0, n)) for n in range(5)}
        gathered = {asyncio.gather(task) for task in tasks}
        traced = {Traced(nap(), loop=asyncio.get_running_loop())}
        await asyncio.wait([*gathered, *traced])
        return sorted(task.result() for task in tasks)

    assert asyncio.run(stock()) == list(range(5))


FACTORIES = {
    "the stock class": lambda loop, coro, **more: TaskFromBefore(coro, loop=loop, **more),
    "the current class": lambda loop, coro, **more: asyncio.Task(coro, loop=loop, **more),
    "a subclass from before": lambda loop, coro, **more: Traced(coro, loop=loop, **more),
}


@pytest.mark.parametrize("factory", FACTORIES.values(), ids=FACTORIES)
def test_tasks_of_a_programs_own_factory_have_paths_and_take_steps(factory):
    async def program():
        asyncio.get_running_loop().set_task_factory(factory)
        async with asyncio.TaskGroup() as group:
            for number in range(3):
                group.create_task(nap(number), name=f"w{number}")
            group.create_task(nap())

    assert paths(program) == ["main", "main/w0[0]", "main/w1[0]", "main/w2[0]", "main/nap[0]"]


@pytest.mark.parametrize("name", ["the current class", "a subclass from before"])
def test_sets_of_tasks_of_a_programs_own_factory_iterate_alike(name):
    async def program():
        asyncio.get_running_loop().set_task_factory(FACTORIES[name])
        done, _ = await asyncio.wait([asyncio.create_task(asyncio.sleep(0, n)) for n in range(30)])
        return [task.result() for task in done]

    assert outcomes(program) == {f"returned {list(range(30))}"}


if sys.version_info >= (3, 12):  # there are no eager tasks before

    def test_eager_tasks_begin_at_once_have_paths_and_iterate_in_order():
        async def program():
            log = []

            async def child(number):
                log.append(number)
                await asyncio.sleep(number % 2)
                log.append(-number)
                return number

            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
            async with asyncio.TaskGroup() as group:
                tasks = {
                    group.create_task(child(number), name=f"c{number}") for number in range(1, 9)
                }
                begun = list(log)
            done, _ = await asyncio.wait(tasks)
            return begun, log[8:], [task.result() for task in done]

        numbers = list(range(1, 9))
        ended = [-2, -4, -6, -8, -1, -3, -5, -7]
        assert outcomes(program) == {f"returned ({numbers}, {ended}, {numbers})"}
        assert paths(program) == ["main", *(f"main/c{-number}[0]" for number in ended)]
