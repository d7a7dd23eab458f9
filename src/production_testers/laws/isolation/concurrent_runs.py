"""Runs of one built pipeline do not see or stop each other."""

from collections.abc import Mapping

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every run that ended after one of another request had started."""
    judgement = Judgement()
    lines = list(runs(observation))
    for run in lines:
        if any(other.root != run.root and _before(other, run) for other in lines):
            _sees(run, judgement)
            _is_stopped(run, judgement)
    return judgement.verdict()


def _before(other: RunLine, run: RunLine) -> bool:
    """Whether the other run had started before this one's last event."""
    return bool(run.events and other.events) and other.events[0].seq < run.events[-1].seq


def _sees(run: RunLine, judgement: Judgement) -> None:
    for line in run.stages.values():
        for start in line.starts:
            origins = start.value.get("origins")
            for dependency, origin in (origins if isinstance(origins, Mapping) else {}).items():
                judgement.judge(
                    origin is None or origin in run.kin,
                    "saw-another-run",
                    lambda: (
                        f"stage {start.stage} of run {start.run} got from {dependency} what run"
                        f" {origin} gave"
                    ),
                    start.seq,
                )
    for stage, result in run.results.items():
        giver = result[2]
        judgement.judge(
            giver is None or giver in run.kin,
            "saw-another-run",
            lambda: f"the result of run {run.key} holds for {stage} what run {giver} gave",
            run.ended.seq if run.ended else 0,
        )


def _is_stopped(run: RunLine, judgement: Judgement) -> None:
    """Judge how a run ended that, by the reference, cannot be cancelled or fail in that way."""
    if not run.expected.outcomes or run.ended is None or run.cancelled is not None:
        return
    gives_up = "hangs" in run.expected.outcomes and run.outcome.startswith("failed")
    allowed = run.outcome in run.expected.outcomes or gives_up
    for prefix, outcome_class in (
        ("cancelled", "stopped-by-another-run"),
        ("failed", "failed-by-another-run"),
    ):
        judgement.judge(
            allowed or not run.outcome.startswith(prefix),
            outcome_class,
            lambda: (
                f"alone, run {run.key} ends {' or '.join(sorted(run.expected.outcomes))};"
                f" beside other runs it ended {run.outcome!r}"
                f" ({run.ended.value.get('message') if run.ended else ''})"
            ),
            run.ended.seq,
            run=run.key,
        )


LAW = Law(
    id="isolation/concurrent-runs",
    statement="Runs of one built pipeline neither see each other's data nor stop each other,"
    " whether they overlap in time or follow one another.",
    category=Category.RELIABILITY,
    capability=Capability.CONCURRENT_RUNS,
    classes={
        "saw-another-run": OutcomeClass(
            title="A run sees what another run gave",
            severity=Severity.CRITICAL,
            why="data of one request reaches another one",
        ),
        "stopped-by-another-run": OutcomeClass(
            title="A run is cancelled because another run of the same graph ended badly",
            severity=Severity.CRITICAL,
            why="one bad request takes innocent ones down with it",
        ),
        "failed-by-another-run": OutcomeClass(
            title="A run fails because of another run of the same graph",
            severity=Severity.CRITICAL,
            why="one bad request takes innocent ones down with it",
        ),
    },
    check=check,
    vanishes_alone=True,
    gives_way_to=("dag/runs-once",),
)
