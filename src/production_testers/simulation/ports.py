"""Ports: functions of the program under test at which something may go wrong.

A port is named by import path, `package.module:function` or `package.module:Class.method`, so the
program needs no change. While an execution runs, the function is wrapped, and never else.
"""

import asyncio
import importlib
import inspect
import pkgutil
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial, update_wrapper
from typing import Any, Self

from production_testers.model.errors import UsageError
from production_testers.simulation.schedule import Fault, FaultKind

MARK = "injected_by_simulation"
"""Attribute of exceptions that were raised on purpose."""

AT_PORTS = frozenset({FaultKind.RAISE, FaultKind.DROP, FaultKind.DUPLICATE, FaultKind.DELAY})
"""The faults that happen at ports."""


class Ports:
    """Wraps ports while it is entered.

    Args:
        faults: What goes wrong at which call; faults that are not at ports are left alone.
        watched: Ports whose calls are counted as well.

    Attributes:
        calls: Port → how often it was called.
        fired: How many faults happened.

    Raises:
        UsageError: On entering, when a port or an exception cannot be found.
    """

    def __init__(self, faults: Iterable[Fault], watched: Iterable[str] = ()) -> None:
        self.calls: Counter[str] = Counter()
        self.fired = 0
        self._faults = {(f.target, f.nth): f for f in faults if f.kind in AT_PORTS}
        self._names = sorted({*watched, *(port for port, _ in self._faults)})
        self._errors: dict[int, BaseException] = {}
        self._restore: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        for fault in self._faults.values():
            if fault.kind is FaultKind.RAISE:
                self._errors[id(fault)] = _error(fault)  # now, not in the middle of the program
        found = [(name, *_resolved(name)) for name in self._names]
        for name, owner, attribute, original in found:
            before = vars(owner).get(attribute, _ABSENT)
            setattr(owner, attribute, self._wrapped(name, original))
            self._restore.append(partial(_restore, owner, attribute, before))
        return self

    def __exit__(self, *_exc: object) -> None:
        while self._restore:
            self._restore.pop()()

    def _wrapped(self, name: str, original: Any) -> Any:
        if isinstance(original, staticmethod | classmethod):
            return type(original)(self._wrapped(name, original.__func__))
        port = self._async(name, original) if _is_async(original) else self._plain(name, original)
        return update_wrapper(port, original)

    def _async(self, name: str, original: Any) -> Any:
        async def port(*args: Any, **kwargs: Any) -> Any:
            fault = self._next_fault(name)
            if fault is None:
                return await original(*args, **kwargs)
            if fault.kind is FaultKind.DELAY:
                await asyncio.sleep(fault.seconds)
            if self._dropped(fault):
                return None
            if fault.kind is FaultKind.DUPLICATE:
                await original(*args, **kwargs)
            return await original(*args, **kwargs)

        return port

    def _plain(self, name: str, original: Any) -> Any:
        def port(*args: Any, **kwargs: Any) -> Any:
            fault = self._next_fault(name)
            if fault is None:
                return original(*args, **kwargs)
            if fault.kind is FaultKind.DELAY:
                time.sleep(fault.seconds)  # virtual: nothing else happens meanwhile
            if self._dropped(fault):
                return None
            first = original(*args, **kwargs) if fault.kind is FaultKind.DUPLICATE else None
            last = original(*args, **kwargs)
            return _both(first, last) if inspect.iscoroutine(first) else last

        return port

    def _next_fault(self, name: str) -> Fault | None:
        self.calls[name] += 1
        fault = self._faults.get((name, self.calls[name]))
        self.fired += fault is not None
        return fault

    def _dropped(self, fault: Fault) -> bool:
        if fault.kind is FaultKind.RAISE:
            raise self._errors[id(fault)]
        return fault.kind is FaultKind.DROP


async def _both(first: Any, last: Any) -> Any:
    await first
    return await last


_ABSENT = object()


def _restore(owner: Any, attribute: str, before: Any) -> None:
    """What was inherited, or found in a class, becomes so again."""
    if before is _ABSENT:
        delattr(owner, attribute)
    else:
        setattr(owner, attribute, before)


def _is_async(function: Any) -> bool:
    return inspect.iscoroutinefunction(function)


def _resolved(name: str) -> tuple[Any, str, Any]:
    """Where a port is found: its owner, its name there, and what it is."""
    module, colon, path = name.partition(":")
    if not colon or not module or not path:
        raise UsageError(f"Port {name!r} cannot be read.", do="Write package.module:function.")
    *owners, attribute = path.split(".")
    try:
        owner: Any = importlib.import_module(module)
        for part in owners:
            owner = getattr(owner, part)
        bound = getattr(owner, attribute)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"Port {name!r} cannot be found: {error}.") from error
    if isinstance(bound, type) or not callable(bound):
        raise UsageError(f"Port {name!r} is no function.", do="Name a function or a method.")
    original = inspect.getattr_static(owner, attribute) if isinstance(owner, type) else bound
    return owner, attribute, original


def _error(fault: Fault) -> BaseException:
    """The exception that a fault raises, marked as injected."""
    try:
        found = pkgutil.resolve_name(fault.error)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"Exception {fault.error!r} cannot be found: {error}.") from error
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise UsageError(f"{fault.error!r} is no exception.")
    try:
        made = found(f"injected at {fault.target}")
    except TypeError as error:
        raise UsageError(f"{fault.error!r} cannot be made from a text: {error}.") from error
    setattr(made, MARK, True)
    return made
