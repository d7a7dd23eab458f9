"""A version is said to be compatible where what was valid before is valid now."""

from typing import Any

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.usage import CallLine, calls_of, ended_before
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

Fields = dict[str, dict[str, Any]]


def check(observation: Observation) -> Verdict:
    """Judge every comparison of versions that are registered for certain."""
    judgement = Judgement()
    registered: dict[tuple[Any, Any], list[CallLine]] = {}
    for line in calls_of(observation, "register"):
        key = line.call.arguments["stage"], line.call.arguments["version"]
        registered.setdefault(key, []).append(line)
    for line in calls_of(observation, "compare"):
        if line.ended is None or line.given_up is not None:
            continue
        stage = line.call.arguments["stage"]
        sides = [
            [
                one for one in registered.get((stage, line.call.arguments[name]), ())
                if one.started and one.started.seq < line.ended.seq
            ]
            for name in ("old", "new")
        ]  # fmt: skip
        certain = [
            next(
                (one for one in side if one.outcome == "returned" and ended_before(one, line)), None
            )
            for side in sides
        ]
        if not all(sides):
            judgement.judge(
                line.error == "invalid",
                "unknown-compared",
                lambda: (
                    f"one of the versions was never registered, and call {line.key}"
                    f" {line.in_words()}"
                ),
                run=line.key,
            )
        elif certain[0] and certain[1] and isinstance(line.value, dict):
            _judge(line, *(_fields(one) for one in certain if one), judgement=judgement)
    return judgement.verdict()


def _fields(line: CallLine) -> Fields:
    fields: Any = line.call.arguments["fields"]
    return dict(fields)


def _judge(line: CallLine, old: Fields, new: Fields, *, judgement: Judgement) -> None:
    reasons = {
        "removal-missed": [name for name in old if name not in new],
        "requirement-missed": [
            name
            for name, field in new.items()
            if field["required"] and not old.get(name, {"required": False})["required"]
        ],
        "type-missed": [name for name in old if name in new and _narrows(old[name], new[name])],
    }
    compatible = line.value["compatible"] if isinstance(line.value, dict) else None
    broken = {way: names for way, names in reasons.items() if names}
    if not broken:
        judgement.judge(
            compatible is True,
            "harmless-refused",
            lambda: (
                f"all that was valid under {old} is valid under {new}, and call {line.key}"
                f" {line.in_words()}"
            ),
            run=line.key,
        )
    for way, names in broken.items():
        judgement.judge(
            compatible is False,
            way,
            lambda: (
                f"{names[0]} was {old.get(names[0])} and is {new.get(names[0])}; said to be"
                " compatible"
            ),
            run=line.key,
        )


def _narrows(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return bool(old["type"] != new["type"] or (old["nullable"] and not new["nullable"]))


LAW = Law(
    id="contracts/compatibility",
    statement="A version is compatible with an older one if nothing was removed, nothing is"
    " required that was not, and every field takes the values that it took.",
    category=Category.CORRECTNESS,
    capability=Capability.CONTRACT_DIFF,
    units=frozenset({"contracts"}),
    classes={
        "removal-missed": OutcomeClass(
            title="A contract without a field that it had is said to be compatible",
            severity=Severity.HIGH,
            why="stages that read the field break after the upgrade",
        ),
        "requirement-missed": OutcomeClass(
            title="A contract that requires more than before is said to be compatible",
            severity=Severity.HIGH,
            why="data that were valid are refused after the upgrade",
        ),
        "type-missed": OutcomeClass(
            title="A contract that takes fewer values of a field is said to be compatible",
            severity=Severity.HIGH,
            why="data that were valid are refused after the upgrade",
        ),
        "harmless-refused": OutcomeClass(
            title="A contract that takes all that was valid is said to be breaking",
            severity=Severity.MEDIUM,
            why="harmless upgrades are held back, and people learn to ignore the check",
        ),
        "unknown-compared": OutcomeClass(
            title="A version that was never registered is compared",
            severity=Severity.MEDIUM,
            why="a mistyped version passes the check",
        ),
    },
    check=check,
)
