"""Twenty faulty programs of the kinds found in asyncio code bases; stock asyncio hides the faults.

They end in an AssertionError, another exception, or never (their docstrings then say "hangs").
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

Program = Callable[[], Coroutine[Any, Any, object]]
Needs = Literal["timing", "order", "either"]
PROGRAMS: dict[str, Program] = {}
NEEDS: dict[str, Needs] = {}

MS = 0.001


def race(needs: Needs) -> Callable[[Program], Program]:
    """Register a program and what it takes to make it fail."""

    def register(function: Program) -> Program:
        PROGRAMS[function.__name__] = function
        NEEDS[function.__name__] = needs
        return function

    return register


async def turns(count: int) -> None:
    """Let the others go first, `count` times."""
    for _ in range(count):
        await asyncio.sleep(0)


@race("order")
async def pool_hands_one_connection_to_two_users() -> object:
    """A pool picks a free connection, pings it, and only then takes it off the list."""
    free = ["c0", "c1"]
    in_use: set[str] = set()
    queries: Counter[str] = Counter()

    @asynccontextmanager
    async def connection() -> AsyncIterator[str]:
        nonlocal free
        while not free:  # noqa: ASYNC110 - as people do
            await asyncio.sleep(0)
        picked = free[0]
        await asyncio.sleep(0)  # ping
        free = [other for other in free if other != picked]
        try:
            yield picked
        finally:
            free.append(picked)

    async def user(start: int) -> None:
        await turns(start)
        async with connection() as mine:
            assert mine not in in_use
            in_use.add(mine)
            await turns(2)
            queries[mine] += 1
            in_use.discard(mine)

    await asyncio.gather(user(0), user(3), user(6), user(9))
    assert sum(queries.values()) == 4
    assert sorted(free) == ["c0", "c1"]
    return sum(queries.values())


@race("timing")
async def cache_stores_a_stale_value() -> object:
    """A slow load is stored after the writer has invalidated the entry: stale for ever."""
    database = {"price": 10}
    cache: dict[str, int] = {}
    seen: list[int] = []

    async def read(start: float) -> None:
        await asyncio.sleep(start)
        if "price" not in cache:
            value = database["price"]
            await asyncio.sleep(4 * MS)  # the answer is on its way
            cache["price"] = value
        seen.append(cache["price"])

    async def write(start: float, value: int) -> None:
        await asyncio.sleep(start)
        database["price"] = value
        await asyncio.sleep(MS)
        cache.pop("price", None)

    await asyncio.gather(read(0), read(2 * MS), write(14 * MS, 12), read(30 * MS))
    assert len(seen) == 3
    assert cache.get("price", database["price"]) == database["price"]
    return seen


class KeyedLocks:
    """A lock per key, dropped when nobody holds it (though somebody may be about to)."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """Hold the lock of a key."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            yield
        if not lock.locked():
            self._locks.pop(key, None)


@race("order")
async def lock_of_another_instance() -> object:
    """Whoever comes between a release and the next in line gets a lock of his own."""
    locks = KeyedLocks()
    likes = {"post": 0, "page": 0}

    async def like(start: int, key: str) -> None:
        await turns(start)
        async with locks.hold(key):
            count = likes[key]
            await asyncio.sleep(0)
            likes[key] = count + 1

    await asyncio.gather(like(0, "post"), like(0, "post"), like(0, "page"), like(5, "post"))
    assert likes == {"post": 3, "page": 1}
    return likes


@race("order")
async def event_cleared_after_the_work() -> object:
    """A writer clears the event after it has stored a batch; hangs if more came meanwhile."""
    inbox: list[int] = []
    stored: list[int] = []
    available = asyncio.Event()

    async def produce(start: int, number: int) -> None:
        await turns(start)
        inbox.append(number)
        available.set()

    async def store() -> None:
        while len(stored) < 3:
            await available.wait()
            batch = inbox.copy()
            inbox.clear()
            await asyncio.sleep(0)
            stored.extend(batch)
            available.clear()

    await asyncio.gather(store(), produce(0, 1), produce(4, 2), produce(8, 3))
    assert sorted(stored) == [1, 2, 3]
    return stored


@race("timing")
async def semaphore_leaked_on_cancellation() -> object:
    """A request that times out never releases its slot: the drain at the end hangs."""
    slots = asyncio.Semaphore(2)
    answered: list[int] = []
    given_up: list[int] = []

    async def ask(number: int) -> None:
        await slots.acquire()
        await asyncio.sleep(4 * MS)
        answered.append(number)
        slots.release()

    async def request(number: int) -> None:
        await asyncio.sleep(3 * number * MS)
        try:
            async with asyncio.timeout(15 * MS):
                await ask(number)
        except TimeoutError:
            given_up.append(number)

    await asyncio.gather(*(request(number) for number in range(4)))
    for _ in range(2):
        await slots.acquire()
    assert sorted(answered + given_up) == [0, 1, 2, 3]
    return answered


