"""Faults at functions of the program: what happens at them, and that nothing stays."""

import asyncio
import json
import sys
import time
import types
from contextlib import suppress

import pytest

from production_testers.simulation import Fault, FaultKind, Schedule, UsageError, execute, replay
from production_testers.simulation.ports import Ports

STORE = '''
import functools

class Base:
    kept = []
    async def save(self, value):
        """Saves."""
        self.kept.append(value)
        return len(self.kept)
    def load(self):
        return list(self.kept)
    @staticmethod
    def parse(text):
        return int(text)
    @classmethod
    def name(cls):
        return cls.__name__
    @property
    def size(self):
        return len(self.kept)

class Store(Base):
    pass

store = Store()

async def ping():
    return "pong"

def count(thing):
    return len(thing)

@functools.cache
def cached():
    return 3

def logged(function):
    @functools.wraps(function)
    def call(*args):
        return function(*args)
    return call

@logged
async def wrapped():
    Base.kept.append("wrapped")
    return len(Base.kept)

def numbers():
    yield 1
'''


@pytest.fixture
def store(monkeypatch):
    """A module of a program that was not written for this."""
    module = types.ModuleType("store_with_ports")
    exec(STORE, vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def at(port, kind, **more):
    target = f"store_with_ports:{port}"
    return Fault(kind=kind, target=target, **more)


def outcome(program, *faults):
    execution = replay(program, Schedule(faults=faults))
    assert not execution.refused
    return execution.outcome.removeprefix("returned "), execution.fired


CALLS = {
    "ping": lambda m: m.ping(),
    "Base.save": lambda m: m.Base().save("x"),
    "Store.save": lambda m: m.Store().save("x"),
    "store.save": lambda m: m.store.save("x"),
    "count": lambda m: m.count("abc"),
    "Base.load": lambda m: m.Base().load(),
    "Base.parse": lambda m: m.Base.parse("3"),
    "Store.parse": lambda m: m.store.parse("3"),
    "Base.name": lambda m: m.Base.name(),
    "Store.name": lambda m: m.Store.name(),
    "cached": lambda m: m.cached(),
    "wrapped": lambda m: m.wrapped(),
}


async def called(module, port):
    value = CALLS[port](module)
    return await value if asyncio.iscoroutine(value) else value


@pytest.mark.parametrize("port", CALLS)
def test_a_watched_port_does_what_it_did_and_its_calls_are_counted(store, port):
    async def program():
        return await called(store, port), await called(store, port)

    name = f"store_with_ports:{port}"
    plain = execute(program, Schedule())
    store.Base.kept.clear()
    watched = execute(program, Schedule(), watch_ports=[name])
    assert watched.outcome == plain.outcome
    assert watched.problems == ()
    assert watched.profile.ports == {name: 2}
    assert plain.profile.ports == {}


@pytest.mark.parametrize("port", CALLS)
def test_the_nth_call_raises(store, port):
    async def program():
        await called(store, port)
        with pytest.raises(TimeoutError, match=f"injected at store_with_ports:{port}"):
            await called(store, port)
        await called(store, port)
        return "went on"

    fault = at(port, FaultKind.RAISE, nth=2, error="builtins:TimeoutError")
    assert outcome(program, fault) == ("'went on'", 1)


@pytest.mark.parametrize("port", [port for port in CALLS if port != "wrapped"])
def test_the_nth_call_is_dropped(store, port):
    async def program():
        return [await called(store, port) is None for _ in range(3)], len(store.Base.kept)

    saved = 2 if port.endswith("save") else 0
    fault = at(port, FaultKind.DROP, nth=2)
    assert outcome(program, fault) == (f"([False, True, False], {saved})", 1)


@pytest.mark.parametrize(
    ("port", "expected"),
    [("Base.save", (2, 2)), ("Store.save", (2, 2)), ("store.save", (2, 2)), ("wrapped", (2, 2))],
)
def test_the_nth_call_is_made_twice_and_gives_the_second_answer(store, port, expected):
    async def program():
        return await called(store, port), len(store.Base.kept)

    assert outcome(program, at(port, FaultKind.DUPLICATE)) == (repr(expected), 1)


def test_a_plain_call_is_made_twice(store):
    store.Base.load = lambda self: self.kept.append("load") or len(self.kept)

    async def program():
        return store.Base().load()

    assert outcome(program, at("Base.load", FaultKind.DUPLICATE)) == ("2", 1)


def test_an_async_call_comes_late_while_others_go_on(store):
    async def program():
        log = []

        async def other():
            await asyncio.sleep(0.1)
            log.append(("other", round(time.monotonic(), 3)))

        async def saves():
            await store.store.save("x")
            log.append(("saved", round(time.monotonic(), 3)))

        await asyncio.gather(saves(), other())
        return log

    fault = at("Base.save", FaultKind.DELAY, seconds=0.25)
    assert outcome(program, fault) == ("[('other', 0.1), ('saved', 0.25)]", 1)


def test_a_plain_call_comes_late_while_everything_waits(store):
    async def program():
        log = []

        async def other():
            await asyncio.sleep(0.1)
            log.append(("other", round(time.monotonic(), 3)))

        task = asyncio.create_task(other())
        await asyncio.sleep(0)
        store.count("abc")
        log.append(("counted", round(time.monotonic(), 3)))
        await task
        return log

    fault = at("count", FaultKind.DELAY, seconds=0.25)
    assert outcome(program, fault) == ("[('counted', 0.25), ('other', 0.25)]", 1)


def test_a_call_that_does_not_come_does_not_fail(store):
    async def program():
        return await store.ping()

    assert outcome(program, at("ping", FaultKind.RAISE, nth=2)) == ("'pong'", 0)


def test_several_faults_happen_at_their_calls(store):
    async def program():
        found = []
        for _ in range(4):
            try:
                found.append(await store.ping())
            except OSError as error:
                found.append(type(error).__name__)
        return found

    faults = [
        at("ping", FaultKind.DROP),
        at("ping", FaultKind.RAISE, nth=2, error="builtins:ConnectionResetError"),
        at("ping", FaultKind.RAISE, nth=4),
    ]
    assert outcome(program, *faults) == ("[None, 'ConnectionResetError', 'pong', 'OSError']", 3)


# Nothing stays


def everything(module):
    return {
        name: dict(vars(owner))
        for name, owner in {"module": module, **{n: getattr(module, n) for n in OWNERS}}.items()
    }


OWNERS = ("Base", "Store", "store")


def test_everything_is_as_it_was_afterwards(store):
    before = everything(store)
    with Ports((), [f"store_with_ports:{port}" for port in CALLS]):
        assert everything(store) != before
    assert everything(store) == before


def test_everything_is_as_it_was_after_an_error(store):
    before = everything(store)

    async def fails():
        await store.store.save("x")
        raise ValueError("mine")

    async def interrupted():
        raise KeyboardInterrupt

    fault = at("Store.save", FaultKind.DROP)
    assert replay(fails, Schedule(faults=(fault,))).outcome == "raised ValueError: mine"
    with pytest.raises(KeyboardInterrupt):
        replay(interrupted, Schedule(faults=(fault,)))
    assert everything(store) == before


def test_nothing_is_wrapped_when_one_port_cannot_be_found(store):
    before = everything(store)
    with (
        pytest.raises(UsageError, match="'store_with_ports:pong' cannot be found"),
        Ports((), ["store_with_ports:count", "store_with_ports:ping", "store_with_ports:pong"]),
    ):
        pass
    assert everything(store) == before


def test_a_wrapped_port_looks_like_what_it_wraps(store):
    with Ports((), ["store_with_ports:Base.save", "store_with_ports:ping"]):
        assert store.Base.save.__doc__ == "Saves."
        assert store.Base.save.__qualname__ == "Base.save"
        assert asyncio.iscoroutinefunction(store.ping)


# What is no port


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("store_with_ports", "cannot be read. Write package.module:function"),
        ("store_with_ports:", "cannot be read"),
        (":ping", "cannot be read"),
        ("no_such_module:f", "cannot be found: No module named 'no_such_module'"),
        ("store_with_ports:Base.nothing", "cannot be found"),
        ("store_with_ports:Base", "is no function"),
        ("store_with_ports:Base.kept", "is no function"),
        ("store_with_ports:Base.size", "is no function"),
    ],
)
def test_what_is_no_port_is_refused(store, name, message):
    with pytest.raises(UsageError, match=message), Ports((), [name]):
        pass


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("builtins:Nope", "'builtins:Nope' cannot be found"),
        ("builtins:len", "'builtins:len' is no exception"),
        ("builtins:UnicodeDecodeError", "'builtins:UnicodeDecodeError' cannot be made from a text"),
    ],
)
def test_an_exception_that_cannot_be_raised_is_refused_before_anything_runs(store, error, message):
    ran = []

    async def program():
        ran.append(True)

    fault = at("ping", FaultKind.RAISE, error=error)
    with pytest.raises(UsageError, match=message):
        replay(program, Schedule(faults=(fault,)))
    assert ran == []


