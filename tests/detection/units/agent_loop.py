"""Wrong agents."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.agent_loop import AgentLoop, EndlessError


class OneMoreTurn(AgentLoop):
    """Turns are counted from zero."""

    def __init__(self, settings, bench):
        super().__init__({"turns": settings["turns"] + 1}, bench)


class TriesToolsAgain(AgentLoop):
    """A tool that fails is called again."""

    async def _use(self, call):
        return await super()._use(call) or await super()._use(call)


class CountsTools(AgentLoop):
    """The number of turns is that of the tools."""

    async def perform(self, operation, arguments):
        told = await super().perform(operation, arguments)
        return {**told, "turns": 1 + len(told["tools"])}


class GivesUpPolitely(AgentLoop):
    """When the turns are over, the agent apologises."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except EndlessError:
            return {"answer": "I am sorry.", "turns": self._turns, "tools": []}


class CallsItASuccess(AgentLoop):
    """A tool that ended has succeeded, whatever it says."""

    async def _use(self, call):
        return bool(call["arguments"]["n"] == 1) or await super()._use(call)


class OneConversation(AgentLoop):
    """All callers write into one conversation."""

    def _first(self, text):
        self.messages = [*getattr(self, "messages", []), text]
        return self.messages


class ForgetsFailures(AgentLoop):
    """The model is not told of a tool that failed."""

    def _told(self, call, success):
        return super()._told(call, success) if success else []


class TakesAnInterruptionForAFailure(AgentLoop):
    """Whatever ends a tool, the tool has failed, and the model is asked what to do about it."""

    async def _use(self, call):
        try:
            return await super()._use(call)
        except asyncio.CancelledError:
            return False


class AsksAgainLater(AgentLoop):
    """A model that called a tool is asked again after a moment, to be kind to it."""

    async def _use(self, call):
        success = await super()._use(call)
        await asyncio.sleep(0.05)
        return success


PLANTED = (
    PlantedUnit("agent_loop", "agents/time", "waits", AsksAgainLater),
    PlantedUnit("agent_loop", "agents/loop", "goes-on", TakesAnInterruptionForAFailure),
    PlantedUnit("agent_loop", "agents/loop", "limit-exceeded", OneMoreTurn),
    PlantedUnit("agent_loop", "agents/loop", "tools-otherwise", TriesToolsAgain),
    PlantedUnit("agent_loop", "agents/loop", "answer-lost", CountsTools),
    PlantedUnit("agent_loop", "agents/loop", "no-answer-hidden", GivesUpPolitely),
    PlantedUnit("agent_loop", "agents/loop", "tool-result-wrong", CallsItASuccess),
    PlantedUnit("agent_loop", "agents/loop", "others-input", OneConversation),
    PlantedUnit("agent_loop", "agents/loop", "result-untold", ForgetsFailures),
)
