"""Fifty correct programs: each must pass under every timing and every order of ready tasks."""

import asyncio
import contextvars
import heapq
import itertools
import random
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self

Program = Callable[[], Coroutine[Any, Any, object]]
PROGRAMS: dict[str, Program] = {}

TICK = 0.001
AGES = 3600.0
TOLERANCE = 1e-6  # timers may fire early by the resolution of the clock


def program(function: Program) -> Program:
    """Register a program under its name."""
    PROGRAMS[function.__name__] = function
    return function


@contextmanager
def raises(kind: type[BaseException]) -> Iterator[None]:
    """Let the block pass only if it raises `kind`."""
    try:
        yield
    except kind:
        return
    raise AssertionError(f"{kind.__name__} was not raised")


async def stop(*tasks: asyncio.Task) -> None:
    """Cancel tasks and wait until all have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# Async generators


@program
async def generators_closed_early() -> object:
    """Cursors over an endless table, closed by hand and by `aclosing`, give everything back."""
    opened = closed = 0

    async def rows() -> AsyncGenerator[int, None]:
        nonlocal opened, closed
        opened += 1
        try:
            for number in itertools.count():
                yield number
                await asyncio.sleep(0)
        finally:
            await asyncio.sleep(0)  # giving a connection back takes a round trip
            closed += 1

    async def by_hand() -> list[int]:
        cursor = rows()
        try:
            return [await anext(cursor) for _ in range(3)]
        finally:
            await cursor.aclose()

    async def by_context() -> list[int]:
        seen = []
        async with aclosing(rows()) as cursor:
            async for number in cursor:
                if number == 5:
                    break
                seen.append(number)
        return seen

    first, second, third = await asyncio.gather(by_hand(), by_context(), by_hand())
    assert first == third == [0, 1, 2]
    assert second == [0, 1, 2, 3, 4]
    assert opened == closed == 3
    return first + second


async def even_ones(source: AsyncGenerator[int, None]) -> AsyncGenerator[int, None]:
    """Let only even numbers through."""
    async with aclosing(source):
        async for number in source:
            if number % 2 == 0:
                yield number


async def batches(source: AsyncGenerator[int, None], size: int) -> AsyncGenerator[list[int], None]:
    """Collect numbers into lists of `size`, the last perhaps shorter."""
    async with aclosing(source):
        batch = []
        async for number in source:
            batch.append(number)
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch


@program
async def generator_pipeline_behind_a_lock() -> object:
    """Three consumers share a pipeline of generators; a lock lets one at a time ask it."""

    async def readings() -> AsyncGenerator[int, None]:
        for number in range(20):
            await asyncio.sleep(TICK if number % 7 == 6 else 0)
            yield number

    taking_turns = asyncio.Lock()
    taken: dict[str, list[list[int]]] = defaultdict(list)

    async def consume(name: str, source: AsyncGenerator[list[int], None]) -> None:
        while True:
            async with taking_turns:
                batch = await anext(source, None)
            if batch is None:
                return
            await asyncio.sleep(0)
            taken[name].append(batch)

    async with aclosing(batches(even_ones(readings()), 3)) as pipeline:
        await asyncio.gather(*(consume(name, pipeline) for name in ("ann", "bob", "cem")))
    everything = sorted(number for own in taken.values() for batch in own for number in batch)
    assert everything == list(range(0, 20, 2))
    assert all(own == sorted(own) for own in taken.values())
    return everything


@asynccontextmanager
async def merged(
    *streams: AsyncGenerator[Any, None],
) -> AsyncIterator[AsyncGenerator[Any, None]]:
    """Read several streams as one, until all have ended or the block is left."""
    events: asyncio.Queue[Any] = asyncio.Queue()
    end = object()

    async def pump(source: AsyncGenerator[Any, None]) -> None:
        async with aclosing(source):
            async for event in source:
                events.put_nowait(event)

    async def pump_all() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for source in streams:
                    group.create_task(pump(source))
        finally:
            events.put_nowait(end)

    async def read() -> AsyncGenerator[Any, None]:
        while (event := await events.get()) is not end:
            yield event

    pumping = asyncio.create_task(pump_all())
    try:
        async with aclosing(read()) as reader:
            yield reader
    finally:
        pumping.cancel()
        await asyncio.wait([pumping])
    if not pumping.cancelled():
        pumping.result()


@program
async def merged_event_streams() -> object:
    """Events of several generators are merged; once merged to the end, once left early."""
    closed: Counter[str] = Counter()

    async def stream(name: str, count: int, pause: float) -> AsyncGenerator[tuple[str, int], None]:
        try:
            for number in range(count):
                await asyncio.sleep(pause)
                yield name, number
        finally:
            closed[name] += 1

    received: dict[str, list[int]] = defaultdict(list)
    async with merged(
        stream("slow", 3, 2 * TICK), stream("quick", 6, 0), stream("empty", 0, 0)
    ) as events:
        async for name, number in events:
            received[name].append(number)
    assert received == {"slow": [0, 1, 2], "quick": [0, 1, 2, 3, 4, 5]}
    assert closed == {"slow": 1, "quick": 1, "empty": 1}

    few = []
    async with merged(stream("long", 1000, 0), stream("other", 1000, TICK)) as events:
        async for event in events:
            few.append(event)
            if len(few) == 4:
                break
    assert len(set(few)) == 4
    assert closed["long"] <= 1
    return dict(received)


# Task groups


@program
async def nested_task_groups() -> object:
    """Departments of employees: a group whose children open groups of their own."""

    async def employee(department: int, number: int) -> int:
        await asyncio.sleep((department + number) % 3 * TICK)
        return department * 10 + number

    async def department(number: int) -> int:
        async with asyncio.TaskGroup() as group:
            staff = [group.create_task(employee(number, each)) for each in range(3)]
        assert all(task.done() for task in staff)
        return sum(task.result() for task in staff)

    async with asyncio.TaskGroup() as company:
        departments = [company.create_task(department(number)) for number in range(4)]
    total = sum(task.result() for task in departments)
    assert total == sum(d * 10 + n for d in range(4) for n in range(3))
    return total


@program
async def failing_task_group() -> object:
    """One child fails; its siblings are cancelled, clean up, and one of them fails in doing so."""
    started = 0
    everyone_started = asyncio.Event()
    cleaned_up: set[str] = set()

    async def sibling(name: str) -> None:
        nonlocal started
        started += 1
        if started == 3:
            everyone_started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned_up.add(name)
            if name == "clumsy":
                raise KeyError(name)

    async def failing() -> None:
        await everyone_started.wait()
        raise ValueError("wrong")

    seen: list[str] = []
    try:
        async with asyncio.TaskGroup() as group:
            siblings = [group.create_task(sibling(name)) for name in ("tidy", "clumsy", "careful")]
            group.create_task(failing())
    except* ValueError as values:
        seen += [type(error).__name__ for error in values.exceptions]
    except* LookupError as lookups:
        seen += [type(error).__name__ for error in lookups.exceptions]
    assert sorted(seen) == ["KeyError", "ValueError"]
    assert cleaned_up == {"tidy", "clumsy", "careful"}
    assert [task.cancelled() for task in siblings] == [True, False, True]
    return sorted(seen)


@program
async def growing_task_group() -> object:
    """A crawler: each page found adds children to the group, no page is fetched twice."""
    links = {n: [2 * n, 2 * n + 1, n // 2, 1] for n in range(1, 8)}
    fetched: Counter[int] = Counter()
    seen: set[int] = set()

    async with asyncio.TaskGroup() as group:

        def visit(page: int) -> None:
            if page not in seen:
                seen.add(page)
                group.create_task(crawl(page), name=f"page {page}")

        async def crawl(page: int) -> None:
            await asyncio.sleep(page % 3 * TICK)
            fetched[page] += 1
            for link in links.get(page, []):
                visit(link)

        visit(1)

    assert set(fetched) == set(range(16))
    assert set(fetched.values()) == {1}
    return len(fetched)


# Time-outs


@program
async def timeouts_both_ways() -> object:
    """`asyncio.timeout` and `wait_for`, each once in time and once too late."""
    released: list[str] = []

    async def look_up(name: str, duration: float) -> str:
        try:
            for _ in range(4):
                await asyncio.sleep(duration / 4)
            return name
        finally:
            released.append(name)

    async with asyncio.timeout(5) as generous:
        assert await look_up("quick", 0.004) == "quick"
    assert not generous.expired()
    with raises(TimeoutError):
        async with asyncio.timeout(0.01) as strict:
            await look_up("slow", AGES)
    assert strict.expired()
    assert await asyncio.wait_for(look_up("brisk", 0.02), timeout=0.2) == "brisk"
    assert await asyncio.wait_for(look_up("unhurried", 0.002), timeout=None) == "unhurried"
    with raises(TimeoutError):
        await asyncio.wait_for(look_up("endless", AGES), timeout=0.005)
    assert released == ["quick", "slow", "brisk", "unhurried", "endless"]
    return released


@program
async def nested_timeouts() -> object:
    """The inner time-out fires and is handled, the outer does not; then the other way round."""
    trail: list[str] = []

    async def fallback() -> str:
        try:
            async with asyncio.timeout(0.005):
                await asyncio.Event().wait()
        except TimeoutError:
            trail.append("inner")
        await asyncio.sleep(TICK)
        return "fallback"

    async with asyncio.timeout(10) as outer:
        async with asyncio.timeout(5) as middle:
            answer = await fallback()
    assert answer == "fallback"
    assert not middle.expired()
    assert not outer.expired()

    try:
        async with asyncio.timeout(0.005) as short:
            try:
                async with asyncio.timeout(AGES) as long:
                    await asyncio.Event().wait()
            except TimeoutError:
                trail.append("never")
            finally:
                trail.append("left")
    except TimeoutError:
        trail.append("outer")
    assert short.expired()
    assert not long.expired()
    assert trail == ["inner", "left", "outer"]
    return trail


@program
async def rescheduled_deadline() -> object:
    """A watchdog's deadline is moved by every sign of progress, and fires when these cease."""
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[int] = asyncio.Queue()

    async def download() -> None:
        for number in range(5):
            await asyncio.sleep(2 * TICK)
            await chunks.put(number)

    received: list[int] = []
    downloading = asyncio.create_task(download())
    try:
        async with asyncio.timeout(None) as watchdog:
            while True:
                patience = 5.0 if len(received) < 5 else 0.005
                watchdog.reschedule(loop.time() + patience)
                received.append(await chunks.get())
    except TimeoutError:
        assert watchdog.expired()
    await downloading
    assert received == [0, 1, 2, 3, 4]
    return received


