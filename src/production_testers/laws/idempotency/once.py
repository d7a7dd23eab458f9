"""How often the caller's own code is executed for a key, and what its callers are told."""

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
from production_testers.model.canonical import canonical_json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.idempotent_calls import LABEL

TOLERANCE_NS = 1_000_000


def check(observation: Observation) -> Verdict:
    """Judge each key's calls."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings: Mapping[str, Any] = usage.settings
    keep_ns = int(settings["keep_s"]) * 1_000_000_000
    lines = [line for line in calls_of(observation) if line.outcome != "refused"]
    for key in sorted({str(line.call.arguments["key"]) for line in lines}):
        own = [line for line in lines if line.call.arguments["key"] == key]
        _executions(own, keep_ns, judgement)
        for line in own:
            if line.ended is not None and line.given_up is None:
                _answer(line, own, keep_ns, judgement)
    return judgement.verdict()


def _works(lines: list[CallLine]) -> list[tuple[CallLine, WorkLine]]:
    works = [(line, work) for line in lines for work in line.works_of(LABEL)]
    return sorted(works, key=lambda pair: pair[1].started.seq)


def _successes(lines: list[CallLine]) -> list[tuple[CallLine, WorkLine]]:
    return [(line, work) for line, work in _works(lines) if work.how == "ok"]


def _executions(lines: list[CallLine], keep_ns: int, judgement: Judgement) -> None:
    works = _works(lines)
    for index, (line, work) in enumerate(works):
        for earlier, before in works[:index]:
            start = work.started
            judgement.judge(
                before.ended is not None and before.ended.seq < start.seq,
                "at-once",
                lambda: (
                    f"calls {earlier.key} and {line.key} of one key executed the caller's own code"
                    " at the same time"
                ),
                before.started.seq,
                start.seq,
                run=line.key,
            )
            kept = (
                before.how == "ok"
                and earlier.outcome == "returned"
                and earlier.ended is not None
                and earlier.ended.seq < start.seq
                and earlier.started is not None
                and start.time_ns < before.started.time_ns + keep_ns
            )
            judgement.judge(
                not kept,
                "repeated",
                lambda: (
                    f"call {line.key} executed the caller's own code again, after call"
                    f" {earlier.key} of the same key had returned what it gave"
                ),
                before.started.seq,
                start.seq,
                run=line.key,
            )


def _answer(line: CallLine, lines: list[CallLine], keep_ns: int, judgement: Judgement) -> None:
    assert line.started is not None, "it ended"
    assert line.ended is not None, "it ended"
    works = line.works_of(LABEL)
    if works:
        last = works[-1]
        judgement.judge(
            (last.how == "ok") == (line.outcome == "returned"),
            "wrong-answer",
            lambda: f"the execution in call {line.key} {last.how}, and it {line.in_words()}",
            line.ended.seq,
            run=line.key,
        )
    before = [pair for pair in _successes(lines) if pair[1].started.seq < line.ended.seq]
    if line.outcome == "returned":
        judgement.judge(
            any(_gave(work) == line.digest for _, work in before),
            "wrong-answer",
            lambda: f"call {line.key} {line.in_words()}, which no execution of its key gave",
            line.ended.seq,
            run=line.key,
        )
    if works:
        return
    fresh = [pair for pair in before if _may_be_kept(pair[1], line, keep_ns)]
    alike = [pair for pair in fresh if _parameters(pair[0]) == _parameters(line)]
    judgement.judge(
        bool(fresh),
        "not-executed",
        lambda: (
            f"call {line.key} {line.in_words()} without executing the caller's own code, and"
            " there was no answer to be kept"
        ),
        line.ended.seq,
        run=line.key,
    )
    if not fresh:
        return
    if line.outcome == "returned":
        judgement.judge(
            bool(alike),
            "mismatch-accepted",
            lambda: (
                f"call {line.key} has other parameters than the execution for its key had, and was"
                " given its answer"
            ),
            line.ended.seq,
            run=line.key,
        )
    else:
        judgement.judge(
            len(alike) < len(fresh),
            "turned-away",
            lambda: (
                f"call {line.key} {line.in_words()}, though its key and its parameters were those"
                " of an execution that succeeded"
            ),
            line.ended.seq,
            run=line.key,
        )


def _gave(work: WorkLine) -> str:
    return str(work.ended.value.get("digest", "")) if work.ended else ""


def _may_be_kept(work: WorkLine, line: CallLine, keep_ns: int) -> bool:
    assert work.ended is not None, "it succeeded"
    assert line.started is not None, "it ended"
    return line.started.time_ns <= work.ended.time_ns + keep_ns + TOLERANCE_NS


def _parameters(line: CallLine) -> str:
    return canonical_json(line.call.arguments["parameters"])


LAW = Law(
    id="idempotency/once",
    statement="For each key the caller's own code is executed once at a time and not again while"
    " its answer is kept; calls of that key get that answer; failures are not kept; other"
    " parameters are refused.",
    category=Category.CORRECTNESS,
    capability=Capability.IDEMPOTENT_CALLS,
    units=frozenset({"idempotent_calls"}),
    classes={
        "at-once": OutcomeClass(
            title="Simultaneous calls of one key both have their effect",
            severity=Severity.CRITICAL,
            why="a payment is made twice, which the key is there to prevent",
        ),
        "repeated": OutcomeClass(
            title="A call of a key that was answered has its effect again",
            severity=Severity.CRITICAL,
            why="a payment is made twice, which the key is there to prevent",
        ),
        "wrong-answer": OutcomeClass(
            title="A call is answered with something that no execution of its key gave",
            severity=Severity.CRITICAL,
            why="callers go on with another request's result, or with none",
        ),
        "not-executed": OutcomeClass(
            title="A call is neither executed nor answered from an execution that succeeded",
            severity=Severity.HIGH,
            why="work is not done: a failure or an expired answer sticks to the key",
            type=FindingType.RELIABILITY,
        ),
        "mismatch-accepted": OutcomeClass(
            title="A key is accepted with other parameters than it was used with",
            severity=Severity.HIGH,
            why="a different request is answered as if it had been carried out",
        ),
        "turned-away": OutcomeClass(
            title="A request that is sent again unchanged is turned away",
            severity=Severity.MEDIUM,
            why="callers cannot repeat a request whose answer they lost",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
