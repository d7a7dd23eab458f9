"""What an adapter does: turn a neutral pipeline into the framework's own objects and run it.

Adapters run in the worker, beside the framework: standard library and the framework only. They
add no behaviour of their own; whatever the framework does to a stage or to its outputs must
reach the harness as it is.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from production_testers.model.canonical import Json
from production_testers.model.pipeline import Identity, Outcome, PipelineSpec, StageSpec, Status
from production_testers.model.scenario import RunRequest
from production_testers.model.semantics import SutDescription
from production_testers.model.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCall:
    """What the framework handed to one execution of a stage.

    Attributes:
        input: The run's input.
        outputs: Direct dependency → the framework's own mapping of what it gave. The very object:
            a scenario that writes into it finds out who else sees the write.
        identity: Whose run the framework says this is; None where it does not say.
        merged: The framework's own look-up of a key over all dependencies; None without one.
        nest: The framework's own way to run a pipeline from inside a stage, with the input and the
            key of the given request; None where it offers none.
        redact: The framework's own redaction of personal data in a text; None where it offers none.
    """

    input: Mapping[str, Json]
    outputs: Mapping[str, Mapping[str, Json]]
    identity: Identity | None
    merged: Callable[[str], Json] | None = None
    nest: "Callable[[PipelineSpec, RunRequest], Awaitable[RunResult]] | None" = None
    redact: Callable[[str], str] | None = None


Body = Callable[[StageSpec, StageCall], Awaitable[Outcome | None]]
"""The instrumented stage: the adapter calls it from the framework's own stage object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """A stage's part of the result that the caller of a run gets."""

    status: Status
    value: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What the caller of a run gets.

    Attributes:
        ended: `completed`, `failed`, `cancelled`.
        stage: The stage that the framework names for a failure or a cancellation.
        error: For a failure: the exception that the framework gives as the cause.
        message: For a failure: what the framework says.
        stages: The results of the stages, where the framework gives them.
    """

    ended: str
    stage: str | None = None
    error: BaseException | None = None
    message: str = ""
    stages: Mapping[str, StageResult] = field(default_factory=dict)


class Adapter(Protocol):
    """Three methods; `suts.conformance` checks whoever implements them.

    Attributes:
        name: As the user writes it after `--sut`.
        import_roots: Top-level import names of the framework and of what it reads the clock with.
    """

    name: str
    import_roots: tuple[str, ...]

    def describe(self) -> SutDescription:
        """Version, capabilities with citations that stand in the installed files, components."""

    def build(self, pipeline: PipelineSpec, body: Body) -> Any:
        """The framework's own executable object. It may be shared by several runs at once.

        Raises:
            Exception: Whatever the framework raises when it refuses the pipeline.
        """

    async def run(self, built: Any, pipeline: PipelineSpec, request: RunRequest) -> RunResult:
        """Execute once.

        A cancellation by the caller propagates as `asyncio.CancelledError`, as the framework
        lets it. Exceptions that are none of the framework's documented ones are a failure
        without a stage.
        """


@runtime_checkable
class Emitting(Protocol):
    """An adapter whose framework emits events of its own.

    Attributes:
        emitted: Called with the name and the content of every event, while it is not None.
    """

    emitted: Callable[[str, Mapping[str, Any]], None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTold:
    """What an event or a log record of the framework says of a stage.

    Attributes:
        stage: The stage's name.
        phase: `started` or `ended`.
        took_ms: How long it took, where that is said.
        well: Whether it ended well or failed, where one of the two is said.
    """

    stage: str
    phase: str
    took_ms: float | None = None
    well: bool | None = None


@runtime_checkable
class TellsOfStages(Protocol):
    """An adapter whose framework says of its own accord that stages start and end."""

    def told_of_stage(self, name: str, content: Mapping[str, Any]) -> StageTold | None:
        """What is said of a stage; None where it is about something else.

        Args:
            name: Of the event, or of the logger.
            content: The event's content, or the record's own members.
        """


class Bench(Protocol):
    """What a binding of a unit may use: the caller's own code, as the scenario says it behaves."""

    async def work(self, label: str, given: Json = None) -> Json:
        """Execute the caller's own code of that label; raises what the scenario says."""

    def work_now(self, label: str, given: Json = None) -> Json:
        """The same for code that is no coroutine."""

    async def around(self, label: str, run: Callable[[], Awaitable[Any]]) -> Any:
        """Execute code that the caller brings, unless the scenario says that it fails or hangs.

        What it gives back is spoilt where the scenario says so.
        """

    def around_now(self, label: str, run: Callable[[], Any]) -> Any:
        """The same for code that is no coroutine: where it is slow or hangs, it blocks."""

    def emit(self, name: str, **value: Json) -> None:
        """Note an event that the unit emitted."""

    def now_ms(self) -> float:
        """Milliseconds since the scenario started."""

    def identifier(self, *names: str) -> str:
        """A UUID in text, the same for the same names."""


class BoundUnit(Protocol):
    """A unit of a framework, made with settings.

    Attributes:
        errors: The framework's exception classes → the neutral names that the unit's laws know.
    """

    errors: Mapping[type[BaseException], str]

    async def perform(self, operation: str, arguments: Mapping[str, Json]) -> Json:
        """Do one operation; what the framework raises escapes."""


@runtime_checkable
class HasUnits(Protocol):
    """An adapter whose framework has units that are used on their own.

    Which ones, its capabilities say.
    """

    def components_of(self, name: str) -> Mapping[str, str]:
        """Operation of a unit → importable name in this release that answers it."""

    def stages_of(self, target: Target, found: Any) -> tuple[str, dict[str, tuple[str, str]]]:
        """What a team's object is, in words, and its stages → (file:line, importable name)."""

    def unit(self, name: str, settings: Mapping[str, Json], bench: Bench) -> BoundUnit:
        """One new instance of the framework's own object.

        Raises:
            Exception: Whatever the framework raises when it refuses the settings.
        """


def leads_to(error: BaseException | None, own: BaseException) -> bool:
    """Whether an exception is the other one, or was caused by it, or is a group that holds it."""
    seen: set[int] = set()
    open_ends = [error]
    while open_ends:
        one = open_ends.pop()
        if one is own:
            return True
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            open_ends += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
    return False
