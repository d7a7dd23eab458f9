"""Tools: actions that are gated by mode and approval, executed, told about, and undone."""

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
"""Label of the code that a tool is; it gives data, or `{"refuses": why}` for a stated failure."""

UNDO = "undo"
"""Label of the code that reverses a tool's action."""

MODES = ("draft", "live", "admin")

_TOOL = {"name", "action", "modes", "approval", "undoable", "schema"}
_NUMBER: dict[str, Any] = {
    "type": "object",
    "properties": {"n": {"type": "integer"}},
    "required": ["n"],
}
_TYPES: Mapping[str, tuple[type, ...]] = {"integer": (int,), "string": (str,), "boolean": (bool,)}


def tool_for(settings: Mapping[str, Json], action: Json) -> dict[str, Any] | None:
    """The tool that answers an action; None where none is registered."""
    tools: Any = settings["tools"]
    return next((tool for tool in tools if tool["action"] == action), None)


def allows(tool: Mapping[str, Any], mode: Json) -> bool:
    """Whether a tool may be used in a mode; one without stated modes in all of them."""
    return not tool["modes"] or mode in tool["modes"]


def fits(schema: Mapping[str, Any], payload: Mapping[str, Json]) -> bool:
    """Whether a payload has what the schema requires, each of the stated type."""
    for name in schema.get("required", ()):
        if name not in payload:
            return False
    for name, member in schema.get("properties", {}).items():
        if name in payload and not _is_a(payload[name], member["type"]):
            return False
    return True


def _is_a(value: Json, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted == "boolean"
    return isinstance(value, _TYPES[wanted])


def draw(random: Random, kind: Kind) -> Usage:
    """Callers of a few tools, and a person who decides what needs an approval."""
    tools = [_tool(random, number) for number in range(random.randint(1, 3))]
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 4)):
            calls.append(_call(random, kind, tools, calls, (client, number)))
    waiting = {tool["action"] for tool in tools if tool["approval"]}
    asked = [call for call in calls if call.arguments.get("action") in waiting]
    person = 1 + max(int(call.client[1:]) for call in calls)
    for number, call in enumerate(call for call in asked if random.random() < 0.8):
        decision = {"ref": call.arguments["ref"], "granted": random.random() < 0.7}
        after = random.choice((0.5, 3.0, 10.0))
        calls.append(drawing.call(person, number, "decide", decision, after_ms=after))
    if len(calls) > 1 and random.random() < 0.3:  # two of them undo one action at about one time
        name = random.choice([c for c in calls if c.operation == "execute"]).arguments["ref"]
        for client in (person + 1, person + 2):
            works = (drawing.work(random, (), 0.0),)
            calls.append(
                drawing.call(client, 0, "undo", {"ref": name}, after_ms=60, works={UNDO: works})
            )
    settings = {"tools": tools, "approval_ms": random.choice((10, 40, 200))}
    return Usage(unit="tools", settings=settings, calls=tuple(calls))


def _tool(random: Random, number: int) -> dict[str, Json]:
    action = f"ACTION_{number}"
    return {
        "name": random.choice((action, f"tool {number}")),
        "action": action,
        "modes": random.choice(([], [], ["draft"], ["live", "admin"])),
        "approval": random.random() < 0.3,
        "undoable": random.random() < 0.6,
        "schema": _NUMBER if random.random() < 0.3 else {},
    }


def _call(
    random: Random,
    kind: Kind,
    tools: list[dict[str, Any]],
    before: list[Call],
    place: tuple[int, int],
) -> Call:
    client, number = place
    executed = [call.arguments["ref"] for call in before if call.operation == "execute"]
    after_ms = random.choice((0.0, 0.0, 1.0, 5.0))
    if executed and random.random() < 0.35:
        works = (drawing.work(random, ("error", "os"), 0.2),)
        return drawing.call(
            client, number, "undo", {"ref": random.choice(executed[-3:])}, after_ms=after_ms,
            cancel_after_ms=drawing.gives_up(random, kind, 20.0), works={UNDO: works},
        )  # fmt: skip
    if executed and random.random() < 0.15:
        return drawing.call(client, number, "kept", after_ms=after_ms)
    tool = random.choice(tools)
    unknown = random.random() < 0.1
    mode = random.choice(tool["modes"]) if tool["modes"] and random.random() < 0.6 else None
    arguments: dict[str, Json] = {
        "ref": f"a{client}.{number}",
        "action": "ACTION_X" if unknown else tool["action"],
        "mode": mode or random.choice(MODES),
        "payload": _payload(random, kind),
    }
    return drawing.call(
        client, number, "execute", arguments, after_ms=after_ms,
        cancel_after_ms=drawing.gives_up(random, kind, 40.0),
        works={HANDLER: (_handler(random, kind),)},
    )  # fmt: skip


def _payload(random: Random, kind: Kind) -> dict[str, Json]:
    number: Json = "one" if random.random() < 0.15 else random.randint(0, 9)
    payload: dict[str, Json] = {"n": number} if random.random() < 0.8 else {}
    if kind is Kind.ADVERSARIAL:
        payload[odd_values.text(random) or "more"] = odd_values.value(random)
        payload = {name: own for name, own in payload.items() if name != "n" or own == number}
    return payload


def _handler(random: Random, kind: Kind) -> Work:
    work = drawing.work(random, ("error", "value", "timeout", "key"), 0.2)
    if work.raises or random.random() < 0.7:
        return work
    gives: Json = {"refuses": "not today"}
    if random.random() < 0.6:
        odd = odd_values.value(random) if kind is Kind.ADVERSARIAL else random.randint(0, 9)
        gives = {"found": odd}
    return Work(ms=work.ms, gives=gives)


def accepts(usage: Usage) -> bool:
    """Tools are whole, with a name and an action of their own, and every action has its own id."""
    settings: Mapping[str, Any] = usage.settings
    tools = settings["tools"]
    if not tools or any(set(tool) != _TOOL for tool in tools) or settings["approval_ms"] < 1:
        return False
    for member in ("name", "action"):
        named = [tool[member] for tool in tools]
        if "" in named or len(set(named)) < len(named):
            return False
    executed = [call.arguments["ref"] for call in usage.calls if call.operation == "execute"]
    return len(set(executed)) == len(executed) and all(
        tool["schema"] in ({}, _NUMBER) and set(tool["modes"]) <= set(MODES) for tool in tools
    )


UNIT = Unit(
    name="tools",
    does="Executes actions through registered tools: gated by mode and by a person's approval,"
    " each step told as an event, and undone on request.",
    capability=Capability.TOOLS,
    operations={
        "execute": Operation(
            does="Gives `{success, data, error}` as the tool says; fails as unknown, denied (mode),"
            " refused or unanswered (approval), invalid (payload), or failed (the tool's code).",
            required=("ref", "action", "mode", "payload"),
            fixed=("ref", "mode"),
        ),
        "decide": Operation(
            does="A person decides a waiting action; gives whether it was waiting.",
            required=("ref", "granted"),
            fixed=("ref",),
            capability=Capability.TOOL_APPROVAL,
        ),
        "undo": Operation(
            does="Reverses an action; gives whether there was something to undo.",
            required=("ref",),
            fixed=("ref",),
            capability=Capability.TOOL_UNDO,
        ),
        "kept": Operation(
            does="Gives the ids of the actions that can be undone, as its own store knows them.",
            capability=Capability.TOOL_UNDO,
        ),
    },
    draw=draw,
    accepts=accepts,
)