# Cancellation


@program
async def cancellation_with_clean_up() -> object:
    """Uploads are cancelled half-way, remove what they left, and pass the cancellation on."""
    storage: dict[str, list[int]] = {}
    under_way = asyncio.Queue()

    async def upload(name: str) -> None:
        storage[name] = []
        try:
            for part in itertools.count():
                storage[name].append(part)
                if part == 3:
                    under_way.put_nowait(name)
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            await asyncio.sleep(TICK)  # tell the server
            del storage[name]
            raise

    uploads = [asyncio.create_task(upload(name)) for name in ("a", "b", "c")]
    started = {await under_way.get() for _ in uploads}
    assert started == set(storage) == {"a", "b", "c"}
    for task in uploads:
        assert task.cancel("shutting down")
    await asyncio.wait(uploads)
    assert all(task.cancelled() for task in uploads)
    assert storage == {}
    return sorted(started)


@program
async def shielded_commit() -> object:
    """A request is cancelled while it commits; the commit is shielded, awaited, and complete."""
    table: list[str] = []
    committing = asyncio.Event()
    disk_answers = asyncio.Event()

    async def commit(rows: list[str]) -> None:
        for row in rows:
            committing.set()
            await disk_answers.wait()
            await asyncio.sleep(TICK)
            table.append(row)

    async def handle(rows: list[str]) -> None:
        await asyncio.sleep(0)
        writing = asyncio.create_task(commit(rows))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await writing
            raise

    request = asyncio.create_task(handle(["one", "two", "three"]))
    await committing.wait()
    request.cancel()
    disk_answers.set()
    with raises(asyncio.CancelledError):
        await request
    assert request.cancelled()
    assert table == ["one", "two", "three"]
    return table


class Skippable:
    """A scope that can be left from outside, by a cancellation it absorbs itself."""

    def __init__(self) -> None:
        self._task: asyncio.Task | None = None
        self._before = 0
        self.skipped = False

    def skip(self) -> None:
        if self._task is not None and not self.skipped:
            self.skipped = True
            self._task.cancel()

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        self._before = self._task.cancelling()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        task, self._task = self._task, None
        return self.skipped and task.uncancel() <= self._before and kind is asyncio.CancelledError


@program
async def absorbed_cancellation() -> object:
    """A player's song can be skipped: a scope absorbs its own cancellation with `uncancel`."""

    played: list[str] = []
    skipped: list[str] = []
    scopes: asyncio.Queue[Skippable] = asyncio.Queue()

    async def play() -> int:
        for song, endless in (("short", False), ("drone", True), ("tune", False), ("hum", True)):
            async with Skippable() as scope:
                if endless:
                    scopes.put_nowait(scope)
                    await asyncio.Event().wait()
                await asyncio.sleep(0)
                played.append(song)
            if scope.skipped:
                skipped.append(song)
        with raises(TimeoutError):  # a time-out still works afterwards
            async with asyncio.timeout(2 * TICK):
                await asyncio.Event().wait()
        return asyncio.current_task().cancelling()

    player = asyncio.create_task(play())
    for _ in range(2):
        scope = await scopes.get()
        await asyncio.sleep(TICK)
        scope.skip()
        scope.skip()
    assert await player == 0
    assert played == ["short", "tune"]
    assert skipped == ["drone", "hum"]
    return played


# Queues


@program
async def worker_pool() -> object:
    """Workers take jobs from a queue until it is joined, then are cancelled and awaited."""
    jobs: asyncio.Queue[int] = asyncio.Queue()
    results: dict[int, int] = {}
    failed: list[int] = []

    async def square(job: int) -> int:
        await asyncio.sleep(job % 4 * TICK)
        if job % 5 == 0:
            raise ValueError(job)
        return job * job

    async def work() -> None:
        while True:
            job = await jobs.get()
            try:
                results[job] = await square(job)
            except ValueError:
                failed.append(job)
            finally:
                jobs.task_done()

    workers = [asyncio.create_task(work(), name=f"worker {number}") for number in range(3)]
    for job in range(12):
        jobs.put_nowait(job)
    await jobs.join()
    for worker in workers:
        worker.cancel()
    ended = await asyncio.gather(*workers, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ended)
    assert results == {job: job * job for job in range(12) if job % 5}
    assert sorted(failed) == [0, 5, 10]
    return results


