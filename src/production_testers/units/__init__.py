"""Every unit, one a file: its contract and how usages of it are drawn. A new one joins `UNITS`."""

from production_testers.units import (
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
from production_testers.units.contract import Operation, Unit

_MODULES = (
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

UNITS: dict[str, Unit] = {module.UNIT.name: module.UNIT for module in _MODULES}

__all__ = ["UNITS", "Operation", "Unit"]
