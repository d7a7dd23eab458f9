"""A truncated or empty answer of a model does not become a success."""

from collections.abc import Iterator

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs, text
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

BAD = frozenset({"llm-truncated", "llm-empty", "llm-content-filter"})
"""Answers that say themselves that they are not whole: by their reason of ending, or by nothing."""


def check(observation: Observation) -> Verdict:
    """Judge every stage whose last execution ended after a bad answer that it refused."""
    judgement = Judgement()
    for run in runs(observation):
        for stage, fired in _last_answers(run):
            line = run.line(stage)
            if run.ended is None or line.status not in ("raised", Status.FAIL.value):
                continue  # what a stage takes for good, no executor can know better
            told = run.results.get(stage)
            judgement.judge(
                run.outcome != "completed" and not (told and told[0] == Status.OK.value),
                "becomes-ok",
                lambda: (
                    f"stage {stage} of run {run.key} refused its model's answer"
                    f" ({text(fired, 'fault')}), and its caller was told"
                    f" {run.outcome!r}, with {told[0] if told else 'nothing'} for the stage"
                ),
                fired.seq,
                run.ended.seq,
                run=run.key,
                stage=stage,
            )
    return judgement.verdict()


def _last_answers(run: RunLine) -> Iterator[tuple[str, Event]]:
    """Stages whose last call of a service in their last execution had a bad answer."""
    last: dict[str, Event] = {}
    for event in run.events:
        if event.kind is EventKind.SERVICE_CALLED:
            last.pop(event.stage, None)
        elif event.kind is EventKind.FAULT_FIRED and text(event, "fault") in BAD:
            last[event.stage] = event
    for stage, fired in last.items():
        starts = run.line(stage).starts
        if starts and starts[-1].attempt == fired.attempt:
            yield stage, fired


LAW = Law(
    id="answers/refused",
    statement="A truncated, empty or withheld answer of a model that a stage refuses is no success:"
    " neither for the stage nor for its run.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
        "becomes-ok": OutcomeClass(
            title="A run completes though a stage refused its model's answer",
            severity=Severity.CRITICAL,
            why="what a model did not say is passed on as what it said",
        ),
    },
    check=check,
)