@program
async def priority_and_lifo_queues() -> object:
    """A hospital treats by urgency; a file walker keeps the folders still to visit on a stack."""
    waiting: asyncio.PriorityQueue[tuple[int, int, str]] = asyncio.PriorityQueue()
    counter = itertools.count()

    async def arrive(urgency: int, name: str) -> None:
        await asyncio.sleep(urgency % 2 * TICK)
        await waiting.put((urgency, next(counter), name))

    await asyncio.gather(*(arrive(5 - n % 4, f"patient {n}") for n in range(9)))
    treated = [await waiting.get() for _ in range(9)]
    assert treated == sorted(treated)
    assert waiting.empty()

    tree = {"/": ["a", "b"], "a": ["c", "d"], "b": ["e"], "c": [], "d": [], "e": []}
    stack: asyncio.LifoQueue[str] = asyncio.LifoQueue()
    visited: list[str] = []

    async def walk() -> None:
        while True:
            folder = await stack.get()
            try:
                await asyncio.sleep(0)
                visited.append(folder)
                for child in tree[folder]:
                    stack.put_nowait(child)
            finally:
                stack.task_done()

    stack.put_nowait("/")
    walkers = [asyncio.create_task(walk()) for _ in range(2)]
    await stack.join()
    await stop(*walkers)
    assert sorted(visited) == sorted(tree)
    assert all(
        visited.index(folder) < visited.index(child) for folder in tree for child in tree[folder]
    )
    return [urgency for urgency, _, _ in treated]


async def stage(
    end: object,
    workers: int,
    transform: Callable[[int], int],
    source: asyncio.Queue[Any],
    target: asyncio.Queue[Any],
    successors: int,
) -> None:
    """Workers transform what comes until each has seen the end, then tell their successors."""

    async def work() -> None:
        while (item := await source.get()) is not end:
            await asyncio.sleep(item % 2 * TICK)
            await target.put(transform(item))

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
    for _ in range(successors):
        await target.put(end)


@program
async def sentinel_pipeline() -> object:
    """Three stages of several workers each; the last worker of a stage closes the next one."""
    end = object()

    raw, parsed, scored, stored = (asyncio.Queue(maxsize=2) for _ in range(4))
    result: list[int] = []

    async def read() -> None:
        for number in range(10):
            await raw.put(number)
        for _ in range(2):
            await raw.put(end)

    async def store() -> None:
        while (item := await stored.get()) is not end:
            result.append(item)

    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        group.create_task(stage(end, 2, lambda n: n + 1, raw, parsed, 3))
        group.create_task(stage(end, 3, lambda n: n * 2, parsed, scored, 1))
        group.create_task(stage(end, 1, lambda n: n - 1, scored, stored, 1))
        group.create_task(store())
    assert sorted(result) == [2 * (n + 1) - 1 for n in range(10)]
    assert all(queue.empty() for queue in (raw, parsed, scored, stored))
    return sorted(result)


@program
async def bounded_queue_with_back_pressure() -> object:
    """A quick producer is slowed down by a bounded queue: never more items about than allowed."""
    queue: asyncio.Queue[int | None] = asyncio.Queue(maxsize=3)
    produced = consumed = most = 0

    async def produce() -> None:
        nonlocal produced, most
        for number in range(25):
            await queue.put(number)
            produced += 1
            most = max(most, produced - consumed)
        await queue.put(None)

    async def consume() -> list[int]:
        nonlocal consumed
        taken: list[int] = []
        while (item := await queue.get()) is not None:
            await asyncio.sleep(TICK if item % 6 == 0 else 0)
            taken.append(item)
            consumed += 1
        return taken

    _, taken = await asyncio.gather(produce(), consume())
    assert taken == list(range(25))
    assert most <= 3 + 1 + 1  # in the queue, in the consumer's hands, just put
    with raises(asyncio.QueueEmpty):
        queue.get_nowait()
    return taken


# Locks and their relatives


@program
async def semaphores() -> object:
    """At most three downloads at a time; a bounded semaphore refuses one release too many."""
    limit = asyncio.BoundedSemaphore(3)
    running = most = 0

    async def download(number: int) -> int:
        nonlocal running, most
        async with limit:
            running += 1
            most = max(most, running)
            try:
                await asyncio.sleep(number % 3 * TICK)
                if number == 4:
                    raise ConnectionError(number)
                return number
            finally:
                running -= 1

    results = await asyncio.gather(*(download(n) for n in range(10)), return_exceptions=True)
    assert [n for n, result in enumerate(results) if result != n] == [4]
    assert isinstance(results[4], ConnectionError)
    assert 1 <= most <= 3
    assert running == 0
    assert not limit.locked()
    with raises(ValueError):
        limit.release()
    return [n for n in results if isinstance(n, int)]


@program
async def bounded_buffer_with_a_condition() -> object:
    """Producers and consumers of a ring buffer wait on one condition with predicates."""
    buffer: deque[int] = deque()
    changed = asyncio.Condition()
    capacity = 2
    taken: list[int] = []

    async def produce(start: int) -> None:
        for number in range(start, start + 6):
            async with changed:
                await changed.wait_for(lambda: len(buffer) < capacity)
                buffer.append(number)
                assert len(buffer) <= capacity
                changed.notify_all()
            await asyncio.sleep(0)

    async def consume() -> None:
        for _ in range(4):
            async with changed:
                await changed.wait_for(lambda: buffer)
                taken.append(buffer.popleft())
                changed.notify_all()
            await asyncio.sleep(TICK)

    await asyncio.gather(produce(0), produce(100), consume(), consume(), consume())
    assert sorted(taken) == [*range(6), *range(100, 106)]
    assert not buffer
    return sorted(taken)


@program
async def gates_and_latches() -> object:
    """Services wait for the configuration; the door opens when the latch has counted them all."""
    loaded = asyncio.Event()
    settings: dict[str, int] = {}

    class Latch:
        def __init__(self, count: int) -> None:
            self._missing = count
            self._zero = asyncio.Event()

        def count_down(self) -> None:
            self._missing -= 1
            if self._missing == 0:
                self._zero.set()

        async def wait(self) -> None:
            await self._zero.wait()

    latch = Latch(4)
    ready: list[int] = []

    async def serve(number: int) -> int:
        await loaded.wait()
        await asyncio.sleep(number * TICK)
        ready.append(number)
        latch.count_down()
        return settings["base"] + number

    async def load() -> None:
        await asyncio.sleep(2 * TICK)
        settings["base"] = 40
        loaded.set()

    services = [asyncio.create_task(serve(number)) for number in range(4)]
    loading = asyncio.create_task(load())
    await latch.wait()
    assert sorted(ready) == [0, 1, 2, 3]
    assert await asyncio.gather(*services) == [40, 41, 42, 43]
    await loading
    loaded.clear()
    assert not loaded.is_set()
    return sorted(ready)


@program
async def barrier_phases() -> object:
    """A simulation in phases: nobody begins a phase before all have ended the one before."""
    barrier = asyncio.Barrier(4)
    phases = 3
    finished: Counter[int] = Counter()
    leaders: Counter[int] = Counter()

    async def cell(number: int) -> None:
        for phase in range(phases):
            if phase:
                assert finished[phase - 1] == 4
            await asyncio.sleep((number + phase) % 3 * TICK)
            finished[phase] += 1
            async with barrier as position:
                if position == 0:
                    leaders[phase] += 1
                assert finished[phase] == 4

    await asyncio.gather(*(cell(number) for number in range(4)))
    assert leaders == {0: 1, 1: 1, 2: 1}
    assert barrier.n_waiting == 0
    return dict(leaders)


