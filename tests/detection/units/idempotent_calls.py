"""Wrong idempotent calls."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.idempotent_calls import IdempotentCalls, MismatchError


class LooksTooEarly(IdempotentCalls):
    """The memory is looked at before the lock is waited for, and there is no lock."""

    async def perform(self, operation, arguments):
        self._locks.clear()
        return await super().perform(operation, arguments)


class ForgetsTooEarly(IdempotentCalls):
    """Seconds are taken for milliseconds."""

    def __init__(self, settings, bench):
        super().__init__({**settings, "keep_s": settings["keep_s"] / 1000}, bench)


class SharesAnswers(IdempotentCalls):
    """The key is cut off in the memory of answers."""

    async def perform(self, operation, arguments):
        return await super().perform(operation, {**arguments, "key": arguments["key"][:4]})


class KeepsFailures(IdempotentCalls):
    """A failure is remembered and told again."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self.failures = {}

    async def perform(self, operation, arguments):
        key = arguments["key"]
        if key in self.failures:
            raise self.failures[key]
        try:
            return await super().perform(operation, arguments)
        except ValueError as error:
            self.failures[key] = error
            raise


class IgnoresParameters(IdempotentCalls):
    """Only the key counts."""

    async def perform(self, operation, arguments):
        return await super().perform(operation, {**arguments, "parameters": {}})


class NeverAgain(IdempotentCalls):
    """Every second call of a key is taken for one with other parameters."""

    async def perform(self, operation, arguments):
        if arguments["key"] in self._kept:
            raise MismatchError
        return await super().perform(operation, arguments)


LAW = "idempotency/once"
PLANTED = (
    PlantedUnit("idempotent_calls", LAW, "at-once", LooksTooEarly),
    PlantedUnit("idempotent_calls", LAW, "repeated", ForgetsTooEarly),
    PlantedUnit("idempotent_calls", LAW, "wrong-answer", SharesAnswers),
    PlantedUnit("idempotent_calls", LAW, "not-executed", KeepsFailures),
    PlantedUnit("idempotent_calls", LAW, "mismatch-accepted", IgnoresParameters),
    PlantedUnit("idempotent_calls", LAW, "turned-away", NeverAgain),
)
