"""How deep runs go, what is told of them, and what they share with their parent."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

ENDS = frozenset({"completed", "failed", "cancelled"})


def check(observation: Observation) -> Verdict:
    """Judge every call."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings: Mapping[str, Any] = usage.settings
    lines = [line for line in calls_of(observation) if line.outcome != "refused"]
    spawns = [line for line in lines if line.call.operation == "spawn"]
    ends = Counter(
        (event.value.get("name"), event.value.get("child"))
        for event in observation.history
        if event.kind is EventKind.EMITTED
    )
    for line in spawns:
        _depth(line, settings["deepest"], judgement)
        if line.ended is not None:
            _told(line, ends, judgement)
            if line.given_up is None:
                _result(line, settings["deepest"], judgement)
    for line in lines:
        value: Any = line.value if line.outcome == "returned" else None
        if line.call.operation == "cancel" and line.ended is not None:
            judgement.judge(
                value == {"missed": 0},
                "not-marked",
                lambda: f"call {line.key} cancelled a run with its children, and {line.in_words()}",
                run=line.key,
            )
        if line.call.operation == "left" and all(ended_before(one, line) for one in spawns):
            judgement.judge(
                value == 0,
                "child-left",
                lambda: f"every run has ended, and call {line.key} {line.in_words()}",
                run=line.key,
            )
    return judgement.verdict()


def _children(line: CallLine) -> Sequence[WorkLine]:
    return [work for work in line.works if work.label.startswith("child ")]


def _depth(line: CallLine, deepest: int, judgement: Judgement) -> None:
    levels = {int(work.label.removeprefix("child ")) for work in _children(line)}
    judgement.judge(
        max(levels, default=0) <= deepest,
        "too-deep",
        lambda: f"call {line.key} had {max(levels)} runs inside each other; {deepest} may be",
        run=line.key,
    )


def _result(line: CallLine, deepest: int, judgement: Judgement) -> None:
    arguments: Mapping[str, Any] = line.call.arguments
    works = _children(line)
    failed = any(work.how != "ok" for work in works)
    well = not failed and arguments["levels"] <= deepest
    due = min(arguments["levels"], deepest) * arguments["beside"]
    value: Any = line.value if line.outcome == "returned" else {}
    judgement.judge(
        value.get("well") == well and (failed or len(works) == due),
        "wrong-result",
        lambda: (
            f"{len(works)} of {due} children of call {line.key} were executed"
            f" ({', '.join(work.how for work in works)}), and it {line.in_words()}"
        ),
        run=line.key,
    )
    if "owner" in value:
        judgement.judge(
            value["owner"] == arguments["run"],
            "other-parent",
            lambda: f"a child of {arguments['run']} saw the data of {value['owner']}",
            run=line.key,
        )
        judgement.judge(
            value["data"] == {"owner": arguments["run"]},
            "parent-changed",
            lambda: f"the data of {arguments['run']} are {value['data']} after its child",
            run=line.key,
        )


def _told(line: CallLine, ends: Counter[tuple[Any, Any]], judgement: Judgement) -> None:
    spawned = [
        event.value.get("child")
        for event in line.events
        if event.kind is EventKind.EMITTED and event.value.get("name") == "spawned"
    ]
    judgement.judge(
        len(spawned) >= len(_children(line)) and len(set(spawned)) == len(spawned),
        "start-not-told",
        lambda: f"{len(_children(line))} children of call {line.key}, {len(spawned)} were told of",
        run=line.key,
    )
    for child in spawned:
        told = {name: ends[name, child] for name in sorted(ENDS) if ends[name, child]}
        judgement.judge(
            bool(told),
            "end-not-told",
            lambda: (
                f"call {line.key} {line.in_words()}, and no event says how the child ended that"
                " was said to be spawned"
            ),
            run=line.key,
        )
        judgement.judge(
            told.get("completed", 0) + told.get("failed", 0) <= 1,
            "end-told-twice",
            lambda: f"a child of call {line.key} was said to have ended as {told}",
            run=line.key,
        )
    whole = len([work for work in _children(line) if work.how == "ok"])
    completed = sum(ends["completed", child] for child in spawned)
    judgement.judge(
        completed <= whole,
        "wrong-end-told",
        lambda: (
            f"{whole} children of call {line.key} did their work, and {completed} were said to be"
            " completed"
        ),
        run=line.key,
    )


LAW = Law(
    id="spawning/children",
    statement="Runs are not deeper inside each other than is allowed; each is told of when it"
    " starts, and once when it ends; cancellation reaches those at work; their data are their own;"
    " nothing is known of them in the end.",
    category=Category.RELIABILITY,
    capability=Capability.CHILD_RUNS,
    units=frozenset({"child_runs"}),
    classes={
        "too-deep": OutcomeClass(
            title="Runs are deeper inside each other than is allowed",
            severity=Severity.HIGH,
            why="a run that starts itself goes on until the process dies",
            type=FindingType.RELIABILITY,
        ),
        "wrong-result": OutcomeClass(
            title="What is said of a child run's end is not how it ended",
            severity=Severity.CRITICAL,
            why="the parent goes on with work that was not done, or drops what was",
        ),
        "other-parent": OutcomeClass(
            title="A child run sees the data of a run that is not its parent",
            severity=Severity.CRITICAL,
            why="data of one request reach another",
            type=FindingType.SECURITY,
        ),
        "parent-changed": OutcomeClass(
            title="A child run changes its parent's data",
            severity=Severity.HIGH,
            why="the child's data are said to be its own",
        ),
        "start-not-told": OutcomeClass(
            title="A child run starts and no event says so, or two do",
            severity=Severity.MEDIUM,
            why="a run is at work that nobody can see",
            type=FindingType.RELIABILITY,
        ),
        "end-not-told": OutcomeClass(
            title="A child run ends and no event says so",
            severity=Severity.MEDIUM,
            why="to whoever watches the events it is at work for ever",
            type=FindingType.RELIABILITY,
        ),
        "end-told-twice": OutcomeClass(
            title="Events say twice that a child run has ended",
            severity=Severity.MEDIUM,
            why="it is counted twice",
        ),
        "wrong-end-told": OutcomeClass(
            title="An event says that a child run completed which did not",
            severity=Severity.HIGH,
            why="whoever watches the events believes that work was done",
        ),
        "not-marked": OutcomeClass(
            title="A run is cancelled, and a child of it that is at work is not marked",
            severity=Severity.HIGH,
            why="work goes on that nobody wants",
            type=FindingType.RELIABILITY,
        ),
        "child-left": OutcomeClass(
            title="A child run that has ended is still known as being at work",
            severity=Severity.MEDIUM,
            why="a service that runs for months collects them",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
