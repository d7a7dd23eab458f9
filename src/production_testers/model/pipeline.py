"""The neutral pipeline: what a scenario runs on any framework, and on the reference.

Stage functions are addressed by import path (`package.module:name`), so a spec serialises.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from typing import Protocol

from production_testers.model.canonical import Json
from production_testers.model.errors import UsageError
from production_testers.model.semantics import Capability

ORIGIN = "ptest.origin"
"""The key under which every output says which run, stage and attempt gave it: our own mark."""


CHOICE, BRANCH = "choice", "branch"
"""Parameters of a stage on a branch: of the branches of a choice exactly one is to be taken."""

SLICES = "slices"
"""Parameter of a stage that computes: in so many slices, between which the event loop goes on."""


class StageKind(StrEnum):
    """What a stage is for; frameworks that know no kinds ignore it."""

    TRANSFORM = "transform"
    ENRICH = "enrich"
    ROUTE = "route"
    GUARD = "guard"
    WORK = "work"
    AGENT = "agent"


class Status(StrEnum):
    """How one execution of a stage ended, as the stage itself says it."""

    OK = "ok"
    SKIP = "skip"
    CANCEL = "cancel"
    FAIL = "fail"
    RETRY = "retry"


NO_OUTPUT = "no_output"
"""Stands for a status in the history, where a stage gave something that is no output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a stage function returns.

    Attributes:
        status: How the stage ended.
        value: Its output, as a JSON object.
        reason: Why, for every status but ok.
        skip_dependants: When set, the stage asks that its skippable dependants be skipped.
        instead: What the stage gives instead of an output, something that is none; None where it
            gives one.
    """

    status: Status = Status.OK
    value: Mapping[str, Json] = field(default_factory=dict)
    reason: str | None = None
    skip_dependants: str | None = None
    instead: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose run this is; every member is a UUID as text."""

    tenant: str
    user: str
    request: str


class Port(Protocol):
    """What a stage function is given: the same on every framework.

    Attributes:
        stage: The stage's name.
        input: The input of the run, as the framework handed it over.
        outputs: What each direct dependency gave, as the framework handed it over.
        params: The stage's parameters, from its spec.
        identity: Whose run the framework says this is.
    """

    @property
    def stage(self) -> str:
        """The stage's name."""

    @property
    def input(self) -> Mapping[str, Json]:
        """The input of the run, as the framework handed it over."""

    @property
    def outputs(self) -> Mapping[str, Mapping[str, Json]]:
        """What each direct dependency gave."""

    @property
    def params(self) -> Mapping[str, Json]:
        """The stage's parameters."""

    @property
    def identity(self) -> Identity:
        """Whose run the framework says this is."""

    async def work(self, milliseconds: float) -> None:
        """Take about `milliseconds` of (virtual) time, as the scenario's latencies say."""

    async def call(self, service: str, operation: str, **payload: Json) -> Json:
        """Call a mock service of the run by name."""

    def redact(self, text: str, personal: Sequence[tuple[str, str]]) -> str | None:
        """The text as the framework's own redaction gives it back; None where it offers none.

        Args:
            text: What is to be made anonymous.
            personal: What must not be left in it: kind (see `PersonalData`) and the words.
        """

    def now(self) -> float:
        """Milliseconds since the scenario started, on the clock of the experiment.

        What a stage makes of it depends on timing: nothing is then expected of its output.
        """

    def random(self) -> Random:
        """The stage's own source of randomness: each execution of a stage in a run starts it anew.

        It depends on the scenario, the run and the stage only, so a retry draws the same again.
        """


