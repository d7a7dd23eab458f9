"""Units of stageflow, one a module; a release that lacks one cannot import its module.

A module imports stageflow and the standard library only, and is short: it stands as it is in the
script that shows a defect without this package.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from production_testers.model.semantics import Capability

MODULES: Mapping[str, str] = {
    "admission": "admission",
    "answer_store": "answer_store",
    "builder": "builder",
    "cancel_signal": "cancel_signal",
    "child_runs": "child_runs",
    "circuit_breaker": "circuit_breaker",
    "cleanup": "cleanup",
    "idempotent_calls": "idempotent_calls",
    "interceptors": "interceptors",
    "result_bag": "result_bag",
    "retry": "retry",
    "snapshot": "snapshot",
    "task_group": "task_group",
    "value_bag": "value_bag",
}
"""Name of the unit → its module in this package."""

CAPABILITIES: Mapping[Capability, str] = {
    Capability.ADMISSION: "admission",
    Capability.ANSWER_STORE: "answer_store",
    Capability.BUILDER: "builder",
    Capability.CANCEL_SIGNAL: "cancel_signal",
    Capability.CHILD_RUNS: "child_runs",
    Capability.CIRCUIT_BREAKER: "circuit_breaker",
    Capability.CLEANUP: "cleanup",
    Capability.IDEMPOTENT_CALLS: "idempotent_calls",
    Capability.INTERCEPTORS: "interceptors",
    Capability.RESULT_BAG: "result_bag",
    Capability.RETRY: "retry",
    Capability.SNAPSHOT: "snapshot",
    Capability.TASK_GROUP: "task_group",
    Capability.VALUE_BAG: "value_bag",
}
"""What a release offers only if the module of this unit can be imported."""


def binding(name: str) -> Any:
    """The class that binds a unit to this release.

    Raises:
        ImportError: This release does not have it.
    """
    return importlib.import_module(f"{__name__}.{MODULES[name]}").Binding


def is_there(name: str) -> bool:
    """Whether this release has a unit."""
    try:
        binding(name)
    except (ImportError, AttributeError):
        return False
    return True
