"""What stageflow says of itself, and where the code stands that has to keep it."""

from production_testers.model.semantics import Capability, Citation, PersonalData

DISTRIBUTION = "stageflow-core"

_ENUMS = "stageflow/core/stage_enums.py"
_DAG = "stageflow/pipeline/dag.py"
_SUB = "stageflow/pipeline/subpipeline.py"
_TOOLS = "stageflow/tools/executor_v2.py"

PROMISES: dict[Capability, Citation] = {
    Capability.MEMORY_SAMPLES: Citation(
        quote="Decorator that records memory usage before/after the wrapped function.",
        file="stageflow/helpers/memory_tracker.py",
    ),
    Capability.AGENT_STAGE: Citation(
        quote="Execute the agent against the current stage input.", file="stageflow/agent/stage.py"
    ),
    Capability.FAN_OUT: Citation(
        quote="Export to all destinations.", file="stageflow/helpers/analytics.py"
    ),
    Capability.DOCUMENTATION: Citation(quote="Args:", file="stageflow/pipeline/pipeline.py"),
    Capability.LAZY_REGISTRY: Citation(
        quote="Register all pipelines (called lazily on first access).",
        file="stageflow/pipeline/registry.py",
    ),
    Capability.LINT: Citation(
        quote="Performs static analysis on a Pipeline to detect:", file="stageflow/cli/lint.py"
    ),
    Capability.LINT_COMMAND: Citation(
        quote="Check pipeline definitions for dependency issues",
        file="stageflow/cli/__main__.py",
    ),
    Capability.FAILURE_MODES: Citation(
        quote="CONTINUE_ON_FAILURE = auto()  # Record failure, continue unrelated branches",
        file="stageflow/pipeline/failure_tolerance.py",
    ),
    Capability.RUNNER: Citation(
        quote="- Error handling and result normalization", file="stageflow/helpers/run_utils.py"
    ),
    Capability.CONFLICTS: Citation(
        quote="Detect and resolve conflicts in context updates.", file="stageflow/context/enrich.py"
    ),
    Capability.TOKEN_BUDGET: Citation(
        quote="Provides context utilization tracking, truncation event emission,",
        file="stageflow/context/enrich.py",
    ),
    Capability.RUN_SUMMARY: Citation(
        quote="Emit a wide event summarizing an entire pipeline run.",
        file="stageflow/observability/wide_events.py",
    ),
    Capability.GUARD_RETRY: Citation(
        quote="Policy describing how to retry when a guard stage fails.",
        file="stageflow/pipeline/guard_retry.py",
    ),
    Capability.DAG: Citation(quote="- Dependency-driven execution (topological sort)", file=_DAG),
    Capability.CONCURRENT_RUNS: Citation(
        quote="Built on asyncio for high-performance concurrent execution", file="METADATA"
    ),
    Capability.STATUS_SKIP: Citation(quote="Stage was skipped (conditional)", file=_ENUMS),
    Capability.STATUS_CANCEL: Citation(
        quote="Pipeline cancelled (no error, just stop)", file=_ENUMS
    ),
    Capability.STATUS_FAIL: Citation(quote="Stage failed (error)", file=_ENUMS),
    Capability.STATUS_RETRY: Citation(quote="Stage failed but is retryable", file=_ENUMS),
    Capability.SKIP_REQUEST: Citation(
        quote="# Check prior_outputs from dependencies for skip_reason", file=_DAG
    ),
    Capability.STAGE_TIMEOUT: Citation(
        quote="Enforces per-stage timeouts using asyncio.wait_for.",
        file="stageflow/pipeline/interceptors.py",
    ),
    Capability.IDENTITY: Citation(
        quote="org_id: Organization/tenant identifier.", file="stageflow/context/identity.py"
    ),
    Capability.IMMUTABLE_INPUTS: Citation(
        quote="- Immutable: frozen=True prevents accidental mutation",
        file="stageflow/stages/inputs.py",
    ),
    Capability.DECLARED_INPUTS_ONLY: Citation(
        quote="- Explicit: Only declared dependency outputs are accessible",
        file="stageflow/stages/inputs.py",
    ),
    Capability.MERGED_LOOKUP: Citation(
        quote="Searches through all prior_outputs in insertion order and returns",
        file="stageflow/stages/inputs.py",
    ),
    Capability.PARALLEL_STAGES: Citation(
        quote="Executes stages as soon as their dependencies are met, allowing", file=_DAG
    ),
    Capability.STAGES_TOLD: Citation(quote="- Structured logging with stage events", file=_DAG),
    Capability.DURATIONS_TOLD: Citation(
        quote='"duration_ms": _duration_ms(result.started_at, result.ended_at),',
        file="stageflow/observability/wide_events.py",
    ),
    Capability.STAGE_FORMS: Citation(
        quote="config: Optional kwargs passed to the stage constructor (class runners only)",
        file="stageflow/pipeline/pipeline.py",
    ),
    Capability.CHANGE_CHECK: Citation(
        quote="Ensures ContextSnapshot and its nested structures are not mutated by stages.",
        file="stageflow/pipeline/interceptors_hardening.py",
    ),
    Capability.EVENT_FILE: Citation(
        quote="Each event is written as a single JSON line for easy parsing.",
        file="stageflow/helpers/analytics.py",
    ),
    Capability.RUN_RESULTS: Citation(
        quote="Return a stage output only when it finished with OK status.",
        file="stageflow/pipeline/results.py",
    ),
    Capability.STAGE_INPUTS: Citation(
        quote="strict: If True, raises UndeclaredDependencyError for undeclared access.",
        file="stageflow/stages/inputs.py",
    ),
    Capability.OUTPUTS_ONLY: Citation(quote="returned unsupported result type", file=_DAG),
    Capability.CLEANUP_ON_FAILURE: Citation(
        quote="Uses structured cancellation to ensure proper resource cleanup", file=_DAG
    ),
    Capability.EXTERNAL_CANCELLATION: Citation(
        quote="Uses structured cancellation to ensure proper resource cleanup", file=_DAG
    ),
    Capability.IDEMPOTENCY: Citation(
        quote="Interceptor that enforces idempotency for WORK stages.",
        file="stageflow/pipeline/idempotency.py",
    ),
    Capability.EVENTS: Citation(
        quote="Structured events, correlation IDs, and logging built-in", file="METADATA"
    ),
    Capability.REDACTION: Citation(
        quote="Detects and optionally redacts PII from content.",
        file="stageflow/helpers/guardrails.py",
    ),
    Capability.UNITS: Citation(
        quote="Structured events, correlation IDs, and logging built-in", file="METADATA"
    ),
    Capability.TARGET: Citation(
        quote="- Dependency-driven execution (topological sort)", file=_DAG
    ),
    Capability.RETRY: Citation(
        quote="Interceptor that automatically retries failed stages.",
        file="stageflow/pipeline/retry.py",
    ),
    Capability.CIRCUIT_BREAKER: Citation(
        quote="Interceptor for circuit breaker pattern.",
        file="stageflow/pipeline/interceptors.py",
    ),
    Capability.IDEMPOTENT_CALLS: Citation(
        quote="IdempotencyStore so concurrent duplicates return the previously computed",
        file="stageflow/pipeline/idempotency.py",
    ),
    Capability.ANSWER_STORE: Citation(
        quote="Return a deep copy of a StageResult for safe caching.",
        file="stageflow/pipeline/idempotency.py",
    ),
    Capability.INTERCEPTORS: Citation(
        quote="Priority determines execution order: lower = runs first (outer wrapper).",
        file="stageflow/pipeline/interceptors.py",
    ),
    Capability.RESULT_BAG: Citation(
        quote="Default strict, opt-in for retries",
        file="stageflow/context/output_bag.py",
    ),
    Capability.VALUE_BAG: Citation(
        quote="Thread-safe output bag with conflict detection.",
        file="stageflow/context/bag.py",
    ),
    Capability.CANCEL_SIGNAL: Citation(
        quote="Register a callback to be called when cancelled.",
        file="stageflow/pipeline/cancellation.py",
    ),
    Capability.CLEANUP: Citation(
        quote="Cleanup callbacks are executed in LIFO order (last registered, first executed)",
        file="stageflow/pipeline/cancellation.py",
    ),
    Capability.TASK_GROUP: Citation(
        quote="# If any task fails, all others are cancelled",
        file="stageflow/pipeline/cancellation.py",
    ),
    Capability.ADMISSION: Citation(
        quote="max_active_stages: int = 10  # Maximum concurrent stage executions",
        file="stageflow/pipeline/failure_tolerance.py",
    ),
    Capability.BUILDER: Citation(
        quote="name: Unique stage name within the pipeline",
        file="stageflow/pipeline/pipeline.py",
    ),
    Capability.SNAPSHOT: Citation(
        quote="3. **Serialization**: Full JSON roundtrip support for testing and replay",
        file="stageflow/context/context_snapshot.py",
    ),
    Capability.CHILD_RUNS: Citation(
        quote="- Cascading cancellation to children",
        file="stageflow/pipeline/subpipeline.py",
    ),
    Capability.NESTED_PIPELINES: Citation(
        quote="Spawns and manages subpipeline runs.",
        file=_SUB,
    ),
    Capability.TOOLS: Citation(
        quote="Behavior gating: Tools can be restricted to specific execution modes",
        file=_TOOLS,
    ),
    Capability.TOOL_APPROVAL: Citation(
        quote="HITL approval: Human-in-the-loop approval for risky actions", file=_TOOLS
    ),
    Capability.TOOL_EVENTS: Citation(
        quote="Event lifecycle: Full tool.* event emission for observability", file=_TOOLS
    ),
    Capability.TOOL_SCHEMAS: Citation(
        quote="input_schema: JSON Schema for input validation",
        file="stageflow/tools/definitions.py",
    ),
    Capability.TOOL_UNDO: Citation(
        quote="Undo semantics: Reversible actions with undo handlers", file=_TOOLS
    ),
    Capability.APPROVAL: Citation(
        quote="Service for managing HITL approval requests.", file="stageflow/tools/approval.py"
    ),
    Capability.UNDO_STORE: Citation(
        quote="UndoMetadata if found and not expired, None otherwise",
        file="stageflow/tools/undo.py",
    ),
    Capability.TEXT_DIFF: Citation(
        quote="Unified diff format (default)", file="stageflow/tools/diff.py"
    ),
    Capability.JSON_DIFF: Citation(
        quote="JSON Patch format (RFC 6902)", file="stageflow/tools/diff.py"
    ),
    Capability.TOOL_REGISTRY: Citation(
        quote="Tool discovery by action type", file="stageflow/tools/registry.py"
    ),
    Capability.TOOL_CALLS: Citation(
        quote="arguments: Parsed arguments dictionary.", file="stageflow/tools/registry.py"
    ),
    Capability.TOOL_PLANS: Citation(
        quote="Determines if re-entry is needed (depends on action results)",
        file="stageflow/tools/executor.py",
    ),
    Capability.CONTENT_FILTER: Citation(
        quote="Filters content for profanity, toxicity, and blocked topics.",
        file="stageflow/helpers/guardrails.py",
    ),
    Capability.CONTENT_LENGTH: Citation(
        quote="Checks content length against limits.", file="stageflow/helpers/guardrails.py"
    ),
    Capability.INJECTION_DETECTION: Citation(
        quote="Looks for common injection patterns:", file="stageflow/helpers/guardrails.py"
    ),
    Capability.LEAKAGE_DETECTION: Citation(
        quote="- System prompt leakage attempts", file="stageflow/helpers/guardrails.py"
    ),
    Capability.DISGUISED_TEXT: Citation(
        quote="Return text with common leetspeak substitutions normalized.",
        file="stageflow/helpers/guardrails.py",
    ),
    Capability.GUARD_STAGE: Citation(
        quote="Stage that runs multiple guardrail checks on input content.",
        file="stageflow/helpers/guardrails.py",
    ),
    Capability.SIGN_IN: Citation(
        quote="On success, stores AuthContext in ctx.data", file="stageflow/auth/interceptors.py"
    ),
    Capability.PROMPTS: Citation(
        quote="Registry of versioned prompt templates.", file="stageflow/agent/prompts.py"
    ),
    Capability.STRUCTURED_ANSWERS: Citation(
        quote="Call the LLM until output validates or retries are exhausted.",
        file="stageflow/agent/validation.py",
    ),
    Capability.UNTRUSTED_TEXT: Citation(
        quote="Applies layered security around user input and tool results.",
        file="stageflow/agent/security.py",
    ),
    Capability.AGENT_LOOP: Citation(
        quote="Run the agent loop until it emits a final answer.", file="stageflow/agent/runtime.py"
    ),
    Capability.CONTRACTS: Citation(
        quote="In-memory registry of stage contract schemas.",
        file="stageflow/contracts/registry.py",
    ),
    Capability.CONTRACT_DIFF: Citation(
        quote="Compute compatibility between two versions of a stage contract.",
        file="stageflow/contracts/registry.py",
    ),
    Capability.TYPED_OUTPUT: Citation(
        quote="Validate and serialize payloads before producing StageOutput.",
        file="stageflow/contracts/typed_output.py",
    ),
    Capability.TENANCY: Citation(
        quote="Tracks all org_ids encountered during execution and validates",
        file="stageflow/auth/tenant.py",
    ),
    Capability.BATCH_EXPORT: Citation(
        quote="Accumulates events and writes them in batches for better performance.",
        file="stageflow/helpers/analytics.py",
    ),
    Capability.CONVERSATION_MEMORY: Citation(
        quote="In-memory implementation of MemoryStore for testing and prototyping.",
        file="stageflow/helpers/memory.py",
    ),
    Capability.CHUNK_QUEUE: Citation(
        quote="Async queue with backpressure support for streaming chunks.",
        file="stageflow/helpers/streaming.py",
    ),
    Capability.AUDIO_BUFFER: Citation(
        quote="Provides jitter buffering and chunk coalescing for smoother playback.",
        file="stageflow/helpers/streaming.py",
    ),
    Capability.TIMESTAMPS: Citation(
        quote="Parse a timestamp string/number into a timezone-aware UTC datetime.",
        file="stageflow/helpers/timestamps.py",
    ),
    Capability.DELTA: Citation(
        quote="Apply a previously generated delta to reconstruct the target dict.",
        file="stageflow/compression/__init__.py",
    ),
    Capability.ID_MONITOR: Citation(
        quote="Record a UUID and return True if it is a collision within the window.",
        file="stageflow/helpers/uuid_utils.py",
    ),
    Capability.TRACE_CONTEXT: Citation(
        quote="All operations here have the same trace context",
        file="stageflow/observability/tracing.py",
    ),
    Capability.EVENT_SINK: Citation(
        quote="Event sink with bounded queue and backpressure handling.",
        file="stageflow/events/sink.py",
    ),
    Capability.GUARD_AUDIT: Citation(
        quote="Emit mandatory audit logging when configured to fail-open.",
        file="stageflow/helpers/guardrails.py",
    ),
}

