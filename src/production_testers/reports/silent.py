"""Silent failures: ways of breaking a law in which something wrong was reported as success.

They are told apart, because nobody notices them in production: no error, no alarm. A way of
breaking a law that also shows when the run fails (a stage that starts too early, a cancellation
that is lost) is not in the table: its class alone does not say what the caller was told.
"""

from collections.abc import Mapping

from production_testers.workspace.findings import Finding

SILENT: Mapping[tuple[str, str], str] = {
    ("dag/runs-once", "stage-never-ran"): "the run completes although a stage's work was not done",
    ("dag/runs-once", "stage-ran-twice"): "the run completes although a stage's work was repeated",
    ("dag/outputs-delivered", "output-missing"): "the stage runs on with a part of its input",
    ("dag/outputs-delivered", "output-differs"): "the stage runs on with input that nobody gave",
    ("dag/outputs-in-result", "result-missing"): "the run completes with a part of its result",
    ("dag/outputs-in-result", "result-differs"): "the run completes with a value that nobody gave",
    ("dag/failure-surfaces", "failure-swallowed"): "a stage failed and its run does not fail",
    ("dag/status-effect", "retry-is-success"): "a stage that asked for a retry counts as done",
    ("dag/outcome-allowed", "completes"): "a run completes that cannot complete",
    ("lifecycle/nothing-left-running", "after-completion"): (
        "the run is reported as completed while its stages still work"
    ),
    ("isolation/concurrent-runs", "saw-another-run"): (
        "the run goes on with another run's data, without an error"
    ),
    ("isolation/inputs-immutable", "write-is-seen"): (
        "others go on with a value that its stage did not give, without an error"
    ),
    ("isolation/tenants", "identity-differs"): (
        "the stage works for the wrong tenant, without an error"
    ),
    ("isolation/tenants", "canary-leaked"): "the run holds another tenant's data, without an error",
    ("routing/skip-requests", "ran-anyway"): "an excluded stage runs, without an error",
    ("routing/skip-requests", "skipped-unasked"): (
        "a stage's work is left out as if that had been asked for"
    ),
    ("timing/timeout-enforced", "not-reported"): "a stage timed out and its run does not fail",
    ("merge/timing-independent", "depends-on-timing"): (
        "the answer changes with the timing, without an error"
    ),
}
"""(law, outcome class) → what is reported as success, or goes on without an error."""


def silent_because(finding: Finding) -> str:
    """Why the finding is a silent failure; empty where it is none, or names no law."""
    law, outcome_class = finding.evidence.get("law"), finding.evidence.get("outcome_class")
    return SILENT.get((str(law), str(outcome_class)), "")