@program
async def read_write_lock() -> object:
    """Many readers or one writer: readers never see the two halves of a record differ."""

    class ReadWriteLock:
        def __init__(self) -> None:
            self._changed = asyncio.Condition()
            self._readers = 0
            self._writing = False
            self._writers_waiting = 0

        @asynccontextmanager
        async def reading(self) -> AsyncIterator[None]:
            async with self._changed:
                await self._changed.wait_for(
                    lambda: not self._writing and not self._writers_waiting
                )
                self._readers += 1
            try:
                yield
            finally:
                async with self._changed:
                    self._readers -= 1
                    self._changed.notify_all()

        @asynccontextmanager
        async def writing(self) -> AsyncIterator[None]:
            async with self._changed:
                self._writers_waiting += 1
                try:
                    await self._changed.wait_for(lambda: not self._writing and not self._readers)
                finally:
                    self._writers_waiting -= 1
                self._writing = True
            try:
                yield
            finally:
                async with self._changed:
                    self._writing = False
                    self._changed.notify_all()

    lock = ReadWriteLock()
    record = {"left": 0, "right": 0}

    async def read() -> int:
        for _ in range(4):
            async with lock.reading():
                left = record["left"]
                await asyncio.sleep(0)
                assert record["right"] == left
            await asyncio.sleep(TICK)
        return left

    async def write() -> None:
        for _ in range(3):
            async with lock.writing():
                record["left"] += 1
                await asyncio.sleep(TICK)
                record["right"] += 1
            await asyncio.sleep(0)

    results = await asyncio.gather(read(), write(), read(), write(), read())
    assert record == {"left": 6, "right": 6}
    assert all(0 <= left <= 6 for left in results[::2])
    return record


@program
async def bank_with_ordered_locks() -> object:
    """Transfers lock the accounts in the order of their numbers: no deadlock, no money lost."""

    @dataclass
    class Account:
        number: int
        balance: int
        lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    accounts = [Account(number, 100) for number in range(4)]
    refused = 0

    async def transfer(source: Account, target: Account, amount: int) -> None:
        nonlocal refused
        first, second = sorted((source, target), key=lambda account: account.number)
        async with first.lock, second.lock:
            if source.balance < amount:
                refused += 1
                return
            balance = source.balance
            await asyncio.sleep(0)
            source.balance = balance - amount
            await asyncio.sleep(0)
            target.balance += amount

    async def customer() -> None:
        for _ in range(5):
            source, target = random.sample(accounts, 2)
            await transfer(source, target, random.randint(1, 80))

    await asyncio.gather(*(customer() for _ in range(4)))
    assert sum(account.balance for account in accounts) == 400
    assert all(account.balance >= 0 for account in accounts)
    assert not any(account.lock.locked() for account in accounts)
    assert refused <= 20
    return 400


@program
async def dining_philosophers() -> object:
    """Five philosophers; all take the lower fork first, so that all get to eat."""
    forks = [asyncio.Lock() for _ in range(5)]
    holder: list[int | None] = [None] * 5
    meals: Counter[int] = Counter()

    async def philosopher(seat: int) -> None:
        low, high = sorted((seat, (seat + 1) % 5))
        while meals[seat] < 3:
            await asyncio.sleep(0)  # think
            async with forks[low]:
                await asyncio.sleep(0)
                async with forks[high]:
                    assert holder[low] is holder[high] is None
                    holder[low] = holder[high] = seat
                    await asyncio.sleep(TICK if meals[seat] == 1 else 0)
                    assert holder[low] == holder[high] == seat
                    meals[seat] += 1
                    holder[low] = holder[high] = None

    await asyncio.gather(*(philosopher(seat) for seat in range(5)))
    assert set(meals.values()) == {3}
    return dict(sorted(meals.items()))


# Caches and the like


@program
async def single_flight_cache() -> object:
    """Requests for a key share one load; failures are not kept; a cancelled one harms nobody."""
    database_up = asyncio.Event()
    loads: Counter[str] = Counter()

    class Cache:
        def __init__(self) -> None:
            self._values: dict[str, str] = {}
            self._flights: dict[str, asyncio.Task[str]] = {}

        async def get(self, key: str) -> str:
            if key in self._values:
                return self._values[key]
            flight = self._flights.get(key)
            if flight is None:
                flight = self._flights[key] = asyncio.create_task(self._load(key))
            return await asyncio.shield(flight)

        async def _load(self, key: str) -> str:
            try:
                loads[key] += 1
                await database_up.wait()
                await asyncio.sleep(TICK)
                if key == "flaky" and loads[key] == 1:
                    raise ConnectionError(key)
                self._values[key] = key.upper()
                return self._values[key]
            finally:
                del self._flights[key]

    cache = Cache()
    requests = [asyncio.create_task(cache.get(key)) for key in ("a", "b", "a", "a", "b")]
    flaky = [asyncio.create_task(cache.get("flaky")) for _ in range(2)]
    requests[2].cancel()
    database_up.set()
    answers = await asyncio.gather(*requests, return_exceptions=True)
    assert isinstance(answers.pop(2), asyncio.CancelledError)
    assert answers == ["A", "B", "A", "B"]
    first, second = await asyncio.gather(*flaky, return_exceptions=True)
    assert isinstance(first, ConnectionError)
    assert isinstance(second, ConnectionError)
    assert await cache.get("flaky") == "FLAKY"
    assert loads == {"a": 1, "b": 1, "flaky": 2}
    return answers


@program
async def double_checked_initialisation() -> object:
    """A client and an async property are made once, though many ask for them at the same time."""
    made: Counter[str] = Counter()

    class Service:
        def __init__(self) -> None:
            self._client: object | None = None
            self._lock = asyncio.Lock()
            self._version: asyncio.Future[str] | None = None

        async def client(self) -> object:
            if self._client is None:
                async with self._lock:
                    if self._client is None:
                        made["client"] += 1
                        await asyncio.sleep(2 * TICK)
                        self._client = object()
            return self._client

        @property
        def version(self) -> Awaitable[str]:
            """Memoised: a task may be awaited as often as one likes."""
            if self._version is None:
                self._version = asyncio.ensure_future(self._ask_version())
            return self._version

        async def _ask_version(self) -> str:
            made["version"] += 1
            await self.client()
            await asyncio.sleep(TICK)
            return "1.2"

    service = Service()

    async def use(number: int) -> tuple[object, str]:
        await asyncio.sleep(number % 3 * TICK)
        return await service.client(), await service.version

    used = await asyncio.gather(*(use(number) for number in range(6)))
    assert len({id(client) for client, _ in used}) == 1
    assert {version for _, version in used} == {"1.2"}
    assert made == {"client": 1, "version": 1}
    return dict(made)


@program
async def compare_and_swap() -> object:
    """Counters are raised optimistically: whoever finds another version reads again and retries."""

    class Store:
        def __init__(self) -> None:
            self._rows: dict[str, tuple[int, int]] = {}

        async def read(self, key: str) -> tuple[int, int]:
            await asyncio.sleep(0)
            return self._rows.get(key, (0, 0))

        async def swap(self, key: str, version: int, value: int) -> bool:
            await asyncio.sleep(0)
            if self._rows.get(key, (0, 0))[0] != version:
                return False
            self._rows[key] = version + 1, value
            return True

    store = Store()
    conflicts = 0

    async def add(key: str, amount: int) -> None:
        nonlocal conflicts
        while True:
            version, value = await store.read(key)
            if await store.swap(key, version, value + amount):
                return
            conflicts += 1
            await asyncio.sleep(random.random() * TICK)

    await asyncio.gather(*(add("xy"[n % 2], n) for n in range(10)))
    assert await store.read("x") == (5, 0 + 2 + 4 + 6 + 8)
    assert await store.read("y") == (5, 1 + 3 + 5 + 7 + 9)
    assert conflicts >= 0
    return 45


