"""Samples stand on both sides of the caller's own code, and change nothing about it."""

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.memory_samples import CODE


def check(observation: Observation) -> Verdict:
    """Judge every call whose code was begun and ended."""
    judgement = Judgement()
    for line in calls_of(observation, "around", "around_now"):
        works = line.works_of(CODE)
        if line.ended is None or line.outcome == "refused" or line.given_up is not None:
            continue
        judgement.judge(
            len(works) == 1,
            "not-once",
            lambda line=line, works=works: (  # type: ignore[misc]
                f"call {line.key} {line.in_words()}, and its code was executed {len(works)} times"
            ),
            line.ended.seq,
            run=line.key,
        )
        if len(works) == 1 and works[0].ended is not None:
            _around(line, works[0].started.seq, works[0].ended.seq, judgement)
            fits = {"ok": "returned", "raised": "raised"}.get(works[0].how, "cancelled")
            own = line.own if works[0].how == "raised" else True
            same = works[0].how != "ok" or line.digest == works[0].ended.value.get("digest")
            judgement.judge(
                line.outcome == fits and own and same,
                "answer-changed",
                lambda line=line, how=works[0].how: (  # type: ignore[misc]
                    f"call {line.key}: its code ended ({how}), and the call {line.in_words()}"
                ),
                line.ended.seq,
                run=line.key,
            )
    return judgement.verdict()


def _around(line: CallLine, begun: int, over: int, judgement: Judgement) -> None:
    of = line.call.arguments["of"]
    told = [
        (event.seq, event.value.get("at"))
        for event in line.events
        if event.kind is EventKind.EMITTED and event.value.get("of") == of
    ]
    before = [seq for seq, at in told if at == "start" and seq < begun]
    after = [seq for seq, at in told if at == "end" and seq > over]
    judgement.judge(
        len(before) == 1 and len(after) == 1 and len(told) == 2,
        "samples-wrong",
        lambda: f"call {line.key}: {len(before)} samples before its code, {len(after)} after it",
        over,
        run=line.key,
    )
    for event in line.events:
        if event.kind is EventKind.EMITTED and event.value.get("of") == of:
            judgement.judge(
                event.value.get("fits") is not False,
                "more-than-most",
                lambda event=event: (  # type: ignore[misc]
                    f"call {line.key}: by the sample at its {event.value.get('at')} more memory is"
                    " in use than the most that ever was"
                ),
                event.seq,
                run=line.key,
            )


LAW = Law(
    id="samples/around",
    statement="Around the caller's own code one sample is told before it begins and one after it"
    " has ended, however that was; by neither is more memory in use than the most that ever was;"
    " the code is executed once, and its answer or error is the call's.",
    category=Category.OBSERVABILITY,
    capability=Capability.MEMORY_SAMPLES,
    units=frozenset({"memory_samples"}),
    classes={
        "not-once": OutcomeClass(
            title="Code that is measured is not executed, or more than once",
            severity=Severity.HIGH,
            why="measuring changes what is done",
        ),
        "answer-changed": OutcomeClass(
            title="Code that is measured has another answer or error",
            severity=Severity.HIGH,
            why="measuring changes what is done",
        ),
        "samples-wrong": OutcomeClass(
            title="Samples around code are missing, or stand in the wrong place",
            severity=Severity.MEDIUM,
            why="growth is put down to something else, or not seen",
            type=FindingType.RELIABILITY,
        ),
        "more-than-most": OutcomeClass(
            title="By a sample more memory is in use than the most that ever was",
            severity=Severity.MEDIUM,
            why="one of its figures is wrong, and alarms ring for nothing or never",
        ),
    },
    check=check,
)
