"""A skippable stage is skipped exactly when a direct dependency asks for it."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs, status_of
from production_testers.model.history import Event
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every skippable stage whose direct dependencies all ended well."""
    judgement = Judgement()
    for run in runs(observation):
        for stage in run.pipeline.stages:
            ends = [run.line(dependency).ends[-1:] for dependency in stage.after]
            if stage.skippable and all(
                end and status_of(end[0]) == Status.OK.value for end in ends
            ):
                asked = [end[0] for end in ends if end[0].value.get("asks_skip") is True]
                _judge(run, stage.name, asked, judgement)
    return judgement.verdict()


def _judge(run: RunLine, stage: str, asked: list[Event], judgement: Judgement) -> None:
    if asked:
        starts = run.line(stage).starts
        judgement.judge(
            not starts,
            "ran-anyway",
            lambda: (
                f"stage {stage} of run {run.key} was executed although {asked[0].stage} had"
                " asked that it be skipped"
            ),
            asked[0].seq,
            *(start.seq for start in starts[:1]),
        )
    elif run.ended and run.outcome == "completed":
        result = run.results.get(stage)
        judgement.judge(
            result is None or result[0] != Status.SKIP.value or bool(run.line(stage).starts),
            "skipped-unasked",
            lambda: f"stage {stage} of run {run.key} was skipped although nobody asked for it",
            run.ended.seq,
        )


LAW = Law(
    id="routing/skip-requests",
    statement="A skippable stage is skipped exactly when one of its direct dependencies asks.",
    category=Category.CORRECTNESS,
    capability=Capability.SKIP_REQUEST,
    classes={
        "ran-anyway": OutcomeClass(
            title="A stage runs on a branch that was not taken",
            severity=Severity.HIGH,
            why="side effects happen that the routing decision excluded",
        ),
        "skipped-unasked": OutcomeClass(
            title="A stage is skipped although no dependency asked for it",
            severity=Severity.HIGH,
            why="work is silently not done",
        ),
    },
    check=check,
)
