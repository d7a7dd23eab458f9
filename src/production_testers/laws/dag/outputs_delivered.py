"""What a run was given, and what a dependency gave, is what a stage sees."""

from collections.abc import Mapping

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import NOTHING_GIVEN, RunLine, runs, status_of, text
from production_testers.model.canonical import digest
from production_testers.model.history import Event
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge the run's input, and every input from a dependency which ended well."""
    judgement = Judgement()
    for run in runs(observation):
        given = digest(dict(run.request.input))
        for line in run.stages.values():
            for start in line.starts:
                _input(run, start, given, judgement)
                if not run.mutated:  # who may see a write is another law's matter
                    _start(run, start, judgement)
    return judgement.verdict()


def _input(run: RunLine, start: Event, given: str, judgement: Judgement) -> None:
    if "input" in start.value:
        judgement.judge(
            start.value["input"] == given,
            "input-differs",
            lambda: f"stage {start.stage} of run {run.key} was not given the run's input as it was",
            start.seq,
        )


def _start(run: RunLine, start: Event, judgement: Judgement) -> None:
    inputs = start.value.get("inputs")
    for dependency, seen in (inputs if isinstance(inputs, Mapping) else {}).items():
        ends = [end for end in run.line(dependency).ends if end.seq < start.seq]
        if not ends or status_of(ends[-1]) != Status.OK.value:
            continue
        given = ends[-1]
        if seen is None and text(given, "digest") == NOTHING_GIVEN:
            continue  # what is not there is as good as what is empty
        judgement.judge(
            seen is not None,
            "output-missing",
            lambda: f"stage {start.stage} of run {run.key} did not get what {dependency} gave",
            given.seq,
            start.seq,
        )
        if seen is not None:
            judgement.judge(
                seen == text(given, "digest"),
                "output-differs",
                lambda: (
                    f"stage {start.stage} of run {run.key} got {seen} from {dependency},"
                    f" which had given {text(given, 'digest')}"
                ),
                given.seq,
                start.seq,
            )


LAW = Law(
    id="dag/outputs-delivered",
    statement="A stage sees exactly the run's input and what each of its dependencies gave.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
        "input-differs": OutcomeClass(
            title="A stage does not get the input of its run as it was given",
            severity=Severity.CRITICAL,
            why="data is lost or changed on the way to a stage without an error",
        ),
        "output-missing": OutcomeClass(
            title="A stage does not get the output of a stage it depends on",
            severity=Severity.CRITICAL,
            why="data is lost between stages without an error",
        ),
        "output-differs": OutcomeClass(
            title="A stage gets another value than the stage it depends on gave",
            severity=Severity.CRITICAL,
            why="data is corrupted between stages without an error",
        ),
    },
    check=check,
)
