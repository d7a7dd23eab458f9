"""A prompt is rendered in the version that is asked for, with the values that are given."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, ConflictError, calls_of, explained
from production_testers.model.canonical import Json, digest
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict
from production_testers.units.prompts import rendered, variables_of


class _Mismatch(ConflictError):  # noqa: N818 - it says what does not fit
    """An answer that the model would not give, and the way in which it is wrong."""

    def __init__(self, way: str, wanted: str) -> None:
        super().__init__(wanted)
        self.way = way


def check(observation: Observation) -> Verdict:
    """Judge all answers together: some order of the calls must explain them."""
    judgement = Judgement()
    lines = [line for line in calls_of(observation) if line.started and line.ended]
    lines.sort(key=lambda line: line.ended.seq)  # type: ignore[union-attr]
    state: Json = {"default": {}, "templates": {}}
    for line in lines:
        try:
            state = _after(state, line)
        except _Mismatch as mismatch:
            told, way = str(mismatch), mismatch.way
            initial: Json = {"default": {}, "templates": {}}
            judgement.judge(
                explained(calls_of(observation), initial, _after) is not False,
                way,
                lambda: (
                    f"call {line.key} of {line.call.operation}({dict(line.call.arguments)})"
                    f" {line.in_words()}; it has to be {told}"
                ),
                run=line.key,
            )
            break
        judgement.judge(True, "wrong-version", str)  # noqa: FBT003 - it fits
    return judgement.verdict()


def _after(state: Json, line: CallLine) -> Json:
    whole: Any = state
    arguments: Any = line.call.arguments
    name, version = arguments["name"], arguments.get("version")
    templates = whole["templates"].get(name, {})
    if line.call.operation == "register":
        default = whole["default"].get(name)
        default = version if arguments["default"] or default is None else default
        return {
            "default": {**whole["default"], name: default},
            "templates": {
                **whole["templates"],
                name: {**templates, version: arguments["template"]},
            },
        }
    if line.call.operation == "versions":
        if line.value != sorted(templates):
            raise _Mismatch("versions-wrong", str(sorted(templates)))
        return state
    _rendered(line, templates, whole["default"].get(name) if version is None else version)
    return state


def _rendered(line: CallLine, templates: dict[str, str], version: str | None) -> None:
    values: Any = line.call.arguments["values"]
    if version not in templates:
        if line.error != "unknown":
            raise _Mismatch("unknown-rendered", "refused as unknown")
        return
    template = templates[version]
    if variables_of(template) - set(values):
        if line.error != "incomplete":
            raise _Mismatch("incomplete-rendered", "refused as incomplete")
        return
    wanted = {"version": version, "text": rendered(template, values)}
    if line.digest != digest(wanted):
        told = line.value.get("version") if isinstance(line.value, dict) else None
        same = told in (version, None) and line.outcome == "returned"
        raise _Mismatch("wrong-text" if same else "wrong-version", str(wanted))


LAW = Law(
    id="agents/prompts",
    statement="A prompt is rendered in the version that was asked for, or its default, with the"
    " given values as they are; what is not there, or lacks a value, is refused.",
    category=Category.CORRECTNESS,
    capability=Capability.PROMPTS,
    units=frozenset({"prompts"}),
    classes={
        "wrong-version": OutcomeClass(
            title="A prompt is rendered in another version than was asked for",
            severity=Severity.HIGH,
            why="an agent follows rules that were replaced, or not yet released",
        ),
        "wrong-text": OutcomeClass(
            title="A rendered prompt is not its template with the given values",
            severity=Severity.HIGH,
            why="values are lost, or what a user wrote is taken for a template",
        ),
        "unknown-rendered": OutcomeClass(
            title="A prompt or version that was never registered is not refused as such",
            severity=Severity.MEDIUM,
            why="an agent runs with a prompt that nobody meant",
        ),
        "incomplete-rendered": OutcomeClass(
            title="A prompt that lacks a value is not refused as such",
            severity=Severity.MEDIUM,
            why="a model is sent a prompt with holes, or callers cannot tell why it failed",
        ),
        "versions-wrong": OutcomeClass(
            title="The list of a prompt's versions is wrong",
            severity=Severity.LOW,
            why="people choose from versions that are not there",
        ),
    },
    check=check,
)
