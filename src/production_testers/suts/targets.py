"""A team's application, wrapped from outside: its services, its inputs, what its answers hold.

Whatever framework it is built on: a binding of the unit `target` makes a `Wrapped` and executes the
team's own code through it. Standard library only; nothing of the application is changed on disk.
"""

import asyncio
import importlib
import inspect
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from production_testers.model.canonical import Json, digest
from production_testers.model.errors import UsageError
from production_testers.model.target import ServiceSpec, Target
from production_testers.suts.contract import Bench
from production_testers.suts.target_history import Happened
from production_testers.suts.target_services import ServiceProxy, is_handle
from production_testers.suts.target_values import flattened, plain, told
from production_testers.suts.target_watch import Marks, OutputWatch
from production_testers.units.odd_texts import ODD_TEXTS


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


def given_by(path: str, folder: str, what: str) -> Any:
    """What a function of the application gives that takes nothing.

    Raises:
        UsageError: It cannot be imported or called.
    """
    function = load(path, folder)
    try:
        return function()
    except Exception as error:  # the application's own function may raise anything
        raise UsageError(
            f"{what}: {path} cannot be called: {type(error).__name__}: {error}.",
            do="Name a function or a class that takes no arguments.",
        ) from error


def requests_of(target: Target) -> list[Json]:
    """Every request that the application is given, in order.

    Raises:
        UsageError: There are none, or they cannot be read.
    """
    if not target.inputs:
        return [f"request {number}" for number in range(8)]
    if ":" in target.inputs and not Path(target.folder, target.inputs).exists():
        found = list(given_by(target.inputs, target.folder, "inputs"))
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


STAGE: ContextVar[str] = ContextVar("ptest_stage", default="")
"""The stage that the current task works for."""


