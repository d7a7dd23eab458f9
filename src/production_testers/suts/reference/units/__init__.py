"""Units of the reference: small and obviously right."""

from collections.abc import Callable, Mapping

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench, BoundUnit
from production_testers.suts.reference.units import (
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

Make = Callable[[Mapping[str, Json], Bench], BoundUnit]

MADE: dict[str, Make] = {
    "agent_loop": agent_loop.AgentLoop,
    "approval": approval.Approval,
    "contracts": contracts.Contracts,
    "diff": diff.Diff,
    "guard_checks": guard_checks.GuardChecks,
    "guard_stage": guard_stage.GuardStage,
    "prompts": prompts.Prompts,
    "retry": retry.Retry,
    "sign_in": sign_in.SignIn,
    "structured_answers": structured_answers.StructuredAnswers,
    "tenancy": tenancy.Tenancy,
    "tool_registry": tool_registry.ToolRegistry,
    "tools": tools.Tools,
    "typed_output": typed_output.TypedOutput,
    "undo_store": undo_store.UndoStore,
    "untrusted_text": untrusted_text.UntrustedText,
}
"""Name of the unit → what makes one."""
