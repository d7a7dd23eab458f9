"""Wrong ways to make drafts anew."""

import asyncio
from itertools import pairwise

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.guard_retry import GuardRetry, NotPassedError


class AsksWhoRefused(GuardRetry):
    """Only guards that refused the draft before are asked about the new one."""

    async def _passes(self, draft, refused, since):
        asking = self._asking(refused)
        try:
            return await super()._passes(draft, refused, since)
        finally:
            asking.close()

    def _asking(self, refused):
        bench, names = self._bench, set(refused)

        class Bench:
            async def work(self, name, given=None):
                if names and name not in names:
                    return {"passes": True}
                return await bench.work(name, given)

            def __getattr__(self, name):
                return getattr(bench, name)

            def close(self):
                planted._bench = bench

        planted = self
        self._bench = Bench()
        return self._bench


class LastWordIsYes(GuardRetry):
    """When the limit is reached the last draft goes on."""

    async def _passes(self, draft, refused, since):
        try:
            return await super()._passes(draft, refused, since)
        except NotPassedError:
            return True


class UsesTheFirst(GuardRetry):
    """What is behind gets the first draft."""

    async def perform(self, operation, arguments):
        source = await self._bench.work("source")
        refused, since = {}, {}
        first = draft = await self._bench.work("draft", source)
        while not await self._passes(draft, refused, since):
            draft = await self._bench.work("draft", source)
        return {"draft": draft, "behind": await self._bench.work("behind", first)}


class ShowsTheFirst(GuardRetry):
    """The draft is kept by the run, and the guards look at what is kept."""

    async def _passes(self, draft, refused, since):
        shown = {**draft, "nth": 1}
        return await super()._passes(shown, refused, since)


class AddsTheReason(GuardRetry):
    """The source of a new draft holds how often the one before was refused."""

    async def perform(self, operation, arguments):
        source = await self._bench.work("source")
        refused, since = {}, {}
        while True:
            draft = await self._bench.work("draft", {**source, "tries": len(refused)})
            if await self._passes(draft, refused, since):
                return {"draft": draft, "behind": await self._bench.work("behind", draft)}


class MakesOneEach(GuardRetry):
    """Each guard that refused has a draft made of its own."""

    async def perform(self, operation, arguments):
        source = await self._bench.work("source")
        refused, since, drafts = {}, {}, 1
        while True:
            making = [self._bench.work("draft", source) for _ in range(drafts)]
            draft = (await asyncio.gather(*making))[-1]
            if await self._passes(draft, refused, since):
                return {"draft": draft, "behind": await self._bench.work("behind", draft)}
            drafts = max(1, len(refused))


class CountsRetries(GuardRetry):
    """The limit is on drafts beyond the first."""

    def _enough(self, reasons, waited_ms):
        return super()._enough(reasons, waited_ms) and len(reasons) > self._settings["attempts"]


class NeverAlike(GuardRetry):
    """Reasons are not compared."""

    def _enough(self, reasons, waited_ms):
        return super()._enough([[number] for number, _ in enumerate(reasons)], waited_ms)


class NoClock(GuardRetry):
    """Time does not count."""

    def _enough(self, reasons, waited_ms):
        return super()._enough(reasons, 0.0)


class OnceIsEnough(GuardRetry):
    """A refusal for the same reason as the one before ends it, whatever the limit."""

    def _enough(self, reasons, waited_ms):
        return super()._enough(reasons, waited_ms) or reasons[-1] in reasons[:-1]


class CountsAlikeAcross(GuardRetry):
    """Refusals like the one before are counted, also when others came in between."""

    def _enough(self, reasons, waited_ms):
        alike = sum(one == other for one, other in pairwise(reasons))
        return super()._enough(reasons, waited_ms) or alike >= self._settings["alike"]


LAW = "guarded/drafts"

PLANTED = (
    PlantedUnit("guard_retry", LAW, "unseen-draft-passes", AsksWhoRefused),
    PlantedUnit("guard_retry", LAW, "went-on-refused", LastWordIsYes),
    PlantedUnit("guard_retry", LAW, "other-draft-used", UsesTheFirst),
    PlantedUnit("guard_retry", LAW, "old-draft-shown", ShowsTheFirst),
    PlantedUnit("guard_retry", LAW, "inputs-changed", AddsTheReason),
    PlantedUnit("guard_retry", LAW, "drafts-overlap", MakesOneEach),
    PlantedUnit("guard_retry", LAW, "tries-too-often", CountsRetries),
    PlantedUnit("guard_retry", LAW, "standstill-missed", NeverAlike),
    PlantedUnit("guard_retry", LAW, "time-limit-missed", NoClock, within=300),
    PlantedUnit("guard_retry", LAW, "gives-up-early", OnceIsEnough),
    PlantedUnit("guard_retry", LAW, "gives-up-early", CountsAlikeAcross, within=300),
)
