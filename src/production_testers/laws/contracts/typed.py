"""An output of a stated shape is what it was made of, and nothing else passes."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of
from production_testers.model.canonical import canonical_json
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage, Work
from production_testers.model.verdict import Verdict
from production_testers.units.typed_output import PRODUCER, fits


def check(observation: Observation) -> Verdict:
    """Judge every output that was asked for."""
    judgement = Judgement()
    usage = observation.scenario.usage
    assert usage is not None, "the law is about a unit"
    for line in calls_of(observation):
        if line.ended is None or line.given_up is not None or line.outcome == "refused":
            continue
        if line.call.operation == "make":
            _judge(line, usage, line.call.arguments["payload"], judgement)
            continue
        stated = line.call.works.get(PRODUCER, ()) or (Work(),)
        if not stated[0].raises:
            _judge(line, usage, stated[0].gives, judgement)
    return judgement.verdict()


def _judge(line: CallLine, usage: Usage, payload: Any, judgement: Judgement) -> None:
    fields: Any = usage.settings["fields"]
    if not fits(fields, payload):
        judgement.judge(
            line.error == "misfit",
            "misfit-accepted",
            lambda: (
                f"{str(payload)[:120]} does not fit {fields}, and call {line.key} {line.in_words()}"
            ),
            run=line.key,
        )
        return
    judgement.judge(
        line.outcome == "returned",
        "fitting-refused",
        lambda: f"{str(payload)[:120]} fits {fields}, and call {line.key} {line.in_words()}",
        run=line.key,
    )
    if not isinstance(line.value, dict) or "data" not in line.value:
        return
    told: Any = line.value
    wanted = {name: payload[name] for name in fields if name in payload}
    shown = {name: told["data"].get(name) for name in wanted}
    judgement.judge(
        canonical_json(shown) == canonical_json(wanted),
        "data-changed",
        lambda: f"{wanted} was given, and call {line.key} gave {shown}",
        run=line.key,
    )
    version = line.call.arguments.get("version", usage.settings["version"])
    judgement.judge(
        told["version"] == version,
        "version-wrong",
        lambda: f"the output of call {line.key} bears version {told['version']}, not {version}",
        run=line.key,
    )


LAW = Law(
    id="contracts/typed",
    statement="What fits the stated shape is given on unchanged, with the version that was given"
    " or set; what does not fit is refused as a misfit.",
    category=Category.CORRECTNESS,
    capability=Capability.TYPED_OUTPUT,
    units=frozenset({"typed_output"}),
    classes={
        "misfit-accepted": OutcomeClass(
            title="An output that does not fit its stated shape is accepted",
            severity=Severity.HIGH,
            why="stages that rely on the shape fail far from the reason",
        ),
        "fitting-refused": OutcomeClass(
            title="An output that fits its stated shape is refused",
            severity=Severity.HIGH,
            why="proper work is lost",
        ),
        "data-changed": OutcomeClass(
            title="An output of a stated shape is not what it was made of",
            severity=Severity.HIGH,
            why="data are damaged on the way",
        ),
        "version-wrong": OutcomeClass(
            title="An output bears another version than it was given",
            severity=Severity.MEDIUM,
            why="readers take it for another contract",
        ),
    },
    check=check,
)