@dataclass(slots=True)
class Wrapped:
    """One instance of the application with everything around it watched.

    Attributes:
        target: What it is.
        bench: Where its code is executed and noted.
        made: The object that the target's path gave: a factory has been called.
        records: Its requests.
        number: The request that the current task works for.
        record: What that request is.
        marks: What tells its requests apart.
        begun: Requests that it was given so far.
        output: Searches what is written while requests run.
        happened: What services and requests answered so far, where an invariant asks for it.
    """

    target: Target
    bench: Bench
    made: Any = None
    records: list[Json] = field(default_factory=list)
    number: ContextVar[int] = field(default_factory=lambda: ContextVar("ptest_record", default=-1))
    record: ContextVar[Json] = field(default_factory=lambda: ContextVar("ptest_request"))
    marks: Marks = field(init=False)
    begun: dict[int, None] = field(default_factory=dict)
    output: OutputWatch = field(init=False)
    happened: Happened | None = None

    def __post_init__(self) -> None:
        self.marks = _marks_of(self.target)
        self.output = OutputWatch(partial(self.scan, "log"))

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
        if is_coroutine(found, target):
            given = wrapped.services_for(found)
            found = partial(found, **given) if given else found
        elif not is_made(found):
            found = wrapped.built(found)
        wrapped.made = found
        if any(takes_history(load(path, target.folder)) for path in target.invariants):
            wrapped.happened = Happened()
        return wrapped

    async def ready(self) -> Any:
        """What is executed: what an async factory gives, once for all requests."""
        if inspect.iscoroutine(self.made):
            self.made = asyncio.get_running_loop().create_task(self.made, context=Context())
        if isinstance(self.made, asyncio.Task):
            made = await asyncio.shield(self.made)
            self.made = made
        return self.made

    def built(self, factory: Any) -> Any:
        """What a factory gives; an async one gives what is still to be awaited.

        Raises:
            UsageError: It cannot be called with the services that are named.
        """
        try:
            takes = inspect.signature(factory).parameters
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"The target {self.target.object!r} is a {type(factory).__name__}, which cannot"
                " be executed.",
                do="Name a pipeline, a graph, a factory of one, or an async function.",
            ) from error
        given = self.services_for(factory)
        needed = [
            name
            for name, one in takes.items()
            if one.default is one.empty
            and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
            and name not in given
        ]
        if len(needed) > 1 and inspect.iscoroutinefunction(factory):
            needed = needed[1:]  # an async function of a request takes that first
        if needed:
            raise UsageError(
                f"{self.target.object} takes {', '.join(needed)}, and nothing stands in for it.",
                do=f"Write [target.services.{needed[0]}] with a factory into ptest.toml.",
            )
        try:
            return factory(**given)
        except Exception as error:  # the application's own code may raise anything
            raise UsageError(
                f"{self.target.object} cannot be called: {type(error).__name__}: {error}."
            ) from error

    def services_for(self, function: Callable[..., Any]) -> dict[str, Any]:
        """The services that a function takes by name."""
        takes = inspect.signature(function).parameters
        given = {
            service.parameter or name: self.service(name, service)
            for name, service in self.target.services.items()
            if (service.parameter or name) in takes
        }
        for name, mock in self.target.mocks.items():
            if mock.parameter in takes:
                given[mock.parameter] = self.target.setting_of(name, tempfile.gettempdir())
        return given

    def service(self, name: str, spec: ServiceSpec) -> Any:
        """The replacement of a service, with every call of it noted."""
        return ServiceProxy(
            given_by(spec.factory, self.target.folder, f"services.{name}"), name, spec, self
        )

    async def stage(self, name: str, run: Callable[[], Awaitable[Any]]) -> Any:
        """Execute one of its stages."""

        async def inside() -> Any:
            """The stage, which whatever happens in it names."""
            before = STAGE.set(name)
            try:
                return await run()
            finally:
                with suppress(ValueError):  # thrown away unfinished, in another context
                    STAGE.reset(before)

        return await self.bench.around(name, inside)

    def note(self, name: str, **value: Json) -> None:
        """Note what happened, and in which stage."""
        self.bench.emit(name, stage=STAGE.get(), **value)

    async def around(self, label: str, run: Callable[[], Awaitable[Any]]) -> Any:
        """Execute a call of a service."""
        self.note("asks", operation=label)
        return await self.bench.around(label, run)

    def asked(self, service: str, arguments: Sequence[Any]) -> None:
        """A service is called: with what?"""
        self.scan(f"service {service}", repr(arguments))

    def told(self, service: str, method: str, named: Mapping[str, Any], gave: Any) -> None:
        """Note what a service answered to which question, or the error of its own that it raised.

        Nothing is noted of what it gave to work with.
        """
        self.remember(service, method, named, gave)
        if isinstance(gave, Exception):
            gave = {"raises": f"{type(gave).__name__}: {gave}"}
        if not is_handle(gave):
            asked = digest(plain(dict(sorted(named.items()))))
            self.note("told", operation=f"{service}.{method}", asked=asked, answer=told(gave))

    def remember(self, service: str, method: str, named: Mapping[str, Any], gave: Any) -> None:
        """Keep an answer, or an error, for invariants that ask for what happened."""
        if self.happened is not None:
            self.happened.add(self.record.get(None), service, method, named, gave)

    def wrote(self, service: str, operation: str, given: Any) -> None:
        """Note that a statement has changed rows, and its transaction is over."""
        told = digest(plain(given))
        self.note(
            "effect",
            operation=f"{service}.{operation}",
            arguments=told,
            group=self._group(),
            key="",
        )

    def _group(self) -> str:
        """Digest of what the current request belongs to, where an order is promised."""
        member, record = self.target.promises.ordered, self.record.get(None)
        return digest(record.get(member)) if member and isinstance(record, Mapping) else ""

    def acted(self, service: str, method: str, spec: ServiceSpec, named: Mapping[str, Any]) -> None:
        """Note an effect, with the key by which the service knows the call."""
        names = spec.deduplicates_by
        names = (names,) if isinstance(names, str) else names
        key = next((digest(plain(named[name])) for name in names if name in named), "")
        told = digest(plain(dict(sorted(named.items()))))
        operation = f"{service}.{method}"
        self.note("effect", operation=operation, arguments=told, group=self._group(), key=key)

    def opened(self, service: str, method: str) -> None:
        """Note that a request was given something to give back."""
        self.note("opened", operation=f"{service}.{method}")

    def closed(self, service: str, method: str) -> None:
        """Note that it gives it back."""
        self.note("closed", operation=f"{service}.{method}")

    def scan(self, where: str, text: str) -> None:
        """Note whose secrets stand in a text, and who else's texts."""
        number, numbers = self.number.get(), list(self.begun)
        for other in self.marks.secrets_in(text, numbers):
            self.note("secret", where=where, record=other)
        if number >= 0:
            for other in self.marks.strangers_in(text, number, numbers):
                self.note("stranger", where=where, record=other)

    def request(self, arguments: Mapping[str, Any]) -> Json:
        """What is asked for: one of the records, perhaps with one of its texts replaced."""
        record = self.records[int(arguments["record"])]
        odd = arguments.get("odd")
        if not odd or not isinstance(record, Mapping) or odd["member"] not in record:
            return record
        return {**record, odd["member"]: ODD_TEXTS[odd["text"]]}

    def judged(self, output: Any) -> list[list[Json]]:
        """Every invariant: its name, whether it holds, and what it says."""
        return [
            _judged(path, load(path, self.target.folder), self.record.get(), output, self.happened)
            for path in self.target.invariants
        ]


