"""The result of a run is the one that the reference computes."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import NOTHING_GIVEN, RunLine, runs
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every stage in the result of a completed run that depends on the input alone.

    A stage that calls a service, or stands behind one that does, is left out: what services
    answer may depend on what other runs have asked before.
    """
    judgement = Judgement()
    for run in runs(observation):
        if run.ended is None or run.outcome != "completed" or run.mutated:
            continue
        asking = _asking(run)
        for stage, expected in run.expected.outputs.items():
            result = run.results.get(stage)
            if stage in asking or result is None or result[0] != Status.OK.value:
                continue
            judgement.judge(
                result[1] == expected,
                "other-value",
                lambda: (
                    f"the result of run {run.key} holds {result and result[1]} for stage {stage};"
                    f" the reference computes {expected} from the same input"
                ),
                run.ended.seq,
            )
    return judgement.verdict()


def _asking(run: RunLine) -> set[str]:
    """Stages whose value depends on more than the input: services, earlier attempts.

    Stages that gave nothing count as such: an executor may hand on nothing, or an empty output.
    """
    called = {event.stage for event in run.events if event.kind is EventKind.SERVICE_CALLED}
    called |= {stage for stage, line in run.stages.items() if len(line.starts) > 1}
    called |= {stage.name for stage in run.pipeline.stages if stage.nested is not None}
    called |= {event.stage for event in run.events if event.value.get("digest") == NOTHING_GIVEN}
    ancestors = run.pipeline.ancestors()
    return called | {stage for stage, before in ancestors.items() if before & called}


LAW = Law(
    id="dag/result-as-reference",
    statement="The result of a run that completes holds for every stage the value that the"
    " reference computes from the same input.",
    category=Category.CORRECTNESS,
    capability=Capability.DAG,
    classes={
        "other-value": OutcomeClass(
            title="A run completes with another result than its input and its stages give",
            severity=Severity.CRITICAL,
            why="a wrong decision is reported as a right one",
        ),
    },
    check=check,
    catch_all=True,
)
