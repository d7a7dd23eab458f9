"""What a simulation shows can happen on a stock loop: the same programs, the same order.

The programs are random. Only what asyncio itself leaves open is kept out of them: which of several
tasks that a `TaskGroup` cancels comes first, and in which order a set of tasks iterates.
"""

import asyncio
from random import Random

import pytest

MAKERS = "pause sleep event queue lock gather wait group timeout cancel shield future soon later"


class Program:
    """One program; `run` gives its visible order. Sleeps are far apart: no two are equal."""

    def __init__(self, seed, *, sleeps):
        self.random = Random(seed)
        self.makers = [name for name in MAKERS.split() if sleeps or name not in ("sleep", "later")]
        self.log = []
        self.tree = [self.block(3) for _ in range(self.random.randint(2, 4))]
        self.times = iter([self.random.uniform(0.01, 4) for _ in range(400)])

    def block(self, depth):
        makers = self.makers if depth else ["pause", "soon"]
        return [
            (
                self.random.choice(makers),
                self.random.randrange(3),
                [self.block(depth - 1) for _ in range(self.random.randint(1, 3))] if depth else [],
            )
            for _ in range(self.random.randint(1, 3))
        ]

    async def run(self):
        self.events = [asyncio.Event() for _ in range(3)]
        self.queues = [asyncio.Queue() for _ in range(3)]
        self.locks = [asyncio.Lock() for _ in range(3)]
        tasks = [
            asyncio.create_task(self.perform(block, f"{i}")) for i, block in enumerate(self.tree)
        ]
        for index in range(60):
            await asyncio.sleep(0)
            self.events[index % 3].set()
            self.queues[index % 3].put_nowait(index)
        found = await asyncio.gather(*tasks, return_exceptions=True)
        self.log.append([type(f).__name__ if isinstance(f, BaseException) else f for f in found])
        return list(self.log)  # what is left over is ended in other ways

    async def perform(self, block, name):
        try:
            for position, (maker, which, inner) in enumerate(block):
                self.log.append(f"{name} {maker}")
                label = f"{name}.{position}"
                found = await getattr(self, f"_{maker}")(which, inner, label)
                self.log.append(f"{name} after {maker} {found}")
        except asyncio.CancelledError:
            self.log.append(f"{name} cancelled")
            await asyncio.sleep(0)
            self.log.append(f"{name} cleaned up")
            raise
        return name

    def children(self, inner, label):
        return [
            asyncio.create_task(self.perform(block, f"{label}{chr(97 + i)}"))
            for i, block in enumerate(inner)
        ]

    async def _pause(self, which, _inner, _label):
        for _ in range(which + 1):
            await asyncio.sleep(0)

    async def _sleep(self, _which, _inner, _label):
        await asyncio.sleep(next(self.times))

    async def _event(self, which, _inner, _label):
        await self.events[which].wait()

    async def _queue(self, which, _inner, _label):
        return await self.queues[which].get()

    async def _lock(self, which, _inner, label):
        async with self.locks[which]:
            self.log.append(f"{label} holds lock {which}")
            await asyncio.sleep(0)

    async def _gather(self, _which, inner, label):
        return await asyncio.gather(
            *(self.perform(block, f"{label}{i}") for i, block in enumerate(inner))
        )

    async def _wait(self, which, inner, label):
        when = (asyncio.FIRST_COMPLETED, asyncio.ALL_COMPLETED, asyncio.FIRST_EXCEPTION)[which]
        tasks = self.children(inner, label)
        done, _ = await asyncio.wait(tasks, return_when=when)
        return [task in done for task in tasks]

    async def _group(self, which, inner, label):
        async def fail():
            await asyncio.sleep(0)
            raise ValueError(label)

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.perform(inner[0], f"{label}g"))
                if which == 0:
                    group.create_task(fail())
        except* ValueError as errors:
            self.log.append(f"{label} {len(errors.exceptions)} failed")

    async def _timeout(self, which, inner, label):
        try:
            async with asyncio.timeout(0 if which == 0 else 1000):
                return await self.perform(inner[0], f"{label}t")
        except TimeoutError:
            return "too late"

    async def _cancel(self, which, inner, label):
        task = self.children(inner[:1], label)[0]
        for _ in range(which):
            await asyncio.sleep(0)
        accepted = task.cancel()
        await asyncio.wait([task])
        return accepted

    async def _shield(self, which, inner, label):
        task = self.children(inner[:1], label)[0]
        outer = asyncio.ensure_future(asyncio.shield(task))
        await asyncio.sleep(0)
        if which:
            outer.cancel()
        await asyncio.wait([outer])
        await asyncio.wait([task])
        return outer.cancelled()

    async def _future(self, which, _inner, label):
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        future.add_done_callback(lambda _: self.log.append(f"{label} called back"))
        loop.call_soon(lambda: future.done() or future.set_result(which))
        return await future

    async def _soon(self, which, _inner, label):
        handle = asyncio.get_running_loop().call_soon(self.log.append, f"{label} soon")
        if which == 0:
            handle.cancel()

    async def _later(self, which, _inner, label):
        delay = next(self.times)
        handle = asyncio.get_running_loop().call_later(delay, self.log.append, f"{label} later")
        if which == 0:
            handle.cancel()


