"""Every unit, one a file: its contract and how usages of it are drawn. A new one joins `UNITS`."""

from production_testers.units import (
    approval,
    diff,
    guard_checks,
    guard_stage,
    prompts,
    retry,
    sign_in,
    structured_answers,
    tool_registry,
    tools,
    undo_store,
)
from production_testers.units.contract import Operation, Unit

UNITS: dict[str, Unit] = {
    module.UNIT.name: module.UNIT
    for module in (
        approval,
        diff,
        guard_checks,
        guard_stage,
        prompts,
        retry,
        sign_in,
        structured_answers,
        tool_registry,
        tools,
        undo_store,
    )
}

__all__ = ["UNITS", "Operation", "Unit"]
