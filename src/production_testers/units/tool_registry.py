"""A registry of tools: registered, found, listed, and used for the calls that a model makes."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit

HANDLER = "handler"
"""Label of the code of every tool; it gives data, `{"refuses": why}`, or `{"artifacts": [...]}`."""

WAYS = ("instance", "factory", "decorated")
"""How a tool is registered: as an object, as what makes one when it is needed, as a class."""


def parsed(arguments: Json) -> dict[str, Any] | None:
    """The arguments of a model's call, given as a mapping or as JSON text; None for no mapping."""
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments) if arguments else {}
        except ValueError:
            return None
    return dict(arguments) if isinstance(arguments, Mapping) else None


def draw(random: Random, kind: Kind) -> Usage:
    """Tools are registered first; then clients look for them, use them, and hand in calls."""
    actions = [f"ACTION_{number}" for number in range(random.randint(1, 4))]
    calls: list[Call] = []
    for number, action in enumerate(actions):
        arguments: dict[str, Json] = {
            "action": action,
            "name": f"tool {number}",
            "description": odd_values.text(random) or "-" if kind is Kind.ADVERSARIAL else "does",
            "way": random.choice(WAYS),
        }
        calls.append(drawing.call(0, number, "register", arguments))
    for client in range(1, 1 + drawing.clients(random, kind)):
        calls += [
            _call(random, kind, actions, (client, number)) for number in range(random.randint(1, 4))
        ]
    return Usage(unit="tool_registry", calls=tuple(calls))


def _call(random: Random, kind: Kind, actions: list[str], place: tuple[int, int]) -> Call:
    operation = random.choice(
        ("has", "listed", "listed", "use", "use", "resolve", "resolve", "plan")
    )
    after_ms = random.choice((1.0, 1.0, 5.0))
    action = random.choice((*actions, *actions, "ACTION_X"))
    if operation == "listed":
        return drawing.call(*place, operation, after_ms=after_ms)
    if operation == "has":
        return drawing.call(*place, operation, {"action": action}, after_ms=after_ms)
    if operation == "use":
        return drawing.call(
            *place, operation, {"action": action, "payload": {"n": 1}}, after_ms=after_ms,
            cancel_after_ms=drawing.gives_up(random, kind, 20.0),
            works={HANDLER: (_work(random),)},
        )  # fmt: skip
    if operation == "plan":
        planned = [random.choice((*actions, "ACTION_X")) for _ in range(random.randint(1, 5))]
        return drawing.call(
            *place, operation, {"actions": planned}, after_ms=after_ms,
            cancel_after_ms=drawing.gives_up(random, kind, 40.0),
            works={HANDLER: tuple(_work(random) for _ in planned)},
        )  # fmt: skip
    given: Json = [_model_call(random, kind, actions) for _ in range(random.randint(1, 4))]
    return drawing.call(*place, operation, {"calls": given}, after_ms=after_ms)


def _work(random: Random) -> Work:
    work = drawing.work(random, ("error", "value", "timeout"), 0.25)
    if work.raises:
        return work
    gives: Json = random.choice((None, {"refuses": "not today"}, {"artifacts": [{"n": 1}, {}]}))
    return Work(ms=work.ms, gives=gives)


def _model_call(random: Random, kind: Kind, actions: list[str]) -> dict[str, Json]:
    good: dict[str, Json] = {"n": random.randint(0, 9)}
    if kind is Kind.ADVERSARIAL:
        good[odd_values.text(random)] = odd_values.value(random)
    odd = ("{not json", "[1, 2]", "null", '"text"', "3", "")
    arguments: Json = random.choice((good, json.dumps(good), json.dumps(good)))
    if random.random() < 0.2:
        arguments = random.choice(odd)
    name = random.choice((*actions, *actions, "ACTION_X"))
    return {"id": f"call_{random.randint(0, 99)}", "name": name, "arguments": arguments}


def accepts(usage: Usage) -> bool:
    """Actions are registered once, in a known way; a model's calls are whole."""
    registered = [c.arguments["action"] for c in usage.calls if c.operation == "register"]
    given: list[Any] = [
        one for c in usage.calls if c.operation == "resolve" for one in _list(c.arguments["calls"])
    ]
    return (
        "" not in registered
        and len(set(map(str, registered))) == len(registered)
        and all(set(one) == {"id", "name", "arguments"} and one["name"] for one in given)
        and all(c.arguments.get("name", "-") for c in usage.calls)
    )


def _list(value: Json) -> list[Any]:
    return list(value) if isinstance(value, list) else []


UNIT = Unit(
    name="tool_registry",
    does="Knows tools by the action that they answer, and uses them.",
    capability=Capability.TOOL_REGISTRY,
    operations={
        "register": Operation(
            does="Registers a tool for an action, in one of three ways.",
            required=("action", "name", "description", "way"),
            fixed=("action", "way"),
        ),
        "has": Operation(
            does="Gives whether a tool answers the action.", required=("action",), fixed=("action",)
        ),
        "listed": Operation(does="Gives [action, name, description] of every tool, sorted."),
        "use": Operation(
            does="Gives `{success, data}`; no success where no tool answers. What the tool's code"
            " raises escapes.",
            required=("action", "payload"),
            fixed=("action",),
        ),
        "resolve": Operation(
            does="Sorts a model's calls into `resolved`, [id, name, arguments], and `unresolved`,"
            " [id, name].",
            required=("calls",),
            capability=Capability.TOOL_CALLS,
        ),
        "plan": Operation(
            does="Executes actions in order, whatever fails; gives how many were `executed` and"
            " `failed`, their `artifacts`, and whether to go over it `again`.",
            required=("actions",),
            capability=Capability.TOOL_PLANS,
        ),
    },
    draw=draw,
    accepts=accepts,
)