StageFunction = Callable[[Port], Awaitable[Outcome | Mapping[str, Json] | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """One stage.

    Attributes:
        name: Unique in its pipeline.
        function: Import path of its `StageFunction`, `package.module:name`; empty when `nested`.
        kind: What it is for.
        after: The stages it depends on.
        params: Given to the function through its port.
        skippable: May be skipped when a direct dependency asks for it.
        nested: The pipeline that the stage runs, as a run of its own, instead of a function. The
            nested run gets the stage's run input; what its last stages give is the stage's output.

    Raises:
        UsageError: There is neither a function nor a nested pipeline, or both.
    """

    name: str
    function: str = ""
    kind: StageKind = StageKind.TRANSFORM
    after: tuple[str, ...] = ()
    params: Mapping[str, Json] = field(default_factory=dict)
    skippable: bool = False
    nested: "PipelineSpec | None" = None

    def __post_init__(self) -> None:
        if bool(self.function) == (self.nested is not None):
            raise UsageError(
                f"Stage {self.name!r} needs either a function or a nested pipeline, and not both."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineSpec:
    """Stages in the order in which they are registered with the framework.

    Attributes:
        name: For people.
        stages: Registration order; dependencies may stand after their dependants.
        stage_timeout_ms: Every stage must end within this time, where the framework offers it.
        deduplicates: Runs with the same idempotency key have the effect of each WORK stage once.

    Raises:
        UsageError: A name is used twice, a dependency does not exist, or there is a cycle.
    """

    name: str
    stages: tuple[StageSpec, ...]
    stage_timeout_ms: float | None = None
    deduplicates: bool = False
    _by_name: Mapping[str, StageSpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {stage.name: stage for stage in self.stages})
        self.topological_order()

    def stage(self, name: str) -> StageSpec:
        """The stage of that name.

        Raises:
            KeyError: There is none.
        """
        return self._by_name[name]

    def needs(self) -> frozenset[Capability]:
        """What a framework must offer to run it."""
        needed = {Capability.DAG}
        if self.stage_timeout_ms is not None:
            needed.add(Capability.STAGE_TIMEOUT)
        if self.deduplicates:
            needed.add(Capability.IDEMPOTENCY)
        for stage in self.stages:
            if stage.skippable:
                needed.add(Capability.SKIP_REQUEST)
            if stage.nested is not None:
                needed |= {Capability.NESTED_PIPELINES, *stage.nested.needs()}
        return frozenset(needed)

    def last(self) -> tuple[str, ...]:
        """The stages that no other one depends on, in registration order."""
        before = {dependency for stage in self.stages for dependency in stage.after}
        return tuple(stage.name for stage in self.stages if stage.name not in before)

    def functions(self) -> frozenset[str]:
        """The import paths of every function, those of nested pipelines included."""
        own = {stage.function for stage in self.stages if stage.function}
        return frozenset(own).union(*(s.nested.functions() for s in self.stages if s.nested))

    def topological_order(self) -> tuple[str, ...]:
        """Stage names, dependencies first; registration order breaks ties.

        Raises:
            UsageError: A name is used twice, a dependency does not exist, or there is a cycle.
        """
        after = {stage.name: set(stage.after) for stage in self.stages}
        if len(after) != len(self.stages):
            raise UsageError(f"Pipeline {self.name!r} uses a stage name twice.")
        for name, dependencies in after.items():
            if unknown := sorted(dependencies - after.keys()):
                raise UsageError(f"Stage {name!r} depends on {unknown[0]!r}, which does not exist.")
        dependants: dict[str, list[str]] = {name: [] for name in after}
        for stage in self.stages:
            for dependency in dict.fromkeys(stage.after):
                dependants[dependency].append(stage.name)
        missing = {name: len(dependencies) for name, dependencies in after.items()}
        order = [name for name, count in missing.items() if count == 0]
        for name in order:
            for dependant in dependants[name]:
                missing[dependant] -= 1
                if missing[dependant] == 0:
                    order.append(dependant)
        if len(order) != len(after):
            stuck = sorted(after.keys() - set(order))
            raise UsageError(f"Pipeline {self.name!r} has a cycle through {', '.join(stuck)}.")
        return tuple(order)

    def ancestors(self) -> dict[str, frozenset[str]]:
        """For each stage, every stage that must end before it starts."""
        found: dict[str, frozenset[str]] = {}
        for name in self.topological_order():
            direct = self.stage(name).after
            found[name] = frozenset(direct).union(*(found[dependency] for dependency in direct))
        return found

    def without(self, *names: str) -> "PipelineSpec":
        """The pipeline less some stages; their dependants inherit their dependencies.

        Raises:
            KeyError: There is no stage of one of these names.
        """
        gone = frozenset(self.stage(name).name for name in names)
        instead: dict[str, tuple[str, ...]] = {}
        for name in self.topological_order():
            after = dict.fromkeys(
                inherited
                for dependency in self.stage(name).after
                for inherited in (instead[dependency] if dependency in gone else (dependency,))
            )
            instead[name] = tuple(after)
        kept = tuple(
            replace(stage, after=instead[stage.name])
            for stage in self.stages
            if stage.name not in gone
        )
        return replace(self, stages=kept)
