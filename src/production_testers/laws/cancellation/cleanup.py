"""What a clean-up calls, in which order, how often, and what it tells."""

from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, WorkLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

TOLERANCE_MS = 1.0


def check(observation: Observation) -> Verdict:
    """Judge every registration, and every clean-up."""
    judgement = Judgement()
    lines = [line for line in calls_of(observation) if line.outcome != "refused"]
    cleanings = [line for line in lines if line.call.operation == "clean" and line.started]
    forgotten = {
        str(line.call.arguments["name"]): line
        for line in lines
        if line.call.operation == "forget" and line.started
    }
    registered = {
        str(line.call.arguments["name"]): line
        for line in lines
        if line.call.operation == "register" and line.ended
    }
    for name, line in registered.items():
        _registration(line, forgotten.get(name), cleanings, judgement)
    for cleaning in cleanings:
        _order(cleaning, registered, judgement)
        if cleaning.ended is not None and cleaning.given_up is None:
            _told(cleaning, judgement)
            _in_time(cleaning, judgement)
    return judgement.verdict()


def _registration(
    line: CallLine, forgotten: CallLine | None, cleanings: list[CallLine], judgement: Judgement
) -> None:
    label = f"cleanup {line.call.arguments['name']}"
    calls = [(cleaning, work) for cleaning in cleanings for work in cleaning.works_of(label)]
    judgement.judge(
        len(calls) <= 1,
        "called-twice",
        lambda: (
            f"{label} was called {len(calls)} times, by"
            f" {', '.join(sorted({cleaning.key for cleaning, _ in calls}))}"
        ),
        run=line.key,
    )
    if forgotten is not None:
        taken_back = forgotten.ended if forgotten.value is True else None
        late = [
            cleaning for cleaning, work in calls if taken_back and work.started.seq > taken_back.seq
        ]
        judgement.judge(
            not late,
            "called-in-spite",
            lambda: f"{label} was called by {late[0].key} after it had been taken back",
            run=line.key,
        )
        return
    due = [
        cleaning
        for cleaning in cleanings
        if ended_before(line, cleaning) and cleaning.ended and cleaning.given_up is None
    ]
    cut = any(cleaning.given_up is not None or cleaning.ended is None for cleaning in cleanings)
    if due and not cut:
        judgement.judge(
            bool(calls) or any(_has_failed(cleaning, line) for cleaning in cleanings),
            "never-called",
            lambda: f"{label} was registered before clean-up {due[0].key}, and was never called",
            run=line.key,
        )


def _has_failed(cleaning: CallLine, line: CallLine) -> bool:
    """Whether the clean-up says so: its time was up before it came to that one."""
    value: Any = cleaning.value if cleaning.outcome == "returned" else {}
    return line.call.arguments["name"] in value.get("failed", ())


def _order(cleaning: CallLine, registered: dict[str, CallLine], judgement: Judgement) -> None:
    """Among those that were registered one after the other, and before the clean-up."""
    names = [work.label.removeprefix("cleanup ") for work in cleaning.works]
    lines = [registered[name] for name in dict.fromkeys(names) if name in registered]
    lines = [line for line in lines if ended_before(line, cleaning)]
    for index, line in enumerate(lines):
        wrong = [other for other in lines[index + 1 :] if ended_before(line, other)]
        judgement.judge(
            not wrong,
            "wrong-order",
            lambda: (
                f"clean-up {cleaning.key} called what {line.key} registered before what"
                f" {wrong[0].key} registered later"
            ),
            run=cleaning.key,
        )


def _told(cleaning: CallLine, judgement: Judgement) -> None:
    value: Any = cleaning.value if cleaning.outcome == "returned" else {}
    well = [_name(work) for work in cleaning.works if work.how == "ok"]
    failed = [_name(work) for work in cleaning.works if work.how != "ok"]
    judgement.judge(
        cleaning.outcome == "returned"
        and sorted(value["well"]) == sorted(well)
        and set(failed) <= set(value["failed"]),
        "wrong-report",
        lambda: (
            f"in clean-up {cleaning.key} {', '.join(well) or 'nothing'} went well and"
            f" {', '.join(failed) or 'nothing'} failed, and it {cleaning.in_words()}"
        ),
        run=cleaning.key,
    )


def _in_time(cleaning: CallLine, judgement: Judgement) -> None:
    assert cleaning.started is not None, "it ended"
    assert cleaning.ended is not None, "it ended"
    took = (cleaning.ended.time_ns - cleaning.started.time_ns) / 1e6
    limit = float(cleaning.call.arguments["limit_ms"])  # type: ignore[arg-type]
    judgement.judge(
        took <= limit + TOLERANCE_MS,
        "takes-too-long",
        lambda: f"clean-up {cleaning.key} took {took:g} ms; at most {limit:g} were allowed",
        run=cleaning.key,
    )


def _name(work: WorkLine) -> str:
    return work.label.removeprefix("cleanup ")


LAW = Law(
    id="cancellation/cleanup",
    statement="A clean-up calls each registration once, the last one first, whatever the others"
    " do, within its limit; it tells which went well and which failed.",
    category=Category.RELIABILITY,
    capability=Capability.CLEANUP,
    units=frozenset({"cleanup"}),
    classes={
        "called-twice": OutcomeClass(
            title="Something is cleaned up twice",
            severity=Severity.HIGH,
            why="a connection that is returned twice is handed to two users",
            type=FindingType.RELIABILITY,
        ),
        "called-in-spite": OutcomeClass(
            title="A clean-up is executed that had been taken back",
            severity=Severity.HIGH,
            why="something is closed that is still in use",
            type=FindingType.RELIABILITY,
        ),
        "never-called": OutcomeClass(
            title="Something that was registered is never cleaned up",
            severity=Severity.HIGH,
            why="connections and files stay open",
            type=FindingType.RELIABILITY,
        ),
        "wrong-order": OutcomeClass(
            title="Clean-ups are not executed in the reverse order of their registration",
            severity=Severity.MEDIUM,
            why="what others still need is closed first",
            type=FindingType.RELIABILITY,
        ),
        "wrong-report": OutcomeClass(
            title="A clean-up does not tell truly what went well and what failed",
            severity=Severity.MEDIUM,
            why="leaks go unseen",
        ),
        "takes-too-long": OutcomeClass(
            title="A clean-up takes longer than its limit",
            severity=Severity.MEDIUM,
            why="a service that is shut down is killed in the middle of it",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
