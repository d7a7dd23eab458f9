"""An agent does what its model says, no more turns than allowed, and tells it what came of it."""

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
from production_testers.model.usage import Work
from production_testers.model.verdict import Verdict
from production_testers.units.agent_loop import MODEL, TOOL, TOOLS, turn_of, turns_of


def check(observation: Observation) -> Verdict:
    """Judge every run that was not given up, and of the others what came after that."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    most = int(str(usage.settings["turns"]))
    for line in calls_of(observation, "run"):
        if line.given_up is not None:
            _stopped(line, judgement)
        if line.ended is not None and line.given_up is None and line.outcome != "refused":
            _judge(line, most, judgement)
    return judgement.verdict()


def _stopped(line: CallLine, judgement: Judgement) -> None:
    assert line.given_up is not None, "it was"
    begun = [
        work
        for label in (MODEL, TOOL)
        for work in line.works_of(label)
        if work.started.seq > line.given_up.seq
    ]
    judgement.judge(
        not begun,
        "goes-on",
        lambda: f"call {line.key} was given up, and {begun[0].label} was started after that",
        line.given_up.seq,
        run=line.key,
    )


def _judge(line: CallLine, most: int, judgement: Judgement) -> None:
    turns = turns_of(line.call, most)
    asked = len(line.works_of(MODEL))
    judgement.judge(
        asked <= most,
        "limit-exceeded",
        lambda: f"the model was asked {asked} times, {most} turns are allowed",
        run=line.key,
    )
    if _tools(line, turns, judgement):  # otherwise what follows is explained by it
        _end(line, turns, judgement)
    _messages(line, judgement)


def _wanted(turns: list[Work]) -> list[dict[str, Any]]:
    """Every call of a tool in these turns, in order."""
    return [
        call for work in turns if not work.raises for call in turn_of(work).get("tool_calls") or ()
    ]


def _tools(line: CallLine, turns: list[Work], judgement: Judgement) -> bool:
    due = [call["arguments"] for call in _wanted(turns) if call["name"] in TOOLS]
    done = [work.started.value.get("given") for work in line.works_of(TOOL)]
    judgement.judge(
        done == due,
        "tools-otherwise",
        lambda: f"the model called tools with {due}, executed were {done}",
        run=line.key,
    )
    return done == due


def _end(line: CallLine, turns: list[Work], judgement: Judgement) -> None:
    last = turns[-1]
    answer = (
        None if last.raises or turn_of(last).get("tool_calls") else turn_of(last)["final_answer"]
    )
    told: Any = line.value if isinstance(line.value, dict) else {}
    if answer is None:
        right = line.own and not line.error if last.raises else line.error == "endless"
        judgement.judge(
            line.outcome == "raised" and right,
            "no-answer-hidden",
            lambda: (
                f"the model {'failed' if last.raises else 'never answered'}, and call"
                f" {line.key} {line.in_words()}"
            ),
            run=line.key,
        )
    elif "digest" not in told:
        judgement.judge(
            told.get("answer") == answer and told.get("turns") == len(turns),
            "answer-lost",
            lambda: (
                f"in turn {len(turns)} the model answered {str(answer)[:80]!r}, and call"
                f" {line.key} {line.in_words()}"
            ),
            run=line.key,
        )
        wanted = _successes(line, turns)
        judgement.judge(
            told.get("tools") == wanted,
            "tool-result-wrong",
            lambda: f"the tools ended as {wanted}, told is {told.get('tools')}",
            run=line.key,
        )


def _successes(line: CallLine, turns: list[Work]) -> list[list[Any]]:
    stated = line.call.works.get(TOOL, ()) or (Work(),)
    found, nth = [], 0
    for call in _wanted(turns):
        known = call["name"] in TOOLS
        work = stated[min(nth, len(stated) - 1)]
        refuses = isinstance(work.gives, dict) and "refuses" in work.gives
        found.append([call["name"], known and not work.raises and not refuses])
        nth += known
    return found


def _messages(line: CallLine, judgement: Judgement) -> None:
    for nth, work in enumerate(line.works_of(MODEL)):
        given = work.started.value.get("given")
        if isinstance(given, list):
            inputs = [text for text in map(str, given) if text.startswith("input ")]
            judgement.judge(
                inputs == [line.call.arguments["input"]],
                "others-input",
                lambda: f"turn {nth + 1} of call {line.key} shows the model {inputs}",
                run=line.key,
            )
            judgement.judge(
                sum(text.startswith("result ") for text in map(str, given))
                == len(_wanted(turns_of(line.call, nth + 1)[:nth])),
                "result-untold",
                lambda: f"turn {nth + 1} of call {line.key} shows the model {given}",
                run=line.key,
            )


LAW = Law(
    id="agents/loop",
    statement="An agent calls the tools that its model names, once and in order, tells the model"
    " what came of each, stops when it answers, when the turns are over or it is cancelled, and"
    " tells its caller which.",
    category=Category.RELIABILITY,
    capability=Capability.AGENT_LOOP,
    units=frozenset({"agent_loop"}),
    classes={
        "limit-exceeded": OutcomeClass(
            title="An agent takes more turns than it may",
            severity=Severity.HIGH,
            why="loops cost without end",
            type=FindingType.RELIABILITY,
        ),
        "goes-on": OutcomeClass(
            title="An agent goes on with its models and tools after its run was cancelled",
            severity=Severity.HIGH,
            why="what nobody wants any more is paid for, and tools act for a caller who has gone",
            type=FindingType.RELIABILITY,
        ),
        "tools-otherwise": OutcomeClass(
            title="An agent leaves out tools that its model called, or calls them otherwise",
            severity=Severity.HIGH,
            why="what the model relies on was not done, or was done twice",
        ),
        "answer-lost": OutcomeClass(
            title="The caller of an agent does not get the answer of its model",
            severity=Severity.HIGH,
            why="users get another answer, or none",
        ),
        "no-answer-hidden": OutcomeClass(
            title="An agent has no answer, and its caller is not told so",
            severity=Severity.HIGH,
            why="an answer that does not exist is shown",
        ),
        "tool-result-wrong": OutcomeClass(
            title="An agent's caller is told wrongly which tools succeeded",
            severity=Severity.HIGH,
            why="failures go unseen",
        ),
        "others-input": OutcomeClass(
            title="A model is shown what another caller of the agent wrote",
            severity=Severity.CRITICAL,
            why="what one user wrote reaches another one's conversation",
            type=FindingType.SECURITY,
        ),
        "result-untold": OutcomeClass(
            title="A model is not told what came of a tool that it called",
            severity=Severity.HIGH,
            why="it answers without what it asked for, or calls again",
        ),
    },
    check=check,
)
