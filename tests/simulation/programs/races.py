"""Nine classic races, each in two flavours; all of them pass in the order stock asyncio takes.

The `_ordered` ones depend on which ready task goes next, the `_timed` ones on how long a sleep
takes. They end in an AssertionError, or never: `ab_ba_deadlock` and `lost_wake_up` hang.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
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
async def lost_update_across_an_await_ordered() -> object:
    """A stock is read, the order checked, the stock written: two sales may read the same stock."""
    stock = {"apples": 10}
    audited: list[int] = []

    async def sell(amount: int, preparation: int) -> None:
        await turns(preparation)
        left = stock["apples"]
        await asyncio.sleep(0)  # ask the fraud check
        stock["apples"] = left - amount

    async def audit() -> None:
        for _ in range(6):
            audited.append(stock["apples"])
            await asyncio.sleep(0)

    await asyncio.gather(sell(1, 0), sell(2, 3), sell(3, 6), audit())
    assert audited == sorted(audited, reverse=True)
    assert stock["apples"] == 4
    return stock


@race("timing")
async def lost_update_across_an_await_timed() -> object:
    """A counter lives in a remote store: a slow write overwrites what others have added."""
    store = {"visits": 0}

    async def load() -> int:
        await asyncio.sleep(2 * MS)
        return store["visits"]

    async def save(value: int) -> None:
        await asyncio.sleep(2 * MS)
        store["visits"] = value

    async def visit(arrival: float) -> None:
        await asyncio.sleep(arrival)
        visits = await load()
        await save(visits + 1)

    async def report() -> list[int]:
        seen = []
        for _ in range(4):
            await asyncio.sleep(7 * MS)
            seen.append(store["visits"])
        return seen

    *_, seen = await asyncio.gather(visit(0), visit(10 * MS), visit(20 * MS), report())
    assert len(seen) == 4
    assert store["visits"] == 3
    return store


@race("order")
async def check_then_act_cache_ordered() -> object:
    """A handler finds no session and opens one; another may find none as well meanwhile."""
    sessions: dict[str, object] = {}
    opened: list[str] = []
    served: list[tuple[str, object]] = []
    requests: asyncio.Queue[str | None] = asyncio.Queue()

    async def open_session(user: str) -> object:
        await turns(2)
        opened.append(user)
        return object()

    async def session_of(user: str) -> object:
        if user not in sessions:
            sessions[user] = await open_session(user)
        return sessions[user]

    async def handle() -> None:
        while (user := await requests.get()) is not None:
            session = await session_of(user)
            await asyncio.sleep(0)
            served.append((user, session))

    async def accept() -> None:
        for user in ("ann", "bob", "ann", "bob"):
            requests.put_nowait(user)
            await turns(3)
        requests.put_nowait(None)
        requests.put_nowait(None)

    await asyncio.gather(accept(), handle(), handle())
    assert len(served) == 4
    assert sorted(opened) == ["ann", "bob"]
    return opened


@race("timing")
async def check_then_act_cache_timed() -> object:
    """A resolver asks again for a name that it is still being told."""
    addresses: dict[str, str] = {}
    asked: Counter[str] = Counter()

    async def ask(name: str) -> str:
        asked[name] += 1
        await asyncio.sleep(4 * MS)
        return f"10.0.0.{len(name)}"

    async def resolve(name: str) -> str:
        if name not in addresses:
            addresses[name] = await ask(name)
        return addresses[name]

    async def fetch(start: float, name: str) -> str:
        await asyncio.sleep(start)
        address = await resolve(name)
        await asyncio.sleep(2 * MS)
        return f"{address}/{name}"

    pages = await asyncio.gather(
        fetch(0, "news"),
        fetch(3 * MS, "wiki.old"),
        fetch(12 * MS, "news"),
        fetch(16 * MS, "wiki.old"),
    )
    assert pages[0] == pages[2]
    assert set(asked.values()) == {1}
    return sorted(asked)


@race("order")
async def lock_released_early_ordered() -> object:
    """The new balance is stored after the lock is left, behind a journal that may be full."""
    balance = 100
    lock = asyncio.Lock()
    journal: asyncio.Queue[tuple[int, int]] = asyncio.Queue(maxsize=1)
    written: list[int] = []

    async def deposit(teller: int, amount: int) -> None:
        nonlocal balance
        await turns(2 * teller)
        async with lock:
            updated = balance + amount
            await asyncio.sleep(0)  # look up the exchange rate
        await journal.put((teller, amount))
        balance = updated

    async def write_journal() -> None:
        for _ in range(3):
            _, amount = await journal.get()
            written.append(amount)

    await asyncio.gather(deposit(0, 5), deposit(1, 7), deposit(2, 11), write_journal())
    assert sum(written) == 23
    assert balance == 123
    return balance


@race("timing")
async def lock_released_early_timed() -> object:
    """A file's next free offset is taken under a lock, but moved on only after the write."""
    lock = asyncio.Lock()
    end = 0
    blocks: dict[int, str] = {}

    async def append(start: float, text: str) -> None:
        nonlocal end
        await asyncio.sleep(start)
        async with lock:
            await asyncio.sleep(MS)  # read the allocation table
            offset = end
        await asyncio.sleep(2 * MS)  # write the block
        blocks[offset] = text
        end = offset + len(text)

    async def checkpoint() -> int:
        await asyncio.sleep(4 * MS)
        async with lock:
            return end

    await asyncio.gather(
        append(0, "alpha"), append(8 * MS, "beta"), append(16 * MS, "gamma"), checkpoint()
    )
    assert "".join(blocks[offset] for offset in sorted(blocks)) == "alphabetagamma"
    return end


