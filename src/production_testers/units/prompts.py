"""A library of prompts: several versions of each, one of them the default, rendered with values."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit

TEMPLATES = (
    "You are {role}.",
    "You are {role}. Tools: {tools}",
    "No variables here.",
    'Answer as {{"answer": "{role}"}}.',
    "{role}{role}",
)
"""Names in braces are variables; doubled braces stand for themselves."""


def variables_of(template: str) -> set[str]:
    """The variables of a template."""
    plain = template.replace("{{", "").replace("}}", "")
    return set(re.findall(r"\{(\w+)\}", plain))


def rendered(template: str, values: Mapping[str, Any]) -> str:
    """The template with its variables replaced; values are not looked into."""
    parts = re.split(r"(\{\{|\}\}|\{\w+\})", template)
    shown = {"{{": "{", "}}": "}"}
    return "".join(
        str(values[part[1:-1]]) if part[:1] == "{" and part[-1:] == "}" else shown.get(part, part)
        for part in parts
    )


def draw(random: Random, kind: Kind) -> Usage:
    """Versions are registered while others render them."""
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(2, 6)):
            after_ms = random.choice((0.0, 0.0, 1.0, 3.0))
            name = random.choice(("support", "triage"))
            operation = random.choice(("register", "register", "render", "render", "versions"))
            arguments: dict[str, Json] = {"name": name}
            if operation == "register":
                arguments |= {
                    "version": random.choice(("v1", "v2", "2026-03-11")),
                    "template": random.choice(TEMPLATES),
                    "default": random.random() < 0.3,
                }
            elif operation == "render":
                values = {"role": _value(random, kind), "tools": _value(random, kind)}
                kept = {key: own for key, own in values.items() if random.random() < 0.8}
                arguments |= {"version": random.choice((None, None, "v1", "v9")), "values": kept}
            calls.append(drawing.call(client, number, operation, arguments, after_ms=after_ms))
    return Usage(unit="prompts", calls=tuple(calls))


def _value(random: Random, kind: Kind) -> str:
    return odd_values.text(random) if kind is Kind.ADVERSARIAL else random.choice(("a", "b", "{c}"))


def accepts(usage: Usage) -> bool:
    """Templates are well formed, names and versions are not empty."""
    return all(
        call.arguments["name"] and call.arguments.get("version", "-") != "" for call in usage.calls
    ) and all(call.arguments.get("template", TEMPLATES[0]) in TEMPLATES for call in usage.calls)


UNIT = Unit(
    name="prompts",
    does="Keeps versions of named prompts, and renders them. The first version of a name is its"
    " default until another one is made so; a version that is registered again is replaced.",
    capability=Capability.PROMPTS,
    operations={
        "register": Operation(
            does="Registers a version.",
            required=("name", "version", "template", "default"),
            fixed=("name", "version", "template"),
        ),
        "render": Operation(
            does="Gives `{version, text}`; fails as unknown, or as incomplete where a value is"
            " missing. Without a version it is the default.",
            required=("name", "version", "values"),
            fixed=("name", "version"),
        ),
        "versions": Operation(
            does="Gives the versions of a name, sorted.", required=("name",), fixed=("name",)
        ),
    },
    draw=draw,
    accepts=accepts,
)
