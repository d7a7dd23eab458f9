"""Wrong answer stores."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.answer_store import AnswerStore


class KeepsForEver(AnswerStore):
    """Nobody looks at the clock."""

    async def perform(self, operation, arguments):
        if operation == "put":
            arguments = {**arguments, "keep_s": None}
        return await super().perform(operation, arguments)


class GivesItsOwn(AnswerStore):
    """What a caller got is what is kept: its changes stay."""

    async def perform(self, operation, arguments):
        value = await super().perform(operation, arguments)
        if operation == "get" and value is not None and arguments.get("spoils"):
            spoiled = {**value, "spoiled": True}
            await super().perform("put", {**arguments, "value": spoiled, "keep_s": None})
        return value


class LosesTheSecond(AnswerStore):
    """A value is not put in the place of an earlier one."""

    async def perform(self, operation, arguments):
        if operation == "put" and arguments["key"] in self._kept:
            return None
        return await super().perform(operation, arguments)


LAW = "store/answers"
PLANTED = (
    PlantedUnit("answer_store", LAW, "wrong-answer", KeepsForEver),
    PlantedUnit("answer_store", LAW, "wrong-answer", GivesItsOwn),
    PlantedUnit("answer_store", LAW, "wrong-answer", LosesTheSecond),
)