@program
async def unit_of_work() -> object:
    """Units of work commit as a whole; those that fail or are cancelled leave no trace."""
    rows: dict[str, int] = {"total": 0}
    writing = asyncio.Lock()

    @asynccontextmanager
    async def unit() -> AsyncIterator[dict[str, int]]:
        async with writing:
            staged = dict(rows)
            yield staged
            await asyncio.sleep(TICK)
            rows.clear()
            rows.update(staged)

    stuck = asyncio.Event()

    async def add(name: str, amount: int) -> None:
        async with unit() as staged:
            staged[name] = amount
            await asyncio.sleep(0)
            if amount < 0:
                raise ValueError(name)
            if amount == 0:
                stuck.set()
                await asyncio.Event().wait()
            staged["total"] += amount

    cancelled = asyncio.create_task(add("never", 0))
    others = [asyncio.create_task(add(f"row {n}", n)) for n in (3, -1, 4, -2, 5)]
    await stuck.wait()
    cancelled.cancel()
    results = await asyncio.gather(cancelled, *others, return_exceptions=True)
    kinds = [type(result).__name__ for result in results]
    assert kinds == [
        "CancelledError",
        "NoneType",
        "ValueError",
        "NoneType",
        "ValueError",
        "NoneType",
    ]
    assert rows == {"total": 12, "row 3": 3, "row 4": 4, "row 5": 5}
    return rows


# Rates, retries, guards


@program
async def rate_limiter() -> object:
    """Every caller reserves the next slot: the n-th call never comes before its time."""
    loop = asyncio.get_running_loop()

    class Pacer:
        def __init__(self, interval: float) -> None:
            self._interval = interval
            self._next = loop.time()

        async def turn(self) -> None:
            now = loop.time()
            slot = max(now, self._next)
            self._next = slot + self._interval
            await asyncio.sleep(slot - now)

    start = loop.time()
    pacer = Pacer(2 * TICK)
    calls: list[float] = []

    async def caller() -> None:
        for _ in range(3):
            await pacer.turn()
            calls.append(loop.time())

    await asyncio.gather(*(caller() for _ in range(3)))
    for number, moment in enumerate(sorted(calls)):
        assert moment >= start + number * 2 * TICK - TOLERANCE
    return len(calls)


@program
async def token_bucket() -> object:
    """A bucket of four tokens, refilled at a rate: never more grants than tokens."""
    loop = asyncio.get_running_loop()

    class Bucket:
        def __init__(self, rate: float, capacity: int) -> None:
            self._rate, self._capacity = rate, capacity
            self._tokens = float(capacity)
            self._stamp = loop.time()
            self._lock = asyncio.Lock()

        def _refill(self) -> None:
            now = loop.time()
            gained = (now - self._stamp) * self._rate
            self._tokens = min(self._capacity, self._tokens + gained)
            self._stamp = now

        async def take(self) -> None:
            async with self._lock:
                self._refill()
                while self._tokens < 1:
                    await asyncio.sleep(max((1 - self._tokens) / self._rate, TICK))
                    self._refill()
                self._tokens -= 1

    start = loop.time()
    bucket = Bucket(rate=500, capacity=4)
    granted = 0

    async def client() -> None:
        nonlocal granted
        for _ in range(4):
            await bucket.take()
            granted += 1
            assert granted <= 4 + 500 * (loop.time() - start) + TOLERANCE
            await asyncio.sleep(0)

    await asyncio.gather(*(client() for _ in range(3)))
    assert granted == 12
    return granted


@program
async def retry_with_back_off() -> object:
    """Flaky calls are retried with growing, jittered pauses; errors of one's own making are not."""
    attempts: Counter[str] = Counter()

    async def call(name: str, failures: int) -> str:
        attempts[name] += 1
        await asyncio.sleep(0)
        if failures < 0:
            raise ValueError(name)
        if attempts[name] <= failures:
            raise ConnectionError(name)
        return name

    async def retried(name: str, failures: int, most: int = 4) -> str:
        for attempt in itertools.count(1):
            try:
                return await call(name, failures)
            except ConnectionError:
                if attempt == most:
                    raise
            await asyncio.sleep(random.uniform(0.5, 1.0) * TICK * 2**attempt / 4)
        raise AssertionError("unreachable")

    results = await asyncio.gather(
        retried("sound", 0),
        retried("flaky", 2),
        retried("hopeless", 99),
        retried("misused", -1),
        return_exceptions=True,
    )
    assert results[:2] == ["sound", "flaky"]
    assert isinstance(results[2], ConnectionError)
    assert isinstance(results[3], ValueError)
    assert attempts == {"sound": 1, "flaky": 3, "hopeless": 4, "misused": 1}
    return dict(attempts)


class CircuitOpenError(Exception):
    """The circuit is open: the call was not made."""


class Breaker:
    """A circuit breaker that lets one call probe after the cool-down."""

    def __init__(self, threshold: int, cool_down: float) -> None:
        self.state = "closed"
        self._threshold, self._cool_down = threshold, cool_down
        self._failures = 0
        self._timer: asyncio.TimerHandle | None = None

    async def call(self, operation: Callable[[], Awaitable[int]]) -> int:
        if self.state in ("open", "probing"):
            raise CircuitOpenError
        if self.state == "half-open":
            self.state = "probing"
        try:
            result = await operation()
        except ConnectionError:
            self._failures += 1
            if self._failures >= self._threshold and self.state != "open":
                self.state = "open"
                self._timer = asyncio.get_running_loop().call_later(
                    self._cool_down, self._half_open
                )
            raise
        if self.state != "open":
            self.state, self._failures = "closed", 0
        return result

    def _half_open(self) -> None:
        self.state = "half-open"

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


@program
async def circuit_breaker() -> object:
    """After three failures the circuit opens, cools down, is probed by one call, and closes."""
    breaker = Breaker(threshold=3, cool_down=2 * TICK)
    calls = 0
    states: Counter[str] = Counter()

    async def service() -> int:
        nonlocal calls
        calls += 1
        states[breaker.state] += 1
        number = calls
        await asyncio.sleep(0)
        if number <= 5:
            raise ConnectionError(number)
        return number

    async def client() -> int:
        while True:
            try:
                return await breaker.call(service)
            except (ConnectionError, CircuitOpenError):
                await asyncio.sleep(TICK)

    try:
        answers = await asyncio.gather(*(client() for _ in range(4)))
    finally:
        breaker.close()
    assert len(set(answers)) == 4
    assert min(answers) > 5
    assert states["open"] == 0
    assert states["probing"] >= 1
    return len(answers)


class Debounced:
    """Calls an action once nobody has asked for it for a while."""

    def __init__(self, delay: float, action: Callable[[int], None]) -> None:
        self._delay, self._action = delay, action
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self, value: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._delay, self._action, value)


@program
async def debounce_and_throttle() -> object:
    """A burst of changes is saved once, by its last state; clicks are let through now and then."""
    loop = asyncio.get_running_loop()
    saved: list[int] = []
    was_saved = asyncio.Event()

    def save(value: int) -> None:
        saved.append(value)
        was_saved.set()

    change = Debounced(3 * TICK, save)
    for burst in (10, 20):
        was_saved.clear()
        for value in range(burst, burst + 5):
            change(value)
        await was_saved.wait()
    assert saved == [14, 24]

    interval = 2 * TICK
    let_through: list[float] = []

    def click() -> None:
        now = loop.time()
        if not let_through or now - let_through[-1] >= interval:
            let_through.append(now)

    async def user() -> None:
        for _ in range(8):
            click()
            await asyncio.sleep(TICK)

    await asyncio.gather(user(), user())
    assert 1 <= len(let_through) <= 16
    assert all(b - a >= interval for a, b in itertools.pairwise(let_through))
    return saved


# Long-lived services


@program
async def heartbeat() -> object:
    """A heart beats while work is done; it is cancelled and awaited, and beats no more."""
    beats = 0
    beaten = asyncio.Condition()
    stopped: list[str] = []

    async def beat() -> None:
        nonlocal beats
        try:
            while True:
                await asyncio.sleep(TICK)
                async with beaten:
                    beats += 1
                    beaten.notify_all()
        finally:
            stopped.append("heart")

    @asynccontextmanager
    async def beating() -> AsyncIterator[None]:
        heart = asyncio.create_task(beat(), name="heart")
        try:
            yield
        finally:
            heart.cancel()
            await asyncio.wait([heart])
        assert heart.cancelled()

    async with beating(), beaten:
        await beaten.wait_for(lambda: beats >= 3)
    final = beats
    await asyncio.sleep(4 * TICK)
    assert beats == final
    assert stopped == ["heart"]
    return stopped