# What counts as a failure


def problems(program, *faults):
    execution = replay(program, Schedule(faults=faults))
    assert execution.fired == len(faults)
    return [problem.summary for problem in execution.problems]


RAISE = Fault(kind=FaultKind.RAISE, target="json:dumps", error="builtins:ConnectionError")


async def lets_it_through():
    return json.dumps([])


async def wraps_it():
    try:
        json.dumps([])
    except ConnectionError as error:
        raise RuntimeError("storage is away") from error


async def replaces_it():
    try:
        json.dumps([])
    except ConnectionError:
        raise KeyError("no text") from None


async def in_a_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(lets_it_through())
        group.create_task(asyncio.sleep(1))


@pytest.mark.parametrize("program", [lets_it_through, wraps_it, replaces_it, in_a_group])
def test_an_injected_error_that_reaches_the_caller_is_no_failure(program):
    assert problems(program, RAISE) == []


async def breaks_a_promise():
    kept = []
    with suppress(ConnectionError):
        kept.append(json.dumps([]))
    assert kept, "nothing kept"


async def breaks_a_promise_on_the_way():
    kept = []
    try:
        kept.append(json.dumps([]))
    finally:
        assert kept, "nothing kept"


async def trips_over_it():
    text = None
    with suppress(ConnectionError):
        text = json.dumps([])
    return text.upper()


