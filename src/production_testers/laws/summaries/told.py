"""Every stage and every run that ended is told of once, and truly."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, WorkLine, calls_of
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.run_summary import CANCELLED, FAILED, OF_RUN, OF_STAGE, OK

TOLERANCE_MS = 2.0
"""Times may be cut to whole milliseconds; nothing else takes time in a simulation."""


def check(observation: Observation) -> Verdict:
    """Judge every call that ended."""
    judgement = Judgement()
    told = [event.value for event in observation.history if event.kind is EventKind.EMITTED]
    for line in calls_of(observation):
        if line.started is None or line.ended is None or line.outcome == "refused":
            continue
        own = [one for one in told if one.get("of") == line.call.arguments["run"]]
        stages = [one for one in own if one.get("name") == OF_STAGE]
        _stages(line, stages, judgement)
        _run(line, [one for one in own if one.get("name") == OF_RUN], judgement)
    for one in told:
        judgement.judge(
            one.get("of") is not None,
            "of-nobody",
            lambda one=one: f"a {one.get('name')} does not say which run it is of",  # type: ignore[misc]
        )
    return judgement.verdict()


def _status(line: CallLine, work: WorkLine) -> str:
    """How a stage's own code ended; empty where it never did, or was stopped."""
    if work.how == "raised":
        return FAILED
    if work.how != "ok":
        return ""
    gives: Any = line.call.works[work.label][0].gives
    return FAILED if gives["refuses"] else OK


def _stages(line: CallLine, told: list[Mapping[str, Any]], judgement: Judgement) -> None:
    for work in line.works:
        status = _status(line, work)
        if not status or work.ended is None or (line.ended and work.ended.seq > line.ended.seq):
            continue
        if line.given_up is not None and work.ended.seq > line.given_up.seq:
            continue
        own = [one for one in told if one.get("label") == work.label]
        # the run may be over before it can tell of what ended in the same moment as its failure
        last = line.outcome != "returned" and work.ended.time_ns == line.ended.time_ns  # type: ignore[union-attr]
        failing = status == FAILED
        judgement.judge(
            bool(own) or (last and not failing),
            "failure-untold" if failing else "stage-untold",
            lambda work=work, status=status: (  # type: ignore[misc]
                f"call {line.key}: {work.label} ended ({status}), and no summary tells of it"
            ),
            work.ended.seq,
            run=line.key,
        )
        judgement.judge(
            len(own) <= 1,
            "told-twice",
            lambda work=work, own=own: (  # type: ignore[misc]
                f"call {line.key}: {len(own)} summaries tell of one execution of {work.label}"
            ),
            work.ended.seq,
            run=line.key,
        )
        for one in own[:1]:
            took = (work.ended.time_ns - work.started.time_ns) / 1e6
            judgement.judge(
                one.get("status") == status,
                "status-wrong",
                lambda one=one, work=work, status=status: (  # type: ignore[misc]
                    f"call {line.key}: {work.label} ended ({status}), and its summary says"
                    f" {one.get('status')}"
                ),
                work.ended.seq,
                run=line.key,
            )
            judgement.judge(
                _near(one.get("ms"), took),
                "duration-wrong",
                lambda one=one, work=work, took=took: (  # type: ignore[misc]
                    f"call {line.key}: {work.label} took {took:g} ms, and its summary says"
                    f" {one.get('ms')}"
                ),
                work.ended.seq,
                run=line.key,
            )


def _near(told: Any, took: float) -> bool:
    return isinstance(told, int | float) and abs(told - took) <= TOLERANCE_MS


def _run(line: CallLine, told: list[Mapping[str, Any]], judgement: Judgement) -> None:
    assert line.started is not None, "it did"
    assert line.ended is not None, "it did"
    if line.given_up is not None and not line.works:
        return  # it was given up before it began
    given_up = line.given_up is not None
    judgement.judge(
        len(told) >= 1,
        "cancelled-run-untold" if given_up else "run-untold",
        lambda: f"call {line.key} {line.in_words()}, and no summary tells of the run",
        line.ended.seq,
        run=line.key,
    )
    judgement.judge(
        len(told) <= 1,
        "told-twice",
        lambda: f"call {line.key}: {len(told)} summaries tell of one run",
        line.ended.seq,
        run=line.key,
    )
    for one in told[:1]:
        status = {"returned": OK, "cancelled": CANCELLED}.get(line.outcome, FAILED)
        judgement.judge(
            one.get("status") == status or given_up,
            "status-wrong",
            lambda one=one: (  # type: ignore[misc]
                f"call {line.key} {line.in_words()}, and its summary says {one.get('status')}"
            ),
            line.ended.seq,
            run=line.key,
        )
        took = (line.ended.time_ns - line.started.time_ns) / 1e6
        judgement.judge(
            _near(one.get("ms"), took) or given_up,
            "duration-wrong",
            lambda one=one, took=took: (  # type: ignore[misc]
                f"call {line.key} took {took:g} ms, and its summary says {one.get('ms')}"
            ),
            line.ended.seq,
            run=line.key,
        )
        _members(line, one, judgement)


