"""What the framework says of stages: one start and one end each, also when they fail."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs, text
from production_testers.model.history import Event, EventKind
from production_testers.model.observation import Observation
from production_testers.model.pipeline import Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

STARTED, ENDED = "started", "ended"

_TWICE = {STARTED: "started-twice", ENDED: "ended-twice"}
_CERTAIN = {"ok": True, "raised": False, Status.FAIL.value: False}
"""How a stage's own code ended → whether the stage ended well, where nobody changed that."""

_GOOD = frozenset({Status.OK.value, Status.SKIP.value})

_MISSING = {STARTED: "start-missing", ENDED: "end-missing"}


def check(observation: Observation) -> Verdict:
    """Judge every executed stage by every name under which the framework tells of stages.

    A name is an event's or a logger's. By each of them, what is told of one stage must be told of
    all. Stages that were stopped are left out: frameworks differ in what they say of those.
    So are nested runs.
    """
    judgement = Judgement()
    told: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    well: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in observation.history.of(EventKind.EMITTED, EventKind.LOGGED):
        if phase := text(event, "phase"):
            told[text(event, "name"), phase][event.run, event.stage] += 1
            if isinstance(event.value.get("well"), bool):
                well[event.run, event.stage].append(event)
    for (name, phase), counts in sorted(told.items()):
        for run in runs(observation):
            if run.root == run.key:
                _judge(run, name, phase, counts, judgement)
    for run in runs(observation):
        if run.root == run.key:
            _ends(run, well, judgement)
    return judgement.verdict()


def _judge(
    run: RunLine, name: str, phase: str, counts: Counter[tuple[str, str]], judgement: Judgement
) -> None:
    if any(stage.nested is not None for stage in run.pipeline.stages):
        return
    for stage in sorted(_certain(run)):
        line = run.line(stage)
        if len(line.starts) != 1 or line.status in ("", "stopped"):
            continue
        times = counts[run.key, stage]
        good = line.status in _GOOD
        at = line.starts[0] if phase == STARTED else line.ends[-1]
        judgement.judge(
            times >= 1,
            "good-end-missing" if good and phase == ENDED else _MISSING[phase],
            lambda: (
                f"{name!r} tells of stages, and not that stage {stage} of run {run.key} {phase}"
                f" (it ended {line.status})"
            ),
            at.seq,
        )
        judgement.judge(
            times <= 1,
            _TWICE[phase],
            lambda: f"{name!r} tells {times} times that stage {stage} of run {run.key} {phase}",
            at.seq,
        )


def _ends(run: RunLine, told: Mapping[tuple[str, str], list[Event]], judgement: Judgement) -> None:
    """What is told of how a stage ended, where the framework had no reason to change it.

    A run that completed made nothing of a stage that ended well into a failure; and where a run
    failed in a stage whose own code did, nothing mended it.
    """
    failed = run.outcome.removeprefix("failed:") if run.outcome.startswith("failed:") else ""
    if run.cancelled is not None or not (failed or run.outcome == "completed"):
        return
    for stage in (failed,) if failed in run.stages else run.stages if not failed else ():
        line = run.line(stage)
        wanted = _CERTAIN.get(line.status)
        if len(line.starts) != 1 or wanted is None or wanted is bool(failed):
            continue
        for event in told.get((run.key, stage), ()):
            said = event.value["well"]
            judgement.judge(
                said is wanted,
                "end-wrong",
                lambda stage=stage, line=line, event=event, said=said: (  # type: ignore[misc]
                    f"stage {stage} of run {run.key} ended {line.status}, and"
                    f" {text(event, 'name')!r} tells that it {'ended well' if said else 'failed'}"
                ),
                line.ends[-1].seq,
                event.seq,
            )


def _certain(run: RunLine) -> frozenset[str]:
    """Stages of which a framework has had the time to tell.

    In a run that completed, all; in one that failed, the stage it failed in and what that depends
    on: others may have ended at the moment in which the run was over.
    """
    if run.outcome == "completed":
        return frozenset(run.stages)
    ended, _, stage = run.outcome.partition(":")
    if ended != "failed" or stage not in run.stages or run.cancelled is not None:
        return frozenset()
    return run.pipeline.ancestors()[stage] | {stage}


def _missing(what: str) -> OutcomeClass:
    return OutcomeClass(
        title=f"Of some stages the framework does not tell that they {what}",
        severity=Severity.MEDIUM,
        why="who follows a run by what it tells sees stages that never were, or never end",
    )


def _twice(what: str) -> OutcomeClass:
    return OutcomeClass(
        title=f"The framework tells more than once that a stage {what}",
        severity=Severity.LOW,
        why="whoever counts what is told counts too much",
    )


LAW = Law(
    id="observability/stages-told",
    statement="By every name under which the framework tells that stages start, or end, it tells"
    " so once of every stage that is executed, however it ends; and where it tells whether a stage"
    " ended well, that is so.",
    category=Category.OBSERVABILITY,
    capability=Capability.STAGES_TOLD,
    classes={
        "start-missing": _missing("started"),
        "end-missing": _missing("ended"),
        "good-end-missing": OutcomeClass(
            title="Of some stages that ended well the framework does not tell that they ended",
            severity=Severity.MEDIUM,
            why="who follows a run by what it tells sees stages that are at work for ever",
        ),
        "started-twice": _twice("started"),
        "ended-twice": _twice("ended"),
        "end-wrong": OutcomeClass(
            title="The framework tells another end of a stage than the one it came to",
            severity=Severity.MEDIUM,
            why="who counts failures by what is told counts wrong",
        ),
    },
    check=check,
)
