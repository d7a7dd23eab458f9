"""Time, randomness, ids and threads of the program under test, taken from the running simulation.

`install()` goes in before the system under test is imported, so names that it binds at import
time (`from time import time`) are ours as well. Outside a simulation every patch does what it
did before. `datetime.datetime` is a class that libraries compare by identity, so it is not
replaced in its module; `rebind` replaces it in the namespaces of the system under test, and for
the import statements inside of its functions.

`time.sleep` inside a simulation does not block: it moves virtual time on while nothing else
runs, which is what it does to a real loop. Waiting for another thread (`Condition.wait`, and
with it `Event`, `Queue` and `concurrent.futures`) is refused: there is none that could answer.
"""

# ruff: noqa: SLF001 - stands in for functions that take anything, and finds them

import asyncio
import builtins
import datetime as datetime_module
import math
import os
import random
import sys
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from types import ModuleType
from typing import Any

from production_testers.model import seeds
from production_testers.simulation.loop import RefusedError
from production_testers.simulation.tasks import SimulatedFuture, SimulatedTask, hash_by_order

EPOCH_S = 1_767_225_600.0
"""Where virtual wall-clock time starts: 2026-01-01T00:00:00Z."""


class Source:
    """What the patches read while a simulation runs.

    Args:
        clock: Seconds since the simulation started.
        seed: Where bytes and ids come from.
        block: Lets seconds pass while nothing else runs.
        skew: By how many seconds the wall clock is wrong at a moment; never the monotonic ones.

    Attributes:
        thread: The thread that simulates: blocking calls of other threads are their own affair.
        reads: How often time or entropy was asked for.
        unawaited: Coroutines that were thrown away without having been awaited.
    """

    __slots__ = (
        "_random", "_seed", "block", "clock", "random_state", "reads", "skew", "thread",
        "unawaited",
    )  # fmt: skip

    def __init__(
        self,
        clock: Callable[[], float],
        seed: int,
        block: Callable[[float], None],
        skew: Callable[[float], float] | None = None,
    ) -> None:
        self.clock = clock
        self.block = block
        self.skew = skew
        self.thread = threading.get_ident()
        self.random_state: Any = None
        self.reads = 0
        self.unawaited: list[str] = []
        self._seed = seed
        self._random: Random | None = None

    @property
    def random(self) -> Random:
        """Made when it is first asked for: few programs need it."""
        if self._random is None:
            self._random = seeds.random_for(self._seed, "entropy")
        return self._random

    def now(self) -> float:
        """The monotonic clock, as the program under test reads it."""
        self.reads += 1
        return self.clock()

    def wall(self) -> float:
        """The wall clock, likewise."""
        self.reads += 1
        now = self.clock()
        return EPOCH_S + now if self.skew is None else EPOCH_S + now + self.skew(now)

    def bytes(self, count: int) -> bytes:
        """Entropy, as the program under test reads it."""
        self.reads += 1
        return self.random.randbytes(count)


_originals: dict[int, tuple[Any, Any]] = {}
"""Identity of a function that was replaced → the function itself, and what replaced it."""

_source: Source | None = None
_installed = False
_batch = False
_real_datetime = datetime_module.datetime
_real_task, _real_future = asyncio.Task, asyncio.Future


def active() -> bool:
    """Whether a simulation is running."""
    return _source is not None


def activate(source: Source | None, module_seed: int = 0) -> None:
    """Let the patches act on `source`; None ends the simulation.

    Args:
        source: What they read from now on.
        module_seed: Seeds the generator of the module `random`.
    """
    global _source  # noqa: PLW0603 - a process runs one simulation at a time, like its modules
    if source is not None:
        if not _batch:
            source.random_state = random.getstate()
        random.seed(module_seed)
        _forget_timestamps()
        asyncio.Task = asyncio.tasks.Task = SimulatedTask  # type: ignore[misc]
        asyncio.Future = asyncio.futures.Future = SimulatedFuture  # type: ignore[misc]
    else:
        asyncio.Task = asyncio.tasks.Task = _real_task  # type: ignore[misc]
        asyncio.Future = asyncio.futures.Future = _real_future  # type: ignore[misc]
        if _source is not None and _source.random_state is not None:
            random.setstate(_source.random_state)
    _source = source


