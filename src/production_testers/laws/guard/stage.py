"""A guard blocks what its checks find, and hands on what they made of a text."""

from dataclasses import dataclass
from typing import Any

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.model.verdict import Verdict
from production_testers.units.guard_stage import LABEL, stated


@dataclass(frozen=True, slots=True)
class Due:
    """What has to come of a text: how many violations, which text, which check crashes first."""

    violations: int
    texts: tuple[str, ...]
    crashes: int | None


def check(observation: Observation) -> Verdict:
    """Judge every text that was guarded."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    for line in calls_of(observation, "guard"):
        if line.ended is not None and line.outcome != "refused":
            _judge(line, usage, due_of(line.call, usage), judgement)
    return judgement.verdict()


def due_of(call: Call, usage: Usage) -> Due:
    """What has to come of a call's text, by what its checks do."""
    texts, violations = [str(call.arguments["text"])], 0
    threshold = float(str(usage.settings["threshold"]))
    for number in range(int(str(usage.settings["checks"]))):
        work = stated(call, number)
        if work.raises:
            return Due(violations, tuple(texts), number)
        gives: Any = work.gives
        violations += sum(severity >= threshold for severity in gives["severities"])
        changed = usage.settings["transforms"] and gives["text"] is not None
        texts.append(gives["text"] if changed else texts[-1])
    return Due(violations, tuple(texts), None)


def _judge(line: CallLine, usage: Usage, due: Due, judgement: Judgement) -> None:
    for number, before in enumerate(due.texts[: int(str(usage.settings["checks"]))]):
        for work in line.works_of(LABEL.format(number)):
            given = work.started.value.get("given")
            judgement.judge(
                isinstance(given, dict) or given == before,
                "stale-text-checked",
                lambda: f"check {number} saw {str(given)[:80]!r}; before it stood {before[:80]!r}",
                run=line.key,
            )
    if due.crashes is not None:
        judgement.judge(
            line.outcome == "raised" or _value(line).get("blocked") is True,
            "crash-opens",
            lambda: f"check {due.crashes} crashed, and the guard {line.in_words()}",
            run=line.key,
        )
    elif line.outcome == "returned" and "blocked" in _value(line):
        _result(line, usage, due, judgement)


def _value(line: CallLine) -> dict[str, Any]:
    return dict(line.value) if isinstance(line.value, dict) else {}


def _result(line: CallLine, usage: Usage, due: Due, judgement: Judgement) -> None:
    told = _value(line)
    if due.violations:
        judgement.judge(
            told["passed"] is False and told["blocked"] is usage.settings["blocks"],
            "let-through",
            lambda: f"checks found {due.violations} violations, and the guard {line.in_words()}",
            run=line.key,
        )
    else:
        judgement.judge(
            told["passed"] is True and told["blocked"] is False,
            "clean-blocked",
            lambda: f"no check found anything of the threshold, and the guard {line.in_words()}",
            run=line.key,
        )
    counts = {"violations": due.violations, "run": usage.settings["checks"]}
    judgement.judge(
        {name: told[name] for name in counts} == counts,
        "miscounted",
        lambda: f"the guard tells { ({name: told[name] for name in counts}) }, it was {counts}",
        run=line.key,
    )
    if not told["blocked"]:
        judgement.judge(
            told["text"] == due.texts[-1],
            "change-lost",
            lambda: (
                f"the checks made {due.texts[-1][:80]!r} of the text, handed on is"
                f" {str(told['text'])[:80]!r}"
            ),
            run=line.key,
        )


LAW = Law(
    id="guard/stage",
    statement="A guard that blocks lets nothing through in which a check finds something, or whose"
    " check crashes; each check sees, and the caller gets, what the checks before made of the"
    " text.",
    category=Category.SECURITY,
    capability=Capability.GUARD_STAGE,
    units=frozenset({"guard_stage"}),
    classes={
        "let-through": OutcomeClass(
            title="A guard lets a text through in which a check found something",
            severity=Severity.CRITICAL,
            why="what the guard is there for reaches what stands behind it",
            type=FindingType.SECURITY,
        ),
        "clean-blocked": OutcomeClass(
            title="A guard blocks a text in which no check found anything",
            severity=Severity.HIGH,
            why="proper requests are refused",
        ),
        "crash-opens": OutcomeClass(
            title="A guard whose check crashes lets the text through",
            severity=Severity.CRITICAL,
            why="an attacker has only to make a check crash",
            type=FindingType.SECURITY,
        ),
        "stale-text-checked": OutcomeClass(
            title="A check sees the text as it was before the checks in front of it",
            severity=Severity.MEDIUM,
            why="checks that build on each other do not",
        ),
        "change-lost": OutcomeClass(
            title="What the checks of a guard made of a text is lost",
            severity=Severity.HIGH,
            why="what a check took out of a text reaches what stands behind the guard",
            type=FindingType.SECURITY,
        ),
        "miscounted": OutcomeClass(
            title="A guard counts other checks or violations than there were",
            severity=Severity.LOW,
            why="reports about what is found are wrong",
        ),
    },
    check=check,
)
