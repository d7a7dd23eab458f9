"""Stands for the services that a team's application calls: every call of them is watched.

A service is whatever the team puts in its place: an object with coroutine methods, async functions,
streams, context managers, or objects of these that one of its methods gives (a connection of a
pool). Standard library only.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from types import FunctionType, MethodType
from typing import Any, Protocol

from production_testers.model.target import ServiceSpec

SPOILED = (str, bytes, int, float, bool, list, tuple, Mapping, type(None))
"""An answer of another type is spoilt only where nothing can be done with it but reading it."""


class Watch(Protocol):
    """What is told of calls; see `production_testers.suts.targets.Wrapped`."""

    async def around(self, label: str, run: Callable[[], Awaitable[Any]]) -> Any:
        """Execute a call of a service, with what goes wrong in it."""

    def asked(self, service: str, arguments: Sequence[Any]) -> None:
        """A service is called."""

    def told(self, service: str, method: str, named: Mapping[str, Any], gave: Any) -> None:
        """A service has answered, or raised an error of its own."""

    def acted(self, service: str, method: str, spec: ServiceSpec, named: Mapping[str, Any]) -> None:
        """A call that may act in the world has been made."""

    def opened(self, service: str, method: str) -> None:
        """A request was given something that it must give back."""

    def closed(self, service: str, method: str) -> None:
        """It gives it back."""


class ServiceProxy:
    """Stands for a service, or for something that it gave."""

    def __init__(self, real: Any, name: str, spec: ServiceSpec, watch: Watch) -> None:
        self._ptest = (real, name, spec, watch)

    def __getattr__(self, method: str) -> Any:
        real, name, spec, watch = self._ptest
        found = getattr(real, method)
        if not isinstance(found, FunctionType | MethodType | partial):
            return found if not is_handle(found) else ServiceProxy(found, name, spec, watch)
        return _Call(found, name, method, spec, watch).by_kind()

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """A service that is one function."""
        real, name, spec, watch = self._ptest
        return _Call(real, name, "call", spec, watch).by_kind()(*positional, **named)

    async def __aenter__(self) -> Any:
        real, name, spec, watch = self._ptest
        entered = await watch.around(f"{name}.enter", real.__aenter__)
        return self if entered is real else _given(entered, name, spec, watch)

    async def __aexit__(self, *error: object) -> Any:
        return await self._ptest[0].__aexit__(*error)

    def __aiter__(self) -> AsyncIterator[Any]:
        real, name, spec, watch = self._ptest
        return _Stream(real, f"{name}.next", name, spec, watch)


def is_handle(value: Any) -> bool:
    """Whether an object is to work with: it has coroutine methods, is entered, or iterated."""
    if isinstance(value, SPOILED) or inspect.isclass(value) or inspect.ismodule(value):
        return False
    kind = type(value)
    if hasattr(kind, "__aenter__") or hasattr(kind, "__anext__"):
        return True
    members = (getattr(kind, name, None) for name in dir(kind) if not name.startswith("__"))
    return any(inspect.iscoroutinefunction(m) or inspect.isasyncgenfunction(m) for m in members)


def real_of(value: Any) -> Any:
    """What a proxy stands for: a service is given back the very object that it gave."""
    return value._ptest[0] if isinstance(value, ServiceProxy) else value  # noqa: SLF001 - ours


def _given(value: Any, name: str, spec: ServiceSpec, watch: Watch) -> Any:
    return ServiceProxy(value, name, spec, watch) if is_handle(value) else value


class _Call:
    """One method of a service."""

    def __init__(
        self, found: Callable[..., Any], name: str, method: str, spec: ServiceSpec, watch: Watch
    ) -> None:
        self._found = found
        self._name = name
        self._method = method
        self._spec = spec
        self._watch = watch
        self._label = f"{name}.{method}"

    def by_kind(self) -> Callable[..., Any]:
        """As it is called: a coroutine function, a stream, or anything else."""
        if inspect.iscoroutinefunction(self._found):
            return self._awaited
        return self._called

    async def _awaited(self, *positional: Any, **named: Any) -> Any:
        return await self._through(self._found, positional, named)

    async def _through(
        self, function: Callable[..., Awaitable[Any]], positional: Sequence[Any], named: Any
    ) -> Any:
        name, method, spec, watch = self._name, self._method, self._spec, self._watch
        watch.asked(name, [*positional, dict(sorted(named.items()))])
        if method in spec.closes:
            watch.closed(name, method)  # whoever begins to give it back has done so

        async def run() -> Any:
            """The replacement's own answer; the effect has happened once it is there."""
            plain = {key: real_of(value) for key, value in named.items()}
            by_name = self._by_name(positional, named)
            try:
                answer = await function(*map(real_of, positional), **plain)
            except Exception as error:
                watch.told(name, method, by_name, error)
                raise
            watch.told(name, method, by_name, answer)
            if method in spec.effects:
                watch.acted(name, method, spec, by_name)
            return answer

        answer = await watch.around(self._label, run)
        if method in spec.opens:
            watch.opened(name, method)
        return _given(answer, name, spec, watch)

    def _called(self, *positional: Any, **named: Any) -> Any:
        """What is no coroutine function may still give something that is awaited or entered."""
        name, method, spec, watch = self._name, self._method, self._spec, self._watch
        plain = {key: real_of(value) for key, value in named.items()}
        found = self._found(*map(real_of, positional), **plain)
        if hasattr(found, "__anext__"):
            watch.asked(name, [*positional, dict(sorted(named.items()))])
            return _Stream(found, self._label, name, spec, watch)
        if inspect.isawaitable(found) or hasattr(found, "__aenter__"):
            return _Pending(found, self, positional, named)
        if method in spec.closes:
            watch.closed(name, method)
        by_name = self._by_name(positional, named)
        watch.told(name, method, by_name, found)
        if method in spec.effects:
            watch.asked(name, [*positional, dict(sorted(named.items()))])
            watch.acted(name, method, spec, by_name)
        if method in spec.opens:
            watch.opened(name, method)
        return _given(found, name, spec, watch)

    def _by_name(self, positional: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments by the names that the method has for them, or by their places."""
        try:
            return dict(inspect.signature(self._found).bind(*positional, **named).arguments)
        except (TypeError, ValueError):
            return {**{str(place): value for place, value in enumerate(positional)}, **named}

    async def settle(self, found: Awaitable[Any], positional: Sequence[Any], named: Any) -> Any:
        """Await what a call gave."""

        async def awaited(*_positional: Any, **_named: Any) -> Any:
            """The call was made before."""
            return await found

        return await self._through(awaited, positional, named)

    async def enter(self, found: Any, positional: Sequence[Any], named: Any) -> Any:
        """Enter what a call gave."""

        async def entered(*_positional: Any, **_named: Any) -> Any:
            """The call was made before."""
            return await found.__aenter__()

        return await self._through(entered, positional, named)

    def left(self) -> None:
        """What was entered is left."""
        if self._method in self._spec.opens:
            self._watch.closed(self._name, self._method)


class _Pending:
    """What a call gave to be awaited, or entered: `await pool.acquire()`, `async with pool.…`."""

    def __init__(self, found: Any, call: _Call, positional: Sequence[Any], named: Any) -> None:
        self._found, self._call = found, call
        self._arguments = positional, named

    def __await__(self) -> Any:
        return self._call.settle(self._found, *self._arguments).__await__()

    async def __aenter__(self) -> Any:
        return await self._call.enter(self._found, *self._arguments)

    async def __aexit__(self, *error: object) -> Any:
        self._call.left()
        return await self._found.__aexit__(*error)


class Piece:
    """One piece of a stream, or its end, on its way to the application."""

    END = object()

    def __init__(self, value: Any) -> None:
        self.value = value

    def spoilt(self, how: str) -> "Piece":
        """A stream that is cut ends early; otherwise the piece is bad. Its end stays its end."""
        if self.value is Piece.END:
            return self
        return Piece({"none": None, "wrong_type": 0}.get(how, Piece.END))


class _Stream:
    """A stream of pieces, each of which may come late, badly or not at all."""

    def __init__(self, real: Any, label: str, name: str, spec: ServiceSpec, watch: Watch) -> None:
        self._real = real.__aiter__()
        self._label = label
        self._name, self._spec, self._watch = name, spec, watch
        self._ended = False

    def __aiter__(self) -> "_Stream":
        return self

    async def __anext__(self) -> Any:
        async def run() -> Piece:
            """The stream's next piece."""
            try:
                return Piece(await self._real.__anext__())
            except StopAsyncIteration:
                return Piece(Piece.END)

        if self._ended:
            raise StopAsyncIteration
        piece = await self._watch.around(self._label, run)
        if piece.value is Piece.END:
            self._ended = True
            raise StopAsyncIteration
        return _given(piece.value, self._name, self._spec, self._watch)

    async def aclose(self) -> None:
        """End it early."""
        self._ended = True
        if hasattr(self._real, "aclose"):
            await self._real.aclose()


def spoilt(value: Any, how: str) -> Any:
    """A bad answer made of a good one, and the very same value where nobody could tell.

    Half of a list, or of a text that is no JSON, is as good as any other.
    """
    if isinstance(value, Piece):
        return value if value.value is Piece.END else value.spoilt(how)
    if value is None or is_handle(value):
        return value
    if how in ("none", "wrong_type"):
        other = 0 if isinstance(value, str | Mapping | list) else "?"
        return None if how == "none" else other
    half = how == "truncated"
    if isinstance(value, str) and value:
        return value if half and value[0] not in "{[" else value[: len(value) // 2 * half]
    if isinstance(value, Mapping) and value:
        return dict(list(value.items())[: len(value) // 2 * half])
    return value