@race("order")
async def order_violation_on_an_event_ordered() -> object:
    """Senders wait until connected, and trust that the login is over by the time they send."""
    connected = asyncio.Event()
    login: dict[str, str] = {}
    sent: list[tuple[int, str]] = []

    async def connect() -> None:
        await turns(2)
        connected.set()
        await turns(2)  # the login itself
        login["token"] = "t-1"
        await asyncio.sleep(0)

    async def send(number: int) -> None:
        await connected.wait()
        await turns(4 + number)  # serialise the message
        assert "token" in login
        sent.append((number, login["token"]))

    await asyncio.gather(send(0), connect(), send(1), send(2))
    assert len(sent) == 3
    return sorted(sent)


@race("timing")
async def order_violation_on_an_event_timed() -> object:
    """A service says it is ready before its tables are made; clients usually take a while."""
    ready = asyncio.Event()
    tables: set[str] = set()

    async def serve() -> None:
        await asyncio.sleep(MS)
        ready.set()
        for table in ("users", "orders"):
            await asyncio.sleep(1.5 * MS)
            tables.add(table)

    async def client(preparation: float, table: str) -> str:
        await ready.wait()
        await asyncio.sleep(preparation)
        assert table in tables
        await asyncio.sleep(MS)
        return table

    used = await asyncio.gather(
        client(6 * MS, "users"), serve(), client(9 * MS, "orders"), client(12 * MS, "users")
    )
    return [table for table in used if table]


@race("order")
async def double_execution_ordered() -> object:
    """A poller queues whatever is pending; a job still waiting in the queue is queued again."""
    states = dict.fromkeys(("mail", "bill", "ship", "log"), "pending")
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    executed: Counter[str] = Counter()

    async def poll() -> None:
        for _ in range(3):
            for job, state in states.items():
                if state == "pending":
                    queue.put_nowait(job)
            await turns(4)
        queue.put_nowait(None)
        queue.put_nowait(None)

    async def work() -> None:
        while (job := await queue.get()) is not None:
            states[job] = "running"
            await asyncio.sleep(0)
            executed[job] += 1
            states[job] = "done"

    await asyncio.gather(work(), poll(), work())
    assert executed == dict.fromkeys(states, 1)
    return dict(executed)


