"""What a framework promises: capabilities and documented semantics, each with its citation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Capability(StrEnum):
    """What an adapter can say its framework offers."""

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
    CLEANUP_ON_FAILURE = "cleanup_on_failure"
    EXTERNAL_CANCELLATION = "external_cancellation"
    NESTED_PIPELINES = "nested_pipelines"
    IDEMPOTENCY = "idempotency"
    EVENTS = "events"
    REDACTION = "redaction"
    UNITS = "units"
    RETRY = "retry"


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
        components: Capability → importable qualified name that implements it in this release.
        redacts: Kinds of personal data that it says it redacts, by the names of `PersonalData`.
    """

    name: str
    version: str | None
    capabilities: Mapping[Capability, Citation | None] = field(default_factory=dict)
    components: Mapping[Capability, str] = field(default_factory=dict)
    redacts: frozenset[str] = frozenset()

    def offers(self, capability: Capability) -> bool:
        """Whether this release has it."""
        return capability in self.capabilities