class Topic:
    """Every subscriber has a queue of its own."""

    def __init__(self) -> None:
        self._queues: list[asyncio.Queue[int | None]] = []

    @contextmanager
    def subscription(self) -> Iterator[asyncio.Queue[int | None]]:
        queue: asyncio.Queue[int | None] = asyncio.Queue()
        self._queues.append(queue)
        try:
            yield queue
        finally:
            self._queues.remove(queue)

    @property
    def subscribers(self) -> int:
        return len(self._queues)

    def publish(self, message: int | None) -> None:
        for queue in self._queues:
            queue.put_nowait(message)


@program
async def publish_subscribe() -> object:
    """Every subscriber gets every message in order; one leaves early, none hampers another."""

    topic = Topic()
    subscribed = asyncio.Semaphore(0)

    async def subscribe(most: int) -> list[int]:
        received: list[int] = []
        with topic.subscription() as queue:
            subscribed.release()
            while len(received) < most:
                message = await queue.get()
                if message is None:
                    break
                await asyncio.sleep(message % 2 * TICK)
                received.append(message)
        return received

    readers = [asyncio.create_task(subscribe(most)) for most in (99, 3, 99)]
    for _ in readers:
        await subscribed.acquire()
    assert topic.subscribers == 3
    for message in range(8):
        topic.publish(message)
        await asyncio.sleep(0)
    topic.publish(None)
    received = await asyncio.gather(*readers)
    assert received == [list(range(8)), [0, 1, 2], list(range(8))]
    assert topic.subscribers == 0
    return received


@program
async def supervisor() -> object:
    """A failing child is restarted with a pause, until it serves; then both are stopped."""
    starts: Counter[str] = Counter()
    serving = asyncio.Semaphore(0)
    ended: list[str] = []

    async def child(name: str, crashes: int) -> None:
        starts[name] += 1
        await asyncio.sleep(0)
        if starts[name] <= crashes:
            raise OSError(name)
        serving.release()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    async def supervise(name: str, crashes: int, restarts: int) -> None:
        for attempt in range(restarts + 1):
            try:
                await child(name, crashes)
            except OSError:
                await asyncio.sleep(attempt * TICK)
            else:
                return
        raise RuntimeError(f"{name} keeps crashing")

    supervisors = [
        asyncio.create_task(supervise("steady", 0, 3)),
        asyncio.create_task(supervise("shaky", 2, 3)),
        asyncio.create_task(supervise("broken", 99, 3)),
    ]
    await serving.acquire()
    await serving.acquire()
    await asyncio.wait(supervisors[2:])
    await stop(*supervisors)
    assert [task.cancelled() for task in supervisors] == [True, True, False]
    assert isinstance(supervisors[2].exception(), RuntimeError)
    assert starts == {"steady": 1, "shaky": 3, "broken": 4}
    assert sorted(ended) == ["shaky", "steady"]
    return dict(sorted(starts.items()))


class ClosedError(Exception):
    """The server accepts no more requests."""


class Server:
    """Answers numbers with their successors."""

    def __init__(self, workers: int) -> None:
        self._requests: asyncio.Queue[tuple[int, asyncio.Future[int]]] = asyncio.Queue()
        self._closing = False
        self._workers = [asyncio.create_task(self._work()) for _ in range(workers)]
        self.served = 0

    async def ask(self, number: int) -> int:
        if self._closing:
            raise ClosedError
        answer = asyncio.get_running_loop().create_future()
        self._requests.put_nowait((number, answer))
        return await answer

    async def _work(self) -> None:
        while True:
            number, answer = await self._requests.get()
            await asyncio.sleep(number % 3 * TICK)
            self.served += 1
            if not answer.cancelled():
                answer.set_result(number + 1)
            self._requests.task_done()

    async def close(self) -> None:
        self._closing = True
        await self._requests.join()
        await stop(*self._workers)


@program
async def graceful_shutdown() -> object:
    """A server stops accepting, serves all it has accepted, and only then lets its workers go."""

    server = Server(2)
    served_some = asyncio.Event()
    refused = 0

    async def client(start: int) -> int:
        nonlocal refused
        answered = 0
        for number in range(start, start + 6):
            try:
                assert await server.ask(number) == number + 1
            except ClosedError:
                refused += 1
                continue
            answered += 1
            served_some.set()
        return answered

    clients = [asyncio.create_task(client(start)) for start in (0, 100, 200)]
    await served_some.wait()
    await server.close()
    answered = sum(await asyncio.gather(*clients))
    assert answered == server.served
    assert answered + refused == 18
    with raises(ClosedError):
        await server.ask(1)
    return answered + refused


@program
async def resource_pool() -> object:
    """Connections and buffers are leased from pools through an exit stack, and all come back."""

    class Pool:
        def __init__(self, name: str, size: int) -> None:
            self._free: asyncio.LifoQueue[str] = asyncio.LifoQueue()
            for number in range(size):
                self._free.put_nowait(f"{name} {number}")
            self.in_use: set[str] = set()

        @asynccontextmanager
        async def lease(self) -> AsyncIterator[str]:
            item = await self._free.get()
            assert item not in self.in_use
            self.in_use.add(item)
            try:
                yield item
            finally:
                self.in_use.remove(item)
                self._free.put_nowait(item)

        @property
        def free(self) -> int:
            return self._free.qsize()

    connections, buffers = Pool("connection", 3), Pool("buffer", 2)
    log: list[str] = []

    async def request(number: int) -> int:
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(connections.lease())
            if number % 2:
                buffer = await stack.enter_async_context(buffers.lease())
                assert buffer in buffers.in_use
            stack.callback(log.append, connection)
            await asyncio.sleep(number % 3 * TICK)
            if number == 5:
                raise ConnectionError(number)
            return number

    results = await asyncio.gather(*(request(n) for n in range(9)), return_exceptions=True)
    assert [n for n in results if isinstance(n, int)] == [0, 1, 2, 3, 4, 6, 7, 8]
    assert isinstance(results[5], ConnectionError)
    assert connections.in_use == buffers.in_use == set()
    assert (connections.free, buffers.free) == (3, 2)
    assert len(log) == 9
    return len(log)


class AccountActor:
    """The balance is known to one task only."""

    def __init__(self) -> None:
        self._mailbox: asyncio.Queue[tuple[str, int, asyncio.Future[int]]] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    async def ask(self, what: str, amount: int = 0) -> int:
        answer = asyncio.get_running_loop().create_future()
        await self._mailbox.put((what, amount, answer))
        return await answer

    async def _run(self) -> None:
        balance = 0
        while True:
            what, amount, answer = await self._mailbox.get()
            if what == "deposit":
                before = balance
                await asyncio.sleep(0)
                balance = before + amount
            elif what == "withdraw" and amount > balance:
                if not answer.done():
                    answer.set_exception(ValueError(amount))
                continue
            elif what == "withdraw":
                balance -= amount
            if not answer.done():
                answer.set_result(balance)
            if what == "stop":
                return

    async def close(self) -> int:
        final = await self.ask("stop")
        await self._task
        return final


@program
async def actor_with_a_mailbox() -> object:
    """All state belongs to one task; others send messages and await the answers."""

    account = AccountActor()

    async def customer(number: int) -> None:
        for amount in (number, 10, 20):
            await account.ask("deposit", amount)
        await account.ask("withdraw", 10)

    await asyncio.gather(*(customer(number) for number in range(4)))
    with raises(ValueError):
        await account.ask("withdraw", 1_000_000)
    final = await account.close()
    assert final == 0 + 1 + 2 + 3 + 4 * 20
    return final


