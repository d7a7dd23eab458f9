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
        self._originals: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> Self:
        for fault in self._faults.values():
            if fault.kind is FaultKind.RAISE:
                _error_type(fault.error)  # now, not in the middle of the program
        for name in self._names:
            owner, attribute = _resolved(name)
            original = inspect.getattr_static(owner, attribute)
            self._originals.append((owner, attribute, original))
            setattr(owner, attribute, self._wrapped(name, original))
        return self

    def __exit__(self, *_exc: object) -> None:
        while self._originals:
            owner, attribute, original = self._originals.pop()
            setattr(owner, attribute, original)

    def _wrapped(self, name: str, original: Any) -> Any:
        if isinstance(original, staticmethod | classmethod):
            return type(original)(self._wrapped(name, original.__func__))
        port = self._async(name, original) if _is_async(original) else self._plain(name, original)
        port.__name__ = getattr(original, "__name__", "port")
        port.__qualname__ = getattr(original, "__qualname__", "port")
        return port

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
            if fault.kind is FaultKind.DUPLICATE:
                original(*args, **kwargs)
            return original(*args, **kwargs)

        return port

    def _next_fault(self, name: str) -> Fault | None:
        self.calls[name] += 1
        fault = self._faults.get((name, self.calls[name]))
        self.fired += fault is not None
        return fault

    def _dropped(self, fault: Fault) -> bool:
        if fault.kind is FaultKind.RAISE:
            error = _error_type(fault.error)(f"injected at {fault.target}")
            setattr(error, MARK, True)
            raise error
        return fault.kind is FaultKind.DROP


def _is_async(function: Any) -> bool:
    return inspect.iscoroutinefunction(function)


def _resolved(name: str) -> tuple[Any, str]:
    module, colon, path = name.partition(":")
    if not colon or not module or not path:
        raise UsageError(f"Port {name!r} cannot be read.", do="Write package.module:function.")
    *owners, attribute = path.split(".")
    try:
        owner = importlib.import_module(module)
        for part in owners:
            owner = getattr(owner, part)
        inspect.getattr_static(owner, attribute)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"Port {name!r} cannot be found: {error}.") from error
    return owner, attribute


def _error_type(path: str) -> Callable[[str], BaseException]:
    try:
        found = pkgutil.resolve_name(path)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"Exception {path!r} cannot be found: {error}.") from error
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise UsageError(f"{path!r} is no exception.")
    return found
