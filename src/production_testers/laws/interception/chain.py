"""In which order interceptors are called, and what becomes of the call that they wrap."""

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
from production_testers.laws.usage import CallLine, WorkLine, calls_of
from production_testers.model.canonical import digest
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.interceptors import ANSWER, LABEL

_Chain = Sequence[Mapping[str, Any]]


def check(observation: Observation) -> Verdict:
    """Judge every call that ended without having been given up."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    settings: Mapping[str, Any] = usage.settings
    chain = sorted(settings["chain"], key=lambda one: one["rank"])
    for line in calls_of(observation, "execute"):
        if line.ended is not None and line.given_up is None and line.outcome != "refused":
            answering = _answering(line, chain)
            _order(line, chain, judgement)
            _short_circuit(line, chain, answering, judgement)
            _before(line, chain, answering, judgement)
            _after(line, chain, answering, judgement)
            if answering is None:
                _work(line, chain, judgement)
    return judgement.verdict()


def _answering(line: CallLine, chain: _Chain) -> int | None:
    """Which interceptor answered in the place of the work."""
    for index, one in enumerate(chain):
        if one["answers"] and any(w.how == "ok" for w in line.works_of(f"before {one['name']}")):
            return index
    return None


def _order(line: CallLine, chain: _Chain, judgement: Judgement) -> None:
    names = [one["name"] for one in chain]
    for moment, due in (("before", names), ("after", names[::-1])):
        labels = [f"{moment} {name}" for name in due]
        done = [work.label for work in line.works if work.label in labels]
        judgement.judge(
            done == [label for label in labels if label in done],
            "wrong-order",
            lambda: (
                f"call {line.key} called its interceptors in the order {', '.join(done)}; their"
                f" priorities say {', '.join(labels)}"
            ),
            run=line.key,
        )
    works = line.works_of(LABEL)
    late = [work for work in line.works if works and _wrong_side(work, works)]
    judgement.judge(
        not late,
        "wrong-order",
        lambda: f"call {line.key} called {late[0].label} on the wrong side of the work",
        run=line.key,
    )


def _wrong_side(work: WorkLine, works: list[WorkLine]) -> bool:
    last = works[-1].ended
    if work.label.startswith("before "):
        return work.started.seq > works[0].started.seq
    return work.label.startswith("after ") and (last is None or work.started.seq < last.seq)


def _short_circuit(
    line: CallLine, chain: _Chain, answering: int | None, judgement: Judgement
) -> None:
    if answering is None:
        return
    name = chain[answering]["name"]
    inner = [f"before {one['name']}" for one in chain[answering + 1 :]]
    went_on = [work.label for work in line.works if work.label in (LABEL, *inner)]
    judgement.judge(
        not went_on,
        "goes-on",
        lambda: f"interceptor {name} answered call {line.key}, and {went_on[0]} was executed",
        run=line.key,
    )
    judgement.judge(
        line.outcome == "returned" and line.digest == digest(ANSWER),
        "result-changed",
        lambda: f"interceptor {name} answered call {line.key}, and it {line.in_words()}",
        run=line.key,
    )


def _before(line: CallLine, chain: _Chain, answering: int | None, judgement: Judgement) -> None:
    for one in chain if answering is None else chain[: answering + 1]:
        done = len(line.works_of(f"before {one['name']}"))
        judgement.judge(
            done == 1,
            "before-missing",
            lambda: f"interceptor {one['name']} was called {done} times before call {line.key}",
            run=line.key,
        )


def _after(line: CallLine, chain: _Chain, answering: int | None, judgement: Judgement) -> None:
    entered = chain if answering is None else chain[: answering + 1]
    for one in entered:
        done = len(line.works_of(f"after {one['name']}"))
        judgement.judge(
            done == 1,
            "after-missing",
            lambda: f"interceptor {one['name']} was called {done} times after call {line.key}",
            run=line.key,
        )
    for one in chain[len(entered) :]:
        judgement.judge(
            not line.works_of(f"after {one['name']}"),
            "after-unpaired",
            lambda: (
                f"interceptor {one['name']} was called after call {line.key}, which was answered"
                " before it came to it"
            ),
            run=line.key,
        )


def _work(line: CallLine, chain: _Chain, judgement: Judgement) -> None:
    works = line.works_of(LABEL)
    judgement.judge(
        bool(works),
        "hook-breaks-call",
        lambda: f"nobody answered call {line.key}, and its work was not executed",
        run=line.key,
    )
    if not works:
        return
    for work in works:
        if work.how == "raised":
            _told(line, work, chain, judgement)
    _retried(line, works, chain, judgement)
    last = works[-1]
    if last.how == "raised":
        right = line.outcome == "raised"
    elif last.how == "ok" and last.ended is not None:
        right = line.outcome == "returned" and line.digest == last.ended.value.get("digest")
    else:
        return
    judgement.judge(
        right,
        "result-changed",
        lambda: f"the work of call {line.key} {last.how}, and the call {line.in_words()}",
        run=line.key,
    )


def _told(line: CallLine, work: WorkLine, chain: _Chain, judgement: Judgement) -> None:
    assert work.ended is not None, "it raised"
    again = [w for w in line.works_of(LABEL) if w.started.seq > work.ended.seq]
    until = again[0].started.seq if again else float("inf")
    told = [
        other.label
        for other in line.works
        if other.label.startswith("error ") and work.ended.seq < other.started.seq < until
    ]
    judgement.judge(
        bool(told),
        "error-untold",
        lambda: (
            f"execution {work.nth} of the work of call {line.key} raised ({work.error}), and none"
            f" of the {len(chain)} interceptors was told"
        ),
        work.ended.seq,
        run=line.key,
    )


def _retried(line: CallLine, works: list[WorkLine], chain: _Chain, judgement: Judgement) -> None:
    """After the first failure, where an interceptor said that it wants a retry."""
    if works[0].how != "raised":
        return
    wanted = any(
        one["retries"] and any(w.how == "ok" for w in line.works_of(f"error {one['name']}"))
        for one in chain
    )
    judgement.judge(
        (len(works) > 1) == wanted,
        "retry-ignored",
        lambda: (
            f"the work of call {line.key} failed and was executed {len(works)} times, though"
            f" {'an' if wanted else 'no'} interceptor wanted a retry"
        ),
        run=line.key,
    )


LAW = Law(
    id="interception/chain",
    statement="Interceptors are called in the order of their priorities, and after the work the"
    " other way round, each once; one that answers keeps the rest out; each that was entered is"
    " left; each error of the work is told; their own errors change nothing.",
    category=Category.CORRECTNESS,
    capability=Capability.INTERCEPTORS,
    units=frozenset({"interceptors"}),
    classes={
        "wrong-order": OutcomeClass(
            title="Interceptors are not called in the order of their priorities",
            severity=Severity.HIGH,
            why="authentication comes after what it has to protect",
        ),
        "goes-on": OutcomeClass(
            title="An interceptor answers, and the work is executed in spite of it",
            severity=Severity.HIGH,
            why="what the interceptor kept out happens",
        ),
        "result-changed": OutcomeClass(
            title="A call does not end as its work did, or as the interceptor said",
            severity=Severity.CRITICAL,
            why="results are lost, or failures hidden",
        ),
        "before-missing": OutcomeClass(
            title="An interceptor is not called exactly once before the work",
            severity=Severity.HIGH,
            why="what it checks is not checked: the work is done without the one that protects it",
            type=FindingType.RELIABILITY,
        ),
        "after-missing": OutcomeClass(
            title="An interceptor that was entered is not left exactly once",
            severity=Severity.HIGH,
            why="what it opened stays open",
            type=FindingType.RELIABILITY,
        ),
        "after-unpaired": OutcomeClass(
            title="An interceptor is left that was never entered",
            severity=Severity.MEDIUM,
            why="it closes or counts what it never opened: a wrapper that was not entered",
        ),
        "hook-breaks-call": OutcomeClass(
            title="An error inside an interceptor keeps the work from being executed",
            severity=Severity.HIGH,
            why="a defect in a log line stops the service",
            type=FindingType.RELIABILITY,
        ),
        "error-untold": OutcomeClass(
            title="The work fails, and no interceptor is told",
            severity=Severity.MEDIUM,
            why="breakers and retries work with what they are told",
            type=FindingType.RELIABILITY,
        ),
        "retry-ignored": OutcomeClass(
            title="Whether the work is executed again is not what the interceptors said",
            severity=Severity.HIGH,
            why="failures that would pass reach the caller, or effects are repeated",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
