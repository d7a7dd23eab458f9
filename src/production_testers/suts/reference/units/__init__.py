"""Units of the reference: small and obviously right."""

from collections.abc import Callable, Mapping

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench, BoundUnit
from production_testers.suts.reference.units import (
    answer_store,
    circuit_breaker,
    idempotent_calls,
    interceptors,
    retry,
)

Make = Callable[[Mapping[str, Json], Bench], BoundUnit]

MADE: dict[str, Make] = {
    "answer_store": answer_store.AnswerStore,
    "circuit_breaker": circuit_breaker.CircuitBreaker,
    "idempotent_calls": idempotent_calls.IdempotentCalls,
    "interceptors": interceptors.Interceptors,
    "retry": retry.Retry,
}
"""Name of the unit → what makes one."""
