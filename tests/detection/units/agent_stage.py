"""Wrong agents in stages."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.agent_stage import AgentStage


class RaisesTheRest(AgentStage):
    """Only errors of the agent are answers, not those of the model."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if not answer["ok"] and "model" in answer["error"]:
            raise ConnectionError(answer["error"])
        return answer


class KeepsTheInput(AgentStage):
    """The input stands in the stage until the agent looks at it."""

    async def perform(self, operation, arguments):
        self._now = arguments
        await asyncio.sleep(0.001)
        return await super().perform(operation, self._now)


class BeginsAnew(AgentStage):
    """Each run is a conversation of its own."""

    async def perform(self, operation, arguments):
        return await super().perform(operation, {"input": arguments["input"]})


class AnswersAnyway(AgentStage):
    """When the turns are over the stage answers with what it has."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if not answer["ok"] and "model" not in answer["error"]:
            return {"ok": True, "answer": "", "turns": 0, "tools": []}
        return answer


class NeedsTools(AgentStage):
    """An answer without a tool that went well is none."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if answer["ok"] and not any(well for _, well in answer["tools"]):
            return {"ok": False, "error": "no tool"}
        return answer


class CountsFromNought(AgentStage):
    """The first turn is number 0."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return {**answer, "turns": answer["turns"] - 1} if answer["ok"] else answer


class SaysFailed(AgentStage):
    """The error is the stage's own."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return answer if answer["ok"] else {"ok": False, "error": "the agent failed"}


LAW = "agents/stage"

PLANTED = (
    PlantedUnit("agent_stage", LAW, "raises", RaisesTheRest),
    PlantedUnit("agent_stage", LAW, "other-input", KeepsTheInput),
    PlantedUnit("agent_stage", LAW, "conversation-lost", BeginsAnew),
    PlantedUnit("agent_stage", LAW, "failure-hidden", AnswersAnyway),
    PlantedUnit("agent_stage", LAW, "success-hidden", NeedsTools),
    PlantedUnit("agent_stage", LAW, "answer-lost", CountsFromNought),
    PlantedUnit("agent_stage", LAW, "reason-lost", SaysFailed),
)
