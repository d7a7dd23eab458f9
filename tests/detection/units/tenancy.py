"""Wrong boundaries."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.tenancy import Tenancy


class SecondIsKnown(Tenancy):
    """Who was refused once is known, and let through the next time."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.known = set()

    def _is_ours(self, owner):
        ours = super()._is_ours(owner) or owner in self.known
        self.known.add(owner)
        return ours


class NobodysIsForeign(Tenancy):
    """What belongs to nobody belongs to another one."""

    def _is_ours(self, owner):
        return owner == self._settings["tenant"]


class OneCurrentTenant(Tenancy):
    """The current tenant is kept in one place for all work."""

    async def _within(self, tenant):
        self.current = tenant
        await super()._within(tenant)
        return self.current


class CountsTenants(Tenancy):
    """An attempt counts once for each tenant."""

    async def perform(self, operation, arguments):
        told = await super().perform(operation, arguments)
        return {**told, "violations": min(told["violations"], 2)} if operation == "report" else told


PLANTED = (
    PlantedUnit("tenancy", "auth/tenancy", "foreign-allowed", SecondIsKnown),
    PlantedUnit("tenancy", "auth/tenancy", "own-refused", NobodysIsForeign),
    PlantedUnit("tenancy", "auth/tenancy", "another-tenant", OneCurrentTenant),
    PlantedUnit("tenancy", "auth/tenancy", "report-wrong", CountsTenants),
)
