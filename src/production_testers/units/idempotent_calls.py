"""Idempotent calls: a request that is sent again has its effect once."""

from collections.abc import Mapping
from random import Random
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage, Work
from production_testers.units import drawing
from production_testers.units.contract import Operation, Unit

LABEL = "effect"
"""Label of the caller's own code."""

KEYS = ("pay-1", "pay-2", "pay-3")
HOSTILE_KEYS = ("0", " ", "\N{SNOWMAN}\n", "a" * 500, "None", "pay-1")
PARAMETERS: tuple[Mapping[str, Json], ...] = ({"amount": 1}, {"amount": 2})
HOSTILE_PARAMETERS: tuple[Mapping[str, Json], ...] = (
    {"amount": 1}, {"amount": "1"}, {"amount": True}, {"amount": 1.5}, {"amount": None},
    {"amount": [1]}, {"Amount": 1}, {"amount": 1, "more": {"a": {"b": []}}},
)  # fmt: skip


def draw(random: Random, kind: Kind) -> Usage:
    """Callers that send few different requests, at the same time and again later."""
    hostile = kind is Kind.ADVERSARIAL
    keys = random.sample(HOSTILE_KEYS if hostile else KEYS, random.choice((1, 2)))
    usual = {key: random.choice(PARAMETERS) for key in keys}
    other = 0.0 if kind is Kind.BASELINE else 0.2
    calls = []
    for client in range(drawing.clients(random, kind)):
        for number in range(random.randint(2, 5)):
            key = random.choice(keys)
            parameters = usual[key]
            if random.random() < other:
                parameters = random.choice(HOSTILE_PARAMETERS if hostile else PARAMETERS)
            fails = random.random() < 0.3
            work = Work(ms=round(random.uniform(0.5, 20), 1), raises="value" if fails else "")
            calls.append(
                drawing.call(
                    client, number, "execute", {"key": key, "parameters": dict(parameters)},
                    after_ms=random.choice((0.0, 1.0, 5.0, 50.0, 2_000.0)),
                    cancel_after_ms=drawing.gives_up(random, kind, 20.0),
                    works={LABEL: (work,)},
                )
            )  # fmt: skip
    return Usage(
        unit="idempotent_calls",
        settings={"keep_s": random.choice((1, 5, 3_600))},
        calls=tuple(calls),
    )


def accepts(usage: Usage) -> bool:
    """Every call has a key and parameters, and answers are kept for a while."""
    settings: Mapping[str, Any] = usage.settings
    return settings["keep_s"] >= 1 and all(
        call.arguments["key"] and call.arguments["parameters"] for call in usage.calls
    )


UNIT = Unit(
    name="idempotent_calls",
    does="Executes the caller's own code once for each key, and answers later and simultaneous"
    " calls of that key with what the execution gave; failures are not kept.",
    capability=Capability.IDEMPOTENT_CALLS,
    operations={
        "execute": Operation(
            does="Gives what the one execution for the key gave; with other parameters than that"
            " execution had, it fails.",
            required=("key", "parameters"),
        )
    },
    draw=draw,
    accepts=accepts,
)
