"""How often a retry executes the caller's own code, and what comes of it."""

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
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.retry import LABEL, PASSING, bounds_ms, pause_ms

TOLERANCE_MS = 0.01
SPREAD_MS = 50
PAUSES = 5
"""That so many pauses are the same by chance happens once in some hundred million usages."""


def check(observation: Observation) -> Verdict:
    """Judge every call that ended without having been given up."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    most = int(usage.settings["attempts"])  # type: ignore[arg-type]
    lines = calls_of(observation, "execute")
    for line in lines:
        if line.ended is not None and line.given_up is None and line.outcome != "refused":
            _number(line, most, judgement)
            _answer(line, judgement)
            _pauses(line, dict(usage.settings), judgement)
    _spread(lines, dict(usage.settings), judgement)
    return judgement.verdict()


def _wanted(line: CallLine, most: int) -> int:
    """How many attempts there have to be."""
    works = line.works_of(LABEL)
    for nth, work in enumerate(works, 1):
        if work.how == "ok" or work.error not in PASSING or nth == most:
            return nth
    return min(most, len(works) + 1)


def _number(line: CallLine, most: int, judgement: Judgement) -> None:
    done, wanted = len(line.works_of(LABEL)), _wanted(line, most)
    judgement.judge(
        done >= wanted,
        "gives-up-early",
        lambda: (
            f"call {line.key} {line.in_words()} after {done} of {most} attempts, though the last"
            " error may pass"
        ),
        run=line.key,
    )
    judgement.judge(
        done <= wanted,
        "tries-too-often",
        lambda: f"call {line.key} executed the caller's own code {done} times, {wanted} were due",
        run=line.key,
    )


def _answer(line: CallLine, judgement: Judgement) -> None:
    works = line.works_of(LABEL)
    if not works:
        return
    last = works[-1]
    if last.how == "ok" and last.ended is not None:
        right = line.outcome == "returned" and line.digest == last.ended.value.get("digest")
        judgement.judge(
            right,
            "answer-lost",
            lambda: f"attempt {last.nth} of call {line.key} succeeded, and it {line.in_words()}",
            run=line.key,
        )
    elif last.how == "raised":
        judgement.judge(
            line.outcome == "raised",
            "failure-hidden",
            lambda: f"the last attempt of call {line.key} failed, and it {line.in_words()}",
            run=line.key,
        )


def _pauses(line: CallLine, settings: dict[str, Any], judgement: Judgement) -> None:
    works = line.works_of(LABEL)
    for before, after in pairwise(works):
        if before.ended is None:
            continue
        waited = (after.started.time_ns - before.ended.time_ns) / 1e6
        shortest, longest = bounds_ms(settings, before.nth)
        judgement.judge(
            waited >= shortest - TOLERANCE_MS,
            "pause-too-short",
            lambda: (
                f"call {line.key} waited {waited:g} ms before attempt {after.nth}, {shortest:g}"
                " were due"
            ),
            run=line.key,
        )
        judgement.judge(
            waited <= longest + TOLERANCE_MS,
            "pause-too-long",
            lambda: (
                f"call {line.key} waited {waited:g} ms before attempt {after.nth}, {longest:g} were"
                " due"
            ),
            run=line.key,
        )


def _spread(lines: list[CallLine], settings: dict[str, Any], judgement: Judgement) -> None:
    """With jitter, pauses that may differ by some milliseconds are not all as without it."""
    if settings["jitter"] == "none":
        return
    usual = []
    for line in lines:
        for before, after in pairwise(line.works_of(LABEL)):
            shortest, longest = bounds_ms(settings, before.nth)
            if before.ended is not None and longest - shortest >= SPREAD_MS:
                waited = (after.started.time_ns - before.ended.time_ns) / 1e6
                usual.append(abs(waited - pause_ms(settings, before.nth)) <= TOLERANCE_MS)
    if len(usual) >= PAUSES:
        judgement.judge(
            not all(usual),
            "no-jitter",
            lambda: f"{len(usual)} pauses with {settings['jitter']} jitter were all as without it",
        )


LAW = Law(
    id="retry/attempts",
    statement="A retry executes the caller's own code until it succeeds, fails with an error that"
    " does not pass, or the attempts are used up; it waits the stated pause between two attempts;"
    " and it ends as the last attempt did.",
    category=Category.RELIABILITY,
    capability=Capability.RETRY,
    units=frozenset({"retry"}),
    classes={
        "gives-up-early": OutcomeClass(
            title="A retry gives up before its attempts are used up",
            severity=Severity.HIGH,
            why="failures that would have passed reach the caller",
            type=FindingType.RELIABILITY,
        ),
        "tries-too-often": OutcomeClass(
            title="A retry executes the caller's own code more often than it may",
            severity=Severity.HIGH,
            why="effects are repeated, and a service in trouble is loaded more",
            type=FindingType.RELIABILITY,
        ),
        "answer-lost": OutcomeClass(
            title="An attempt succeeds, and the caller does not get what it gave",
            severity=Severity.CRITICAL,
            why="work that was done is reported as failed, or with another result",
        ),
        "failure-hidden": OutcomeClass(
            title="Every attempt fails, and the caller is told that it succeeded",
            severity=Severity.CRITICAL,
            why="callers go on with results that do not exist",
        ),
        "pause-too-short": OutcomeClass(
            title="A retry waits less than it says before the next attempt",
            severity=Severity.MEDIUM,
            why="a service in trouble gets no time to recover",
            type=FindingType.RELIABILITY,
        ),
        "pause-too-long": OutcomeClass(
            title="A retry waits longer than it says before the next attempt",
            severity=Severity.LOW,
            why="callers wait for nothing",
            type=FindingType.PERFORMANCE,
        ),
        "no-jitter": OutcomeClass(
            title="Pauses that are to be random are all the same",
            severity=Severity.MEDIUM,
            why="callers that failed together come back together",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
