"""Units of stageflow, one a module; a release that lacks one cannot import its module.

A module imports stageflow and the standard library only, and is short: it stands as it is in the
script that shows a defect without this package.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from production_testers.model.semantics import Capability

MODULES: Mapping[str, str] = {
    "memory_samples": "memory_samples",
    "stage_inputs": "stage_inputs",
    "run_results": "run_results",
    "event_file": "event_file",
    "change_check": "change_check",
    "stage_forms": "stage_forms",
    "agent_stage": "agent_stage",
    "fan_out": "fan_out",
    "documentation": "documentation",
    "lazy_registry": "lazy_registry",
    "lint": "lint",
    "failure_modes": "failure_modes",
    "runner": "runner",
    "conflicts": "conflicts",
    "token_budget": "token_budget",
    "run_summary": "run_summary",
    "guard_retry": "guard_retry",
    "target": "target",
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
    "agent_loop": "agent_loop",
    "approval": "approval",
    "contracts": "contracts",
    "diff": "diff",
    "guard_checks": "guard_checks",
    "guard_stage": "guard_stage",
    "prompts": "prompts",
    "sign_in": "sign_in",
    "structured_answers": "structured_answers",
    "tenancy": "tenancy",
    "tool_registry": "tool_registry",
    "tools": "tools",
    "typed_output": "typed_output",
    "undo_store": "undo_store",
    "untrusted_text": "untrusted_text",
    "trace_context": "trace_context",
    "id_monitor": "id_monitor",
    "delta": "delta",
    "timestamps": "timestamps",
    "audio_buffer": "audio_buffer",
    "chunk_queue": "chunk_queue",
    "conversation_memory": "conversation_memory",
    "batch_exporter": "batch_exporter",
    "event_sink": "event_sink",
}
"""Name of the unit → its module in this package."""

CAPABILITIES: Mapping[Capability, str] = {
    Capability.MEMORY_SAMPLES: "memory_samples",
    Capability.STAGE_INPUTS: "stage_inputs",
    Capability.RUN_RESULTS: "run_results",
    Capability.EVENT_FILE: "event_file",
    Capability.CHANGE_CHECK: "change_check",
    Capability.STAGE_FORMS: "stage_forms",
    Capability.AGENT_STAGE: "agent_stage",
    Capability.FAN_OUT: "fan_out",
    Capability.DOCUMENTATION: "documentation",
    Capability.LAZY_REGISTRY: "lazy_registry",
    Capability.LINT: "lint",
    Capability.FAILURE_MODES: "failure_modes",
    Capability.RUNNER: "runner",
    Capability.CONFLICTS: "conflicts",
    Capability.TOKEN_BUDGET: "token_budget",
    Capability.RUN_SUMMARY: "run_summary",
    Capability.GUARD_RETRY: "guard_retry",
    Capability.TARGET: "target",
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
    Capability.AGENT_LOOP: "agent_loop",
    Capability.APPROVAL: "approval",
    Capability.CONTENT_FILTER: "guard_checks",
    Capability.CONTENT_LENGTH: "guard_checks",
    Capability.CONTRACTS: "contracts",
    Capability.CONTRACT_DIFF: "contracts",
    Capability.DISGUISED_TEXT: "guard_checks",
    Capability.GUARD_AUDIT: "guard_stage",
    Capability.GUARD_STAGE: "guard_stage",
    Capability.INJECTION_DETECTION: "guard_checks",
    Capability.JSON_DIFF: "diff",
    Capability.LEAKAGE_DETECTION: "guard_checks",
    Capability.PROMPTS: "prompts",
    Capability.SIGN_IN: "sign_in",
    Capability.STRUCTURED_ANSWERS: "structured_answers",
    Capability.TENANCY: "tenancy",
    Capability.TEXT_DIFF: "diff",
    Capability.TOOLS: "tools",
    Capability.TOOL_APPROVAL: "tools",
    Capability.TOOL_CALLS: "tool_registry",
    Capability.TOOL_EVENTS: "tools",
    Capability.TOOL_PLANS: "tool_registry",
    Capability.TOOL_REGISTRY: "tool_registry",
    Capability.TOOL_SCHEMAS: "tools",
    Capability.TOOL_UNDO: "tools",
    Capability.TYPED_OUTPUT: "typed_output",
    Capability.UNDO_STORE: "undo_store",
    Capability.UNTRUSTED_TEXT: "untrusted_text",
    Capability.TRACE_CONTEXT: "trace_context",
    Capability.ID_MONITOR: "id_monitor",
    Capability.DELTA: "delta",
    Capability.TIMESTAMPS: "timestamps",
    Capability.AUDIO_BUFFER: "audio_buffer",
    Capability.CHUNK_QUEUE: "chunk_queue",
    Capability.CONVERSATION_MEMORY: "conversation_memory",
    Capability.BATCH_EXPORT: "batch_exporter",
    Capability.EVENT_SINK: "event_sink",
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