async def group_with_another_error():
    async def fails():
        raise ValueError("own")

    async with asyncio.TaskGroup() as group:
        group.create_task(lets_it_through())
        group.create_task(fails())


@pytest.mark.parametrize(
    ("program", "summary"),
    [
        (breaks_a_promise, "AssertionError: nothing kept"),
        (breaks_a_promise_on_the_way, "AssertionError: nothing kept"),
        (trips_over_it, "AttributeError: 'NoneType' object has no attribute 'upper'"),
        (group_with_another_error, "ExceptionGroup: unhandled errors in a TaskGroup"),
    ],
)
def test_what_breaks_because_of_an_injected_error_is_a_failure(program, summary):
    (found,) = problems(program, RAISE)
    assert found.startswith(summary)


def test_the_same_error_that_was_not_injected_is_a_failure():
    async def program():
        json.dumps([])
        raise ConnectionError("own")

    drop = Fault(kind=FaultKind.DROP, target="json:dumps")
    assert problems(program, drop) == ["ConnectionError: own"]


def test_an_injected_error_that_nobody_retrieves_is_a_failure():
    async def program():
        task = asyncio.create_task(lets_it_through())
        await asyncio.wait([task])

    (summary,) = problems(program, RAISE)
    assert "was never retrieved: ConnectionError: injected at json:dumps" in summary
