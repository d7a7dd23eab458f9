"""Wrong approvals."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.approval import Approval, UnansweredError


class CancelGrants(Approval):
    """Any end of a request wakes who waits, and counts as granted."""

    async def _wait(self, ref, limit_ms):
        await super()._wait(ref, limit_ms)
        return True


class EndsAll(Approval):
    """A decision wakes who waits before it is written down."""

    def _end(self, ref, how):
        if self._status.get(ref) == "pending" and how == "granted":
            self._status[ref] = "expired"
            self._ended[ref].set()
            return True
        return super()._end(ref, how)


class WaitsTooLong(Approval):
    """A limit is rounded up to fifty milliseconds."""

    async def _wait(self, ref, limit_ms):
        return await super()._wait(ref, max(limit_ms, 50))


class ShowsDecided(Approval):
    """A refused request is still shown as pending."""

    async def perform(self, operation, arguments):
        if operation == "pending":
            open_ones = ("pending", "refused")
            return sorted(ref for ref, status in self._status.items() if status in open_ones)
        return await super().perform(operation, arguments)


class GrantsTheExpired(Approval):
    """Who grants late still grants."""

    def _end(self, ref, how):
        if self._status.get(ref) in ("expired", "cancelled") and how == "granted":
            self._status[ref] = how
            return True
        return super()._end(ref, how)


class LastWordCounts(Approval):
    """A second decision replaces the first one."""

    def _end(self, ref, how):
        if self._status.get(ref) in ("granted", "refused") and how in ("granted", "refused"):
            self._status[ref] = how
            return True
        return super()._end(ref, how)


class GivesUpAtOnce(Approval):
    """Who comes when another one's wait has run out is not told of a decision."""

    async def _wait(self, ref, limit_ms):
        if limit_ms > 50:
            raise UnansweredError(ref)
        return await super()._wait(ref, limit_ms)


PLANTED = (
    PlantedUnit("approval", "approval/decisions", "granted-by-nobody", CancelGrants),
    PlantedUnit("approval", "approval/decisions", "decision-lost", EndsAll),
    PlantedUnit("approval", "approval/decisions", "limit-not-kept", WaitsTooLong),
    PlantedUnit("approval", "approval/decisions", "limit-not-kept", GivesUpAtOnce),
    PlantedUnit("approval", "approval/decisions", "pending-wrong", ShowsDecided),
    PlantedUnit("approval", "approval/final", "revived", GrantsTheExpired),
    PlantedUnit("approval", "approval/final", "overturned", LastWordCounts),
)
