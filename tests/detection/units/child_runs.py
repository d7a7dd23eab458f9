"""Wrong child runs."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.child_runs import ChildRuns


class OneDeeper(ChildRuns):
    """Levels are counted from zero."""

    def __init__(self, settings, bench):
        super().__init__({"deepest": settings["deepest"] + 1}, bench)


class AlwaysWell(ChildRuns):
    """Whatever became of the child, it went well."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return {**answer, "well": True} if operation == "spawn" else answer


class LastOwner(ChildRuns):
    """Data are handed down in a place that all runs share."""

    async def child(self, level, arguments, parents, seen):
        if level == 1:
            self.data = parents
            await asyncio.sleep(0.001)
        return await super().child(level, arguments, self.data, seen)


class OneDictionary(ChildRuns):
    """A child works with its parent's own data."""

    async def child(self, level, arguments, parents, seen):
        well = await super().child(level, arguments, parents, seen)
        if arguments["writes"]:
            parents["owner"] = "a child"
        return well


class Telling(ChildRuns):
    """Events go through one place."""

    def __init__(self, settings, bench):
        super().__init__(settings, self)
        self.behind = bench
        self.work = bench.work

    def emit(self, name, **value):
        self.tell(self.behind.emit, name, value)


class NeverSaysStarted(Telling):
    """The first level is not told of."""

    def tell(self, emit, name, value):
        if not (name == "spawned" and value["child"].endswith("/1")):
            emit(name, **value)


class SilentWhenCancelled(Telling):
    """A cancellation is no end."""

    def tell(self, emit, name, value):
        if name != "cancelled":
            emit(name, **value)


class FailsAndCompletes(Telling):
    """Every end is told as a completion, too."""

    def tell(self, emit, name, value):
        emit(name, **value)
        if name == "failed":
            emit("completed", **value)


class EveryEndIsGood(Telling):
    """How a child ended is not looked at."""

    def tell(self, emit, name, value):
        emit("completed" if name == "failed" else name, **value)


class MarksTheFirst(ChildRuns):
    """Only the first child is marked."""

    def mark(self, children):
        super().mark(children[:1])


class ForgetsToForget(ChildRuns):
    """A child that is cancelled stays known."""

    async def child(self, level, arguments, parents, seen):
        try:
            return await super().child(level, arguments, parents, seen)
        except asyncio.CancelledError:
            self.busy[arguments["run"]].append("")
            raise


UNIT, LAW = "child_runs", "spawning/children"
PLANTED = (
    PlantedUnit(UNIT, LAW, "too-deep", OneDeeper),
    PlantedUnit(UNIT, LAW, "wrong-result", AlwaysWell),
    PlantedUnit(UNIT, LAW, "other-parent", LastOwner),
    PlantedUnit(UNIT, LAW, "parent-changed", OneDictionary),
    PlantedUnit(UNIT, LAW, "start-not-told", NeverSaysStarted),
    PlantedUnit(UNIT, LAW, "end-not-told", SilentWhenCancelled),
    PlantedUnit(UNIT, LAW, "end-told-twice", FailsAndCompletes),
    PlantedUnit(UNIT, LAW, "wrong-end-told", EveryEndIsGood),
    PlantedUnit(UNIT, LAW, "not-marked", MarksTheFirst),
    PlantedUnit(UNIT, LAW, "child-left", ForgetsToForget),
)
