"""What a stage looks up over its parallel dependencies does not depend on their timing."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs, text
from production_testers.model.canonical import digest
from production_testers.model.history import Event
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every look-up against the first one with the same input and the same outputs."""
    judgement = Judgement()
    first: dict[str, tuple[RunLine, Event]] = {}
    for run in runs(observation):
        if run.mutated:
            continue
        for stage, line in run.stages.items():
            for start in line.starts[:1]:
                found = text(start, "merged")
                if not found:
                    continue
                key = digest([stage, start.value.get("inputs")])
                other_run, other = first.setdefault(key, (run, start))
                if other is start:
                    continue
                judgement.judge(
                    text(other, "merged") == found,
                    "depends-on-timing",
                    lambda: (
                        f"stage {stage} got the same outputs from its dependencies in runs"
                        f" {other_run.key} and {run.key}, and the look-up over them gave different"
                        " values"
                    ),
                    other.seq,
                    start.seq,
                )
    return judgement.verdict()


LAW = Law(
    id="merge/timing-independent",
    statement="A look-up over the outputs of parallel dependencies gives the same value whichever"
    " of them ended first.",
    category=Category.CORRECTNESS,
    capability=Capability.MERGED_LOOKUP,
    classes={
        "depends-on-timing": OutcomeClass(
            title="A look-up over parallel dependencies returns the value of whichever ended first",
            severity=Severity.HIGH,
            why="equal requests get different answers, depending on timing",
            promise=Capability.STABLE_LOOKUP,
        ),
    },
    check=check,
)
