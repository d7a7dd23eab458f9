"""A request ends within the time that the team promises."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.target.requests import Request, requests_of, where
from production_testers.laws.usage import CallLine, WorkLine, ended_before
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.target import Target
from production_testers.model.verdict import Verdict

NOTICEABLE_NS = 100_000_000


def check(observation: Observation) -> Verdict:
    """Judge every request whose caller waited, where a time-out is promised."""
    judgement = Judgement()
    target, requests = requests_of(observation)
    limit = target.promises.timeout_ms
    if limit is None:
        return judgement.verdict()
    held_up = [one for one in requests if _own_code_hangs(one, target)]
    for request in requests:
        line = request.line
        if line.given_up is not None or line.started is None:
            continue
        if any(one.alone == request.alone and _overlap(one, request) for one in held_up):
            continue
        last = line.ended or line.events[-1]
        took = (last.time_ns - line.started.time_ns) / 1e6
        at = _longest(line)
        judgement.judge(
            line.ended is not None and took <= limit,
            "too-late" if line.ended is not None else "never",
            lambda: (
                f"call {line.key} of request {request.record}"
                f" {f'took {took:,.0f} ms' if line.ended else 'never ended'}, {limit:,.0f} ms are"
                f" promised; it waited in {where(target, at)}"
            ),
            line.started.seq,
            run=line.key,
            stage=at if at in target.stages else _stage_of(request, target, at),
        )
    return judgement.verdict()


def _longest(line: CallLine) -> str:
    """The label of what was under way for the longest time: a service rather than its stage."""
    until = (line.ended or line.events[-1]).time_ns
    works = sorted(line.works, key=lambda work: "." not in work.label)

    def lasted(work: WorkLine) -> int:
        """Nanoseconds; a stage lasts a little longer than the service that it waits for."""
        whole = (work.ended.time_ns if work.ended else until) - work.started.time_ns
        return whole // NOTICEABLE_NS

    return max(works, key=lasted).label if works else ""


def _own_code_hangs(request: Request, target: Target) -> bool:
    """Whether the scenario holds up a stage itself: no promise is about that."""
    return any(
        event.kind is EventKind.FAULT_FIRED and event.stage in target.stages
        for event in request.line.events
    )


def _overlap(one: Request, other: Request) -> bool:
    return not ended_before(one.line, other.line) and not ended_before(other.line, one.line)


def _stage_of(request: Request, target: Target, label: str) -> str:
    """The stage in which a service was called."""
    works = [work for work in request.line.works if work.label == label]
    return request.stage_at(works[-1].started, frozenset(target.stages)) if works else ""


LAW = Law(
    id="target/in-time",
    statement="A request ends within the time that the application promises, also where a service"
    " that it calls is slow or never answers.",
    category=Category.RELIABILITY,
    capability=Capability.TARGET,
    units=frozenset({"target"}),
    classes={
        "never": OutcomeClass(
            title="A request never ends when a service does not answer",
            severity=Severity.HIGH,
            why="every hung call keeps a request, and in the end all of them",
            type=FindingType.RELIABILITY,
        ),
        "too-late": OutcomeClass(
            title="A request takes longer than promised when a service is slow",
            severity=Severity.HIGH,
            why="callers have given up when the answer comes",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
    ways_are_degrees=True,
)
