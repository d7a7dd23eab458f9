"""What a framework promises: capabilities and documented semantics, each with its citation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Capability(StrEnum):
    """What an adapter can say its framework offers.

    `STABLE_LOOKUP` and `LINEAR_COST` are promises about how: that a look-up over parallel
    dependencies does not follow their timing, that the work grows like the number of stages.
    `OUTPUTS_ONLY` is the promise that a stage which gives something else than an output fails.
    """

    DAG = "dag"
    CONCURRENT_RUNS = "concurrent_runs"
    STATUS_SKIP = "status_skip"
    STATUS_CANCEL = "status_cancel"
    STATUS_FAIL = "status_fail"
    STATUS_RETRY = "status_retry"
    SKIP_REQUEST = "skip_request"
    STAGE_TIMEOUT = "stage_timeout"
    IDENTITY = "identity"
    IMMUTABLE_INPUTS = "immutable_inputs"
    DECLARED_INPUTS_ONLY = "declared_inputs_only"
    MERGED_LOOKUP = "merged_lookup"
    STABLE_LOOKUP = "stable_lookup"
    LINEAR_COST = "linear_cost"
    CLEANUP_ON_FAILURE = "cleanup_on_failure"
    EXTERNAL_CANCELLATION = "external_cancellation"
    NESTED_PIPELINES = "nested_pipelines"
    IDEMPOTENCY = "idempotency"
    EVENTS = "events"
    REDACTION = "redaction"
    UNITS = "units"
    RETRY = "retry"
    CIRCUIT_BREAKER = "circuit_breaker"
    IDEMPOTENT_CALLS = "idempotent_calls"
    ANSWER_STORE = "answer_store"
    INTERCEPTORS = "interceptors"
    RESULT_BAG = "result_bag"
    VALUE_BAG = "value_bag"
    CANCEL_SIGNAL = "cancel_signal"
    CLEANUP = "cleanup"
    TASK_GROUP = "task_group"
    ADMISSION = "admission"
    BUILDER = "builder"
    SNAPSHOT = "snapshot"
    CHILD_RUNS = "child_runs"
    TOOLS = "tools"
    TOOL_APPROVAL = "tool_approval"
    TOOL_EVENTS = "tool_events"
    TOOL_SCHEMAS = "tool_schemas"
    TOOL_UNDO = "tool_undo"
    APPROVAL = "approval"
    UNDO_STORE = "undo_store"
    TEXT_DIFF = "text_diff"
    JSON_DIFF = "json_diff"
    TOOL_REGISTRY = "tool_registry"
    TOOL_CALLS = "tool_calls"
    TOOL_PLANS = "tool_plans"
    CONTENT_FILTER = "content_filter"
    CONTENT_LENGTH = "content_length"
    INJECTION_DETECTION = "injection_detection"
    LEAKAGE_DETECTION = "leakage_detection"
    DISGUISED_TEXT = "disguised_text"
    GUARD_STAGE = "guard_stage"
    SIGN_IN = "sign_in"
    PROMPTS = "prompts"
    STRUCTURED_ANSWERS = "structured_answers"
    UNTRUSTED_TEXT = "untrusted_text"
    AGENT_LOOP = "agent_loop"
    CONTRACTS = "contracts"
    CONTRACT_DIFF = "contract_diff"
    TYPED_OUTPUT = "typed_output"
    TENANCY = "tenancy"
    EVENT_SINK = "event_sink"
    TRACE_CONTEXT = "trace_context"
    ID_MONITOR = "id_monitor"
    DELTA = "delta"
    TIMESTAMPS = "timestamps"
    AUDIO_BUFFER = "audio_buffer"
    CHUNK_QUEUE = "chunk_queue"
    CONVERSATION_MEMORY = "conversation_memory"
    BATCH_EXPORT = "batch_export"
    GUARD_RETRY = "guard_retry"
    RUN_SUMMARY = "run_summary"
    TOKEN_BUDGET = "token_budget"  # noqa: S105 - no password
    CONFLICTS = "conflicts"
    RUNNER = "runner"
    FAILURE_MODES = "failure_modes"
    LINT = "lint"
    LINT_COMMAND = "lint_command"
    LAZY_REGISTRY = "lazy_registry"
    DOCUMENTATION = "documentation"
    FAN_OUT = "fan_out"
    AGENT_STAGE = "agent_stage"
    MEMORY_SAMPLES = "memory_samples"
    STAGE_INPUTS = "stage_inputs"
    RUN_RESULTS = "run_results"
    EVENT_FILE = "event_file"
    CHANGE_CHECK = "change_check"
    STAGE_FORMS = "stage_forms"
    TARGET = "target"
    GUARD_AUDIT = "guard_audit"
    PARALLEL_STAGES = "parallel_stages"
    STAGES_TOLD = "stages_told"
    DURATIONS_TOLD = "durations_told"
    OUTPUTS_ONLY = "outputs_only"


class PersonalData(StrEnum):
    """Kinds of personal data that are told apart."""

    EMAIL = "email"
    PHONE_US = "phone_us"
    SSN = "ssn"
    CREDIT_CARD = "credit_card"
    IP_ADDRESS = "ip_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A sentence that the framework's own files hold.

    Attributes:
        quote: The words, to the letter.
        file: Path below site-packages.
        line: Where the quote starts, from 1.
    """

    quote: str
    file: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SutDescription:
    """What is being tested.

    Attributes:
        name: Distribution name, or "reference".
        version: Of the installed distribution; None where there is none.
        capabilities: What this release offers, each with the words that say so.
        words: `law: way` → the words nearest to breaking the law so, where there are nearer ones
            than the capability's.
        components: Capability → importable qualified name that implements it in this release.
        redacts: Kinds of personal data that it says it redacts, by the names of `PersonalData`.
    """

    name: str
    version: str | None
    capabilities: Mapping[Capability, Citation | None] = field(default_factory=dict)
    words: Mapping[str, Citation] = field(default_factory=dict)
    components: Mapping[Capability, str] = field(default_factory=dict)
    redacts: frozenset[str] = frozenset()

    def offers(self, capability: Capability) -> bool:
        """Whether this release has it."""
        return capability in self.capabilities