@race("order")
async def task_done_missing_on_error() -> object:
    """A child stored before its parent is an error, and that path forgets `task_done`: hangs."""
    records: asyncio.Queue[tuple[str, str | None]] = asyncio.Queue()
    tree: dict[str, list[str]] = {}
    errors: list[str] = []

    async def store() -> None:
        while True:
            name, parent = await records.get()
            await asyncio.sleep(0)
            try:
                if parent is not None:
                    tree[parent].append(name)
            except KeyError:
                errors.append(name)
                continue
            tree[name] = []
            records.task_done()

    async def load() -> None:
        for name, parent in (("a", None), ("b", "a"), ("c", "b"), ("d", "a")):
            await records.put((name, parent))
            await turns(2)

    workers = [asyncio.create_task(store()) for _ in range(2)]
    await load()
    await records.join()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    assert not errors
    return sorted(tree)


class ShutdownError(Exception):
    """Ends a task group."""


@race("timing")
async def child_swallows_its_cancellation() -> object:
    """A reporter that survives everything survives its cancellation too: the group hangs."""
    metrics: asyncio.Queue[int] = asyncio.Queue()
    sent: list[int] = []
    lost: list[int] = []

    async def report() -> None:
        while True:
            metric = await metrics.get()
            try:
                await asyncio.sleep(2 * MS)
                sent.append(metric)
            except (OSError, asyncio.CancelledError):
                lost.append(metric)

    async def measure() -> None:
        for number in range(3):
            metrics.put_nowait(number)
            await asyncio.sleep(3 * MS)

    async def watch_signals() -> None:
        await asyncio.sleep(25 * MS)
        raise ShutdownError

    ended = False
    try:
        async with asyncio.TaskGroup() as group:
            for service in (report, measure, watch_signals):
                group.create_task(service())
    except* ShutdownError:
        ended = True
    assert ended
    return sent


@race("timing")
async def timeout_leaves_half_a_rename() -> object:
    """A rename copies, then deletes; a time-out in between leaves both."""
    files = {"a.tmp": 1, "b.tmp": 2, "c.tmp": 3}
    inodes = set(files.values())
    listed: list[int] = []

    async def rename(old: str, new: str) -> None:
        files[new] = files[old]
        await asyncio.sleep(2 * MS)
        del files[old]

    async def publish() -> None:
        try:
            async with asyncio.timeout(20 * MS):
                for name in sorted(files):
                    await rename(name, name.replace("tmp", "txt"))
                    await asyncio.sleep(MS)
        except TimeoutError:
            pass  # the rest is published next time

    async def watch() -> None:
        for _ in range(3):
            await asyncio.sleep(4 * MS)
            listed.append(len(files))

    await asyncio.gather(publish(), watch())
    assert len(listed) == 3
    assert sorted(files.values()) == sorted(inodes)
    return sorted(files)


@race("order")
async def identifiers_by_length() -> object:
    """The next identifier is the number of rows plus one, taken before the row is there."""
    rows: dict[int, str] = {}
    feed: asyncio.Queue[str] = asyncio.Queue()

    async def insert(start: int, text: str) -> int:
        await turns(start)
        identifier = len(rows) + 1
        await asyncio.sleep(0)  # validate
        rows[identifier] = text
        feed.put_nowait(text)
        return identifier

    async def follow() -> list[str]:
        return [await feed.get() for _ in range(4)]

    *identifiers, followed = await asyncio.gather(
        insert(0, "one"), insert(2, "two"), insert(5, "three"), insert(8, "four"), follow()
    )
    assert len(followed) == 4
    assert len(set(identifiers)) == len(rows) == 4
    return rows


@race("either")
async def read_modify_write_through_a_service() -> object:
    """A key-value service does each request at once, but an increment takes two of them."""
    requests: asyncio.Queue[tuple[str, int | None, asyncio.Future[int]] | None] = asyncio.Queue()

    async def serve() -> dict[str, int]:
        values: dict[str, int] = defaultdict(int)
        while (request := await requests.get()) is not None:
            key, value, answer = request
            if value is not None:
                values[key] = value
            answer.set_result(values[key])
        return dict(values)

    async def ask(key: str, value: int | None = None) -> int:
        answer = asyncio.get_running_loop().create_future()
        requests.put_nowait((key, value, answer))
        return await answer

    async def increment(key: str, thinking: float) -> None:
        value = await ask(key)
        await asyncio.sleep(thinking)
        await ask(key, value + 1)

    async def impatient() -> None:
        await increment("hits", 0)

    async def late() -> None:
        await turns(7)
        await increment("hits", 0)

    async def slow(start: float) -> None:
        await asyncio.sleep(start)
        await increment("users", 5 * MS)

    service = asyncio.create_task(serve())
    await asyncio.gather(impatient(), late(), slow(0), slow(15 * MS))
    requests.put_nowait(None)
    values = await service
    assert values == {"hits": 2, "users": 2}
    return values


