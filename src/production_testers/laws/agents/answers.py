"""A model is asked until its answer is in shape, as often as stated, and told what was wrong."""

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
from production_testers.model.usage import Work
from production_testers.model.verdict import Verdict
from production_testers.units.structured_answers import MODEL, shape_of


def check(observation: Observation) -> Verdict:
    """Judge every question that was answered, or given up by the unit itself."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    most = int(str(usage.settings["retries"])) + 1
    for line in calls_of(observation, "ask"):
        if line.ended is not None and line.given_up is None and line.outcome != "refused":
            _judge(line, most, judgement)
    return judgement.verdict()


def _stated(line: CallLine, nth: int) -> Work:
    works = line.call.works.get(MODEL, ()) or (Work(),)
    return works[min(nth, len(works)) - 1]


def _judge(line: CallLine, most: int, judgement: Judgement) -> None:
    asked = line.works_of(MODEL)
    last = most
    for nth in range(1, most + 1):
        if _stated(line, nth).raises or shape_of(_stated(line, nth).gives) is not None:
            last = nth
            break
    judgement.judge(
        len(asked) == last,
        "asked-otherwise",
        lambda: f"the model was asked {len(asked)} times for call {line.key}, {last} were due",
        run=line.key,
    )
    final = _stated(line, last)
    shape = None if final.raises else shape_of(final.gives)
    if final.raises:
        judgement.judge(
            line.outcome == "raised" and line.own and not line.error,
            "failure-hidden",
            lambda: f"the model failed ({final.raises}), and call {line.key} {line.in_words()}",
            run=line.key,
        )
    elif shape is None:
        judgement.judge(
            line.error == "misshapen",
            "misshapen-given",
            lambda: f"no answer of the model was in shape, and call {line.key} {line.in_words()}",
            run=line.key,
        )
    else:
        told: Any = line.value if isinstance(line.value, dict) else {}
        wanted = {"answer": {"answer": shape["answer"], "score": shape["score"]}, "attempts": last}
        judgement.judge(
            told == wanted or "digest" in told,
            "answer-lost",
            lambda: (
                f"attempt {last} gave {wanted['answer']}, and call {line.key} {line.in_words()}"
            ),
            run=line.key,
        )
    _messages(line, asked, judgement)


def _messages(line: CallLine, asked: list[WorkLine], judgement: Judgement) -> None:
    for nth, work in enumerate(asked):
        given = work.started.value.get("given")
        if not isinstance(given, list):
            continue  # too long to stand in a history
        texts = [str(message.get("content")) for message in given if isinstance(message, dict)]
        others = [text for text in texts if text.startswith("question ")]
        judgement.judge(
            others == [line.call.arguments["question"]],
            "others-question",
            lambda: f"the model was asked {others} for call {line.key}",
            run=line.key,
        )
        if nth:
            before = str(_stated(line, nth).gives)
            judgement.judge(
                len(texts) > 2 * nth and before in texts,
                "not-corrected",
                lambda: (
                    f"attempt {nth + 1} of call {line.key} does not tell the model what was"
                    f" wrong with {before!r}"
                ),
                run=line.key,
            )


LAW = Law(
    id="agents/answers",
    statement="A model is asked until its answer has the wanted shape, fails, or the attempts are"
    " used up; after a misshapen answer it is shown that answer and told what was wrong; the"
    " caller gets the first answer in shape, or learns that there is none.",
    category=Category.RELIABILITY,
    capability=Capability.STRUCTURED_ANSWERS,
    units=frozenset({"structured_answers"}),
    classes={
        "asked-otherwise": OutcomeClass(
            title="A model is asked more or less often than it has to be",
            severity=Severity.HIGH,
            why="answers are given up that would have come, or paid for twice",
            type=FindingType.RELIABILITY,
        ),
        "answer-lost": OutcomeClass(
            title="A model answers in shape, and the caller gets something else",
            severity=Severity.CRITICAL,
            why="decisions are made on an answer that nobody gave",
        ),
        "misshapen-given": OutcomeClass(
            title="No answer is in shape, and the caller is not told so",
            severity=Severity.HIGH,
            why="code that relies on the shape gets something else",
        ),
        "failure-hidden": OutcomeClass(
            title="A model fails, and the caller is told something else",
            severity=Severity.HIGH,
            why="callers cannot tell an outage from a bad answer",
        ),
        "others-question": OutcomeClass(
            title="A model is shown another caller's question",
            severity=Severity.CRITICAL,
            why="what one user wrote reaches another one's conversation",
            type=FindingType.SECURITY,
        ),
        "not-corrected": OutcomeClass(
            title="A model is asked again and not told what was wrong",
            severity=Severity.MEDIUM,
            why="it will answer the same",
        ),
    },
    check=check,
)
