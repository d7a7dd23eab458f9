"""Outputs of a stated shape: what fits is given on with its version, what does not is refused."""

from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit
from production_testers.units.contracts import TYPES

PRODUCER = "producer"
"""Label of the code that makes a payload."""


def fits(fields: Any, payload: Any) -> bool:
    """Whether a payload has all required fields, each of its type."""
    for name, field in fields.items():
        if name not in payload:
            if field["required"]:
                return False
        elif type(payload[name]) is not TYPES[field["type"]]:
            return False
    return True


def draw(random: Random, kind: Kind) -> Usage:
    """Payloads that fit, nearly fit, or hold more, made at once or by code that takes its time."""
    fields: dict[str, dict[str, Json]] = {
        f"f{n}": {"type": random.choice(tuple(TYPES)), "required": random.random() < 0.6}
        for n in range(random.randint(1, 3))
    }
    calls: list[Call] = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(1, 3)):
            payload = _payload(random, kind, fields)
            version: dict[str, Json] = {"version": "v9"} if random.random() < 0.3 else {}
            if random.random() < 0.5:
                arguments: dict[str, Json] = {"payload": payload, **version}
                calls.append(drawing.call(client, number, "make", arguments))
                continue
            work = drawing.work(random, ("error", "os"), 0.15)
            work = work if work.raises else Work(ms=work.ms, gives=payload)
            calls.append(
                drawing.call(
                    client, number, "produce", version, works={PRODUCER: (work,)},
                    cancel_after_ms=drawing.gives_up(random, kind, 20.0),
                )
            )  # fmt: skip
    settings: dict[str, Json] = {"fields": fields, "version": random.choice(("v1", None))}
    return Usage(unit="typed_output", settings=settings, calls=tuple(calls))


def _payload(random: Random, kind: Kind, fields: dict[str, dict[str, Any]]) -> dict[str, Json]:
    payload: dict[str, Json] = {}
    for name, field in fields.items():
        if random.random() < 0.9:
            wrong = random.random() < 0.3
            of_type = random.choice(tuple(TYPES)) if wrong else field["type"]
            payload[name] = _value(random, kind, of_type)
    if random.random() < 0.2:
        payload["more"] = 1
    return payload


def _value(random: Random, kind: Kind, of_type: str) -> Json:
    odd = odd_values.text(random) if kind is Kind.ADVERSARIAL else "x"
    values: dict[str, Json] = {
        "integer": random.choice((0, 7, 2**53 + 1)),
        "string": odd,
        "boolean": random.random() < 0.5,
        "array": [odd, 1],
        "object": {odd: {"deep": [None]}},
    }
    return values[of_type]


def accepts(usage: Usage) -> bool:
    """Fields have a type, payloads are mappings."""
    settings: Any = usage.settings
    payloads: list[Any] = [
        call.arguments["payload"] for call in usage.calls if call.operation == "make"
    ]
    payloads += [
        work.gives
        for call in usage.calls
        if call.operation == "produce"
        for work in call.works.get(PRODUCER, (Work(),))
        if not work.raises
    ]
    return (
        bool(settings["fields"])
        and settings["version"] != ""
        and all(
            name.isidentifier() and set(field) == {"type", "required"} and field["type"] in TYPES
            for name, field in settings["fields"].items()
        )
        and all(isinstance(payload, dict) for payload in payloads)
        and all(call.arguments.get("version", "-") for call in usage.calls)
    )


UNIT = Unit(
    name="typed_output",
    does="Makes outputs of a stated shape, strictly: no value is taken for one of another type."
    " They bear the version that is given, or else that of the settings.",
    capability=Capability.TYPED_OUTPUT,
    operations={
        "make": Operation(
            does="Gives the `data` and the `version`; fails as misfit.",
            required=("payload",),
        ),
        "produce": Operation(
            does="The same of what the caller's code makes; what that raises escapes."
        ),
    },
    draw=draw,
    accepts=accepts,
)
