"""The outcome is one that the reference allows."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge the end of every run that started."""
    judgement = Judgement()
    for run in runs(observation):
        started = run.started is not None or run.ended is not None
        if not started or not run.expected.outcomes:
            continue
        if run.ended is None:
            last = run.events[-1].seq
            judgement.judge(
                "hangs" in run.expected.outcomes,
                "never-ends",
                lambda: f"run {run.key} never ended; allowed: {_allowed(run)}",
                last,
            )
        else:
            judgement.judge(
                _is_allowed(run),
                _class_of(run.outcome),
                lambda: (
                    f"run {run.key} ended {run.outcome!r}"
                    f" ({run.ended.value.get('message') if run.ended else ''});"
                    f" allowed: {_allowed(run)}"
                ),
                run.ended.seq,
            )
    return judgement.verdict()


def _is_allowed(run: RunLine) -> bool:
    """A caller's cancellation may be reported with or without a stage; so may a hung run's end."""
    if run.outcome in run.expected.outcomes:
        return True
    if "hangs" in run.expected.outcomes and run.outcome.startswith("failed"):
        return True
    return run.outcome.startswith("cancelled") and run.cancelled is not None


def _allowed(run: RunLine) -> str:
    return " or ".join(sorted(run.expected.outcomes))


def _class_of(outcome: str) -> str:
    return {"completed": "completes", "refused": "refused", "cancelled": "cancelled"}.get(
        outcome.partition(":")[0], "fails"
    )


LAW = Law(
    id="dag/outcome-allowed",
    statement="A run ends in one of the ways that the reference executor allows for its pipeline,"
    " input and faults.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
        "never-ends": OutcomeClass(
            title="A run never ends", severity=Severity.CRITICAL, why="the caller waits for ever"
        ),
        "completes": OutcomeClass(
            title="A run completes that cannot complete",
            severity=Severity.CRITICAL,
            why="a failure is reported as success",
        ),
        "fails": OutcomeClass(
            title="A run fails that nothing makes fail",
            severity=Severity.HIGH,
            why="correct work is lost",
        ),
        "cancelled": OutcomeClass(
            title="A run is cancelled that nobody cancelled",
            severity=Severity.HIGH,
            why="correct work is lost",
        ),
        "refused": OutcomeClass(
            title="A valid pipeline is refused", severity=Severity.HIGH, why="it cannot be run"
        ),
    },
    check=check,
    catch_all=True,
)