@race("timing")
async def published_before_subscribed() -> object:
    """A broker keeps nothing: hangs if the first message is out before the subscriber is in."""
    subscribers: list[asyncio.Queue[str]] = []

    async def subscribe(handshake: float) -> list[str]:
        await asyncio.sleep(handshake)
        queue: asyncio.Queue[str] = asyncio.Queue()
        subscribers.append(queue)
        return [await queue.get() for _ in range(2)]

    async def publish() -> None:
        for message in ("hello", "world"):
            await asyncio.sleep(9 * MS)
            for queue in subscribers:
                queue.put_nowait(message)

    first, second, _ = await asyncio.gather(subscribe(2 * MS), subscribe(3 * MS), publish())
    assert first == second == ["hello", "world"]
    return first


@race("timing")
async def slot_released_twice() -> object:
    """A watchdog frees the slot of a job that seems stuck; the job frees it once more."""
    slots = asyncio.BoundedSemaphore(2)
    running = most = 0

    async def job(start: float) -> None:
        nonlocal running, most
        await asyncio.sleep(start)
        await slots.acquire()
        running += 1
        most = max(most, running)
        watchdog = asyncio.create_task(watch())
        await asyncio.sleep(4 * MS)
        running -= 1
        watchdog.cancel()
        await asyncio.wait([watchdog])
        slots.release()

    async def watch() -> None:
        await asyncio.sleep(15 * MS)
        slots.release()

    await asyncio.gather(job(0), job(MS), job(2 * MS))
    assert most <= 2
    return running


@dataclass(eq=False)
class Block:
    """A block of memory in a list of free ones."""

    name: str
    following: "Block | None" = None


class FreeList:
    """A stack of free blocks whose top is swapped only if it is still the same block."""

    def __init__(self, names: str) -> None:
        self._top: Block | None = None
        for name in reversed(names):
            self.give_back(Block(name))

    def give_back(self, block: Block) -> None:
        """Put a block on top."""
        block.following, self._top = self._top, block

    async def take(self) -> Block:
        """Take the top block; somebody may take it, and the next, and give it back meanwhile."""
        while True:
            block = self._top
            following = block.following
            await asyncio.sleep(0)
            if self._top is block:
                self._top = following
                return block


@race("order")
async def same_top_but_another_stack() -> object:
    """ABA: the top is compared, not what lies under it, so a block in use becomes free."""
    free = FreeList("ABCDE")
    in_use: set[str] = set()

    async def take() -> Block:
        block = await free.take()
        assert block.name not in in_use
        in_use.add(block.name)
        return block

    def give_back(block: Block) -> None:
        in_use.remove(block.name)
        free.give_back(block)

    async def simple(start: int) -> None:
        await turns(start)
        block = await take()
        await turns(2)
        give_back(block)

    async def swapping() -> None:
        first = await take()
        second = await take()
        give_back(first)
        await turns(6)
        give_back(second)

    await asyncio.gather(simple(3), swapping(), simple(5))
    assert in_use == set()
    return len(in_use)


@race("timing")
async def stale_leader_still_writes() -> object:
    """A leader checks its lease before a write, not with it: its successor may be overwritten."""
    loop = asyncio.get_running_loop()
    term, lease_until = 0, 0.0
    written: list[int] = []

    async def lead(start: float) -> None:
        nonlocal term, lease_until
        await asyncio.sleep(start)
        while loop.time() < lease_until:  # noqa: ASYNC110 - as people do
            await asyncio.sleep(2 * MS)
        term += 1
        mine, lease_until = term, loop.time() + 12 * MS
        for _ in range(2):
            if term != mine or loop.time() >= lease_until:
                return
            await asyncio.sleep(3.5 * MS)
            written.append(mine)

    await asyncio.gather(lead(0), lead(3 * MS), lead(6 * MS))
    assert term == 3
    assert written == sorted(written)
    return written


@race("order")
async def starved_writer_drops_its_data() -> object:
    """A writer gives way to readers, gives up after some tries, and loses the sample."""
    readers = 0
    samples: list[int] = []

    async def read(start: int) -> None:
        nonlocal readers
        await turns(start)
        for _ in range(2):
            readers += 1
            await turns(2)
            readers -= 1
            await turns(2)

    async def write() -> None:
        for sample in range(2):
            for _ in range(5):
                if readers == 0:
                    samples.append(sample)
                    break
                await asyncio.sleep(0)
            await turns(3)

    await asyncio.gather(read(0), read(0), write())
    assert readers == 0
    assert samples == [0, 1]
    return samples


