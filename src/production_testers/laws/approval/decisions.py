"""Who waits for a decision gets the one that was made, or learns in time that there is none."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

MARGIN_MS = 0.5
"""A decision nearer than this to the end of a wait may count or not."""


def check(observation: Observation) -> Verdict:
    """Judge every wait that was not given up, and every look at what is pending."""
    judgement = Judgement()
    lines = [line for line in calls_of(observation) if line.started is not None]
    for line in lines:
        if line.ended is None or line.given_up is not None:
            continue
        if line.call.operation == "wait":
            ref = line.call.arguments["ref"]
            about = [one for one in lines if one.call.arguments.get("ref") == ref]
            _wait(line, about, judgement)
        elif line.call.operation == "pending" and isinstance(line.value, list):
            _pending(line, lines, judgement)
    return judgement.verdict()


def _of(lines: list[CallLine], *operations: str) -> list[CallLine]:
    return [line for line in lines if line.call.operation in operations]


def _wait(line: CallLine, about: list[CallLine], judgement: Judgement) -> None:
    decides, cancels = _of(about, "decide"), _of(about, "cancel")
    asked = any(ended_before(ask, line) for ask in _of(about, "ask"))
    assert line.started, "it has"
    assert line.ended, "it has"
    judgement.judge(
        line.value is not True
        or any(d.call.arguments["granted"] and _begun(d) < line.ended.seq for d in decides),
        "granted-by-nobody",
        lambda: (
            f"call {line.key} was told that {line.call.arguments['ref']} is granted, and"
            " nobody had granted it"
        ),
        run=line.key,
    )
    if not asked or line.outcome not in ("returned", "raised"):
        return
    limit_ms = float(line.call.arguments["limit_ms"])  # type: ignore[arg-type]
    due = line.started.time_ns + limit_ms * 1e6
    late = [one for one in (*decides, *cancels) if _at(one) > due + MARGIN_MS * 1e6]
    if len(late) == len(decides) + len(cancels):
        on_time = abs(line.ended.time_ns - due) <= MARGIN_MS * 1e6 or _expired(line, about)
        took_ms = (line.ended.time_ns - line.started.time_ns) / 1e6
        judgement.judge(
            line.error == "unanswered" and on_time,
            "limit-not-kept",
            lambda: (
                f"nobody decided within the {limit_ms:g} ms of call {line.key}, and after"
                f" {took_ms:g} ms it {line.in_words()}"
            ),
            run=line.key,
        )
    early = [d for d in decides if d.ended and d.ended.time_ns < due - MARGIN_MS * 1e6]
    if len(decides) == 1 and early and not cancels and not _expired(line, about):
        wanted = bool(decides[0].call.arguments["granted"])
        judgement.judge(
            line.value is wanted,
            "decision-lost",
            lambda: (
                f"{line.call.arguments['ref']} was {'granted' if wanted else 'refused'} in"
                f" time, and call {line.key} {line.in_words()}"
            ),
            run=line.key,
        )


def _expired(line: CallLine, about: list[CallLine]) -> bool:
    """Whether another wait may have run out before the decision came."""
    return any(one is not line and one.outcome != "returned" for one in _of(about, "wait"))


def _at(line: CallLine) -> int:
    assert line.started, "only calls that started come here"
    return line.started.time_ns


def _begun(line: CallLine) -> int:
    assert line.started, "only calls that started come here"
    return line.started.seq


def _pending(line: CallLine, lines: list[CallLine], judgement: Judgement) -> None:
    shown = line.value if isinstance(line.value, list) else []
    assert line.ended, "it has"
    for ask in _of(lines, "ask"):
        ref = ask.call.arguments["ref"]
        about = [one for one in lines if one.call.arguments.get("ref") == ref and one is not ask]
        changing = _of(about, "decide", "cancel", "wait")
        before = [one for one in changing if _begun(one) < line.ended.seq]
        if ended_before(ask, line) and not before:
            right = ref in shown
        elif any(d.outcome == "returned" and ended_before(d, line) for d in _of(about, "decide")):
            right = ref not in shown
        else:
            continue
        judgement.judge(
            right,
            "pending-wrong",
            lambda: (
                f"call {line.key} shows {shown} as pending; {ref} was asked for in"
                f" {ask.key}, then {[one.call.operation for one in before] or 'nothing'} happened"
            ),
            run=line.key,
        )


LAW = Law(
    id="approval/decisions",
    statement="A wait gives the decision that a person made before its limit, fails as unanswered"
    " at its limit where there is none, and never grants what nobody granted; pending is what"
    " nobody has decided.",
    category=Category.CORRECTNESS,
    capability=Capability.APPROVAL,
    units=frozenset({"approval"}),
    classes={
        "granted-by-nobody": OutcomeClass(
            title="An approval is granted that nobody granted",
            severity=Severity.CRITICAL,
            why="risky actions are done that nobody agreed to",
            type=FindingType.SECURITY,
        ),
        "decision-lost": OutcomeClass(
            title="Who waits for an approval does not get the decision",
            severity=Severity.HIGH,
            why="what was granted is not done, or a refusal is not seen as one",
        ),
        "limit-not-kept": OutcomeClass(
            title="A wait for an approval that nobody gives does not end at its limit",
            severity=Severity.HIGH,
            why="callers wait too long, or give up too early",
            type=FindingType.RELIABILITY,
        ),
        "pending-wrong": OutcomeClass(
            title="The list of pending approvals is wrong",
            severity=Severity.MEDIUM,
            why="people are not shown what waits for them, or decide what is over",
        ),
    },
    check=check,
)
