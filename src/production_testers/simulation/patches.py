"""Time, randomness, ids and threads of the program under test, taken from the running simulation.

`install()` goes in before the system under test is imported, so names that it binds at import
time (`from time import time`) are ours as well. Outside a simulation every patch does what it
did before. `datetime.datetime` is a class that libraries compare by identity, so it is not
replaced in its module; `rebind` replaces it in the namespaces of the system under test.
"""

import datetime as datetime_module
import os
import random
import sys
import threading
import time
import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from production_testers.simulation.loop import RefusedError

EPOCH_S = 1_767_225_600.0
"""Where virtual wall-clock time starts: 2026-01-01T00:00:00Z."""


class Source:
    """What the patches read while a simulation runs.

    Attributes:
        clock: Seconds since the simulation started.
        random: Where bytes and ids come from.
    """

    __slots__ = ("clock", "random")

    def __init__(self, clock: Callable[[], float], random_source: Random) -> None:
        self.clock = clock
        self.random = random_source


_source: Source | None = None
_installed = False
_real_datetime = datetime_module.datetime


def activate(source: Source | None) -> None:
    """Let the patches act on `source`; None ends the simulation."""
    global _source  # noqa: PLW0603 - a process runs one simulation at a time, like its modules
    _source = source
    if source is not None:
        random.seed(source.random.getrandbits(64))


def _clock_patch(real: Callable[[], Any], offset: float, scale: int | None) -> Callable[[], Any]:
    def patched() -> Any:
        if _source is None:
            return real()
        seconds = offset + _source.clock()
        return seconds if scale is None else round(seconds * scale)

    return patched


def _bytes_patch(real: Callable[[int], bytes]) -> Callable[[int], bytes]:
    def patched(count: int) -> bytes:
        return real(count) if _source is None else _source.random.randbytes(count)

    return patched


def _uuid1(*args: Any, **kwargs: Any) -> uuid.UUID:
    """Like `uuid.uuid1`, whose C code reads the real clock, from virtual time instead."""
    if _source is None:
        return _real_uuid1(*args, **kwargs)
    ticks = round((EPOCH_S + _source.clock()) * 1e7) + 0x01B21DD213814000
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
        return _real_datetime.fromtimestamp(EPOCH_S + _source.clock(), tz)

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


def install() -> None:
    """Replace clocks, entropy, `uuid1` and thread starts; once a process."""
    global _installed  # noqa: PLW0603 - installing twice would wrap the wrappers
    if _installed:
        return
    _installed = True
    time.time = _clock_patch(time.time, EPOCH_S, None)
    time.time_ns = _clock_patch(time.time_ns, EPOCH_S, 10**9)
    for name in ("monotonic", "perf_counter", "process_time"):
        setattr(time, name, _clock_patch(getattr(time, name), 0.0, None))
        setattr(time, f"{name}_ns", _clock_patch(getattr(time, f"{name}_ns"), 0.0, 10**9))
    os.urandom = _bytes_patch(os.urandom)
    random._urandom = os.urandom  # type: ignore[attr-defined]  # noqa: SLF001
    uuid.uuid1 = _uuid1
    threading.Thread.start = _refusing(threading.Thread.start)  # type: ignore[method-assign]
    sys.addaudithook(_audit)


def _refusing(real: Callable[..., None]) -> Callable[..., None]:
    def start(thread: threading.Thread) -> None:
        if _source is not None:
            raise RefusedError(f"starting thread {thread.name!r}")
        real(thread)

    return start


_REFUSED_AUDITS = frozenset({"socket.connect", "socket.bind", "subprocess.Popen", "os.system"})


def _audit(event: str, _args: tuple[Any, ...]) -> None:
    if event in _REFUSED_AUDITS and _source is not None:
        raise RefusedError(event)


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
        for key, value in tuple(vars(module).items()):
            if value is _real_datetime:
                setattr(module, key, SimulatedDatetime)
