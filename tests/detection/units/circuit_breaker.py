"""Wrong circuit breakers."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.circuit_breaker import CircuitBreaker, OpenError


class CountsTwice(CircuitBreaker):
    """A failure is counted where it happens and again where it is reported."""

    def failed(self, circuit):
        super().failed(circuit)
        super().failed(circuit)


class ClosesOnItsOwnRefusal(CircuitBreaker):
    """A refused call counts as one that did not fail."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except OpenError:
            self.succeeded(self._circuits[arguments["service"]])
            raise


class StaysOpen(CircuitBreaker):
    """Nobody looks at the clock."""

    def _may_probe(self, circuit):
        return False


class TriesWithEverybody(CircuitBreaker):
    """Half open is taken for closed."""

    def __init__(self, settings, bench):
        super().__init__({**settings, "probes": 1_000}, bench)


class RefusesWithoutAWord(CircuitBreaker):
    """A refused call gives nothing, and does not say so."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except OpenError:
            return {}


class SwallowsErrors(CircuitBreaker):
    """A failure is counted, and then forgotten."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except ConnectionError:
            return {}


PLANTED = (
    PlantedUnit("circuit_breaker", "circuit-breaker/states", "opens-early", CountsTwice),
    PlantedUnit("circuit_breaker", "circuit-breaker/states", "lets-through", ClosesOnItsOwnRefusal),
    PlantedUnit("circuit_breaker", "circuit-breaker/states", "never-tries-again", StaysOpen),
    PlantedUnit("circuit_breaker", "circuit-breaker/states", "all-try-again", TriesWithEverybody),
    PlantedUnit("circuit_breaker", "circuit-breaker/states", "refusal-hidden", RefusesWithoutAWord),
    PlantedUnit("circuit_breaker", "circuit-breaker/states", "answer-changed", SwallowsErrors),
)
