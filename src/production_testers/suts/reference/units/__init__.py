"""Units of the reference: small and obviously right."""

from collections.abc import Callable, Mapping

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench, BoundUnit
from production_testers.suts.reference.units import (
    approval,
    diff,
    guard_checks,
    retry,
    tool_registry,
    tools,
    undo_store,
)

Make = Callable[[Mapping[str, Json], Bench], BoundUnit]

MADE: dict[str, Make] = {
    "approval": approval.Approval,
    "diff": diff.Diff,
    "guard_checks": guard_checks.GuardChecks,
    "retry": retry.Retry,
    "tool_registry": tool_registry.ToolRegistry,
    "tools": tools.Tools,
    "undo_store": undo_store.UndoStore,
}
"""Name of the unit → what makes one."""
