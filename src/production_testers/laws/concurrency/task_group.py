"""What a task group does when a task fails, and that it cleans up in the end."""

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
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.task_group import BODY

TOLERANCE_NS = 1_000_000


def check(observation: Observation) -> Verdict:
    """Judge every group."""
    judgement = Judgement()
    for line in calls_of(observation, "execute"):
        if line.started is None or line.outcome == "refused":
            continue
        tasks = [work for work in line.works if work.label.startswith("task ")]
        body = line.works_of(BODY)
        if not body or body[0].ended is None:
            continue
        _siblings(line, tasks, body[0], judgement)
        if line.ended is not None:
            _outcome(line, tasks, body[0], judgement)
            _cleanups(line, judgement)
    return judgement.verdict()


def _siblings(line: CallLine, tasks: list[WorkLine], body: WorkLine, judgement: Judgement) -> None:
    """Those that are at work when one fails are cancelled; the group is waited for by then."""
    failed = [work for work in tasks if work.how == "raised"]
    if not failed or body.how != "ok" or line.given_up is not None:
        return
    assert body.ended is not None, "it went well"
    first = min(failed, key=lambda work: work.ended.seq if work.ended else 0)
    assert first.ended is not None, "it failed"
    moment = max(first.ended.time_ns, body.ended.time_ns) + TOLERANCE_NS
    late = [work for work in tasks if work.ended is None or work.ended.time_ns > moment]
    judgement.judge(
        not late,
        "siblings-go-on",
        lambda: (
            f"{first.label} of call {line.key} failed, and {late[0].label} went on"
            f" ({late[0].how or 'it never ended'})"
        ),
        first.ended.seq,
        run=line.key,
    )


def _outcome(line: CallLine, tasks: list[WorkLine], body: WorkLine, judgement: Judgement) -> None:
    if line.given_up is not None:
        return
    failed = [work for work in (body, *tasks) if work.how == "raised"]
    arguments: Mapping[str, Any] = line.call.arguments
    if failed:
        judgement.judge(
            line.outcome == "raised" and line.own,
            "failure-hidden",
            lambda: f"{failed[0].label} of call {line.key} failed, and the call {line.in_words()}",
            run=line.key,
        )
        return
    well = len([work for work in tasks if work.how == "ok"])
    judgement.judge(
        line.outcome == "returned" and well == arguments["tasks"],
        "task-lost",
        lambda: (
            f"{well} of {arguments['tasks']} tasks of call {line.key} went well, none failed, and"
            f" the call {line.in_words()}"
        ),
        run=line.key,
    )


def _cleanups(line: CallLine, judgement: Judgement) -> None:
    arguments: Mapping[str, Any] = line.call.arguments
    done = [work.label for work in line.works if work.label.startswith("cleanup ")]
    due = [f"cleanup {number}" for number in reversed(range(arguments["cleanups"]))]
    first = next((work for work in line.works if work.label in due), None)
    if first and line.given_up and line.given_up.seq > first.started.seq:
        return  # the cancellation came in the middle of it
    judgement.judge(
        done == due,
        "not-cleaned",
        lambda: (
            f"call {line.key} {line.in_words()}, and {', '.join(done) or 'nothing'} was called;"
            f" due was {', '.join(due) or 'nothing'}"
        ),
        run=line.key,
    )
    busy = [
        work
        for work in line.works
        if first is not None
        and work.label not in due
        and (work.ended is None or work.ended.seq > first.started.seq)
    ]
    judgement.judge(
        not busy,
        "cleaned-too-early",
        lambda: f"call {line.key} cleaned up while {busy[0].label} was at work",
        run=line.key,
    )


LAW = Law(
    id="concurrency/task-group",
    statement="A group ends when all its tasks have; when one fails, the others are cancelled and"
    " the error reaches the caller; clean-ups are called after the tasks, the last one first,"
    " whatever happened.",
    category=Category.RELIABILITY,
    capability=Capability.TASK_GROUP,
    units=frozenset({"task_group"}),
    classes={
        "siblings-go-on": OutcomeClass(
            title="A task of a group fails, and the others go on",
            severity=Severity.HIGH,
            why="work that nobody wants any more goes on, for ever where one of them waits",
            type=FindingType.RELIABILITY,
        ),
        "failure-hidden": OutcomeClass(
            title="A task of a group fails, and the caller is not told its error",
            severity=Severity.CRITICAL,
            why="callers go on with work that was not done",
        ),
        "task-lost": OutcomeClass(
            title="A group ends before its tasks, or without a reason",
            severity=Severity.CRITICAL,
            why="callers go on with work that was not done",
        ),
        "not-cleaned": OutcomeClass(
            title="A group does not call its clean-ups once each, the last one first",
            severity=Severity.HIGH,
            why="connections and files stay open",
            type=FindingType.RELIABILITY,
        ),
        "cleaned-too-early": OutcomeClass(
            title="A group cleans up while a task is at work",
            severity=Severity.HIGH,
            why="what a task works with is closed under its hands",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
