"""Units of the reference: small and obviously right."""

from collections.abc import Callable, Mapping

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench, BoundUnit
from production_testers.suts.reference.units import (
    admission,
    answer_store,
    builder,
    cancel_signal,
    child_runs,
    circuit_breaker,
    cleanup,
    idempotent_calls,
    interceptors,
    result_bag,
    retry,
    snapshot,
    task_group,
    value_bag,
)

Make = Callable[[Mapping[str, Json], Bench], BoundUnit]

MADE: dict[str, Make] = {
    "admission": admission.Admission,
    "answer_store": answer_store.AnswerStore,
    "builder": builder.Builder,
    "cancel_signal": cancel_signal.CancelToken,
    "child_runs": child_runs.ChildRuns,
    "circuit_breaker": circuit_breaker.CircuitBreaker,
    "cleanup": cleanup.Cleanup,
    "idempotent_calls": idempotent_calls.IdempotentCalls,
    "interceptors": interceptors.Interceptors,
    "result_bag": result_bag.ResultBag,
    "retry": retry.Retry,
    "snapshot": snapshot.Snapshot,
    "task_group": task_group.TaskGroup,
    "value_bag": value_bag.ValueBag,
}
"""Name of the unit → what makes one."""
