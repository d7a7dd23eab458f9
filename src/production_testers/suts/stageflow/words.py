"""The words nearest to a way of breaking a law, nearer than those that offer the capability.

A way that stands here is no less general for it: the law speaks of any executor, and this is what
stageflow wrote about the same thing. A release that does not have the words is quoted with those of
its capability.
"""

from collections.abc import Iterator

from production_testers.model.semantics import Citation

_NEAREST: dict[str, dict[str, tuple[str, ...]]] = {
    "stageflow/agent/runtime.py": {
        "Recorded result of a tool execution": ("agents/loop: tool-result-wrong",),
    },
    "stageflow/agent/security.py": {
        "Create a hardened user message.": ("agents/untrusted: ends-early",),
    },
    "stageflow/auth/interceptors.py": {
        "This interceptor runs first (priority=1) to validate authentication": (
            "auth/sign-in: unknown-let-in",
        ),
    },
    "stageflow/cli/__main__.py": {
        "contracts  Manage schema contracts and diff versions": (
            "documentation/true: command-broken",
        ),
    },
    "stageflow/context/context_snapshot.py": {
        "Immutable (frozen dataclass)": ("context/snapshot: changed-by-copy",),
    },
    "stageflow/contracts/registry.py": {
        "True when no breaking changes were detected": (
            "contracts/compatibility: requirement-missed",
            "contracts/compatibility: type-missed",
            "contracts/compatibility: harmless-refused",
        ),
    },
    "stageflow/core/stage_enums.py": {
        "Stage failed but is retryable": ("dag/status-effect: retry-is-success",),
    },
    "stageflow/events/sink.py": {
        "drain: If True, process remaining events before stopping.": (
            "sinks/delivery: cut-off",
            "sinks/delivery: lost",
        ),
        "- Background worker processes events": ("sinks/delivery: out-of-order",),
        "- Graceful shutdown with drain support": ("sinks/pressure: stop-fails",),
    },
    "stageflow/helpers/analytics.py": {
        "flush_interval_seconds: Maximum time before flush.": ("exporting/batches: late",),
        "Close the exporter.": ("exporting/batches: close-fails",),
        "max_buffer_size: Maximum events to buffer (drops oldest if exceeded).": (
            "exporting/batches: cut-off",
            "exporting/batches: lost",
        ),
    },
    "stageflow/helpers/guardrails.py": {
        "- Credit card numbers": ("guard/redaction-recall: missed-credit-card",),
        "- IP addresses": ("guard/redaction-recall: missed-ip-address",),
        "Custom profanity list": ("guard/checks: word-missed",),
        "Content after any transformations": ("guard/stage: change-lost",),
    },
    "stageflow/helpers/run_utils.py": {
        "metadata: Optional metadata dict to include in snapshot": ("running/answers: raises",),
        "Enable deep context immutability validation (slow)": ("running/answers: write-unnoticed",),
    },
    "stageflow/helpers/streaming.py": {
        "The item, or None if queue is closed.": ("streaming/queue: waits-after-close",),
        "Maximum buffer size.": ("streaming/audio: over-max",),
    },
    "stageflow/helpers/timestamps.py": {
        "Detect Unix timestamp precision": ("values/timestamps: refused",),
    },
    "stageflow/helpers/uuid_utils.py": {
        "How long to retain UUIDs in the sliding window.": (
            "identifiers/reuse: new-taken-for-used",
        ),
    },
    "stageflow/pipeline/cancellation.py": {
        "True if callback was found and removed": ("cancellation/cleanup: called-in-spite",),
        "Async function to call during cleanup": ("cancellation/cleanup: never-called",),
        "Maximum time to wait for all cleanups": ("cancellation/cleanup: takes-too-long",),
        "Tuple of (completed callback names, failed callback names with exceptions)": (
            "cancellation/cleanup: wrong-report",
        ),
    },
    "stageflow/pipeline/dag.py": {
        "Initialize cleanup registry and cancellation token for this execution": (
            "isolation/concurrent-runs: stopped-by-another-run",
        ),
        "Uses structured cancellation to ensure proper resource cleanup": (
            "lifecycle/nothing-left-running: after-cancellation",
            "lifecycle/nothing-left-running: after-failure",
            "lifecycle/nothing-left-running: cancellation-ignored",
        ),
    },
    "stageflow/pipeline/failure_tolerance.py": {
        "Maximum queued stages": ("concurrency/admission: idle-turned-away",),
        "P95 latency threshold for shedding": ("concurrency/admission: never-recovers",),
    },
    "stageflow/pipeline/interceptors.py": {
        "30 second reset": ("circuit-breaker/states: lets-through",),
        "Called after stage completes": ("interception/chain: after-unpaired",),
        "Called when stage throws.": ("interception/chain: error-untold",),
    },
    "stageflow/pipeline/retry.py": {
        "Maximum retry attempts (including initial)": ("retry/attempts: gives-up-early",),
    },
    "stageflow/pipeline/subpipeline.py": {
        "Emitting subpipeline events": ("spawning/children: end-not-told",),
    },
    "stageflow/tools/approval.py": {
        "True if cancelled": ("approval/final: revived",),
    },
    "stageflow/tools/diff.py": {
        "changes: List of individual line changes": ("diff/texts: lines-differ",),
        "True if there are any changes": ("diff/texts: change-untold",),
    },
    "stageflow/tools/executor_v2.py": {
        "True if undo succeeded": ("tools/undo: not-undone", "tools/undo: undone-twice"),
    },
    "stageflow/tools/registry.py": {
        "List all registered tools.": ("tools/registered: not-listed",),
    },
    "METADATA": {
        "Built on asyncio for high-performance concurrent execution": (
            "cost/longest-step: stalls",
            "cost/operations-per-stage: superlinear",
            "load/releases: costs-more",
            "load/releases: slower",
            "load/targets: latency",
            "load/targets: throughput",
        ),
    },
}
"""File → words in it → ways of breaking a law, as `law: way`."""


def nearest() -> Iterator[tuple[str, Citation]]:
    """Each way with its words, not yet looked for in a release."""
    for file, quotes in _NEAREST.items():
        for quote, ways in quotes.items():
            for way in ways:
                yield way, Citation(quote=quote, file=file)
