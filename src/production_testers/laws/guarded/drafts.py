"""What guards refuse is made anew, within limits, and only what all of them let pass goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
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
from production_testers.model.canonical import Json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.guard_retry import BEHIND, DRAFT, guard

TOLERANCE_MS = 1.0


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A guard's refusal of a draft."""

    seq: int
    time_ms: float
    reason: str


def check(observation: Observation) -> Verdict:
    """Judge every run."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings: Mapping[str, Any] = usage.settings
    guards = [guard(number) for number in range(settings["guards"])]
    for line in calls_of(observation):
        if line.started is None or line.outcome == "refused":
            continue
        _drafts(line, guards, judgement)
        _behind(line, guards, judgement)
        for name in guards:
            _limits(line, name, settings, judgement)
        _end(line, guards, settings, judgement)
    return judgement.verdict()


def _said(line: CallLine, work: WorkLine) -> Mapping[str, Any]:
    """What a guard's execution gave, as the scenario states it."""
    works = line.call.works[work.label]
    gives: Any = works[min(work.nth, len(works)) - 1].gives
    return dict(gives)


def _refusals(line: CallLine, name: str, fields: list[str]) -> list[_Refusal]:
    """Those since the guard last let a draft pass, or failed itself."""
    found: list[_Refusal] = []
    for work in line.works_of(name):
        if work.ended is None or work.how != "ok":
            continue
        said = _said(line, work)
        if said["passes"]:
            found.clear()
            continue
        reason = repr([said[field] for field in fields or sorted(said)])
        found.append(_Refusal(work.ended.seq, work.ended.time_ns / 1e6, reason))
    return found


def _latest(line: CallLine, label: str, seq: int) -> WorkLine | None:
    """The last execution of a label that had ended well by then."""
    ended = [work for work in line.works_of(label) if work.how == "ok" and work.ended]
    return max(
        (work for work in ended if work.ended and work.ended.seq < seq),
        key=lambda work: work.started.seq,
        default=None,
    )


def _given(work: WorkLine) -> Json:
    return work.started.value.get("given")


def _is(given: Json, work: WorkLine | None) -> bool:
    """Whether what was given is what that execution gave."""
    return work is not None and isinstance(given, dict) and given.get("nth") == work.nth


def _drafts(line: CallLine, guards: list[str], judgement: Judgement) -> None:
    drafts = line.works_of(DRAFT)
    for before, work in pairwise(drafts):
        judgement.judge(
            before.ended is not None and before.ended.seq < work.started.seq,
            "drafts-overlap",
            lambda work=work: (  # type: ignore[misc]
                f"call {line.key}: draft {work.nth} was begun while the one before was being made"
            ),
            work.started.seq,
            run=line.key,
        )
        judgement.judge(
            _given(work) == _given(drafts[0]),
            "inputs-changed",
            lambda work=work: (  # type: ignore[misc]
                f"call {line.key}: draft {work.nth} was made from {_given(work)}, and the first one"
                f" from {_given(drafts[0])}"
            ),
            work.started.seq,
            run=line.key,
        )
    for name in guards:
        for work in line.works_of(name):
            draft = _latest(line, DRAFT, work.started.seq)
            judgement.judge(
                _is(_given(work), draft),
                "old-draft-shown",
                lambda name=name, work=work, draft=draft: (  # type: ignore[misc]
                    f"call {line.key}: {name} was given {_given(work)}, and the latest draft was"
                    f" number {draft.nth if draft else 0}"
                ),
                work.started.seq,
                run=line.key,
            )


def _behind(line: CallLine, guards: list[str], judgement: Judgement) -> None:
    """What goes on is the latest draft, and each guard's last word about it is that it passes."""
    for work in line.works_of(BEHIND)[:1]:
        draft = _latest(line, DRAFT, work.started.seq)
        judgement.judge(
            _is(_given(work), draft),
            "other-draft-used",
            lambda: (
                f"call {line.key}: what is behind the guards was given {_given(work)}, and the"
                f" latest draft was number {draft.nth if draft else 0}"
            ),
            work.started.seq,
            run=line.key,
        )
        for name in guards:
            asked = _latest(line, name, work.started.seq)
            judgement.judge(
                asked is not None and bool(_said(line, asked)["passes"]),
                "went-on-refused",
                lambda name=name, asked=asked: (  # type: ignore[misc]
                    f"call {line.key}: what is behind the guards was begun, and {name}"
                    f" {'had refused' if asked else 'was never asked'}"
                ),
                work.started.seq,
                run=line.key,
            )
            if asked is None or not _said(line, asked)["passes"]:
                continue
            judgement.judge(
                draft is None or _is(_given(asked), draft),
                "unseen-draft-passes",
                lambda name=name, asked=asked: (  # type: ignore[misc]
                    f"call {line.key}: draft {draft.nth if draft else 0} went on, and {name} has"
                    f" only seen {_given(asked)}"
                ),
                work.started.seq,
                run=line.key,
            )


