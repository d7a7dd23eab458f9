"""Wrong registries of tools."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.tool_registry import ToolRegistry


class KeepsThree(ToolRegistry):
    """There is room for three tools."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if operation == "register" and len(self._tools) > 3:
            del self._tools[next(iter(self._tools))]
        return answer


class AnswersUnknownActions(ToolRegistry):
    """Where no tool answers there is an empty answer."""

    async def _use(self, action, payload):
        answer = await super()._use(action, payload)
        return answer if action in self._tools else {"success": True, "data": {}}


class ListsInstances(ToolRegistry):
    """What is made when it is needed is not listed before."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.lazy = set()

    async def perform(self, operation, arguments):
        if operation == "register" and arguments["way"] == "factory":
            self.lazy.add(arguments["action"])
        self.lazy.discard(arguments.get("action") if operation == "use" else None)
        answer = await super().perform(operation, arguments)
        if operation == "listed":
            return [tool for tool in answer if tool[0] not in self.lazy]
        return answer


class AsciiDescriptions(ToolRegistry):
    """A description keeps its ASCII characters only."""

    async def perform(self, operation, arguments):
        if operation == "register":
            plain = arguments["description"].encode("ascii", "ignore").decode()
            arguments = {**arguments, "description": plain}
        return await super().perform(operation, arguments)


class OneCallPerId(ToolRegistry):
    """A second call with the same id is taken for the first one."""

    def _resolve(self, calls):
        return super()._resolve(list({call["name"]: call for call in calls}.values()))


class KeepsTextAsArguments(ToolRegistry):
    """Arguments that are `null` or a list are handed on as they are."""

    def _resolve(self, calls):
        told = super()._resolve([c for c in calls if c["arguments"] != "[1, 2]"])
        for call in calls:
            if call["arguments"] == "[1, 2]":
                told["resolved"].append([call["id"], call["name"], [1, 2]])
        return told


class TakesWhatItCannotReadForNothing(ToolRegistry):
    """A text that is no JSON stands for no arguments."""

    def _resolve(self, calls):
        known = [{**c, "arguments": {}} if c["arguments"] == "{not json" else c for c in calls]
        return super()._resolve(known)


class ParsesOneTextOnly(ToolRegistry):
    """Arguments are taken from the first call that has the name."""

    def _resolve(self, calls):
        first = {}
        for call in calls:
            first.setdefault(call["name"], call["arguments"])
        return super()._resolve([{**call, "arguments": first[call["name"]]} for call in calls])


class ResolvesTheNearest(ToolRegistry):
    """A name that is not registered stands for one that begins alike."""

    def _resolve(self, calls):
        told = super()._resolve(calls)
        unknown = [one for one in told["unresolved"] if one[1] not in self._tools]
        if unknown:
            told["resolved"].append([*unknown[0], {}])
            told["unresolved"].remove(unknown[0])
        return told


class StopsAtAFailure(ToolRegistry):
    """The rest of a plan is left when an action fails."""

    async def _plan(self, actions):
        told = await super()._plan(actions[:1])
        if told["failed"] or len(actions) == 1:
            return told
        rest = await super()._plan(actions[1:])
        return {
            "executed": told["executed"] + rest["executed"],
            "failed": rest["failed"],
            "artifacts": told["artifacts"] + rest["artifacts"],
            "again": rest["again"],
        }


class KeepsTheLastArtifacts(ToolRegistry):
    """The artefacts of an action replace those before."""

    async def _plan(self, actions):
        told = await super()._plan(actions)
        return {**told, "artifacts": told["artifacts"][-2:]}


class NeverAgain(ToolRegistry):
    """One failure in a longer plan is not worth another round."""

    async def _plan(self, actions):
        told = await super()._plan(actions)
        return {**told, "again": told["failed"] > 1}


PLANTED = (
    PlantedUnit("tool_registry", "tools/registered", "not-found", KeepsThree),
    PlantedUnit("tool_registry", "tools/registered", "found-unregistered", AnswersUnknownActions),
    PlantedUnit("tool_registry", "tools/registered", "not-listed", ListsInstances),
    PlantedUnit("tool_registry", "tools/registered", "listed-otherwise", AsciiDescriptions),
    PlantedUnit("tool_registry", "tools/calls", "call-lost", OneCallPerId),
    PlantedUnit("tool_registry", "tools/calls", "arguments-no-mapping", KeepsTextAsArguments),
    PlantedUnit("tool_registry", "tools/calls", "other-arguments", TakesWhatItCannotReadForNothing),
    PlantedUnit("tool_registry", "tools/calls", "not-resolved", ParsesOneTextOnly),
    PlantedUnit("tool_registry", "tools/calls", "resolved-unknown", ResolvesTheNearest),
    PlantedUnit("tool_registry", "tools/plans", "stops-early", StopsAtAFailure),
    PlantedUnit("tool_registry", "tools/plans", "miscounted", KeepsTheLastArtifacts),
    PlantedUnit("tool_registry", "tools/plans", "again-wrong", NeverAgain),
)