@race("timing")
async def double_execution_timed() -> object:
    """A job that is not done when its lease runs out is given to another worker as well."""
    loop = asyncio.get_running_loop()
    leased_until = dict.fromkeys(("resize", "encode", "index"), 0.0)
    done: set[str] = set()
    executed: Counter[str] = Counter()

    def lease() -> str | None:
        for job, until in leased_until.items():
            if job not in done and until <= loop.time():
                leased_until[job] = loop.time() + 15 * MS
                return job
        return None

    async def work() -> None:
        while len(done) < 3:
            job = lease()
            if job is None:
                await asyncio.sleep(2 * MS)
                continue
            await asyncio.sleep(5 * MS)
            executed[job] += 1
            done.add(job)

    await asyncio.gather(work(), work())
    assert executed == {"resize": 1, "encode": 1, "index": 1}
    return sorted(executed)


@race("order")
async def ab_ba_deadlock_ordered() -> object:
    """A writer locks index and data, a compactor data and index: hangs if both get one."""
    index, data = asyncio.Lock(), asyncio.Lock()
    rows: list[int] = []
    compacted: list[int] = []
    filled = asyncio.Event()

    async def write() -> None:
        for number in range(3):
            async with index:
                await asyncio.sleep(0)
                async with data:
                    rows.append(number)
            if number == 1:
                filled.set()
            await turns(5)

    async def compact() -> None:
        await filled.wait()
        async with data:
            await asyncio.sleep(0)
            async with index:
                compacted.extend(rows)

    async def read() -> int:
        most = 0
        for _ in range(3):
            async with data:
                most = max(most, len(rows))
            await asyncio.sleep(0)
        return most

    await asyncio.gather(write(), compact(), read())
    assert rows == [0, 1, 2]
    assert compacted[:2] == [0, 1]
    return compacted


@race("timing")
async def ab_ba_deadlock_timed() -> object:
    """Two transfers in opposite directions: hangs if the first is slow to lock its second."""
    accounts = {"ann": 50, "bob": 50}
    locks = {name: asyncio.Lock() for name in accounts}

    async def transfer(start: float, source: str, target: str, amount: int) -> None:
        await asyncio.sleep(start)
        async with locks[source]:
            await asyncio.sleep(3 * MS)  # check the limit
            async with locks[target]:
                accounts[source] -= amount
                await asyncio.sleep(MS)
                accounts[target] += amount

    async def statement(name: str) -> int:
        await asyncio.sleep(20 * MS)
        async with locks[name]:
            return accounts[name]

    *_, balance = await asyncio.gather(
        transfer(0, "ann", "bob", 10), transfer(8 * MS, "bob", "ann", 20), statement("ann")
    )
    assert balance in (40, 50, 60, 70)
    assert accounts == {"ann": 60, "bob": 40}
    return accounts


@dataclass
class Record:
    """Written from head to foot; head and foot carry the same generation."""

    head: int = 0
    body: int = 0
    foot: int = 0


@race("order")
async def torn_read_of_depth_3_ordered() -> object:
    """A record counts as whole if head and foot agree: wrong if it is read as it is written.

    The reader must see the head before, the body after and the foot before the write (or the
    other way round): three constraints on the order, none of which follows from the others.
    """
    record = Record()
    whole: list[tuple[int, int]] = []
    torn = 0

    async def write() -> None:
        for generation in (1, 2):
            record.head = generation
            await asyncio.sleep(0)
            record.body = generation
            await asyncio.sleep(0)
            record.foot = generation
            await turns(6)

    async def read(start: int) -> None:
        nonlocal torn
        await turns(start)
        for _ in range(2):
            head = record.head
            await asyncio.sleep(0)
            body = record.body
            await asyncio.sleep(0)
            if record.foot == head:
                whole.append((head, body))
            else:
                torn += 1
            await asyncio.sleep(0)

    await asyncio.gather(write(), read(1), read(4))
    assert len(whole) + torn == 4
    assert all(head == body for head, body in whole)
    return whole


