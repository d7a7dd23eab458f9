"""What a stage has received does not change while it works."""

from collections.abc import Mapping

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every stage that ended beside others that write: its inputs at start and at end."""
    judgement = Judgement()
    for run in runs(observation):
        for line in run.stages.values():
            starts = {start.attempt: start for start in line.starts}
            for end in line.ends:
                still, start = end.value.get("still"), starts.get(end.attempt)
                received = start.value.get("inputs") if start else None
                if not isinstance(still, Mapping) or not isinstance(received, Mapping):
                    continue
                for name, now in still.items():
                    judgement.judge(
                        received.get(name) == now,
                        "changed-meanwhile",
                        lambda: (
                            f"what stage {end.stage} of run {run.key} had received from {name}"
                            " changed while it worked"
                        ),
                        *((start.seq,) if start else ()),
                        end.seq,
                    )
    return judgement.verdict()


LAW = Law(
    id="isolation/inputs-stable",
    statement="What a stage has received does not change while it works, whatever others write.",
    category=Category.CORRECTNESS,
    capability=Capability.IMMUTABLE_INPUTS,
    classes={
        "changed-meanwhile": OutcomeClass(
            title="What a stage has received changes while it works",
            severity=Severity.HIGH,
            why="a stage computes with values of which some are old and some are new",
        ),
    },
    check=check,
    gives_way_to=("isolation/inputs-immutable",),
)
