"""A team's application, wrapped from outside: its services, its inputs, what its answers hold.

Whatever framework it is built on: a binding of the unit `target` makes a `Wrapped` and executes the
team's own code through it. Standard library only; nothing of the application is changed on disk.
"""

import asyncio
import importlib
import inspect
import json
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from production_testers.model.canonical import Json, digest
from production_testers.model.errors import UsageError
from production_testers.model.target import ServiceSpec, Target
from production_testers.suts.contract import Bench

DEPTH_MAX = 6
"""Members of answers that stand deeper are compared as a whole."""

SECRET_MIN = 4
"""A shorter text says nothing about where it comes from."""


def load(path: str, folder: str) -> Any:
    """What stands at `module:object`, with the application's folder on the import path.

    Raises:
        UsageError: There is nothing, or importing it fails.
    """
    if folder and folder not in sys.path:
        sys.path.insert(0, folder)
    module, _, names = path.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for name in filter(None, names.split(".")):
            found = getattr(found, name)
    except Exception as error:  # the application's own import may raise anything
        raise UsageError(
            f"The target {path!r} cannot be imported: {type(error).__name__}: {error}.",
            do="Write it as package.module:object, and run the command where it can be imported.",
        ) from error
    return found


def requests_of(target: Target) -> list[Json]:
    """Every request that the application is given, in order.

    Raises:
        UsageError: There are none, or they cannot be read.
    """
    if not target.inputs:
        return [f"request {number}" for number in range(8)]
    if ":" in target.inputs and not Path(target.folder, target.inputs).exists():
        found = list(load(target.inputs, target.folder)())
    else:
        found = _lines(Path(target.folder, target.inputs))
    if not found:
        raise UsageError(f"{target.inputs} gives no request.")
    return found


def _lines(path: Path) -> list[Json]:
    try:
        text = path.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The inputs {path} cannot be read: {error}.", do="One JSON value a line."
        ) from error