@contextmanager
def batch() -> Iterator[None]:
    """Keeps the state of the module `random` over many simulations, not over each."""
    global _batch  # noqa: PLW0603 - like the simulation
    if _batch:
        yield
        return
    _batch, state = True, random.getstate()
    try:
        yield
    finally:
        _batch = False
        random.setstate(state)


def consulted() -> object:
    """Equal before and after a piece of code exactly when it asked neither for time nor chance.

    It sees every patched clock, entropy, and the generator of the module `random`.
    """
    return None if _source is None else (_source.reads, random.getstate())


def _forget_timestamps() -> None:
    """Let `uuid6` start anew: it never gives a time twice, and virtual time starts again."""
    module = sys.modules.get("uuid6")
    for name in vars(module) if module is not None else ():
        if name.startswith("_last_"):
            setattr(module, name, None)


def _clock_patch(
    real: Callable[[], Any], read: Callable[[Source], float], scale: int | None
) -> Callable[[], Any]:
    def patched() -> Any:
        if _source is None:
            return real()
        seconds = read(_source)
        return seconds if scale is None else round(seconds * scale)

    return patched


def _bytes_patch(real: Callable[[int], bytes]) -> Callable[[int], bytes]:
    def patched(count: int) -> bytes:
        return real(count) if _source is None else _source.bytes(count)

    return patched


def _uuid1(*args: Any, **kwargs: Any) -> uuid.UUID:
    """Like `uuid.uuid1`, whose C code reads the real clock, from virtual time instead."""
    if _source is None:
        return _real_uuid1(*args, **kwargs)
    ticks = round(_source.wall() * 1e7) + 0x01B21DD213814000
    node, sequence = _source.random.getrandbits(47) | 1 << 40, _source.random.getrandbits(14)
    fields = (
        ticks & 0xFFFFFFFF,
        ticks >> 32 & 0xFFFF,
        ticks >> 48 & 0x0FFF,
        sequence >> 8 & 0x3F,
        sequence & 0xFF,
        node,
    )
    return uuid.UUID(fields=fields, version=1)


_real_uuid1 = uuid.uuid1