@race("timing")
async def torn_read_of_depth_3_timed() -> object:
    """The same record on a slow disk: two or three accesses must take longer to tear it."""
    record = Record()
    whole: list[tuple[int, int]] = []
    torn = 0

    async def write() -> None:
        for generation in (1, 2):
            await asyncio.sleep(8 * MS)
            record.head = generation
            await asyncio.sleep(2 * MS)
            record.body = generation
            await asyncio.sleep(2 * MS)
            record.foot = generation

    async def read(start: float) -> None:
        nonlocal torn
        await asyncio.sleep(start)
        head = record.head
        await asyncio.sleep(1.5 * MS)
        body = record.body
        await asyncio.sleep(1.5 * MS)
        if record.foot == head:
            whole.append((head, body))
        else:
            torn += 1

    await asyncio.gather(read(2 * MS), write(), read(14 * MS), read(26 * MS))
    assert len(whole) + torn == 3
    assert all(head == body for head, body in whole)
    return whole


@race("order")
async def cancellation_between_two_writes_ordered() -> object:
    """A ledger is stopped once its queue is empty, though the last transfer may be half done."""
    accounts = {"cash": 100, "bank": 0}
    transfers: asyncio.Queue[int] = asyncio.Queue()

    async def keep_ledger() -> None:
        while True:
            amount = await transfers.get()
            accounts["cash"] -= amount
            await asyncio.sleep(0)
            accounts["bank"] += amount

    async def teller(first: int) -> None:
        for amount in (first, first + 1):
            await transfers.put(amount)
            await asyncio.sleep(0)

    ledger = asyncio.create_task(keep_ledger())
    await asyncio.gather(teller(1), teller(10))
    while not transfers.empty():  # noqa: ASYNC110 - as people do
        await asyncio.sleep(0)
    await turns(3)
    ledger.cancel()
    with suppress(asyncio.CancelledError):
        await ledger
    assert accounts == {"cash": 76, "bank": 24}
    return accounts


@race("timing")
async def cancellation_between_two_writes_timed() -> object:
    """A synchronisation is cancelled when its time is over, wherever it is by then."""
    documents = {f"page {number}": number for number in range(3)}
    mirror: dict[str, int] = {}
    index: set[str] = set()
    beats = 0

    async def synchronise() -> None:
        for name, content in documents.items():
            await asyncio.sleep(2 * MS)
            mirror[name] = content
            await asyncio.sleep(2 * MS)
            index.add(name)

    async def heartbeat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(5 * MS)
            beats += 1

    tasks = [asyncio.create_task(synchronise()), asyncio.create_task(heartbeat())]
    await asyncio.sleep(30 * MS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert set(mirror) == index
    return sorted(index)


@race("order")
async def lost_wake_up_ordered() -> object:
    """A consumer looks, logs, and only then waits: hangs if it is notified in between."""
    items: deque[int] = deque()
    changed = asyncio.Condition()
    log: list[str] = []

    async def consume() -> list[int]:
        taken: list[int] = []
        while len(taken) < 3:
            if not items:
                log.append("waiting")
                await asyncio.sleep(0)
                async with changed:
                    await changed.wait()
            taken.append(items.popleft())
        return taken

    async def produce() -> None:
        for number in range(3):
            await turns(3)
            items.append(number)
            async with changed:
                changed.notify()

    async def watch() -> None:
        for _ in range(8):
            assert len(items) <= 3
            await asyncio.sleep(0)

    taken, *_ = await asyncio.gather(consume(), produce(), watch())
    assert taken == [0, 1, 2]
    return taken


@dataclass
class Settings:
    """Settings whose changes are announced by a pulse of an event."""

    version: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def update(self) -> None:
        """Change something and wake those who wait for it right now."""
        self.version += 1
        self.changed.set()
        self.changed.clear()


@race("timing")
async def lost_wake_up_timed() -> object:
    """A screen draws, then waits for the next change: hangs if it was still drawing the last."""
    settings = Settings()
    drawn: list[int] = []

    async def screen() -> None:
        while settings.version < 3 or drawn[-1] < 3:
            version = settings.version
            await asyncio.sleep(2 * MS)
            drawn.append(version)
            if version < 3:
                await settings.changed.wait()

    async def user() -> None:
        for _ in range(3):
            await asyncio.sleep(7 * MS)
            settings.update()

    await asyncio.gather(screen(), user())
    assert drawn[-1] == 3
    return drawn