@race("timing")
async def answers_out_of_order() -> object:
    """Search as you type: the answer to an older question may overwrite the newer one."""
    shown = ""
    history: list[str] = []

    async def search(text: str) -> None:
        nonlocal shown
        await asyncio.sleep(3 * MS)
        shown = f"results for {text}"
        history.append(text)

    async def user() -> None:
        searches = []
        for text in ("a", "as", "asy"):
            searches.append(asyncio.create_task(search(text)))
            await asyncio.sleep(5 * MS)
        await asyncio.gather(*searches)

    await user()
    assert len(history) == 3
    assert shown == "results for asy"
    return shown


@race("timing")
async def retry_doubles_the_effect() -> object:
    """A client that has waited too long sends the order again, and both are carried out."""
    orders: asyncio.Queue[tuple[str, asyncio.Future[str]] | None] = asyncio.Queue()
    charged: Counter[str] = Counter()

    async def shop() -> None:
        while (job := await orders.get()) is not None:
            customer, receipt = job
            await asyncio.sleep(2 * MS)
            charged[customer] += 1
            if not receipt.done():
                receipt.set_result(f"receipt for {customer}")

    async def order(customer: str, patience: float | None) -> str:
        receipt = asyncio.get_running_loop().create_future()
        orders.put_nowait((customer, receipt))
        return await asyncio.wait_for(receipt, patience)

    async def buy(start: float, customer: str) -> str:
        await asyncio.sleep(start)
        try:
            return await order(customer, 10 * MS)
        except TimeoutError:
            return await order(customer, None)

    shopping = asyncio.create_task(shop())
    await asyncio.gather(buy(0, "ann"), buy(MS, "bob"), buy(6 * MS, "cem"))
    orders.put_nowait(None)
    await shopping
    assert charged == {"ann": 1, "bob": 1, "cem": 1}
    return sorted(charged)


@race("order")
async def generator_closed_under_its_consumer() -> object:
    """The owner of a feed closes it; a RuntimeError if the consumer is asking it just then."""
    handled: list[int] = []
    enough = asyncio.Event()

    async def feed() -> AsyncGenerator[int, None]:
        for number in range(10):
            await asyncio.sleep(0)
            yield number

    async def consume(source: AsyncGenerator[int, None]) -> None:
        async for number in source:
            handled.append(number)
            if number == 2:
                enough.set()
            await turns(4)  # handle it

    source = feed()
    consumer = asyncio.create_task(consume(source))
    await enough.wait()
    await asyncio.sleep(0)
    await source.aclose()
    await consumer
    assert handled[:3] == [0, 1, 2]
    return handled


@race("order")
async def buffer_reused_before_it_was_flushed() -> object:
    """A logger hands its only buffer to the flusher, waits a little, and fills it anew."""
    full: asyncio.Queue[list[str] | None] = asyncio.Queue()
    disk: list[str] = []

    async def flush() -> None:
        while (buffer := await full.get()) is not None:
            await asyncio.sleep(0)  # open the file
            disk.extend(buffer)

    async def log() -> None:
        buffer: list[str] = []
        for number in range(6):
            buffer.append(f"line {number}")
            await asyncio.sleep(0)
            if len(buffer) == 2:
                full.put_nowait(buffer)
                await turns(5)
                buffer.clear()
        full.put_nowait(None)

    await asyncio.gather(flush(), log())
    assert disk == [f"line {number}" for number in range(6)]
    return disk


@race("timing")
async def future_resolved_twice() -> object:
    """A hedged request: two replicas decode their answers, and the second meets a set future."""
    loop = asyncio.get_running_loop()

    async def replica(name: str, start: float, answer: asyncio.Future[str]) -> None:
        await asyncio.sleep(start)
        if answer.done():
            return
        await asyncio.sleep(3 * MS)  # ask
        if not answer.done():
            await asyncio.sleep(MS)  # decode
            answer.set_result(name)

    async def hedged(start: float) -> str:
        await asyncio.sleep(start)
        answer: asyncio.Future[str] = loop.create_future()
        replicas = [
            asyncio.create_task(replica("primary", 0, answer)),
            asyncio.create_task(replica("backup", 10 * MS, answer)),
        ]
        await asyncio.gather(*replicas)
        return await answer

    answers = await asyncio.gather(hedged(0), hedged(5 * MS))
    assert set(answers) <= {"primary", "backup"}
    return answers
