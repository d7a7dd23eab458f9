"""Wrong runners."""

import copy

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.runner import Runner


class Answering(Runner):
    """What is answered goes through `changed`."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return self.changed(answer)


class RaisesErrors(Answering):
    """A failure is raised."""

    def changed(self, answer):
        if not answer["ok"]:
            raise RuntimeError(answer["error"])
        return answer


class StripsTheText(Runner):
    """White space and marks are taken off the input."""

    async def perform(self, operation, arguments):
        text = arguments["text"].encode("ascii", "ignore").decode()
        return await super().perform(operation, {**arguments, "text": text})


class AlwaysPractises(Runner):
    """What a run is for is not handed on."""

    async def perform(self, operation, arguments):
        return await super().perform(operation, {**arguments, "mode": "practice"})


class CancelledWell(Runner):
    """A stage that says that it failed has cancelled the run."""

    async def _stage(self, label, given, answer, *, simply):
        before = dict(answer)
        went_on = await super()._stage(label, given, answer, simply=simply)
        if not went_on and "refuses" in str(answer["error"]):
            answer.update(before)
        return went_on


class CancelledFailed(Answering):
    """A cancelled run has failed."""

    def changed(self, answer):
        return {**answer, "ok": answer["ok"] and not answer["cancelled"]}


class ChecksNothing(Runner):
    """What stages write into is a copy, of which nobody looks again."""

    async def _stage(self, label, given, answer, *, simply):
        return await super()._stage(label, given, answer, simply=True)


class NeverCancelled(Answering):
    """A run that cancelled itself has ended well, and that is all."""

    def changed(self, answer):
        return {**answer, "cancelled": False}


class OnlyTheKind(Answering):
    """Errors are told by their class, as texts may be long."""

    def changed(self, answer):
        return answer if answer["ok"] else {**answer, "error": "an error"}


class OnlyTheLast(Answering):
    """The answer has what the last stage gave."""

    def changed(self, answer):
        return {**answer, "stages": dict(list(answer["stages"].items())[-1:])}


class AlwaysKeeps(Runner):
    """Events are kept, in case that somebody asks."""

    def __init__(self, settings, bench):
        super().__init__({**copy.deepcopy(dict(settings)), "keeps": True}, bench)


LAW = "running/answers"

PLANTED = (
    PlantedUnit("runner", LAW, "raises", RaisesErrors),
    PlantedUnit("runner", LAW, "input-lost", StripsTheText),
    PlantedUnit("runner", LAW, "input-lost", AlwaysPractises),
    PlantedUnit("runner", LAW, "failure-hidden", CancelledWell),
    PlantedUnit("runner", LAW, "success-hidden", CancelledFailed),
    PlantedUnit("runner", LAW, "write-unnoticed", ChecksNothing),
    PlantedUnit("runner", LAW, "cancel-hidden", NeverCancelled),
    PlantedUnit("runner", LAW, "reason-lost", OnlyTheKind),
    PlantedUnit("runner", LAW, "output-lost", OnlyTheLast),
    PlantedUnit("runner", LAW, "events-kept", AlwaysKeeps),
)
