"""Wrong undo stores."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.undo_store import UndoStore


class KeepsTwo(UndoStore):
    """The oldest entry makes room for a third one."""

    def _keep(self, ref, data, end):
        super()._keep(ref, data, end)
        if len(self._entries) > 2:
            del self._entries[next(iter(self._entries))]


class NeverForgets(UndoStore):
    """Only a sweep looks at the time."""

    async def perform(self, operation, arguments):
        self.sweeping = operation in ("sweep", "all", "drop")
        return await super().perform(operation, arguments)

    def _forget_over(self, now):
        if self.sweeping:
            super()._forget_over(now)


class FirstDataCount(UndoStore):
    """What is kept again only gets more time."""

    def _keep(self, ref, data, end):
        super()._keep(ref, self._entries.get(ref, (data,))[0], end)


class DropsLazily(UndoStore):
    """An entry that is dropped early in its life comes back."""

    async def perform(self, operation, arguments):
        before = dict(self._entries)
        answer = await super().perform(operation, arguments)
        if operation == "drop" and answer:
            ref = arguments["ref"]
            if before[ref][1] - self._bench.now_ms() > 900:
                self._entries[ref] = before[ref]
        return answer


class SaysItWasThere(UndoStore):
    """Dropping says yes for everything that was ever kept."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.ever = set()

    def _keep(self, ref, data, end):
        self.ever.add(ref)
        super()._keep(ref, data, end)

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return arguments["ref"] in self.ever if operation == "drop" else answer


class ListsTheOver(UndoStore):
    """The list shows what is over."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.ever = set()

    async def perform(self, operation, arguments):
        if operation == "keep":
            self.ever.add(arguments["ref"])
        if operation == "drop":
            self.ever.discard(arguments["ref"])
        answer = await super().perform(operation, arguments)
        return sorted(self.ever) if operation == "all" else answer


LAW = "undo-store/entries"
PLANTED = (
    PlantedUnit("undo_store", LAW, "lost", KeepsTwo),
    PlantedUnit("undo_store", LAW, "expired-given", NeverForgets),
    PlantedUnit("undo_store", LAW, "others-given", FirstDataCount),
    PlantedUnit("undo_store", LAW, "dropped-given", DropsLazily),
    PlantedUnit("undo_store", LAW, "drop-wrong", SaysItWasThere),
    PlantedUnit("undo_store", LAW, "list-wrong", ListsTheOver),
)