def _members(line: CallLine, told: Mapping[str, Any], judgement: Judgement) -> None:
    assert line.ended is not None, "it did"
    stages: Any = told.get("stages")
    for work in line.works:
        status = _status(line, work)
        at_last = work.ended is not None and work.ended.time_ns == line.ended.time_ns
        late = work.ended is None or work.ended.seq > line.ended.seq
        if not status or late or line.given_up is not None or (at_last and status == OK):
            continue
        judgement.judge(
            stages.get(work.label) == status,
            "failure-left-out" if status == FAILED else "stage-left-out",
            lambda work=work, status=status: (  # type: ignore[misc]
                f"call {line.key}: {work.label} ended ({status}), and the summary of its run says"
                f" {stages.get(work.label, 'nothing')} of it"
            ),
            line.ended.seq,
            run=line.key,
        )
    judgement.judge(
        told.get("counts") == dict(Counter(stages.values())),
        "counts-wrong",
        lambda: f"call {line.key}: its summary counts {told.get('counts')}, and lists {stages}",
        line.ended.seq,
        run=line.key,
    )


LAW = Law(
    id="summaries/told",
    statement="Of every stage that ended, and of every run, one summary tells how it ended and how"
    " long it took; that of a run lists the stages that ended, and counts what it lists.",
    category=Category.OBSERVABILITY,
    capability=Capability.RUN_SUMMARY,
    units=frozenset({"run_summary"}),
    classes={
        "failure-untold": OutcomeClass(
            title="No summary tells of the stage that failed",
            severity=Severity.HIGH,
            why="the one event that operators look for is missing",
            type=FindingType.RELIABILITY,
        ),
        "stage-untold": OutcomeClass(
            title="No summary tells of a stage that ended well",
            severity=Severity.MEDIUM,
            why="what was done does not show",
            type=FindingType.RELIABILITY,
        ),
        "told-twice": OutcomeClass(
            title="Two summaries tell of one thing",
            severity=Severity.LOW,
            why="counts and sums over summaries are wrong",
        ),
        "status-wrong": OutcomeClass(
            title="A summary says another end than there was",
            severity=Severity.HIGH,
            why="failures look like successes, or the other way round",
        ),
        "duration-wrong": OutcomeClass(
            title="A summary says another duration than there was",
            severity=Severity.LOW,
            why="percentiles and alarms are computed from it",
        ),
        "run-untold": OutcomeClass(
            title="No summary tells of a run that ended",
            severity=Severity.MEDIUM,
            why="runs are missing in what operators count",
            type=FindingType.RELIABILITY,
        ),
        "cancelled-run-untold": OutcomeClass(
            title="No summary tells of a run that was cancelled",
            severity=Severity.LOW,
            why="runs that callers gave up, the slow ones, are missing in what operators count",
            type=FindingType.RELIABILITY,
        ),
        "failure-left-out": OutcomeClass(
            title="The summary of a run leaves out the stage that failed",
            severity=Severity.MEDIUM,
            why="a run that failed seems to have had no failing stage",
            type=FindingType.RELIABILITY,
        ),
        "stage-left-out": OutcomeClass(
            title="The summary of a run leaves out a stage that ended well",
            severity=Severity.MEDIUM,
            why="what was done does not show",
            type=FindingType.RELIABILITY,
        ),
        "counts-wrong": OutcomeClass(
            title="The summary of a run counts other than it lists",
            severity=Severity.LOW,
            why="one of the two is wrong, and nobody knows which",
        ),
        "of-nobody": OutcomeClass(
            title="A summary does not say which run it is of",
            severity=Severity.MEDIUM,
            why="it cannot be put together with anything else",
        ),
    },
    check=check,
)
