"""An agent: a model that calls tools until it has an answer, within a number of turns."""

import json
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage, Work
from production_testers.units import drawing, odd_values
from production_testers.units.contract import Operation, Unit

MODEL = "model"
"""Label of the model: it is given the messages, and gives a turn as JSON text."""

TOOL = "tool"
"""Label of every tool's code: it is given its payload, and gives data or `{"refuses": why}`."""

TOOLS = ("look_up", "add")


def turn_of(work: Work) -> dict[str, Any]:
    """A turn of the model: `tool_calls`, or a `final_answer`."""
    turn: dict[str, Any] = json.loads(str(work.gives))
    return turn


def turns_of(call: Call, most: int) -> list[Work]:
    """What the model does in a run, up to its end: an answer, a failure, or the last turn."""
    works = call.works[MODEL]
    turns = []
    for nth in range(most):
        turns.append(works[min(nth, len(works) - 1)])
        if turns[-1].raises or not turn_of(turns[-1]).get("tool_calls"):
            break
    return turns


def draw(random: Random, kind: Kind) -> Usage:
    """Models that answer at once, after some tools, or never; tools that fail or are not there."""
    calls = [
        drawing.call(
            client, number, "run", {"input": f"input {client}.{number}"},
            after_ms=random.choice((0.0, 2.0)),
            cancel_after_ms=drawing.gives_up(random, kind, 40.0),
            works={
                MODEL: tuple(_turn(random, kind) for _ in range(random.randint(1, 5))),
                TOOL: tuple(_tool(random, kind) for _ in range(random.randint(1, 3))),
            },
        )
        for client in range(drawing.clients(random, kind))
        for number in range(random.randint(1, 2))
    ]  # fmt: skip
    return Usage(unit="agent_loop", settings={"turns": random.randint(1, 4)}, calls=tuple(calls))


def _turn(random: Random, kind: Kind) -> Work:
    ms = round(random.uniform(0.5, 10), 1)
    if kind in (Kind.CHAOS, Kind.RECOVERY) and random.random() < 0.1:
        return Work(ms=ms, raises=random.choice(("connection", "timeout")))
    if random.random() < 0.35:
        words = odd_values.text(random).strip() or "done" if kind is Kind.ADVERSARIAL else "done"
        return Work(ms=ms, gives=json.dumps({"final_answer": words}))
    turn: dict[str, Any] = {
        "tool_calls": [
            {"name": random.choice((*TOOLS, *TOOLS, "nobody")), "arguments": {"n": n}}
            for n in range(random.randint(1, 3))
        ]
    }
    if random.random() < 0.3:
        turn["final_answer"] = random.choice(("", None, " "))
    return Work(ms=ms, gives=json.dumps(turn))


def _tool(random: Random, kind: Kind) -> Work:
    work = drawing.work(random, ("error", "value", "timeout", "key"), 0.2)
    if work.raises or random.random() < 0.5:
        return work
    odd = odd_values.value(random) if kind is Kind.ADVERSARIAL else 7
    return Work(ms=work.ms, gives=random.choice(({"refuses": "not today"}, {"found": odd})))


def accepts(usage: Usage) -> bool:
    """The model has turns, each with tools to call or an answer that says something."""
    if not isinstance(usage.settings["turns"], int) or usage.settings["turns"] < 1:
        return False
    works = [work for call in usage.calls for work in call.works.get(MODEL, (Work(),))]
    return all(work.raises or _is_turn(work) for work in works)


def _is_turn(work: Work) -> bool:
    try:
        turn: Any = json.loads(str(work.gives))
    except ValueError:
        return False
    return isinstance(turn, dict) and bool(turn.get("tool_calls")) != bool(
        (turn.get("final_answer") or "").strip()
    )


UNIT = Unit(
    name="agent_loop",
    does="Asks a model what to do, calls the tools that it names, tells it what they gave, and"
    " asks again, until it answers or `turns` are over.",
    capability=Capability.AGENT_LOOP,
    operations={
        "run": Operation(
            does="Gives the `answer`, the number of `turns`, and `tools`, [name, success] of each"
            " call; fails as endless when the turns are over. What the model raises escapes.",
            required=("input",),
            fixed=("input",),
        )
    },
    draw=draw,
    accepts=accepts,
)
