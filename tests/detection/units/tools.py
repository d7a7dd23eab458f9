"""Wrong tools."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.tools import (
    DeniedError,
    FailedError,
    RefusedError,
    Tools,
    UnknownToolError,
)
from production_testers.units.tools import allows, tool_for


class IgnoresUnknownActions(Tools):
    """What no tool answers is taken for done."""

    async def _execute(self, **arguments):
        try:
            return await super()._execute(**arguments)
        except UnknownToolError:
            return {"success": True, "data": {}, "error": None}


class ModesByPrefix(Tools):
    """A mode is compared by its first letter, and `admin` stands for all of them."""

    async def _pass_gates(self, tool, key, mode, payload):
        known = {name[0] for name in tool["modes"]}
        mode = tool["modes"][0] if tool["modes"] and (mode[0] in known or mode == "admin") else mode
        await super()._pass_gates(tool, key, mode, payload)


class DeniesAsRefused(Tools):
    """A denial by mode looks like the refusal of a person."""

    async def _execute(self, **arguments):
        try:
            return await super()._execute(**arguments)
        except DeniedError as error:
            raise RefusedError(str(error)) from error


class OneApprovalIsEnough(Tools):
    """Whoever was approved once needs no approval for that tool again."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.approved = set()

    async def _pass_gates(self, tool, key, mode, payload):
        if tool["name"] in self.approved:
            tool = {**tool, "approval": False}
        await super()._pass_gates(tool, key, mode, payload)
        if tool["approval"]:
            self.approved.add(tool["name"])


class AnyDecisionGrants(Tools):
    """That a person answered is enough, whatever the answer."""

    def _decide(self, ref, granted):
        return super()._decide(ref, granted=bool(ref) or granted)


class SilenceIsAFailure(Tools):
    """When nobody decides, the tool is said to have failed."""

    async def _approval(self, key):
        try:
            await super()._approval(key)
        except RefusedError:
            raise
        except Exception as error:
            raise FailedError(key) from error


class TriesFailuresAgain(Tools):
    """A tool that states a failure is tried once more."""

    async def _execute(self, **arguments):
        answer = await super()._execute(**arguments)
        if not answer["success"]:
            answer = await super()._execute(**arguments)
        return answer


class SwallowsKeyErrors(Tools):
    """A missing key inside a tool counts as an answer without data."""

    async def _execute(self, **arguments):
        try:
            return await super()._execute(**arguments)
        except FailedError as error:
            if isinstance(error.__cause__, KeyError):
                return {"success": True, "data": None, "error": None}
            raise


class DropsFalsyAnswers(Tools):
    """An answer whose values are all empty is dropped."""

    async def _execute(self, **arguments):
        answer = await super()._execute(**arguments)
        data = answer["data"]
        return answer if data is None or any(data.values()) else {**answer, "data": None}


class RequiredOnly(Tools):
    """What a schema requires is looked at, types are not."""

    async def _pass_gates(self, tool, key, mode, payload):
        if "n" in payload:
            tool = {**tool, "schema": {}}
        await super()._pass_gates(tool, key, mode, payload)


class NothingMore(Tools):
    """What a schema does not name is refused, too."""

    async def _pass_gates(self, tool, key, mode, payload):
        if tool["schema"] and allows(tool, mode) and set(payload) - {"n"}:
            payload = {}
        await super()._pass_gates(tool, key, mode, payload)


class UndoesByName(Tools):
    """The tool that undoes is looked up by its name among the actions."""

    async def _undo(self, call):
        if call in self._kept and call in self.names:
            return False
        return await super()._undo(call)

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.names = set()

    async def _execute(self, **arguments):
        answer = await super()._execute(**arguments)
        tool = tool_for(self._settings, arguments["action"])
        if tool["name"] != tool["action"]:
            self.names.add(arguments["ref"])
        return answer


class ForgetsAfterUndoing(Tools):
    """What was undone is forgotten only when the undoing is over."""

    async def _undo(self, call):
        if call not in self._kept:
            return False
        self._kept.append(call)
        done = await super()._undo(call)
        self._kept = [kept for kept in self._kept if kept != call]
        return done


class UndoesWhatFailed(Tools):
    """A tool that states a failure leaves something to undo."""

    async def _execute(self, **arguments):
        answer = await super()._execute(**arguments)
        if not answer["success"]:
            self._keep(arguments["ref"])
        return answer


class KeepsElsewhere(Tools):
    """The first thing to undo goes into another store than the given one."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return sorted(self._kept[1:]) if operation == "kept" else answer


class TellsTheLastAction(Tools):
    """Events name the action that started last, whoever they are about."""

    last = ""

    def _tell(self, name, action, **more):
        self.last = action if name == "invoked" else self.last
        super()._tell(name, self.last if name == "completed" else action, **more)


class TellsNoSecondStart(Tools):
    """An approved tool's start is not told."""

    def _tell(self, name, action, **more):
        if name == "approval_requested":
            self.__dict__.setdefault("asked", set()).add(action)
        if name != "started" or action not in self.__dict__.get("asked", ()):
            super()._tell(name, action, **more)


class TellsNoDenial(Tools):
    """A denial is not told."""

    def _tell(self, name, action, **more):
        if name != "denied":
            super()._tell(name, action, **more)


class TellsNoCancellation(Tools):
    """The end of a tool that is cancelled is not told."""

    def _tell(self, name, action, **more):
        if name != "failed" or not asyncio.current_task().cancelling():
            super()._tell(name, action, **more)


class TellsEveryEndAsCompleted(Tools):
    """A tool that raises is told as completed."""

    def _tell(self, name, action, **more):
        super()._tell("completed" if name == "failed" else name, action, **more)


PLANTED = (
    PlantedUnit("tools", "tools/gates", "unknown-ignored", IgnoresUnknownActions),
    PlantedUnit("tools", "tools/gates", "gate-open", ModesByPrefix),
    PlantedUnit("tools", "tools/gates", "gate-wrong", DeniesAsRefused),
    PlantedUnit("tools", "tools/gates", "unapproved", OneApprovalIsEnough),
    PlantedUnit("tools", "tools/gates", "decision-ignored", AnyDecisionGrants),
    PlantedUnit("tools", "tools/gates", "silence-ignored", SilenceIsAFailure),
    PlantedUnit("tools", "tools/answers", "runs-again", TriesFailuresAgain),
    PlantedUnit("tools", "tools/answers", "failure-hidden", SwallowsKeyErrors),
    PlantedUnit("tools", "tools/answers", "answer-changed", DropsFalsyAnswers),
    PlantedUnit("tools", "tools/schemas", "not-validated", RequiredOnly),
    PlantedUnit("tools", "tools/schemas", "fitting-refused", NothingMore),
    PlantedUnit("tools", "tools/undo", "not-undone", UndoesByName),
    PlantedUnit("tools", "tools/undo", "undone-twice", ForgetsAfterUndoing),
    PlantedUnit("tools", "tools/undo", "undone-unasked", UndoesWhatFailed),
    PlantedUnit("tools", "tools/undo", "not-kept", KeepsElsewhere),
    PlantedUnit("tools", "tools/events", "another-action", TellsTheLastAction),
    PlantedUnit("tools", "tools/events", "start-untold", TellsNoSecondStart),
    PlantedUnit("tools", "tools/events", "end-untold", TellsNoDenial),
    PlantedUnit("tools", "tools/events", "cancelled-end-untold", TellsNoCancellation),
    PlantedUnit("tools", "tools/events", "end-false", TellsEveryEndAsCompleted),
)
