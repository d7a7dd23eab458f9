"""However a stage is stated, it is executed as what it is."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import calls_of
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.stage_forms import WORK


def check(observation: Observation) -> Verdict:
    """Judge every run, and what an object has seen over all of them."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    form, setting = usage.settings["form"], usage.settings["setting"]
    lines = [line for line in calls_of(observation, "run") if line.ended and not line.given_up]
    seen: list[int] = []
    for line in lines:
        told: Any = line.value if isinstance(line.value, dict) else {}
        done = sum(work.how == "ok" for work in line.works_of(WORK))
        executed = line.outcome == "returned" and done == 1 and "seen" in told
        judgement.judge(
            executed,
            "not-executed",
            lambda line=line, done=done: (  # type: ignore[misc]
                f"the stage, stated as {form}, was executed {done} times in run {line.key}, which"
                f" {line.in_words()}"
            ),
            run=line.key,
        )
        if not executed:
            continue
        judgement.judge(
            told.get("setting") == setting,
            "setting-lost",
            lambda line=line: (  # type: ignore[misc]
                f"the stage was stated as {form} with the setting {setting}, and run {line.key}"
                f" {line.in_words()}"
            ),
            run=line.key,
        )
        seen.append(told["seen"])
        if form != "object":
            judgement.judge(
                told["seen"] == 1,
                "state-shared",
                lambda line=line, told=told: (  # type: ignore[misc]
                    f"the stage was stated as {form}, and its object had seen {told['seen']} runs"
                    f" in run {line.key}"
                ),
                run=line.key,
            )
    if form == "object" and len(seen) == len(lines):
        judgement.judge(
            sorted(seen) == list(range(1, len(seen) + 1)),
            "object-replaced",
            lambda: f"the stage is one object, and its runs saw it as their {sorted(seen)}th",
        )
    return judgement.verdict()


LAW = Law(
    id="building/forms",
    statement="A stage that is stated as a class is made anew for every run, with its settings; one"
    " that is an object or a function is that very one. Each is executed once a run.",
    category=Category.CORRECTNESS,
    capability=Capability.STAGE_FORMS,
    units=frozenset({"stage_forms"}),
    classes={
        "not-executed": OutcomeClass(
            title="A stage is not executed, or more than once, because of how it was stated",
            severity=Severity.HIGH,
            why="its work is missing, or done twice",
        ),
        "setting-lost": OutcomeClass(
            title="A stage is made without the settings that were stated for it",
            severity=Severity.HIGH,
            why="it works with defaults that nobody chose",
        ),
        "state-shared": OutcomeClass(
            title="Runs share one object of a stage that was stated as a class",
            severity=Severity.HIGH,
            why="what one run leaves in it reaches the next one, of whomever",
        ),
        "object-replaced": OutcomeClass(
            title="A stage that was stated as an object is replaced by another one",
            severity=Severity.MEDIUM,
            why="connections and counters that it holds are lost",
        ),
    },
    check=check,
)