@program
async def periodic_jobs() -> object:
    """A scheduler runs jobs of different periods from a heap; none runs before its time."""
    loop = asyncio.get_running_loop()
    runs: dict[str, list[float]] = defaultdict(list)
    progress = asyncio.Event()

    async def schedule(periods: dict[str, float], start: float) -> None:
        due = [(start + period, name) for name, period in periods.items()]
        heapq.heapify(due)
        while True:
            moment, name = due[0]
            if (delay := moment - loop.time()) > 0:
                await asyncio.sleep(delay)
            runs[name].append(loop.time())
            progress.set()
            heapq.heapreplace(due, (moment + periods[name], name))
            await asyncio.sleep(0)

    periods = {"poll": 2 * TICK, "flush": 3 * TICK, "report": 5 * TICK}
    start = loop.time()
    scheduler = asyncio.create_task(schedule(periods, start))
    while any(len(runs[name]) < 3 for name in periods):
        progress.clear()
        await progress.wait()
    await stop(scheduler)
    assert scheduler.cancelled()
    for name, period in periods.items():
        assert runs[name] == sorted(runs[name])
        for number, moment in enumerate(runs[name], 1):
            assert moment >= start + number * period - TOLERANCE
    return sorted(runs)


class Background:
    """Keeps its tasks until they end, and notes how they ended."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task] = set()
        self.ended: dict[str, str] = {}

    def start(self, coroutine: Coroutine[Any, Any, object], name: str) -> asyncio.Task:
        task = asyncio.create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._reap)
        return task

    def _reap(self, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            self.ended[task.get_name()] = "cancelled"
        elif (error := task.exception()) is not None:
            self.ended[task.get_name()] = type(error).__name__
        else:
            self.ended[task.get_name()] = "done"

    async def drain(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)


@program
async def background_tasks_with_callbacks() -> object:
    """Named background tasks are kept, reaped by a callback, and their exceptions collected."""

    background = Background()

    async def send(number: int) -> None:
        assert asyncio.current_task().get_name() == f"mail {number}"
        await asyncio.sleep(number * TICK)
        if number == 2:
            raise ConnectionError(number)
        if number == 3:
            background.start(send(4), "mail 4")

    tasks = [background.start(send(number), f"mail {number}") for number in range(4)]
    hung = background.start(asyncio.Event().wait(), "hung")
    unwanted: list[asyncio.Task] = []
    tasks[0].add_done_callback(unwanted.append)
    assert tasks[0].remove_done_callback(unwanted.append) == 1
    hung.cancel()
    await background.drain()
    assert background.ended == {
        "mail 0": "done",
        "mail 1": "done",
        "mail 2": "ConnectionError",
        "mail 3": "done",
        "mail 4": "done",
        "hung": "cancelled",
    }
    assert unwanted == []
    return dict(sorted(background.ended.items()))


# Waiting for many


@program
async def map_reduce() -> object:
    """Words are counted by shards, a few at a time; shards that failed are mapped once more."""
    text = ("the quick brown fox jumps over the lazy dog " * 6).split()
    shards = [text[start : start + 9] for start in range(0, len(text), 9)]
    attempts: Counter[int] = Counter()

    async def bounded(
        limit: int, work: list[Coroutine[Any, Any, Counter[str]]]
    ) -> list[Counter[str] | BaseException]:
        gate = asyncio.Semaphore(limit)

        async def one(coroutine: Coroutine[Any, Any, Counter[str]]) -> Counter[str]:
            async with gate:
                return await coroutine

        return await asyncio.gather(*map(one, work), return_exceptions=True)

    async def count(number: int) -> Counter[str]:
        attempts[number] += 1
        await asyncio.sleep(number % 2 * TICK)
        if number % 3 == 0 and attempts[number] == 1:
            raise ConnectionError(number)
        return Counter(shards[number])

    results: dict[int, Counter[str]] = {}
    missing = list(range(len(shards)))
    while missing:
        mapped = await bounded(3, [count(number) for number in missing])
        for number, result in zip(missing, mapped, strict=True):
            if isinstance(result, Counter):
                results[number] = result
            else:
                assert isinstance(result, ConnectionError)
        missing = [number for number in missing if number not in results]
    total = sum(results.values(), Counter())
    assert total == Counter(text)
    assert attempts == {n: 2 if n % 3 == 0 else 1 for n in range(len(shards))}
    return dict(sorted(total.items()))


@program
async def waiting_in_four_ways() -> object:
    """`asyncio.wait` with its three conditions, with a time limit, and `as_completed`."""
    never = asyncio.Event()

    async def quick(number: int) -> int:
        await asyncio.sleep(number * TICK)
        return number

    async def failing() -> None:
        await asyncio.sleep(2 * TICK)
        raise LookupError

    first, hung = asyncio.create_task(quick(1)), asyncio.create_task(never.wait())
    done, pending = await asyncio.wait([first, hung], return_when=asyncio.FIRST_COMPLETED)
    assert (done, pending) == ({first}, {hung})

    broken, second = asyncio.create_task(failing()), asyncio.create_task(quick(0))
    done, pending = await asyncio.wait([broken, second, hung], return_when=asyncio.FIRST_EXCEPTION)
    assert broken in done
    assert hung in pending
    assert isinstance(broken.exception(), LookupError)

    several = {asyncio.create_task(quick(number)) for number in range(4)}
    done, pending = await asyncio.wait(several, return_when=asyncio.ALL_COMPLETED)
    assert (done, pending) == (several, set())

    done, pending = await asyncio.wait([hung], timeout=2 * TICK)
    assert (done, pending) == (set(), {hung})
    for task in pending:
        task.cancel()
    await asyncio.wait([hung, second])
    assert hung.cancelled()

    completed = [await each for each in asyncio.as_completed([quick(n) for n in (3, 1, 2)])]
    assert sorted(completed) == [1, 2, 3]
    with raises(TimeoutError):
        waiting = asyncio.create_task(never.wait())
        try:
            for each in asyncio.as_completed([waiting], timeout=2 * TICK):
                await each
        finally:
            await stop(waiting)
    return sorted(completed)


@program
async def futures_set_by_callbacks() -> object:
    """Futures are set by `call_soon`, `call_later` and `call_at`; cancelled timers never ring."""
    loop = asyncio.get_running_loop()
    rung: list[str] = []
    all_rung = asyncio.Event()

    def set_once(future: asyncio.Future[str], value: str) -> None:
        rung.append(value)
        if len(rung) == 5:
            all_rung.set()
        if not future.done():
            future.set_result(value)

    def fail(future: asyncio.Future[str]) -> None:
        if not future.done():
            future.set_exception(OSError("no carrier"))

    soon, later, at, failed, race = (loop.create_future() for _ in range(5))
    start = loop.time()
    loop.call_soon(set_once, soon, "soon")
    loop.call_later(2 * TICK, set_once, later, "later")
    timer = loop.call_at(start + 3 * TICK, set_once, at, "at")
    assert timer.when() == start + 3 * TICK
    loop.call_soon(fail, failed)
    never = loop.call_later(TICK, set_once, race, "never")
    never.cancel()
    assert never.cancelled()
    loop.call_later(TICK, set_once, race, "one")
    loop.call_later(TICK, set_once, race, "two")

    assert await soon == "soon"
    with raises(OSError):
        await failed
    assert await later == "later"
    assert loop.time() >= start + 2 * TICK - TOLERANCE
    assert await at == "at"
    assert await race in ("one", "two")
    await all_rung.wait()
    assert sorted(rung) == ["at", "later", "one", "soon", "two"]
    return sorted(rung)


# Polling, clocks, contexts, threads


@program
async def polling_for_a_flag() -> object:
    """Two loops of `sleep(0)` wait for a flag that a busy task sets."""
    flags: set[str] = set()

    async def compute() -> int:
        total = 0
        for number in range(30):
            total += number
            await asyncio.sleep(0)
        flags.add("computed")
        return total

    async def poll(flag: str) -> int:
        polls = 0
        while flag not in flags:
            polls += 1
            await asyncio.sleep(0)
        return polls

    computing = asyncio.create_task(compute())
    polls = await asyncio.gather(poll("computed"), poll("computed"))
    assert await computing == sum(range(30))
    assert min(polls) >= 0
    assert await poll("computed") == 0
    return sorted(flags)


@program
async def polling_for_a_timer() -> object:
    """Loops of `sleep(0)` wait for a time-stamp to pass and for a timer to ring."""
    loop = asyncio.get_running_loop()
    rung: list[float] = []
    start = loop.time()
    loop.call_later(2 * TICK, lambda: rung.append(loop.time()))

    async def poll_flag() -> float:
        while not rung:  # noqa: ASYNC110 - polling is the point
            await asyncio.sleep(0)
        return rung[0]

    async def poll_clock() -> float:
        while loop.time() < start + 2 * TICK:  # noqa: ASYNC110
            await asyncio.sleep(0)
        return loop.time()

    moments = await asyncio.gather(poll_flag(), poll_clock())
    assert all(moment >= start + 2 * TICK - TOLERANCE for moment in moments)
    return len(moments)


@program
async def identifiers_and_clocks() -> object:
    """Identifiers are unique across tasks; no clock ever goes backwards."""
    loop = asyncio.get_running_loop()
    identifiers: list[uuid.UUID] = []
    clocks: dict[str, Callable[[], Any]] = {
        "loop": loop.time,
        "monotonic": time.monotonic,
        "perf_counter": time.perf_counter,
        "time": time.time,
        "datetime": lambda: datetime.now(tz=UTC),
    }
    stamps: dict[str, list[Any]] = {name: [] for name in clocks}

    async def work() -> float:
        for _ in range(5):
            identifiers.append(uuid.uuid4())
            for name, clock in clocks.items():
                stamps[name].append(clock())
            await asyncio.sleep(random.choice([0, TICK]))
        return random.random()

    draws = await asyncio.gather(*(work() for _ in range(4)))
    assert len(set(identifiers)) == 20
    assert {identifier.version for identifier in identifiers} == {4}
    assert all(0 <= draw < 1 for draw in draws)
    for own in stamps.values():
        assert all(later >= earlier for earlier, later in itertools.pairwise(own))
    assert stamps["datetime"][-1] - stamps["datetime"][0] >= timedelta(0)
    return len(identifiers)


@program
async def context_variables() -> object:
    """Every request keeps its own context, in its children, in threads and in callbacks."""
    request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="none")
    loop = asyncio.get_running_loop()
    by_callback: dict[str, str] = {}

    def in_callback(name: str, called: asyncio.Event) -> None:
        by_callback[name] = request.get()
        called.set()

    async def child() -> str:
        await asyncio.sleep(0)
        inherited = request.get()
        request.set("changed by the child")
        await asyncio.sleep(0)
        return inherited

    async def handle(name: str) -> list[str]:
        token = request.set(name)
        called = asyncio.Event()
        loop.call_soon(in_callback, name, called)
        await asyncio.sleep(TICK)
        seen = [request.get(), await asyncio.create_task(child()), request.get()]
        seen.append(await asyncio.to_thread(request.get))
        await called.wait()
        request.reset(token)
        assert request.get() == "none"
        return seen

    names = ["ann", "bob", "cem"]
    seen = await asyncio.gather(*map(handle, names))
    assert seen == [[name] * 4 for name in names]
    assert by_callback == {name: name for name in names}
    assert request.get() == "none"

    context = contextvars.copy_context()
    await asyncio.create_task(child(), context=context)
    assert context[request] == "changed by the child"
    assert request.get() == "none"
    return names


@program
async def results_of_threads() -> object:
    """Blocking functions run in threads; their results and exceptions come back to the tasks."""
    loop = asyncio.get_running_loop()

    def digest(text: str, *, rounds: int) -> int:
        value = 0
        for _ in range(rounds):
            for letter in text:
                value = (value * 31 + ord(letter)) % 1_000_003
        return value

    def refuse(text: str) -> int:
        raise ValueError(text)

    words = ["alpha", "beta", "gamma"]
    expected = [digest(word, rounds=20) for word in words]
    by_to_thread = await asyncio.gather(
        *(asyncio.to_thread(digest, word, rounds=20) for word in words)
    )
    by_executor = await asyncio.gather(
        *(loop.run_in_executor(None, partial(digest, word, rounds=20)) for word in words)
    )
    assert by_to_thread == by_executor == expected
    with raises(ValueError):
        await asyncio.to_thread(refuse, "alpha")
    mixed = await asyncio.gather(
        loop.run_in_executor(None, refuse, "beta"),
        asyncio.sleep(TICK, "slept"),
        return_exceptions=True,
    )
    assert isinstance(mixed[0], ValueError)
    assert mixed[1] == "slept"
    return expected


@program
async def plain_task_factory() -> object:
    """A task factory that counts the tasks it makes, put in place for a while."""
    loop = asyncio.get_running_loop()
    made: list[asyncio.Task] = []

    def factory(
        loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, object], **keywords: Any
    ) -> asyncio.Task:
        task = asyncio.Task(coro, loop=loop, **keywords)
        made.append(task)
        return task

    async def leaf(number: int) -> int:
        await asyncio.sleep(number % 2 * TICK)
        return number

    async def branch(number: int) -> int:
        return sum(await asyncio.gather(leaf(number), leaf(number + 1)))

    before = loop.get_task_factory()
    loop.set_task_factory(factory)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(branch(n), name=f"branch {n}") for n in range(3)]
        lone = await asyncio.create_task(leaf(7), context=contextvars.copy_context())
    finally:
        loop.set_task_factory(before)
    assert [task.result() for task in tasks] == [1, 3, 5]
    assert lone == 7
    assert len(made) == 3 + 3 * 2 + 1
    assert {task.get_name() for task in tasks} == {"branch 0", "branch 1", "branch 2"}
    assert all(task.done() for task in made)
    return len(made)


@program
async def task_factory_of_a_subclass() -> object:
    """Tasks of a subclass that notes who made it and how often it was asked to cancel."""
    loop = asyncio.get_running_loop()

    class Traced(asyncio.Task):
        def __init__(self, coro: Coroutine[Any, Any, object], **keywords: Any) -> None:
            super().__init__(coro, **keywords)
            self.parent = asyncio.current_task()
            self.requests = 0

        def cancel(self, msg: object | None = None) -> bool:
            self.requests += 1
            return super().cancel(msg)

    started = asyncio.Event()

    async def patient() -> None:
        started.set()
        await asyncio.Event().wait()

    async def brief() -> tuple[asyncio.Task, asyncio.Task]:
        await asyncio.sleep(TICK)
        inner = asyncio.create_task(asyncio.sleep(0))
        await inner
        return asyncio.current_task(), inner

    before = loop.get_task_factory()
    loop.set_task_factory(lambda loop, coro, **keywords: Traced(coro, loop=loop, **keywords))
    try:
        waiting = asyncio.create_task(patient(), name="patient")
        working = asyncio.create_task(brief())
        own, inner = await working
        await started.wait()
        waiting.cancel("enough")
        with raises(asyncio.CancelledError):
            await waiting
    finally:
        loop.set_task_factory(before)
    assert own is working
    assert isinstance(waiting, Traced)
    assert isinstance(inner, Traced)
    assert inner.parent is working
    assert waiting.parent is asyncio.current_task()
    assert (waiting.requests, working.requests) == (1, 0)
    assert waiting.get_name() == "patient"
    return waiting.requests
