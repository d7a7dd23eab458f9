"""An agent that is a stage tells what became of it, as a stage."""

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
from production_testers.units.agent_loop import MODEL, turn_of, turns_of
from production_testers.units.agent_stage import EARLIER


def check(observation: Observation) -> Verdict:
    """Judge every run that its caller waited for."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    most: Any = usage.settings["turns"]
    for line in calls_of(observation):
        if line.ended is None or line.given_up is not None or line.outcome == "refused":
            continue
        judgement.judge(
            line.outcome == "returned",
            "raises",
            lambda line=line: f"call {line.key} {line.in_words()}",  # type: ignore[misc]
            line.ended.seq,
            run=line.key,
        )
        _shown(line, judgement)
        if isinstance(line.value, dict) and "ok" in line.value:
            _answer(line, most, judgement)
    return judgement.verdict()


def _shown(line: CallLine, judgement: Judgement) -> None:
    for work in line.works_of(MODEL):
        given: Any = work.started.value.get("given")
        wanted = line.call.arguments["input"]
        judgement.judge(
            [one for one in given if str(one).startswith("input ")] == [wanted],
            "other-input",
            lambda given=given, wanted=wanted: (  # type: ignore[misc]
                f"call {line.key}: the model was shown {given}, and the input is {wanted!r}"
            ),
            work.started.seq,
            run=line.key,
        )
        said: Any = line.call.arguments.get("earlier", [])
        heard = [one for one in given if str(one).startswith(EARLIER)]
        judgement.judge(
            heard == said,
            "conversation-lost",
            lambda heard=heard, said=said: (  # type: ignore[misc]
                f"call {line.key}: {said} was said before, and the model was shown {heard}"
            ),
            work.started.seq,
            run=line.key,
        )


def _answer(line: CallLine, most: int, judgement: Judgement) -> None:
    told: Any = line.value
    turns = turns_of(line.call, most)
    raised = bool(turns[-1].raises)
    answer = "" if raised else str(turn_of(turns[-1]).get("final_answer") or "").strip()
    well = bool(answer) and not raised
    judgement.judge(
        told["ok"] == well,
        "failure-hidden" if not well else "success-hidden",
        lambda: (
            f"call {line.key}: the model {'answered' if well else 'never answered'}, and the stage"
            f" says {told}"
        )[:300],
        run=line.key,
    )
    if told["ok"] and well:
        judgement.judge(
            (str(told["answer"]).strip(), told["turns"]) == (answer, len(turns)),
            "answer-lost",
            lambda: f"call {line.key}: {answer!r} in turn {len(turns)} became {told}"[:300],
            run=line.key,
        )
    if not told["ok"] and raised:
        judgement.judge(
            f"{MODEL} of {line.key}" in str(told["error"]),
            "reason-lost",
            lambda: f"call {line.key}: the model raised, and the stage says {told['error']!r}",
            run=line.key,
        )


LAW = Law(
    id="agents/stage",
    statement="An agent that is a stage answers its own input, and its model is shown what was said"
    " before in the conversation of its run; it says that it went well exactly"
    " when the model answered, and then what; else it says why not, and raises nothing.",
    category=Category.CORRECTNESS,
    capability=Capability.AGENT_STAGE,
    units=frozenset({"agent_stage"}),
    classes={
        "raises": OutcomeClass(
            title="An agent that is a stage raises instead of failing as a stage does",
            severity=Severity.MEDIUM,
            why="what a pipeline does about failed stages is not done",
        ),
        "other-input": OutcomeClass(
            title="The model is shown another run's input, or none",
            severity=Severity.CRITICAL,
            why="one user's words reach another one's answer",
            type=FindingType.SECURITY,
        ),
        "conversation-lost": OutcomeClass(
            title="The model is not shown what was said before in the conversation of its run",
            severity=Severity.HIGH,
            why="the agent answers as if nobody had spoken to it before",
        ),
        "failure-hidden": OutcomeClass(
            title="The model never answers, and the stage says that it went well",
            severity=Severity.CRITICAL,
            why="later stages work with an answer that nobody gave",
        ),
        "success-hidden": OutcomeClass(
            title="The model answers, and the stage says that it failed",
            severity=Severity.HIGH,
            why="an answer that was paid for is lost",
        ),
        "answer-lost": OutcomeClass(
            title="The stage gives another answer than the model",
            severity=Severity.HIGH,
            why="users read what nobody said",
        ),
        "reason-lost": OutcomeClass(
            title="The stage does not say why it failed",
            severity=Severity.LOW,
            why="nobody can tell what to mend",
            type=FindingType.IMPROVEMENT,
        ),
    },
    check=check,
)