REDACTS = frozenset(
    {
        PersonalData.EMAIL.value,
        PersonalData.PHONE_US.value,
        PersonalData.SSN.value,
        PersonalData.CREDIT_CARD.value,
        PersonalData.IP_ADDRESS.value,
    }
)
"""What the documentation of `PIIDetector` lists: "Email addresses", "Phone numbers (US formats)",
"Social Security Numbers", "Credit card numbers", "IP addresses"."""

_RUN = "stageflow.pipeline.dag.UnifiedStageGraph.run"

COMPONENTS: dict[Capability, str] = {
    Capability.MEMORY_SAMPLES: "stageflow.helpers.memory_tracker.MemoryTracker",
    Capability.AGENT_STAGE: "stageflow.agent.stage.AgentStage",
    Capability.FAN_OUT: "stageflow.helpers.analytics.CompositeExporter.export",
    Capability.DOCUMENTATION: "stageflow",
    Capability.LAZY_REGISTRY: "stageflow.pipeline.registry.PipelineRegistry",
    Capability.STAGE_FORMS: "stageflow.pipeline.pipeline.Pipeline.build",
    Capability.CHANGE_CHECK: "stageflow.pipeline.interceptors_hardening.ImmutabilityInterceptor",
    Capability.EVENT_FILE: "stageflow.helpers.analytics.JSONFileExporter",
    Capability.RUN_RESULTS: "stageflow.pipeline.results.PipelineResults",
    Capability.STAGE_INPUTS: "stageflow.stages.inputs.StageInputs",
    Capability.OUTPUTS_ONLY: _RUN,
    Capability.LINT: "stageflow.cli.lint.lint_pipeline",
    Capability.LINT_COMMAND: "stageflow.cli.__main__.main",
    Capability.FAILURE_MODES: "stageflow.pipeline.failure_tolerance.FailureCollector",
    Capability.RUNNER: "stageflow.helpers.run_utils.PipelineRunner.run",
    Capability.CONFLICTS: "stageflow.context.enrich.ConflictDetector.check_and_resolve",
    Capability.TOKEN_BUDGET: "stageflow.context.enrich.ContextUtilization",
    Capability.RUN_SUMMARY: "stageflow.pipeline.dag.UnifiedStageGraph.run",
    Capability.GUARD_RETRY: "stageflow.pipeline.dag.UnifiedStageGraph.run",
    Capability.DAG: _RUN,
    Capability.CONCURRENT_RUNS: "stageflow.pipeline.dag.UnifiedStageGraph",
    Capability.STATUS_SKIP: _RUN,
    Capability.STATUS_CANCEL: _RUN,
    Capability.STATUS_FAIL: _RUN,
    Capability.STATUS_RETRY: _RUN,
    Capability.SKIP_REQUEST: "stageflow.pipeline.dag.UnifiedStageGraph",
    Capability.STAGE_TIMEOUT: "stageflow.pipeline.interceptors.TimeoutInterceptor",
    Capability.IDENTITY: "stageflow.context.identity.RunIdentity",
    Capability.IMMUTABLE_INPUTS: "stageflow.stages.inputs.StageInputs",
    Capability.DECLARED_INPUTS_ONLY: "stageflow.stages.inputs.StageInputs",
    Capability.MERGED_LOOKUP: "stageflow.stages.inputs.StageInputs.get",
    Capability.CLEANUP_ON_FAILURE: _RUN,
    Capability.EXTERNAL_CANCELLATION: _RUN,
    Capability.IDEMPOTENCY: "stageflow.pipeline.idempotency.IdempotencyInterceptor",
    Capability.PARALLEL_STAGES: _RUN,
    Capability.STAGES_TOLD: _RUN,
    Capability.DURATIONS_TOLD: _RUN,
    Capability.EVENTS: "stageflow.stages.context.PipelineContext",
    Capability.REDACTION: "stageflow.helpers.guardrails.PIIDetector",
    Capability.UNITS: "stageflow",
    Capability.RETRY: "stageflow.pipeline.retry.RetryInterceptor",
    Capability.TARGET: _RUN,
    Capability.CIRCUIT_BREAKER: "stageflow.pipeline.interceptors.CircuitBreakerInterceptor",
    Capability.IDEMPOTENT_CALLS: "stageflow.pipeline.idempotency.IdempotencyInterceptor",
    Capability.ANSWER_STORE: "stageflow.pipeline.idempotency.InMemoryIdempotencyStore",
    Capability.INTERCEPTORS: "stageflow.pipeline.interceptors.run_with_interceptors",
    Capability.RESULT_BAG: "stageflow.context.output_bag.OutputBag",
    Capability.VALUE_BAG: "stageflow.context.bag.ContextBag",
    Capability.CANCEL_SIGNAL: "stageflow.pipeline.cancellation.CancellationToken",
    Capability.CLEANUP: "stageflow.pipeline.cancellation.CleanupRegistry.run_all",
    Capability.TASK_GROUP: "stageflow.pipeline.cancellation.StructuredTaskGroup",
    Capability.ADMISSION: "stageflow.pipeline.failure_tolerance.BackpressureMonitor",
    Capability.BUILDER: "stageflow.pipeline.pipeline.Pipeline.build",
    Capability.SNAPSHOT: "stageflow.context.context_snapshot.ContextSnapshot",
    Capability.CHILD_RUNS: "stageflow.pipeline.subpipeline.SubpipelineSpawner.spawn",
    Capability.NESTED_PIPELINES: "stageflow.pipeline.subpipeline.SubpipelineSpawner.spawn",
    Capability.TOOLS: "stageflow.tools.executor_v2.AdvancedToolExecutor.execute",
    Capability.TOOL_APPROVAL: "stageflow.tools.approval.ApprovalService",
    Capability.TOOL_EVENTS: "stageflow.tools.executor_v2.AdvancedToolExecutor.execute",
    Capability.TOOL_SCHEMAS: "stageflow.tools.executor_v2.AdvancedToolExecutor.execute",
    Capability.TOOL_UNDO: "stageflow.tools.executor_v2.AdvancedToolExecutor.undo_action",
    Capability.APPROVAL: "stageflow.tools.approval.ApprovalService",
    Capability.UNDO_STORE: "stageflow.tools.undo.UndoStore",
    Capability.TEXT_DIFF: "stageflow.tools.diff.diff_text",
    Capability.JSON_DIFF: "stageflow.tools.diff.diff_json",
    Capability.TOOL_REGISTRY: "stageflow.tools.registry.ToolRegistry",
    Capability.TOOL_CALLS: "stageflow.tools.registry.ToolRegistry.parse_and_resolve",
    Capability.TOOL_PLANS: "stageflow.tools.executor.ToolExecutor.execute",
    Capability.CONTENT_FILTER: "stageflow.helpers.guardrails.ContentFilter",
    Capability.CONTENT_LENGTH: "stageflow.helpers.guardrails.ContentLengthCheck",
    Capability.INJECTION_DETECTION: "stageflow.helpers.guardrails.InjectionDetector",
    Capability.LEAKAGE_DETECTION: "stageflow.helpers.guardrails.InjectionDetector",
    Capability.DISGUISED_TEXT: "stageflow.helpers.guardrails.ContentFilter",
    Capability.GUARD_STAGE: "stageflow.helpers.guardrails.GuardrailStage.execute",
    Capability.SIGN_IN: "stageflow.auth.interceptors.AuthInterceptor",
    Capability.PROMPTS: "stageflow.agent.prompts.PromptLibrary",
    Capability.STRUCTURED_ANSWERS: "stageflow.agent.validation.TypedLLMOutput.generate",
    Capability.UNTRUSTED_TEXT: "stageflow.agent.security.PromptSecurityPolicy",
    Capability.AGENT_LOOP: "stageflow.agent.runtime.Agent.run",
    Capability.CONTRACTS: "stageflow.contracts.registry.ContractRegistry",
    Capability.CONTRACT_DIFF: "stageflow.contracts.registry.ContractRegistry.diff",
    Capability.TYPED_OUTPUT: "stageflow.contracts.typed_output.TypedStageOutput",
    Capability.TENANCY: "stageflow.auth.tenant.TenantIsolationValidator",
    Capability.BATCH_EXPORT: "stageflow.helpers.analytics.BufferedExporter",
    Capability.CONVERSATION_MEMORY: "stageflow.helpers.memory.InMemoryStore",
    Capability.CHUNK_QUEUE: "stageflow.helpers.streaming.ChunkQueue",
    Capability.AUDIO_BUFFER: "stageflow.helpers.streaming.StreamingBuffer",
    Capability.TIMESTAMPS: "stageflow.helpers.timestamps.parse_timestamp",
    Capability.DELTA: "stageflow.compression.compute_delta",
    Capability.ID_MONITOR: "stageflow.helpers.uuid_utils.UuidCollisionMonitor",
    Capability.TRACE_CONTEXT: "stageflow.observability.tracing.TraceContext",
    Capability.EVENT_SINK: "stageflow.events.sink.BackpressureAwareEventSink",
    Capability.GUARD_AUDIT: "stageflow.helpers.guardrails.GuardrailStage.execute",
}
