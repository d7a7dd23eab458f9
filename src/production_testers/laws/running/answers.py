"""The answer of a runner says what happened, and no more."""

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
from production_testers.units.runner import MODES


def check(observation: Observation) -> Verdict:
    """Judge every run that its caller waited for."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings: Any = usage.settings
    for line in calls_of(observation):
        if line.ended is None or line.given_up is not None or line.outcome == "refused":
            continue
        judgement.judge(
            line.outcome == "returned",
            "raises",
            lambda line=line: f"call {line.key} of {line.call.operation} {line.in_words()}",  # type: ignore[misc]
            line.ended.seq,
            run=line.key,
        )
        _input(line, judgement)
        if isinstance(line.value, dict) and "stages" in line.value:
            _answer(line, line.value, settings, judgement)
    return judgement.verdict()


def _input(line: CallLine, judgement: Judgement) -> None:
    arguments = line.call.arguments
    wanted = {
        "text": arguments["text"],
        "notes": arguments.get("notes"),
        "mode": arguments.get("mode", MODES[0]),
    }
    for work in line.works:
        given: Any = work.started.value.get("given")
        judgement.judge(
            given == wanted,
            "input-lost",
            lambda work=work, given=given: (
                f"call {line.key}: {work.label} was given {given}, and the caller gave {wanted}"
            )[
                # type: ignore[misc]
                :300
            ],
            work.started.seq,
            run=line.key,
        )


def _ends(line: CallLine, work: WorkLine) -> str:
    gives: Any = line.call.works[work.label][0].gives
    return "raises" if work.how == "raised" else str(gives["ends"])


def _answer(line: CallLine, told: Any, settings: Any, judgement: Judgement) -> None:
    assert line.ended is not None, "it did"
    ends = {work.label: _ends(line, work) for work in line.works}
    failed = next((end for end in ends.values() if end in ("raises", "refuses")), "")
    cancelled = "cancels" in ends.values()
    wrote = "writes" in ends.values() and settings["checks"] and line.call.operation == "run"
    missing = settings["stages"] > len(ends)
    well = not failed and (cancelled or not missing)
    if wrote:
        judgement.judge(
            not told["ok"],
            "write-unnoticed",
            lambda: (
                f"call {line.key}: a stage wrote into what was given to its run, which checks for"
                " that, and the answer is that all went well"
            ),
            line.ended.seq,
            run=line.key,
        )
    else:
        judgement.judge(
            told["ok"] == well,
            "failure-hidden" if not well else "success-hidden",
            lambda: (
                f"call {line.key}: its stages ended {ends}, and the answer says ok={told['ok']}"
            ),
            line.ended.seq,
            run=line.key,
        )
    judgement.judge(
        bool(told["cancelled"]) == (cancelled and not failed),
        "cancel-hidden",
        lambda: (
            f"call {line.key}: its stages ended {ends}, and the answer says"
            f" cancelled={told['cancelled']}"
        ),
        line.ended.seq,
        run=line.key,
    )
    if failed == "raises" and not told["ok"]:
        own = f" of {line.key}, execution"
        judgement.judge(
            own in str(told["error"]),
            "reason-lost",
            lambda: f"call {line.key}: a stage raised, and the answer says {told['error']!r}"[:300],
            line.ended.seq,
            run=line.key,
        )
    if told["ok"]:
        _outputs(line, told, ends, judgement)
    keeps = settings["keeps"] or line.call.operation == "run_simply"
    judgement.judge(
        keeps or not told["events"],
        "events-kept",
        lambda: f"call {line.key}: no events were to be kept, and {told['events']} were",
        line.ended.seq,
        run=line.key,
    )


def _outputs(line: CallLine, told: Any, ends: dict[str, str], judgement: Judgement) -> None:
    for label, end in ends.items():
        if end not in ("ok", "writes"):
            continue
        gives = line.call.works[label][0].gives
        judgement.judge(
            told["stages"].get(label) == gives,
            "output-lost",
            lambda label=label, gives=gives: (
                f"call {line.key}: {label} gave {gives}, and the answer has"
                f" {told['stages'].get(label)}"
            )[
                # type: ignore[misc]
                :300
            ],
            line.ended.seq if line.ended else 0,
            run=line.key,
        )


LAW = Law(
    id="running/answers",
    statement="A runner hands its input to every stage and answers instead of raising: that all"
    " went well, exactly when it did; that the run was cancelled; what each stage gave; and the"
    " reason of a failure.",
    category=Category.CORRECTNESS,
    capability=Capability.RUNNER,
    units=frozenset({"runner"}),
    classes={
        "raises": OutcomeClass(
            title="A runner raises instead of answering",
            severity=Severity.MEDIUM,
            why="a call that the documentation shows cannot be made, or an error escapes where none"
            " is expected",
        ),
        "input-lost": OutcomeClass(
            title="Stages are given another input than the caller gave",
            severity=Severity.HIGH,
            why="the answer is to another question",
        ),
        "failure-hidden": OutcomeClass(
            title="A run fails, and the answer is that all went well",
            severity=Severity.CRITICAL,
            why="callers go on with results that do not exist",
        ),
        "success-hidden": OutcomeClass(
            title="All stages end well, and the answer is that they did not",
            severity=Severity.HIGH,
            why="work that was done is done again",
        ),
        "write-unnoticed": OutcomeClass(
            title="A check for writes into the input of a run finds none, though there was one",
            severity=Severity.MEDIUM,
            why="who switches the check on relies on it",
        ),
        "cancel-hidden": OutcomeClass(
            title="The answer does not tell whether a run was cancelled",
            severity=Severity.MEDIUM,
            why="half a result is taken for a whole one",
        ),
        "reason-lost": OutcomeClass(
            title="The answer does not tell the reason of a failure",
            severity=Severity.MEDIUM,
            why="nobody can tell what to mend",
            type=FindingType.IMPROVEMENT,
        ),
        "output-lost": OutcomeClass(
            title="What a stage gave is not in the answer",
            severity=Severity.HIGH,
            why="work that was done is lost",
        ),
        "events-kept": OutcomeClass(
            title="Events are kept though they are not to be",
            severity=Severity.LOW,
            why="memory is used for what nobody asked for",
        ),
    },
    check=check,
)
