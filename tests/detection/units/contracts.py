"""Wrong registries of contracts."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.contracts import Contracts, InvalidError


class LastOneCounts(Contracts):
    """A contract is replaced without a word."""

    def _register(self, key, fields):
        self._contracts[key] = fields
        return True


class LosesTheOptional(Contracts):
    """A contract without required fields is not kept."""

    def _register(self, key, fields):
        super()._register(key, fields)
        if not any(field["required"] for field in fields.values()):
            del self._contracts[key]
        return True


class ListsTwo(Contracts):
    """The list shows two contracts."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return answer[:2] if operation == "listed" else answer


class CreatedAtTheStart(Contracts):
    """All contracts say that they were created when the first one was."""

    def _register(self, key, fields):
        return super()._register(key, fields) and len(self._contracts) == 1


class RemovalIsFine(Contracts):
    """What is gone cannot be wrong."""

    def _all_kept(self, before, after):
        return bool(after)


class LooksAtNewFieldsOnly(Contracts):
    """A field that was there before may become required."""

    def _compare(self, old, new):
        told = super()._compare(old, new)
        before, after = self._contracts[old], self._contracts[new]
        same = {
            n: {**f, "required": before[n]["required"]} for n, f in after.items() if n in before
        }
        if before.keys() == after.keys() and all(self._takes(before[n], same[n]) for n in same):
            return {"compatible": True}
        return told


class NullIsNoType(Contracts):
    """That a field may no longer be null is not seen."""

    def _takes(self, old, new):
        return old["type"] == new["type"]


class AnyChangeBreaks(Contracts):
    """Types are compared with their null."""

    def _takes(self, old, new):
        return super()._takes(old, new) and old["nullable"] == new["nullable"]


class UnknownIsCompatible(Contracts):
    """With nothing to compare there is nothing to break."""

    def _compare(self, old, new):
        try:
            return super()._compare(old, new)
        except InvalidError:
            return {"compatible": True}


PLANTED = (
    PlantedUnit("contracts", "contracts/registry", "replaced", LastOneCounts),
    PlantedUnit("contracts", "contracts/registry", "registered-lost", LosesTheOptional),
    PlantedUnit("contracts", "contracts/registry", "list-wrong", ListsTwo),
    PlantedUnit("contracts", "contracts/registry", "created-wrong", CreatedAtTheStart),
    PlantedUnit("contracts", "contracts/compatibility", "removal-missed", RemovalIsFine),
    PlantedUnit("contracts", "contracts/compatibility", "requirement-missed", LooksAtNewFieldsOnly),
    PlantedUnit("contracts", "contracts/compatibility", "type-missed", NullIsNoType),
    PlantedUnit("contracts", "contracts/compatibility", "harmless-refused", AnyChangeBreaks),
    PlantedUnit("contracts", "contracts/compatibility", "unknown-compared", UnknownIsCompatible),
)
