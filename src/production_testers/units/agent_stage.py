"""An agent as a stage of a pipeline: what goes wrong is the stage's answer, not an exception."""

import json
from dataclasses import replace
from random import Random

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Call, Usage
from production_testers.units import agent_loop
from production_testers.units.agent_loop import MODEL, turn_of
from production_testers.units.contract import Operation, Unit


def draw(random: Random, kind: Kind) -> Usage:
    """As the agent is used without a pipeline, with models that say one thing a turn."""
    usage = agent_loop.draw(random, kind)
    return replace(usage, unit="agent_stage", calls=tuple(map(_plain, usage.calls)))


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
    """As `agent_loop`, and a turn says one thing."""
    works = [work for call in usage.calls for work in call.works.get(MODEL, ())]
    return agent_loop.accepts(usage) and all(
        work.raises or len(turn_of(work)) == 1 for work in works
    )


UNIT = Unit(
    name="agent_stage",
    does="Runs an agent on the input of a pipeline, as `agent_loop` does, and says as a stage does"
    " whether it went well.",
    capability=Capability.AGENT_STAGE,
    operations={
        "run": Operation(
            does="Says whether it went `ok`; then the `answer`, the number of `turns`, and `tools`,"
            " [name, success] of each call; else the `error`.",
            required=("input",),
            fixed=("input",),
        )
    },
    draw=draw,
    accepts=accepts,
)
