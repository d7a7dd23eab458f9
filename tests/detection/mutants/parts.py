"""Which part of stageflow each place is of: the name of the unit, or `pipelines`."""

from production_testers.units import UNITS as EVERY_UNIT

PIPELINES = "pipelines"

PARTS = {
    "stageflow.agent.prompts": "prompts",
    "stageflow.agent.runtime": "agent_loop",
    "stageflow.agent.security": "untrusted_text",
    "stageflow.agent.validation": "structured_answers",
    "stageflow.auth.interceptors": "sign_in",
    "stageflow.auth.tenant": "tenancy",
    "stageflow.compression": "delta",
    "stageflow.context.bag": "value_bag",
    "stageflow.context.context_snapshot": "snapshot",
    "stageflow.context.conversation": "snapshot",
    "stageflow.context.output_bag": "result_bag",
    "stageflow.contracts.registry": "contracts",
    "stageflow.contracts.typed_output": "typed_output",
    "stageflow.core.stage_context": PIPELINES,
    "stageflow.events.sink": "event_sink",
    "stageflow.helpers.analytics": "batch_exporter",
    "stageflow.helpers.guardrails": "guard_checks",
    "stageflow.helpers.guardrails:GuardrailStage": "guard_stage",
    "stageflow.helpers.memory": "conversation_memory",
    "stageflow.helpers.streaming:ChunkQueue": "chunk_queue",
    "stageflow.helpers.streaming:StreamingBuffer": "audio_buffer",
    "stageflow.helpers.timestamps": "timestamps",
    "stageflow.helpers.uuid_utils": "id_monitor",
    "stageflow.observability.tracing": "trace_context",
    "stageflow.pipeline.cancellation:CancellationToken": "cancel_signal",
    "stageflow.pipeline.cancellation:CleanupRegistry": "cleanup",
    "stageflow.pipeline.cancellation:StructuredTaskGroup": "task_group",
    "stageflow.pipeline.dag": PIPELINES,
    "stageflow.pipeline.failure_tolerance": "admission",
    "stageflow.pipeline.idempotency:IdempotencyInterceptor": "idempotent_calls",
    "stageflow.pipeline.idempotency:InMemoryIdempotencyStore": "answer_store",
    "stageflow.pipeline.interceptors:CircuitBreakerInterceptor": "circuit_breaker",
    "stageflow.pipeline.interceptors:TimeoutInterceptor": PIPELINES,
    "stageflow.pipeline.interceptors:run_with_interceptors": "interceptors",
    "stageflow.pipeline.retry": "retry",
    "stageflow.pipeline.subpipeline": "child_runs",
    "stageflow.pipeline.validation": "builder",
    "stageflow.stages.context": PIPELINES,
    "stageflow.stages.inputs": PIPELINES,
    "stageflow.tools.approval": "approval",
    "stageflow.tools.diff": "diff",
    "stageflow.tools.executor_v2": "tools",
    "stageflow.tools.registry": "tool_registry",
    "stageflow.tools.undo": "undo_store",
    "stageflow.utils.frozen": "child_runs",
}
"""How a place begins → the part; the longest that fits counts."""

UNITS = frozenset(EVERY_UNIT) - {"target"}
"""All parts but pipelines; a target is a team's own code and none of stageflow's."""


def part_of(mutant):
    """The part that a mutant is planted in.

    Pipelines where it says what of them it harms; the unit whose own scenarios look for it.
    """
    if mutant.capability or mutant.recipe in UNITS:
        return PIPELINES if mutant.capability else mutant.recipe
    return PARTS[max((begin for begin in PARTS if mutant.place.startswith(begin)), key=len)]
