"""What a stage writes into its inputs stays with that stage."""

from collections.abc import Mapping

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs, status_of, text
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.scenario import WRITES
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge who sees what a stage wrote into what it had received."""
    judgement = Judgement()
    if not observation.sut.offers(Capability.IMMUTABLE_INPUTS):
        return judgement.verdict()
    for run in runs(observation):
        for event in run.events:
            if event.kind is EventKind.FAULT_FIRED and text(event, "fault") in WRITES:
                for dependency in run.pipeline.stage(event.stage).after:
                    _judge(run, event, dependency, judgement)
    return judgement.verdict()


def _judge(run: RunLine, write: Event, dependency: str, judgement: Judgement) -> None:
    ends = run.line(dependency).ends
    if not ends or status_of(ends[-1]) != Status.OK.value:
        return
    given = text(ends[-1], "digest")
    for line in run.stages.values():
        for start in line.starts:
            inputs = start.value.get("inputs")
            if start.seq > write.seq and isinstance(inputs, Mapping) and dependency in inputs:
                judgement.judge(
                    inputs[dependency] in (None, given),
                    "write-is-seen",
                    lambda: (
                        f"stage {write.stage} of run {run.key} wrote into what {dependency} gave,"
                        f" and {start.stage} got the written value"
                    ),
                    write.seq,
                    start.seq,
                )
    result = run.results.get(dependency)
    if run.ended and result is not None:
        judgement.judge(
            result[1] == given,
            "write-is-seen",
            lambda: (
                f"stage {write.stage} of run {run.key} wrote into what {dependency} gave, and"
                " the run's result holds the written value"
            ),
            write.seq,
            run.ended.seq,
        )


LAW = Law(
    id="isolation/inputs-immutable",
    statement="What a stage writes into its inputs is seen by no other stage and by no result.",
    category=Category.CORRECTNESS,
    capability=Capability.IMMUTABLE_INPUTS,
    classes={
        "write-is-seen": OutcomeClass(
            title="What one stage writes into its input is seen by other stages and in the result",
            severity=Severity.HIGH,
            why="results say something else than what the stages gave, depending on the order in"
            " which parallel stages happen to run",
        ),
    },
    check=check,
)
