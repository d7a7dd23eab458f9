"""Wrong builders."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.builder import Builder, ImpossibleError


class LastOneCounts(Builder):
    """Stages are kept by name: a second one replaces the first."""

    def order(self, stages):
        return super().order(list({stage["name"]: stage for stage in stages}.values()))


class ForgetsStrangers(Builder):
    """What does not exist need not be waited for."""

    def order(self, stages):
        names = {stage["name"] for stage in stages}
        return super().order(
            [{**stage, "after": [n for n in stage["after"] if n in names]} for stage in stages]
        )


class ForgivesItself(Builder):
    """A stage may wait for itself."""

    def order(self, stages):
        return super().order(
            [{**s, "after": [n for n in s["after"] if n != s["name"]]} for s in stages]
        )


class OnlyForwards(Builder):
    """A stage may only wait for one that is registered before it."""

    def order(self, stages):
        for index, stage in enumerate(stages):
            if not set(stage["after"]) <= {other["name"] for other in stages[:index]}:
                raise ImpossibleError
        return super().order(stages)


class GivesTheNames(Builder):
    """The order is that of registration."""

    def order(self, stages):
        super().order(stages)
        return [stage["name"] for stage in stages]


class OneList(Builder):
    """Pipelines that go on from another one share its list."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return (
            {**answer, "third": [*answer["second"], "other"]} if operation == "branch" else answer
        )


UNIT, LAW = "builder", "building/possible"
PLANTED = (
    PlantedUnit(UNIT, LAW, "name-used-twice", LastOneCounts),
    PlantedUnit(UNIT, LAW, "unknown-dependency", ForgetsStrangers),
    PlantedUnit(UNIT, LAW, "loop-accepted", ForgivesItself),
    PlantedUnit(UNIT, LAW, "refused-wrongly", OnlyForwards),
    PlantedUnit(UNIT, LAW, "wrong-order", GivesTheNames),
    PlantedUnit(UNIT, LAW, "branches-mixed", OneList),
)