def _limits(line: CallLine, name: str, settings: Mapping[str, Any], judgement: Judgement) -> None:
    """No draft is begun after a guard has refused enough; nor because of a guard late."""
    refusals = _refusals(line, name, settings["fields"])
    if not refusals:
        return
    last = refusals[-1]
    later = [work for work in line.works_of(DRAFT) if work.started.seq > last.seq]
    if not later:
        judgement.exercised += 1
        return
    alike = settings["alike"] + 1
    reasons = [refusal.reason for refusal in refusals[-alike:]]
    judgement.judge(
        len(refusals) < settings["attempts"],
        "tries-too-often",
        lambda: (
            f"call {line.key}: {name} had refused {len(refusals)} drafts, {settings['attempts']}"
            " may be, and another one was begun"
        ),
        later[0].started.seq,
        run=line.key,
    )
    judgement.judge(
        len(reasons) < alike or len(set(reasons)) > 1,
        "standstill-missed",
        lambda: (
            f"call {line.key}: {name} had refused {alike} drafts for the same reason, and another"
            " one was begun"
        ),
        later[0].started.seq,
        run=line.key,
    )
    if settings["limit_ms"] is not None:
        waited = last.time_ms - refusals[0].time_ms
        judgement.judge(
            waited <= settings["limit_ms"] + TOLERANCE_MS,
            "time-limit-missed",
            lambda: (
                f"call {line.key}: {waited:g} ms after its first refusal {name} refused again,"
                f" {settings['limit_ms']} are allowed, and another draft was begun"
            ),
            later[0].started.seq,
            run=line.key,
        )


def _end(
    line: CallLine, guards: list[str], settings: Mapping[str, Any], judgement: Judgement
) -> None:
    if line.ended is None or line.given_up is not None:
        return
    if any(work.how == "raised" for work in line.works):
        return
    until_ms = line.ended.time_ns / 1e6
    spent = any(
        _spent(_refusals(line, name, settings["fields"]), until_ms, settings) for name in guards
    )
    judgement.judge(
        line.outcome == "returned" or spent,
        "gives-up-early",
        lambda: (
            f"call {line.key} {line.in_words()}, and no guard had refused as often, as much alike,"
            " or for as long as it may"
        ),
        line.ended.seq,
        run=line.key,
    )


def _spent(refusals: list[_Refusal], until_ms: float, settings: Mapping[str, Any]) -> bool:
    if not refusals:
        return False
    most = settings["alike"] + 1
    alike = [refusal.reason for refusal in refusals[-most:]]
    same = len(alike) == most and len(set(alike)) == 1
    limit = settings["limit_ms"]
    late = limit is not None and until_ms - refusals[0].time_ms >= limit - TOLERANCE_MS
    return bool(len(refusals) >= settings["attempts"] or same or late)


LAW = Law(
    id="guarded/drafts",
    statement="A draft that a guard refuses is made anew from the same source, one at a time, until"
    " a limit is reached; guards are shown the latest draft; and what goes on is the latest draft,"
    " which every guard has seen and let pass.",
    category=Category.CORRECTNESS,
    capability=Capability.GUARD_RETRY,
    units=frozenset({"guard_retry"}),
    classes={
        "unseen-draft-passes": OutcomeClass(
            title="A draft passes a guard that has only seen an earlier one",
            severity=Severity.HIGH,
            why="what the guard is there to stop gets through whenever another guard asks for a"
            " new draft",
            type=FindingType.SECURITY,
        ),
        "went-on-refused": OutcomeClass(
            title="What is behind a guard runs though the guard has refused",
            severity=Severity.CRITICAL,
            why="the guard guards nothing",
            type=FindingType.SECURITY,
        ),
        "other-draft-used": OutcomeClass(
            title="What is behind the guards is given another draft than the latest one",
            severity=Severity.HIGH,
            why="a refused draft is used",
        ),
        "old-draft-shown": OutcomeClass(
            title="A guard is shown an old draft",
            severity=Severity.HIGH,
            why="its answer is about something else than what goes on",
        ),
        "inputs-changed": OutcomeClass(
            title="A new draft is made from another source than the first one",
            severity=Severity.HIGH,
            why="what one attempt did reaches the next",
        ),
        "drafts-overlap": OutcomeClass(
            title="Two drafts are made at the same time",
            severity=Severity.MEDIUM,
            why="effects overlap, and which draft wins is chance",
        ),
        "tries-too-often": OutcomeClass(
            title="More drafts are made than a guard's limit allows",
            severity=Severity.MEDIUM,
            why="each of them costs money and time",
            type=FindingType.RELIABILITY,
        ),
        "standstill-missed": OutcomeClass(
            title="Drafts go on though they are refused for the same reason all the time",
            severity=Severity.LOW,
            why="attempts that cannot succeed are paid for",
            type=FindingType.RELIABILITY,
        ),
        "time-limit-missed": OutcomeClass(
            title="Drafts go on after the time for them is over",
            severity=Severity.MEDIUM,
            why="the caller waits longer than was agreed",
            type=FindingType.RELIABILITY,
        ),
        "gives-up-early": OutcomeClass(
            title="A run fails though a guard may still ask for another draft",
            severity=Severity.MEDIUM,
            why="failures that a retry would have mended reach the caller",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
