"""A trace context is the current one where it is active, in its tasks, and nowhere else."""

from collections.abc import Mapping

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.canonical import Json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every context that was sent on or made the current one."""
    judgement = Judgement()
    for line in calls_of(observation):
        if line.outcome == "returned" and isinstance(line.value, Mapping):
            if line.call.operation == "carry":
                _carried(line, line.value, judgement)
            else:
                _active(line, line.value, judgement)
    return judgement.verdict()


def _carried(line: CallLine, got: Mapping[str, Json], judgement: Judgement) -> None:
    ids = line.call.arguments["ids"]
    assert isinstance(ids, Mapping), "it is drawn as one"
    due = {**ids, **{name: line.call.arguments[name] for name in ("baggage", "about")}}
    judgement.judge(
        got == due,
        "not-carried",
        lambda: f"call {line.key} sent {due}, and {dict(got)} came out of the headers",
        run=line.key,
    )


def _active(line: CallLine, seen: Mapping[str, Json], judgement: Judgement) -> None:
    ids = line.call.arguments["ids"]
    judgement.judge(
        seen.get("inside") == ids,
        "not-inside",
        lambda: f"call {line.key} made {ids} the current context, and it was {seen.get('inside')}",
        run=line.key,
    )
    judgement.judge(
        seen.get("task") == seen.get("inside"),
        "not-in-task",
        lambda: (
            f"call {line.key} started a task where {seen.get('inside')} was the current context,"
            f" and in the task it was {seen.get('task')}"
        ),
        run=line.key,
    )
    judgement.judge(
        seen.get("after") == seen.get("before"),
        "left-behind",
        lambda: (
            f"call {line.key} found {seen.get('before')} as the current context and left"
            f" {seen.get('after')}"
        ),
        run=line.key,
    )


LAW = Law(
    id="tracing/context",
    statement="While a trace context is active it is the current one, whole, also in tasks that are"
    " started meanwhile; afterwards the one before is; and headers carry it whole.",
    category=Category.OBSERVABILITY,
    capability=Capability.TRACE_CONTEXT,
    units=frozenset({"trace_context"}),
    classes={
        "not-carried": OutcomeClass(
            title="A trace context does not come out of headers as it was put in",
            severity=Severity.MEDIUM,
            why="traces end at the border of the service",
            type=FindingType.RELIABILITY,
        ),
        "not-inside": OutcomeClass(
            title="Where a trace context is active, the current one is another, or mixed of two",
            severity=Severity.MEDIUM,
            why="work is put down to a conversation that it does not belong to",
            type=FindingType.RELIABILITY,
        ),
        "not-in-task": OutcomeClass(
            title="A task does not have the trace context that it was started in",
            severity=Severity.MEDIUM,
            why="what is done in it is missing from the trace",
            type=FindingType.RELIABILITY,
        ),
        "left-behind": OutcomeClass(
            title="A trace context stays the current one after it was left",
            severity=Severity.HIGH,
            why="the work of the next request is put down to this one",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
