"""What stageflow says of itself, and where the code stands that has to keep it."""

from production_testers.model.semantics import Capability, Citation, PersonalData

DISTRIBUTION = "stageflow-core"

_ENUMS = "stageflow/core/stage_enums.py"
_DAG = "stageflow/pipeline/dag.py"
_SUB = "stageflow/pipeline/subpipeline.py"

PROMISES: dict[Capability, Citation] = {
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
    Capability.RETRY: Citation(
        quote="Interceptor that automatically retries failed stages.",
        file="stageflow/pipeline/retry.py",
    ),
    Capability.NESTED_PIPELINES: Citation(
        quote="Spawns and manages subpipeline runs.",
        file=_SUB,
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
    Capability.EVENTS: "stageflow.stages.context.PipelineContext",
    Capability.REDACTION: "stageflow.helpers.guardrails.PIIDetector",
    Capability.UNITS: "stageflow",
    Capability.RETRY: "stageflow.pipeline.retry.RetryInterceptor",
    Capability.NESTED_PIPELINES: "stageflow.pipeline.subpipeline.SubpipelineSpawner.spawn",
}
