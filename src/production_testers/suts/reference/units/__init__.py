"""Units of the reference: small and obviously right."""

from collections.abc import Callable, Mapping

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench, BoundUnit
from production_testers.suts.reference.units import (
    approval,
    retry,
    tools,
    undo_store,
)

Make = Callable[[Mapping[str, Json], Bench], BoundUnit]

MADE: dict[str, Make] = {
    "approval": approval.Approval,
    "retry": retry.Retry,
    "tools": tools.Tools,
    "undo_store": undo_store.UndoStore,
}
"""Name of the unit → what makes one."""