@dataclass(slots=True)
class Wrapped:
    """One instance of the application with everything around it watched.

    Attributes:
        target: What it is.
        bench: Where its code is executed and noted.
        made: The object that the target's path gave: a factory has been called.
        records: Its requests.
        number: The request that the current task works for.
        log: Searches the log while requests run.
        seen: Calls of services that these know by a key.
    """

    target: Target
    bench: Bench
    made: Any = None
    records: list[Json] = field(default_factory=list)
    number: ContextVar[int] = field(default_factory=lambda: ContextVar("ptest_record", default=0))

    log: Any = None
    seen: set[tuple[str, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.log = _LogWatch(self)

    @classmethod
    def make(cls, target: Target, bench: Bench, is_made: Callable[[Any], bool]) -> "Wrapped":
        """Import the application, put services in place, call its factory.

        Args:
            target: What it is.
            bench: The caller's side.
            is_made: Whether an object is already what is executed, and no factory of it.

        Raises:
            UsageError: It cannot be imported.
        """
        wrapped = cls(target=target, bench=bench, records=requests_of(target))
        found = load(target.object, target.folder)
        if not is_made(found):
            found = wrapped.call_factory(found)
        wrapped.made = found
        return wrapped

    def call_factory(self, factory: Callable[..., Any]) -> Any:
        """Call a factory with the services that it takes by name."""
        takes = inspect.signature(factory).parameters
        given = {}
        for name, service in self.target.services.items():
            parameter = service.parameter or name
            if parameter in takes:
                given[parameter] = self.service(name, service)
        return factory(**given)

    def service(self, name: str, spec: ServiceSpec) -> Any:
        """The replacement of a service, with every call of it noted."""
        return _Proxy(load(spec.factory, self.target.folder)(), name, spec, self)

    async def stage(self, name: str, run: Callable[[], Awaitable[Any]]) -> Any:
        """Execute one of its stages."""
        return await self.bench.around(name, run)

    def note_effect(self, service: str, method: str, arguments: Sequence[Any]) -> None:
        """A call of a service that has an effect in the world has succeeded."""
        member = self.target.promises.ordered
        record = self.records[self.number.get()]
        group = digest(record.get(member)) if member and isinstance(record, Mapping) else ""
        operation, told = f"{service}.{method}", digest(_plain(arguments))
        self.bench.emit("effect", operation=operation, arguments=told, group=group)

    def scan(self, where: str, text: str) -> None:
        """Note whose secrets stand in a text."""
        for number, secrets in enumerate(self.secrets()):
            if any(secret in text for secret in secrets):
                self.bench.emit("secret", where=where, record=number)

    def secrets(self) -> list[list[str]]:
        """For every request, the values of its secret members."""
        return [
            [
                str(record[name])
                for name in self.target.promises.secrets
                if isinstance(record, Mapping) and len(str(record.get(name) or "")) >= SECRET_MIN
            ]
            for record in self.records
        ]

    def judged(self, number: int, output: Any) -> list[list[Json]]:
        """Every invariant: its name, whether it holds, and what it says."""
        return [
            _judged(path, load(path, self.target.folder), self.records[number], output)
            for path in self.target.invariants
        ]


def _judged(path: str, check: Callable[..., Any], given: Json, output: Any) -> list[Json]:
    name = path.rpartition(":")[2]
    try:
        said = check(given, output)
    except AssertionError as error:
        return [name, False, str(error)[:200]]
    except Exception as error:  # noqa: BLE001 - the invariant itself is wrong: nothing is known
        return [name, None, f"{type(error).__name__}: {error}"[:200]]
    holds = said is None or said is True
    return [name, holds, "" if holds or said is False else str(said)[:200]]


class _Proxy:
    """Stands for a service: every coroutine method that is called goes through the bench."""

    def __init__(self, real: Any, name: str, spec: ServiceSpec, wrapped: Wrapped) -> None:
        self._ptest = (real, name, spec, wrapped)

    def __getattr__(self, method: str) -> Any:
        real, name, spec, wrapped = self._ptest
        found = getattr(real, method)
        if not inspect.iscoroutinefunction(found):
            return found
        return partial(_through, found, name, method, spec, wrapped)


async def _through(
    found: Callable[..., Awaitable[Any]],
    name: str,
    method: str,
    spec: ServiceSpec,
    wrapped: Wrapped,
    *positional: Any,
    **named: Any,
) -> Any:
    arguments = [*positional, dict(sorted(named.items()))]
    wrapped.scan(f"service {name}", repr(arguments))

    async def run() -> Any:
        """The replacement's own answer; the effect has happened once it is there."""
        answer = await found(*positional, **named)
        key = (name, method, repr(named.get(spec.deduplicates_by)))
        known = spec.deduplicates_by in named and key in wrapped.seen
        wrapped.seen.add(key)
        if method in spec.effects and not known:
            wrapped.note_effect(name, method, arguments)
        return answer

    return await wrapped.bench.around(f"{name}.{method}", run)


def _plain(value: Any) -> Json:
    """A value as JSON, whatever it is: what JSON does not know stands by its text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value if value is None or isinstance(value, str | int | float | bool) else repr(value)


def flattened(value: Any, prefix: str = "", depth: int = 0) -> dict[str, str]:
    """Path of every member → digest of its value: an answer that can be compared and not read."""
    if isinstance(value, Mapping) and value and depth < DEPTH_MAX:
        found: dict[str, str] = {}
        for key, member in value.items():
            found |= flattened(member, f"{prefix}.{key}" if prefix else str(key), depth + 1)
        return found
    return {prefix or "answer": digest(_plain(value))}


def place_of(code: Any) -> tuple[str, str]:
    """`file:line` and importable name of a function, a class or an object's class.

    Empty where they cannot be found.
    """
    shown = inspect.unwrap(code) if callable(code) else code
    if not (inspect.isfunction(shown) or inspect.ismethod(shown) or inspect.isclass(shown)):
        shown = type(shown)
    name = f"{shown.__module__}.{shown.__qualname__}"
    try:
        line = inspect.getsourcelines(shown)[1]
        return f"{inspect.getsourcefile(shown)}:{line}", name
    except (TypeError, OSError):
        return "", name


def plain_stages(target: Target, found: Any) -> tuple[str, dict[str, tuple[str, str]]]:
    """What an async function is: one stage, `handle`.

    Raises:
        UsageError: It is no async function of one request.
    """
    if not is_coroutine(found):
        raise UsageError(
            f"The target {target.object!r} is a {type(found).__name__}, which cannot be executed.",
            do="Name a pipeline, a graph, a factory of one, or an async function of one request.",
        )
    return "an async function", {"handle": place_of(found)}


def is_coroutine(found: Any) -> bool:
    """Whether it is an async function of one request, and no factory."""
    if not inspect.iscoroutinefunction(found):
        return False
    needed = [
        one
        for one in inspect.signature(found).parameters.values()
        if one.default is inspect.Parameter.empty
        and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    return len(needed) == 1


async def settled(found: Any) -> Any:
    """What a factory gave, awaited where it is async."""
    return await found if asyncio.iscoroutine(found) else found


class _LogWatch(logging.Handler):
    """Searches every log record, whoever writes it, for secrets; attached while requests run."""

    def __init__(self, wrapped: Wrapped) -> None:
        super().__init__()
        self._wrapped = wrapped
        self._requests = 0
        self._before = (logging.NOTSET, logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """One record: its message, what is attached to it, its traceback."""
        more = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self._wrapped.scan("log", f"{record.getMessage()} {more!r} {trace}")

    def __enter__(self) -> None:
        self._requests += 1
        if self._requests == 1:
            root = logging.getLogger()
            self._before = (root.manager.disable, root.level)
            logging.disable(logging.NOTSET)
            root.setLevel(logging.INFO)
            root.addHandler(self)

    def __exit__(self, *_exc: object) -> None:
        self._requests -= 1
        if self._requests == 0:
            root = logging.getLogger()
            root.removeHandler(self)
            disabled, level = self._before
            logging.disable(disabled)
            root.setLevel(level)


_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


async def answered(wrapped: Wrapped, number: int, run: Callable[[], Awaitable[Any]]) -> Json:
    """Handle one request and give what is kept of it: digests, and what the invariants say.

    Args:
        wrapped: The application.
        number: Which request.
        run: Executes it.
    """
    before = wrapped.number.set(number)
    try:
        with wrapped.log:
            output = await run()
    except Exception as error:
        wrapped.scan("error", f"{type(error).__name__}: {error}")
        raise
    finally:
        wrapped.number.reset(before)
    wrapped.scan("answer", repr(output))
    for name, holds, said in wrapped.judged(number, output):
        wrapped.bench.emit("invariant", invariant=name, holds=holds, said=said)
    return dict(flattened(output))