_KNOWN_MARKS: dict[str, Marks] = {}


def _marks_of(target: Target) -> Marks:
    """The marks of a target's requests, which are read once."""
    key = f"{target.folder} {target.inputs} {target.promises}"
    if key not in _KNOWN_MARKS:
        _KNOWN_MARKS[key] = Marks(target.promises, requests_of(target))
    return _KNOWN_MARKS[key]


AT_WORK: ContextVar[Wrapped] = ContextVar("ptest_at_work")
"""The instance that the current task works for: what is no parameter finds it so."""


def _judged(
    path: str, check: Callable[..., Any], given: Json, output: Any, happened: Happened | None
) -> list[Json]:
    name = path.rpartition(":")[2]
    try:
        more = [happened.entries()] if happened is not None and takes_history(check) else []
        said = check(given, output, *more)
    except AssertionError as error:
        return [name, False, str(error)[:200]]
    except Exception as error:  # noqa: BLE001 - the invariant itself is wrong: nothing is known
        return [name, None, f"{type(error).__name__}: {error}"[:200]]
    holds = said is None or said is True
    return [name, holds, "" if holds or said is False else str(said)[:200]]


def takes_history(check: Callable[..., Any]) -> bool:
    """Whether an invariant is given what happened before, beside the request and its answer."""
    return len(inspect.signature(check).parameters) > 2


def none_is_made(_found: Any) -> bool:
    """Without a framework whatever is no async function of one request is a factory of one."""
    return False


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
    if not is_handler(found):
        raise UsageError(
            f"The target {target.object!r} gives a {type(found).__name__}, which cannot be"
            " executed.",
            do="Name a pipeline, a graph, a factory of one, or an async function of one request.",
        )
    return "an async function", {"handle": place_of(found)}


def is_handler(found: Any) -> bool:
    """Whether it is called with a request and awaited: a function, a method, a callable object."""
    if inspect.isclass(found):
        return False
    if isinstance(found, partial):
        return is_handler(found.func)
    return inspect.iscoroutinefunction(found) or inspect.iscoroutinefunction(
        getattr(type(found), "__call__", None)  # noqa: B004 - is it a coroutine?
    )


def is_coroutine(found: Any, target: Target) -> bool:
    """Whether it is an async function of one request, and no factory.

    It may take services by their names beside the request: a factory takes nothing else.
    """
    if not is_handler(found):
        return False
    services = {service.parameter or name for name, service in target.services.items()}
    services |= {mock.parameter for mock in target.mocks.values()}
    needed = [
        one.name
        for one in inspect.signature(found).parameters.values()
        if one.default is inspect.Parameter.empty
        and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        and one.name not in services
    ]
    return len(needed) == 1


async def answered(
    wrapped: Wrapped, arguments: Mapping[str, Any], run: Callable[[Json], Awaitable[Any]]
) -> Json:
    """Handle one request and give what is kept of it: digests, and what the invariants say.

    Args:
        wrapped: The application.
        arguments: Which request: its number, and what is odd about it.
        run: Executes it.
    """
    number, request = int(arguments["record"]), wrapped.request(arguments)
    before = wrapped.number.set(number), wrapped.record.set(request)
    at_work = AT_WORK.set(wrapped)
    wrapped.begun[number] = None
    try:
        with wrapped.output:
            output = await run(request)
        wrapped.remember("", "", {}, output)
        wrapped.scan("answer", repr(output))
        for name, holds, said in wrapped.judged(output):
            wrapped.bench.emit("invariant", invariant=name, holds=holds, said=said)
        for member in wrapped.target.promises.free_text:
            if isinstance(request, Mapping) and member in request:
                wrapped.bench.emit("text", member=member, digest=digest(request[member]))
    except Exception as error:
        wrapped.remember("", "", {}, error)
        wrapped.scan("error", f"{type(error).__name__}: {error}")
        raise
    finally:
        wrapped.number.reset(before[0])
        wrapped.record.reset(before[1])
        AT_WORK.reset(at_work)
    return dict(flattened(output))
