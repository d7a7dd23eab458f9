"""Wrong budgets."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.token_budget import TokenBudget


class ForgetsTheReserve(TokenBudget):
    """What is reserved may be used."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self._most = settings["most"]


class CountsWhatIsLeft(TokenBudget):
    """What is left is taken for what was saved."""

    async def perform(self, operation, arguments):
        if operation == "cuts":
            return {"count": len(self._cuts), "saved": abs(sum(self._cuts)) // 2 * 2}
        answer = await super().perform(operation, arguments)
        if operation == "cut" and not arguments["after"]:
            self._cuts[-1] = 0
        return answer


class TellsLargeCuts(TokenBudget):
    """Only cuts that matter are told."""

    async def perform(self, operation, arguments):
        if operation == "cut" and arguments["before"] < 100:
            self._cuts.append(arguments["before"] - arguments["after"])
            return None
        return await super().perform(operation, arguments)


class TellsItWrongly(TokenBudget):
    """Before and after are mixed up."""

    async def perform(self, operation, arguments):
        if operation != "cut":
            return await super().perform(operation, arguments)
        self._cuts.append(arguments["before"] - arguments["after"])
        self._bench.emit("cut", before=arguments["after"], after=arguments["before"])
        return None


LAW = "budget/tokens"

PLANTED = (
    PlantedUnit("token_budget", LAW, "count-wrong", ForgetsTheReserve),
    PlantedUnit("token_budget", LAW, "cuts-wrong", CountsWhatIsLeft),
    PlantedUnit("token_budget", LAW, "cut-untold", TellsLargeCuts),
    PlantedUnit("token_budget", LAW, "cut-told-wrong", TellsItWrongly),
)