class _AnyDatetime(type):
    """Lets `isinstance(value, SimulatedDatetime)` accept every real datetime."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real_datetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _real_datetime)


class SimulatedDatetime(_real_datetime, metaclass=_AnyDatetime):
    """`datetime` whose idea of now is the simulation's; its values are real datetimes."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a real datetime."""
        return _real_datetime(*args, **kwargs)

    @classmethod
    def now(cls, tz: datetime_module.tzinfo | None = None) -> Any:
        """The current virtual time."""
        if _source is None:
            return _real_datetime.now(tz)
        return _real_datetime.fromtimestamp(_source.wall(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        """The current virtual time in UTC, without a zone."""
        return cls.now(datetime_module.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        """The current virtual local time."""
        return cls.now()

    @classmethod
    def fromtimestamp(cls, *args: Any, **kwargs: Any) -> Any:
        """As the real one."""
        return _real_datetime.fromtimestamp(*args, **kwargs)

    @classmethod
    def fromisoformat(cls, text: str) -> Any:
        """As the real one."""
        return _real_datetime.fromisoformat(text)


def _now_patch(real: Callable[..., Any], position: int, now: Callable[[], Any]) -> Any:
    """Like `real`, whose argument at `position` is the current virtual time when left out."""

    def patched(*args: Any) -> Any:
        if _source is None or len(args) > position:
            return real(*args)
        return real(*args, now())

    return patched


def _sleep_patch(real: Callable[..., None]) -> Callable[..., None]:
    def sleep(seconds: float, /) -> None:
        if _source is None or _source.thread != threading.get_ident():
            return real(seconds)
        if not seconds >= 0:
            raise ValueError("sleep length must be non-negative")
        if math.isinf(seconds):
            raise OverflowError("timestamp too large to convert to C _PyTime_t")
        return _source.block(seconds)

    return sleep


_real_seed = Random.seed


def _seed(self: Random, a: Any = None, version: int = 2) -> None:
    """Like `Random.seed`, whose C code reads the system's entropy when nothing is given."""
    if a is None and _source is not None:
        _source.reads += 1
        a = _source.random.getrandbits(64)
    _real_seed(self, a, version)


_real_warn_unawaited = warnings._warn_unawaited_coroutine  # type: ignore[attr-defined]


def _warn_unawaited(coroutine: Any) -> None:
    """Called by the interpreter for a coroutine that ends without having been awaited."""
    if _source is None or _source.thread != threading.get_ident():
        _real_warn_unawaited(coroutine)
        return
    code = getattr(coroutine, "cr_code", None)
    line = f":{code.co_firstlineno}" if code is not None else ""
    _source.unawaited.append(f"{getattr(coroutine, '__qualname__', coroutine)}{line}")


_real_set_task_name: Any = getattr(asyncio.tasks, "_set_task_name", None)


def _set_task_name(task: Any, name: str | None) -> None:
    """How a `TaskGroup` names its tasks before 3.12: before the first step, so it is in paths."""
    _real_set_task_name(task, name)
    actor = getattr(task, "simulated_actor", None)
    if actor is not None and name is not None:
        actor.rename(str(name))


_real_as_completed = asyncio.as_completed


def _as_completed(fs: Any, *, timeout: float | None = None) -> Any:
    """Like `asyncio.as_completed`, which puts coroutines into a set: they hash by address."""
    if _source is not None and not (asyncio.iscoroutine(fs) or asyncio.isfuture(fs)):
        fs = map(asyncio.ensure_future, dict.fromkeys(fs))
    return _real_as_completed(fs, timeout=timeout)


def install() -> None:
    """Replace clocks, sleeping, entropy, `uuid1` and thread starts; once a process."""
    global _installed  # noqa: PLW0603 - installing twice would wrap the wrappers
    if _installed:
        return
    _installed = True
    _replace(time, "time", _clock_patch(time.time, Source.wall, None))
    _replace(time, "time_ns", _clock_patch(time.time_ns, Source.wall, 10**9))
    for name in ("monotonic", "perf_counter", "process_time"):
        _replace(time, name, _clock_patch(getattr(time, name), Source.now, None))
        nanoseconds = f"{name}_ns"
        _replace(time, nanoseconds, _clock_patch(getattr(time, nanoseconds), Source.now, 10**9))
    for name in ("gmtime", "localtime", "ctime"):
        _replace(time, name, _now_patch(getattr(time, name), 0, time.time))
    _replace(time, "asctime", _now_patch(time.asctime, 0, time.localtime))
    _replace(time, "strftime", _now_patch(time.strftime, 1, time.localtime))
    _replace(time, "sleep", _sleep_patch(time.sleep))
    _replace(os, "urandom", _bytes_patch(os.urandom))
    random._urandom = os.urandom  # type: ignore[attr-defined]
    Random.seed = _seed  # type: ignore[method-assign]
    _replace(random, "seed", random._inst.seed)
    _replace(uuid, "uuid1", _uuid1)
    warnings._warn_unawaited_coroutine = _warn_unawaited  # type: ignore[attr-defined]
    _refuse_what_is_real()


def _replace(module: ModuleType, name: str, new: Any) -> None:
    original = getattr(module, name)
    _originals[id(original)] = (original, new)
    setattr(module, name, new)


def _refuse_what_is_real() -> None:
    threading.Thread.start = _refusing(  # type: ignore[method-assign]
        threading.Thread.start, lambda thread: f"starting thread {thread.name!r}"
    )
    threading.Condition.wait = _refusing(  # type: ignore[method-assign]
        threading.Condition.wait, lambda *_: "waiting for another thread"
    )
    asyncio.tasks._GatheringFuture.__hash__ = hash_by_order  # type: ignore[attr-defined]
    if _real_set_task_name is not None:
        _replace(asyncio.tasks, "_set_task_name", _set_task_name)
    _replace(asyncio.tasks, "as_completed", _as_completed)
    asyncio.as_completed = _as_completed
    new_event_loop = _refusing(asyncio.new_event_loop, lambda: "another event loop")
    asyncio.new_event_loop = asyncio.events.new_event_loop = new_event_loop
    sys.addaudithook(_audit)


def _refusing(real: Callable[..., Any], what: Callable[..., str]) -> Callable[..., Any]:
    def refusing(*args: Any, **kwargs: Any) -> Any:
        if _source is not None and _source.thread == threading.get_ident():
            raise RefusedError(what(*args))
        return real(*args, **kwargs)

    return refusing


_REFUSED_AUDITS = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.system",
        "socket.__new__",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "subprocess.Popen",
    }
)


def _audit(event: str, _args: tuple[Any, ...]) -> None:
    if event in _REFUSED_AUDITS and _source is not None:
        if _source.thread != threading.get_ident():
            return
        if event == "socket.__new__" and _may_connect():
            return  # connecting it is the loop's matter
        raise RefusedError(event)


def _may_connect() -> bool:
    """Whether something is served inside of the simulation: clients make their sockets first."""
    wires = getattr(asyncio._get_running_loop(), "wires", None)
    return bool(wires and wires.served)


_looked_at: set[str] = set()


def rebind_functions() -> None:
    """Give modules that bound a clock or another replaced function before `install` the new one.

    Outside a simulation the new ones do what the old ones did, so every module may have them that
    is not the standard library's.
    """
    for name, module in tuple(sys.modules.items()):
        root = name.partition(".")[0]
        if name in _looked_at or root in sys.stdlib_module_names or name == __name__:
            continue  # this module calls the real ones
        _looked_at.add(name)
        for key, value in tuple(getattr(module, "__dict__", {}).items()):
            replaced = _originals.get(id(value))
            if replaced is not None and replaced[0] is value:
                setattr(module, key, replaced[1])


_rebound: set[str] = set()


def rebind(roots: tuple[str, ...]) -> None:
    """Give every imported module below `roots` the simulated `datetime` class.

    Args:
        roots: Import names, such as the framework's own and those of its dependencies.
    """
    for name, module in tuple(sys.modules.items()):
        if name in _rebound or name.partition(".")[0] not in roots or module is None:
            continue
        _rebound.add(name)
        _import_ours()
        for key, value in tuple(vars(module).items()):
            if value is _real_datetime:
                setattr(module, key, SimulatedDatetime)
            elif value is datetime_module:
                setattr(module, key, _simulated_module)


_real_import = builtins.__import__


def _import(name: str, *rest: Any, **named: Any) -> Any:
    """The simulated `datetime` for who imports it inside a function of a rebound module."""
    if name == "datetime":
        namespace = rest[0] if rest else named.get("globals")
        if namespace is not None and namespace.get("__name__") in _rebound:
            return _simulated_module
    return _real_import(name, *rest, **named)


def _import_ours() -> None:
    """Let import statements come here; more than once is as good as once."""
    builtins.__import__ = _import


_simulated_module = ModuleType("datetime", datetime_module.__doc__)
vars(_simulated_module).update(
    {key: value for key, value in vars(datetime_module).items() if not key.startswith("__")},
    datetime=SimulatedDatetime,
)
"""What `import datetime` means in a module that was rebound."""