class InstantSelector:
    """Lets the stock loop run without waiting: `select` moves the loop's clock on instead."""

    def __init__(self, real):
        self.real = real
        self.now = 0.0

    def select(self, timeout=None):
        self.now += timeout or 0.0
        return self.real.select(0)

    def __getattr__(self, name):
        return getattr(self.real, name)


def on_the_stock_loop(main):
    """The result of `main()` on asyncio's own loop, whose clock never stands still."""
    loop = asyncio.SelectorEventLoop()
    selector = loop._selector = InstantSelector(loop._selector)

    def clock():
        selector.now += 1e-7
        return selector.now

    loop.time = clock
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main())


def simulated(run, program):
    session = run(lambda _loop: program.run())
    assert (session.ended, session.pending) == ("returned", ())
    return session.result


@pytest.mark.parametrize("seed", range(20))
def test_programs_without_time_have_the_order_of_asyncio_run(run, seed):
    for number in range(seed * 15, seed * 15 + 15):
        stock = asyncio.run(Program(number, sleeps=False).run())
        assert simulated(run, Program(number, sleeps=False)) == stock, number


@pytest.mark.parametrize("seed", range(20))
def test_programs_with_time_have_the_order_of_the_stock_loop(run, seed):
    for number in range(seed * 15, seed * 15 + 15):
        stock = on_the_stock_loop(Program(number, sleeps=True).run)
        assert simulated(run, Program(number, sleeps=True)) == stock, number


def test_the_programs_are_worth_comparing(run):
    logs = [simulated(run, Program(number, sleeps=True)) for number in range(100)]
    words = {word for log in logs for line in log for word in str(line).split()}
    assert {"cancelled", "soon", "later", "late", "holds", "called"} <= words
    assert {*MAKERS.split()} <= words
    assert len({str(log) for log in logs}) == 100


def test_timers_for_the_same_moment_fire_in_the_order_in_which_they_were_set(run):
    async def main(_loop=None):
        order = []

        async def sleeper(number):
            await asyncio.sleep(0.01)
            order.append(number)

        await asyncio.gather(*(sleeper(number) for number in range(50)))
        return order

    assert run(main).result == on_the_stock_loop(main) == list(range(50))


def test_a_custom_task_factory_of_the_program_keeps_the_order(run):
    async def main(_loop=None):
        loop = asyncio.get_running_loop()
        loop.set_task_factory(lambda loop, coro, **more: asyncio.Task(coro, loop=loop, **more))
        return await Program(5, sleeps=False).run()

    assert run(main).result == asyncio.run(main())
