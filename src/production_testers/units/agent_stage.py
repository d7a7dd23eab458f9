"""An agent as a stage of a pipeline: what goes wrong is the stage's answer, not an exception."""

import json
from dataclasses import replace
from random import Random
from typing import Any

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import agent_loop
from production_testers.units.agent_loop import MODEL, turn_of
from production_testers.units.contract import Operation, Unit

EARLIER = "earlier "
"""How everything begins that was said before in the conversation of a run."""


def draw(random: Random, kind: Kind) -> Usage:
    """As the agent is used without a pipeline, with models that say one thing a turn."""
    usage = agent_loop.draw(random, kind)
    calls = [_talked(random, _plain(call)) for call in usage.calls]
    return replace(usage, unit="agent_stage", calls=tuple(calls))


def _talked(random: Random, call: Call) -> Call:
    said = [f"{EARLIER}{call.key} {number}" for number in range(random.choice((0, 0, 1, 3)))]
    return replace(call, arguments={**call.arguments, "earlier": [*said]})


def _plain(call: Call) -> Call:
    """A turn that calls tools answers nothing, not even a blank: that is for `agent_loop`."""
    works = dict(call.works)
    works[MODEL] = tuple(
        replace(work, gives=json.dumps({"tool_calls": turn_of(work)["tool_calls"]}))
        if not work.raises and turn_of(work).get("tool_calls")
        else work
        for work in works[MODEL]
    )
    return replace(call, works=works)


def accepts(usage: Usage) -> bool:
    """As `agent_loop`; a turn says one thing, and what was said before can be told apart."""
    works = [work for call in usage.calls for work in call.works.get(MODEL, ())]
    said: list[Any] = [one for call in usage.calls for one in _said(call)]
    return (
        agent_loop.accepts(usage)
        and all(work.raises or len(turn_of(work)) == 1 for work in works)
        and all(isinstance(one, str) and one.startswith(EARLIER) for one in said)
        and len(set(said)) == len(said)
    )


def _said(call: Call) -> list[Any]:
    earlier: Any = call.arguments.get("earlier", ())
    return list(earlier)


UNIT = Unit(
    name="agent_stage",
    does="Runs an agent on the input of a pipeline, after what was said `earlier`, as `agent_loop`"
    " does, and says as a stage does whether it went well.",
    capability=Capability.AGENT_STAGE,
    operations={
        "run": Operation(
            does="Says whether it went `ok`; then the `answer`, the number of `turns`, and `tools`,"
            " [name, success] of each call; else the `error`.",
            required=("input",),
            fixed=("input", "earlier"),
        )
    },
    draw=draw,
    accepts=accepts,
)
