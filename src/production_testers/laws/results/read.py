"""What a caller reads of a run's results is what the stages gave."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.canonical import canonical_json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.run_results import MISSING, NOT_OK


def check(observation: Observation) -> Verdict:
    """Judge every call by itself: nothing changes what the stages gave."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    stages: Any = usage.settings["stages"]
    for line in calls_of(observation):
        long = isinstance(line.value, dict) and "digest" in line.value
        if line.outcome in ("returned", "raised") and not long:
            _judge(line, stages, judgement)
    return judgement.verdict()


def _judge(line: CallLine, stages: Any, judgement: Judgement) -> None:
    operation, name = line.call.operation, line.call.arguments.get("stage")
    one = stages.get(name)
    if operation == "failed":
        failed = sorted(name for name, one in stages.items() if one["status"] == "fail")
        fits = line.outcome == "returned" and sorted(_names(line.value)) == failed
        way, due = "status-wrong", f"failed are {failed}"
    elif operation == "ok":
        well = one is not None and one["status"] == "ok"
        fits = line.outcome == "returned" and line.value is well
        way, due = "status-wrong", f"{name} {'ended' if well else 'did not end'} well"
    elif one is None:
        fits = line.outcome == "raised" and line.error == MISSING
        way, due = "passes", f"{name} has no result"
    elif operation == "payload" and one["status"] != "ok":
        fits = line.outcome == "raised" and line.error == NOT_OK
        way, due = "passes", f"{name} ended with {one['status']}"
    else:
        fits = line.outcome == "returned" and (
            canonical_json(line.value) == canonical_json(one[operation])
        )
        way, due = "value-changed", f"the {operation} of {name} is {one[operation]!r}"[:120]
    judgement.judge(
        fits,
        way,
        lambda: f"{due}, and call {line.key} of {operation} {line.in_words()}",
        run=line.key,
    )


def _names(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


LAW = Law(
    id="results/read",
    statement="The caller of a run reads of each stage how it ended, and the payload and summary"
    " that it gave; where a stage has no result, or did not end well, it is told so instead.",
    category=Category.CORRECTNESS,
    capability=Capability.RUN_RESULTS,
    units=frozenset({"run_results"}),
    classes={
        "value-changed": OutcomeClass(
            title="A caller reads something else than the stage gave",
            severity=Severity.HIGH,
            why="what is decided on the result of a run rests on other values",
        ),
        "status-wrong": OutcomeClass(
            title="A caller is told wrongly which stages ended well or failed",
            severity=Severity.HIGH,
            why="failures are taken for successes, or the other way round",
        ),
        "passes": OutcomeClass(
            title="A caller gets a payload where there is none to be had",
            severity=Severity.HIGH,
            why="what a failed stage left behind is used as if it were good",
        ),
    },
    check=check,
)
