"""Of the branches of a choice exactly the one is taken that is left open."""

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs, status_of
from production_testers.model.history import Event
from production_testers.model.observation import Observation
from production_testers.model.pipeline import BRANCH, CHOICE, StageSpec, Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

Branches = dict[str, list[StageSpec]]


def check(observation: Observation) -> Verdict:
    """Judge every choice of which it is known which branches were closed."""
    judgement = Judgement()
    for run in runs(observation):
        for branches in _choices(run).values():
            _judge(run, branches, judgement)
    return judgement.verdict()


def _choices(run: RunLine) -> dict[str, Branches]:
    """Choice → branch → its stages."""
    found: dict[str, Branches] = {}
    for stage in run.pipeline.stages:
        choice, branch = stage.params.get(CHOICE), stage.params.get(BRANCH)
        if isinstance(choice, str) and isinstance(branch, str):
            found.setdefault(choice, {}).setdefault(branch, []).append(stage)
    return found


def _judge(run: RunLine, branches: Branches, judgement: Judgement) -> None:
    closed = {name: asked for name, stages in branches.items() if (asked := _asked(run, stages))}
    for name, asked in closed.items():
        started = [start for stage in branches[name] for start in run.line(stage.name).starts]
        judgement.judge(
            not started,
            "other-branch-ran",
            lambda: (
                f"stage {started[0].stage} of run {run.key} was executed on branch {name}, which"
                f" {asked.stage} had closed"
            ),
            asked.seq,
            *(start.seq for start in started[:1]),
        )
    left = [name for name in branches if name not in closed]
    if run.outcome != "completed" or run.ended is None or len(left) != 1:
        return
    missing = [stage.name for stage in branches[left[0]] if not run.line(stage.name).starts]
    judgement.judge(
        not missing,
        "no-branch-ran",
        lambda: (
            f"run {run.key} completed, and stage {missing[0]} of branch {left[0]}, the only one"
            " that was open, was not executed"
        ),
        run.ended.seq,
    )


def _asked(run: RunLine, stages: list[StageSpec]) -> Event | None:
    """What closed the branch: a stage that ended well and asked each of its stages to be skipped.

    It counts only where every stage of the branch depends on it directly: frameworks differ in
    whether a request goes further.
    """
    for name in stages[0].after:
        ends = run.line(name).ends[-1:]
        asks = bool(ends) and ends[0].value.get("asks_skip") is True
        if (
            asks
            and status_of(ends[0]) == Status.OK.value
            and all(stage.skippable and name in stage.after for stage in stages)
        ):
            return ends[0]
    return None


LAW = Law(
    id="routing/one-branch",
    statement="Of the branches of a choice the one that was left open is executed, and no stage of"
    " any other.",
    category=Category.CORRECTNESS,
    capability=Capability.SKIP_REQUEST,
    classes={
        "other-branch-ran": OutcomeClass(
            title="A stage runs on a branch of a choice that was decided against",
            severity=Severity.HIGH,
            why="a request is handled in two ways at once",
        ),
        "no-branch-ran": OutcomeClass(
            title="A run completes without the branch that was chosen",
            severity=Severity.CRITICAL,
            why="a request is reported as done, and nothing was done",
        ),
    },
    check=check,
    gives_way_to=("routing/skip-requests",),
)
