"""What a tool's code gives or raises is what the caller gets, and it runs once."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.canonical import Json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.tools import HANDLER


def check(observation: Observation) -> Verdict:
    """Judge every action whose tool's code ran to its end."""
    judgement = Judgement()
    for line in calls_of(observation, "execute"):
        works = line.works_of(HANDLER)
        if not works or line.ended is None or line.given_up is not None:
            continue
        judgement.judge(
            len(works) == 1,
            "runs-again",
            lambda: f"the tool's code ran {len(works)} times for call {line.key}",
            run=line.key,
        )
        if works[-1].how == "raised":
            judgement.judge(
                line.error == "failed" and line.own,
                "failure-hidden",
                lambda: (
                    f"the tool's code failed ({works[-1].error}), and the call {line.in_words()}"
                ),
                run=line.key,
            )
        elif works[-1].how == "ok":
            _answer(line, judgement)
    return judgement.verdict()


def _answer(line: CallLine, judgement: Judgement) -> None:
    stated = line.call.works.get(HANDLER)
    given: Any = stated[0].gives if stated else None
    if given is None:
        given = {"from": HANDLER, "call": line.key, "nth": 1}
    refuses = given.get("refuses")
    wanted: Json = {
        "success": refuses is None,
        "data": given if refuses is None else None,
        "error": refuses,
    }
    long = isinstance(line.value, dict) and set(line.value) == {"digest", "size"}
    judgement.judge(
        long or line.value == wanted,
        "answer-changed",
        lambda: f"the tool gave {str(wanted)[:200]}, and the call {line.in_words()}",
        run=line.key,
    )


LAW = Law(
    id="tools/answers",
    statement="A tool's code runs once for an action, and what it gives, states as a failure or"
    " raises is what the caller gets.",
    category=Category.CORRECTNESS,
    capability=Capability.TOOLS,
    units=frozenset({"tools"}),
    classes={
        "runs-again": OutcomeClass(
            title="A tool's code runs more than once for one action",
            severity=Severity.CRITICAL,
            why="its effect is repeated",
        ),
        "failure-hidden": OutcomeClass(
            title="A tool's code raises, and the caller is told something else",
            severity=Severity.CRITICAL,
            why="callers go on as if the action had been done",
        ),
        "answer-changed": OutcomeClass(
            title="The caller does not get what the tool gave",
            severity=Severity.HIGH,
            why="decisions are made on an answer that nobody gave",
        ),
    },
    check=check,
)
