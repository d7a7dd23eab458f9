"""Units of the reference: small and obviously right."""

from collections.abc import Callable, Mapping

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench, BoundUnit
from production_testers.suts.reference.units import (
    admission,
    agent_loop,
    answer_store,
    approval,
    builder,
    cancel_signal,
    child_runs,
    circuit_breaker,
    cleanup,
    contracts,
    diff,
    guard_checks,
    guard_stage,
    idempotent_calls,
    interceptors,
    prompts,
    result_bag,
    retry,
    sign_in,
    snapshot,
    structured_answers,
    task_group,
    tenancy,
    tool_registry,
    tools,
    typed_output,
    undo_store,
    untrusted_text,
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
    "agent_loop": agent_loop.AgentLoop,
    "approval": approval.Approval,
    "contracts": contracts.Contracts,
    "diff": diff.Diff,
    "guard_checks": guard_checks.GuardChecks,
    "guard_stage": guard_stage.GuardStage,
    "prompts": prompts.Prompts,
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
