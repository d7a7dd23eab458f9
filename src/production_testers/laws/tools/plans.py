"""Every action of a plan is executed in its turn, and the result counts what became of them."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.usage import Work
from production_testers.model.verdict import Verdict
from production_testers.units.tool_registry import HANDLER


def check(observation: Observation) -> Verdict:
    """Judge every plan that was executed to its end, after all registrations."""
    judgement = Judgement()
    registered = calls_of(observation, "register")
    there = {line.call.arguments["action"] for line in registered}
    for line in calls_of(observation, "plan"):
        settled = all(one.outcome == "returned" and ended_before(one, line) for one in registered)
        if settled and line.ended and line.given_up is None:
            _judge(line, there, judgement)
    return judgement.verdict()


def _judge(line: CallLine, there: set[Any], judgement: Judgement) -> None:
    actions: Any = line.call.arguments["actions"]
    known = sum(action in there for action in actions)
    judgement.judge(
        len(line.works_of(HANDLER)) == known,
        "stops-early",
        lambda: (
            f"tools answer {known} of the actions {actions}, and {len(line.works_of(HANDLER))}"
            f" were executed; call {line.key} {line.in_words()}"
        ),
        run=line.key,
    )
    if not isinstance(line.value, dict) or "executed" not in line.value:
        return
    value: dict[str, Any] = dict(line.value)
    good = _given(line, known)
    failed = len(actions) - len(good)
    artifacts = [one for given in good for one in given.get("artifacts", ())]
    wanted = {"executed": len(good), "failed": failed, "artifacts": artifacts}
    told = {name: value[name] for name in wanted}
    judgement.judge(
        told == wanted,
        "miscounted",
        lambda: f"of the actions {actions} the result tells {told}; it was {wanted}",
        run=line.key,
    )
    judgement.judge(
        value["again"] is (failed > 0),
        "again-wrong",
        lambda: (
            f"{failed} of {len(actions)} actions failed, and to go over it again is"
            f" {value['again']}"
        ),
        run=line.key,
    )


def _given(line: CallLine, known: int) -> list[dict[str, Any]]:
    """What the actions that succeed give, in order, as the usage states it."""
    stated = line.call.works.get(HANDLER, ()) or (Work(),)
    works = [stated[min(nth, len(stated) - 1)] for nth in range(known)]
    gives = [
        dict(one.gives) if isinstance(one.gives, dict) else {} for one in works if not one.raises
    ]
    return [given for given in gives if "refuses" not in given]


LAW = Law(
    id="tools/plans",
    statement="The actions of a plan are executed one after the other, whatever fails; the result"
    " counts those that succeeded and those that did not, with all artefacts, and asks to go over"
    " it again where one failed.",
    category=Category.CORRECTNESS,
    capability=Capability.TOOL_PLANS,
    units=frozenset({"tool_registry"}),
    classes={
        "stops-early": OutcomeClass(
            title="Actions of a plan are left out, or done twice",
            severity=Severity.HIGH,
            why="the plan is half done and counts as done",
        ),
        "miscounted": OutcomeClass(
            title="The result of a plan tells other counts or artefacts than there were",
            severity=Severity.HIGH,
            why="failures go unseen, and results are lost",
        ),
        "again-wrong": OutcomeClass(
            title="A plan with a failed action is not gone over again, or one without is",
            severity=Severity.MEDIUM,
            why="what failed stays undone, or work is repeated",
        ),
    },
    check=check,
)
