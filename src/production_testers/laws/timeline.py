"""A history arranged by run and stage, as most laws want it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from production_testers.model.canonical import digest
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Expected, Observation
from production_testers.model.pipeline import NO_OUTPUT, PipelineSpec, Status
from production_testers.model.scenario import WRITES, RunRequest, Scenario

NOTHING_GIVEN = digest({})
"""Digest of an empty output: whether it is handed on, or left out, makes no difference."""

NOTHING_EXPECTED = Expected(outcomes=frozenset())

ENDS = frozenset({EventKind.STAGE_ENDED, EventKind.STAGE_RAISED, EventKind.STAGE_STOPPED})


@dataclass(slots=True)
class StageLine:
    """Every execution of one stage in one run."""

    starts: list[Event] = field(default_factory=list)
    ends: list[Event] = field(default_factory=list)

    @property
    def status(self) -> str:
        """How the last execution that ended did: a status, `raised`, `stopped`, or empty."""
        if not self.ends:
            return ""
        return status_of(self.ends[-1])


@dataclass(slots=True)
class RunLine:
    """What happened in one run; the run of a nested pipeline is one of its own.

    Attributes:
        key: The run's key.
        request: What was asked for; a nested run's is that of the run it belongs to, with its key.
        pipeline: What it runs.
        root: The key of the request that it belongs to.
        same_request: Keys of the runs with its idempotency key, where the pipeline deduplicates.
        path: The key that `Observation.expected` knows it by: the same for every attempt.
        started: When it started, nanoseconds; None when the history does not say.
        ended: The event of its end; None when it never ended.
        cancelled: The event of its caller's cancellation.
        stages: Stage → its executions.
        events: Every event of the run.
        expected: What the reference allows.
        faults: Kinds of faults that fired in it.
    """

    key: str
    request: RunRequest
    pipeline: PipelineSpec
    root: str
    path: str
    expected: Expected
    same_request: frozenset[str] = frozenset()
    started: Event | None = None
    ended: Event | None = None
    cancelled: Event | None = None
    stages: dict[str, StageLine] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)

    @property
    def outcome(self) -> str:
        """How it ended, in the words of `Expected.outcomes`; empty when it never did."""
        return text(self.ended, "outcome") if self.ended else ""

    @property
    def results(self) -> Mapping[str, Sequence[object]]:
        """Stage → [status, digest, origin], as the caller got them."""
        value = self.ended.value.get("stages") if self.ended else None
        return value if isinstance(value, dict) else {}

    @property
    def kin(self) -> frozenset[str]:
        """Runs whose data it may be given: itself, and those that are the same request again."""
        return self.same_request or frozenset({self.key})

    @property
    def mutated(self) -> bool:
        """Whether a stage wrote into what it had received."""
        return not self.faults.isdisjoint(WRITES)

    def line(self, stage: str) -> StageLine:
        """The executions of a stage; empty where there is none."""
        return self.stages.get(stage) or StageLine()


def text(event: Event | None, key: str) -> str:
    """A text member of an event's value; empty where there is none."""
    value = event.value.get(key) if event else None
    return value if isinstance(value, str) else ""


def status_of(event: Event) -> str:
    """The status of an ended stage, `raised` or `stopped`."""
    if event.kind is EventKind.STAGE_RAISED:
        return "raised"
    if event.kind is EventKind.STAGE_STOPPED:
        return "stopped"
    return text(event, "status")


FAILURES = frozenset({Status.FAIL.value, "raised", NO_OUTPUT})


_arranged: tuple[Observation | None, tuple[RunLine, ...]] = (None, ())
"""What was asked for last: every law asks for the same observation, one after the other."""


def runs(observation: Observation) -> Iterator[RunLine]:
    """The runs of an observation, in the order of its requests; then nested ones that started.

    They are shared by all laws, which only read them.
    """
    global _arranged  # noqa: PLW0603 - a memory of one entry, for speed alone
    if _arranged[0] is not observation:
        _arranged = (observation, tuple(_arrange(observation)))
    yield from _arranged[1]


def _arrange(observation: Observation) -> Iterator[RunLine]:
    lines = {
        request.key: RunLine(
            key=request.key,
            request=request,
            pipeline=observation.scenario.pipeline,
            root=request.key,
            path=request.key,
            expected=observation.expected.get(request.key, NOTHING_EXPECTED),
            same_request=_same_request(request, observation.scenario),
        )
        for request in observation.scenario.requests
    }
    for event in observation.history:
        parent = lines.get(text(event, "parent"))
        if event.kind is EventKind.RUN_STARTED and parent is not None:
            lines[event.run] = _nested(parent, event, observation)
        line = lines.get(event.run)
        if line is not None:
            _place(line, event)
    yield from lines.values()


def _same_request(request: RunRequest, scenario: Scenario) -> frozenset[str]:
    key = request.idempotency_key
    if not scenario.pipeline.deduplicates or key is None:
        return frozenset()
    return frozenset(r.key for r in scenario.requests if r.idempotency_key == key)


def _nested(parent: RunLine, started: Event, observation: Observation) -> RunLine:
    path = f"{parent.path}/{started.stage}"
    return RunLine(
        key=started.run,
        request=replace(parent.request, key=started.run),
        pipeline=parent.pipeline.stage(started.stage).nested or parent.pipeline,
        root=parent.root,
        path=path,
        expected=observation.expected.get(path, NOTHING_EXPECTED),
    )


def _place(line: RunLine, event: Event) -> None:
    line.events.append(event)
    if event.kind is EventKind.RUN_STARTED:
        line.started = event
    elif event.kind is EventKind.RUN_ENDED:
        line.ended = event
    elif event.kind is EventKind.RUN_CANCELLED:
        line.cancelled = event
    elif event.kind is EventKind.STAGE_STARTED:
        line.stages.setdefault(event.stage, StageLine()).starts.append(event)
    elif event.kind in ENDS:
        line.stages.setdefault(event.stage, StageLine()).ends.append(event)
    elif event.kind is EventKind.FAULT_FIRED:
        line.faults.add(text(event, "fault"))
