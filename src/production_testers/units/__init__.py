"""Every unit, one a file: its contract and how usages of it are drawn. A new one joins `UNITS`."""

from production_testers.units import (
    agent_loop,
    approval,
    contracts,
    diff,
    guard_checks,
    guard_stage,
    prompts,
    retry,
    sign_in,
    structured_answers,
    tenancy,
    tool_registry,
    tools,
    typed_output,
    undo_store,
    untrusted_text,
)
from production_testers.units.contract import Operation, Unit

UNITS: dict[str, Unit] = {
    module.UNIT.name: module.UNIT
    for module in (
        agent_loop,
        approval,
        contracts,
        diff,
        guard_checks,
        guard_stage,
        prompts,
        retry,
        sign_in,
        structured_answers,
        tenancy,
        tool_registry,
        tools,
        typed_output,
        undo_store,
        untrusted_text,
    )
}

__all__ = ["UNITS", "Operation", "Unit"]
