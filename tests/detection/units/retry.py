"""Wrong retries."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.retry import Retry


class OneTooFew(Retry):
    """The first attempt is counted twice."""

    def __init__(self, settings, bench):
        super().__init__({**settings, "attempts": max(1, settings["attempts"] - 1)}, bench)


class OneTooMany(Retry):
    """Attempts are counted from zero."""

    def __init__(self, settings, bench):
        super().__init__({**settings, "attempts": settings["attempts"] + 1}, bench)


class ForgetsTheAnswer(Retry):
    """What a later attempt gives is thrown away."""

    async def perform(self, operation, arguments):
        await super().perform(operation, arguments)
        return {}


class HidesTheFailure(Retry):
    """The last error is swallowed."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except (TimeoutError, ConnectionError):
            return {}


class NoPauseAtFirst(Retry):
    """The first pause is forgotten."""

    def _pause_ms(self, attempt):
        return super()._pause_ms(attempt) if attempt > 1 else 0


class SharedPause(Retry):
    """Calls wait for each other's pauses, because one lock is held during all of them."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.lock = asyncio.Lock()
        self.bench = bench

    async def perform(self, operation, arguments):
        attempt = 1
        while True:
            try:
                return await self.bench.work("attempt")
            except (TimeoutError, ConnectionError):
                if attempt == self._settings["attempts"]:
                    raise
                async with self.lock:
                    await asyncio.sleep(self._jittered_ms(attempt) / 1000)
            attempt += 1


class Forgets(Retry):
    """Jitter is stated, and not applied."""

    def _jittered_ms(self, attempt):
        return self._pause_ms(attempt)


PLANTED = (
    PlantedUnit("retry", "retry/attempts", "gives-up-early", OneTooFew),
    PlantedUnit("retry", "retry/attempts", "tries-too-often", OneTooMany),
    PlantedUnit("retry", "retry/attempts", "answer-lost", ForgetsTheAnswer),
    PlantedUnit("retry", "retry/attempts", "failure-hidden", HidesTheFailure),
    PlantedUnit("retry", "retry/attempts", "pause-too-short", NoPauseAtFirst),
    PlantedUnit("retry", "retry/attempts", "pause-too-long", SharedPause),
    PlantedUnit("retry", "retry/attempts", "no-jitter", Forgets),
)
