"""How many are at work at once, who waits, and who is turned away."""

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
from production_testers.units.admission import LABEL

TOLERANCE_NS = 1_000_000
QUIET_NS = 2_000_000_000
"""For so long nobody was at work or waiting: what was too much is over."""


def check(observation: Observation) -> Verdict:
    """Judge every piece of work, every refusal and every count."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings: Mapping[str, Any] = usage.settings
    lines = [c for c in calls_of(observation) if c.started and c.outcome != "refused"]
    executing = [line for line in lines if line.call.operation == "execute"]
    works = [work for line in executing for work in line.works_of(LABEL)]
    for work in works:
        _room(work, works, settings["most"], judgement)
    for line in executing:
        if line.given_up is None and line.ended is not None:
            _ending(line, judgement)
            if line.error == "turned-away":
                _turned_away(line, executing, settings, judgement)
    for line in lines:
        if line.call.operation == "ask" and line.ended is not None:
            _told(line, executing, judgement)
    return judgement.verdict()


def _room(work: WorkLine, works: list[WorkLine], most: int, judgement: Judgement) -> None:
    start = work.started.seq
    active = [
        w for w in works if w.started.seq <= start and (w.ended is None or w.ended.seq > start)
    ]
    judgement.judge(
        len(active) <= most,
        "too-many",
        lambda: f"{len(active)} pieces of work were at work at once; there was room for {most}",
        start,
        run=work.started.run,
    )


def _ending(line: CallLine, judgement: Judgement) -> None:
    works = line.works_of(LABEL)
    last = works[-1] if works else None
    if last is None:
        right = line.error == "turned-away"
    elif last.how == "raised":
        right = line.outcome == "raised" and line.own
    else:
        gave = last.ended.value.get("digest") if last.ended else None
        right = line.outcome == "returned" and line.digest == gave
    judgement.judge(
        right and len(works) <= 1,
        "answer-changed",
        lambda: (
            f"the work of call {line.key} {last.how if last else 'was not done'}, and it"
            f" {line.in_words()}"
        ),
        run=line.key,
    )


def _turned_away(
    line: CallLine, executing: list[CallLine], settings: Mapping[str, Any], judgement: Judgement
) -> None:
    judgement.judge(
        bool(settings["sheds"]),
        "turned-away",
        lambda: f"call {line.key} was turned away, and nobody had asked for that",
        run=line.key,
    )
    assert line.started is not None, "it was turned away"
    assert line.ended is not None, "it was turned away"
    start, end = line.started, line.ended
    before = [
        other
        for other in executing
        if other.started and other.started.seq < end.seq and other.error != "turned-away"
    ]
    judgement.judge(
        bool(before) or not settings["sheds"],
        "idle-turned-away",
        lambda: f"call {line.key} was turned away, though nothing was at work, nor had been",
        start.seq,
        run=line.key,
    )
    judgement.judge(
        not before or any(not _over(other, start.time_ns) for other in before),
        "never-recovers",
        lambda: f"call {line.key} was turned away, though nobody had been at work for seconds",
        start.seq,
        run=line.key,
    )


def _over(line: CallLine, now_ns: int) -> bool:
    return line.ended is not None and line.ended.time_ns + QUIET_NS < now_ns


def _told(line: CallLine, executing: list[CallLine], judgement: Judgement) -> None:
    value: Any = line.value if line.outcome == "returned" else {}
    types = {name: type(value.get(name)) for name in ("active", "waiting", "too_much")}
    judgement.judge(
        types == {"active": int, "waiting": int, "too_much": bool},
        "wrong-type",
        lambda: f"call {line.key} {line.in_words()}: numbers and a yes or no were due",
        run=line.key,
    )
    assert line.started is not None, "it ended"
    if all(_over(other, line.started.time_ns) for other in executing):
        judgement.judge(
            value.get("active") == 0 and value.get("waiting") == 0,
            "wrong-count",
            lambda: f"nobody had been at work for seconds, and call {line.key} {line.in_words()}",
            run=line.key,
        )


LAW = Law(
    id="concurrency/admission",
    statement="Never more pieces of work are at work than there is room for; nobody is turned away"
    " unless that was asked for, nor when nothing is at work any more; counts are true.",
    category=Category.SCALABILITY,
    capability=Capability.ADMISSION,
    units=frozenset({"admission"}),
    classes={
        "too-many": OutcomeClass(
            title="More work is let in than there is room for",
            severity=Severity.HIGH,
            why="the limit is there to keep the process alive",
            type=FindingType.RELIABILITY,
        ),
        "answer-changed": OutcomeClass(
            title="Work that was let in does not end as the caller's own code did",
            severity=Severity.HIGH,
            why="results are lost, or failures hidden",
        ),
        "turned-away": OutcomeClass(
            title="Work is turned away though nobody asked for that",
            severity=Severity.HIGH,
            why="callers who are willing to wait lose their work",
            type=FindingType.RELIABILITY,
        ),
        "idle-turned-away": OutcomeClass(
            title="Work is turned away while nothing is at work",
            severity=Severity.HIGH,
            why="nothing is ever let in",
            type=FindingType.RELIABILITY,
        ),
        "never-recovers": OutcomeClass(
            title="Work is turned away for ever after an overload that is long over",
            severity=Severity.HIGH,
            why="a short overload becomes an outage that only a restart ends",
            type=FindingType.RELIABILITY,
        ),
        "wrong-count": OutcomeClass(
            title="Work that has ended is counted as being at work",
            severity=Severity.MEDIUM,
            why="room is lost with each, until nothing is let in",
            type=FindingType.RELIABILITY,
        ),
        "wrong-type": OutcomeClass(
            title="A count or a yes or no is of another type than its type hint says",
            severity=Severity.LOW,
            why="comparisons with it, and its JSON, are not what readers expect",
        ),
    },
    check=check,
)
