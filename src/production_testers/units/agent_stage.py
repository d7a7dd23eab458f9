"""An agent as a stage of a pipeline: what goes wrong is the stage's answer, not an exception."""

from dataclasses import replace
from random import Random

from production_testers.model.scenario import Kind
from production_testers.model.semantics import Capability
from production_testers.model.usage import Usage
from production_testers.units import agent_loop
from production_testers.units.contract import Operation, Unit


def draw(random: Random, kind: Kind) -> Usage:
    """As the agent is used without a pipeline."""
    return replace(agent_loop.draw(random, kind), unit="agent_stage")


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
        )
    },
    draw=draw,
    accepts=agent_loop.accepts,
)
