"""Targets that are async callables: `package.module:name`."""

import asyncio
import contextlib
import functools
import importlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from production_testers.load.worker.closed_loop import Operation
from production_testers.model.errors import UsageError


@contextlib.asynccontextmanager
async def opened(name: str, timeout_s: float | None) -> AsyncIterator[Operation]:
    """The callable, ready to be called without arguments.

    One that needs an argument gets the number of the operation, from 0.

    Raises:
        UsageError: There is none of that name, or it is not async.
    """
    yield limited(_operation(_load(name), name), timeout_s)


def limited(operation: Operation, timeout_s: float | None) -> Operation:
    """The operation, ended with TimeoutError after so many seconds."""
    return operation if timeout_s is None else Limited(operation, timeout_s)


class Limited:
    """An operation with a time limit; what the operation records of its own stays its own."""

    def __init__(self, operation: Operation, timeout_s: float) -> None:
        self._operation = operation
        self._timeout_s = timeout_s
        for name in ("fold", "take"):
            if hasattr(operation, name):
                setattr(self, name, getattr(operation, name))

    async def __call__(self) -> None:
        """One operation."""
        async with asyncio.timeout(self._timeout_s):
            await self._operation()


def _load(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"{name}: it cannot be imported: {type(error).__name__}: {error}.",
            do="Name it like package.module:function, from the folder that holds it.",
        ) from error
    except Exception as error:
        raise UsageError(
            f"{name}: importing {module} raised {type(error).__name__}: {error}."
        ) from error
    if not callable(found):
        raise UsageError(f"{name} is a {type(found).__name__}, and no async callable.")
    function: Callable[..., Any] = found
    return function


def _operation(function: Callable[..., Any], name: str) -> Operation:
    if not _is_async(function):
        raise UsageError(
            f"{name} is not async.", do="Write it as `async def`; a blocking call blocks the load."
        )
    needed = _needed(function)
    if needed == 0:
        operation: Operation = function
        return operation
    if needed > 1:
        raise UsageError(
            f"{name} needs {needed} arguments.",
            do="It is called with none, or with the number of the operation.",
        )
    numbers = iter(range(2**63))

    def numbered() -> Awaitable[object]:
        awaitable: Awaitable[object] = function(next(numbers))
        return awaitable

    return numbered


def _is_async(function: Any) -> bool:
    if isinstance(function, functools.partial):
        return _is_async(function.func)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - an instance with an async __call__
    )


def _needed(function: Callable[..., Any]) -> int:
    empty = inspect.Parameter.empty
    positional = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    parameters = inspect.signature(function).parameters.values()
    return sum(1 for p in parameters if p.kind in positional and p.default is empty)
