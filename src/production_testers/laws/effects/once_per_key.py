"""A request that is sent again has its effect once."""

from collections.abc import Sequence

from production_testers.laws.law import Category, Judgement, Law, OutcomeClass, Severity
from production_testers.laws.timeline import RunLine, runs, status_of
from production_testers.model.history import Event
from production_testers.model.observation import Observation
from production_testers.model.pipeline import StageKind, Status
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict


def check(observation: Observation) -> Verdict:
    """Judge every request with an idempotency key, over all runs that carry the key."""
    judgement = Judgement()
    groups: dict[frozenset[str], list[RunLine]] = {}
    for run in runs(observation):
        if run.same_request and run.started is not None:
            groups.setdefault(run.same_request, []).append(run)
    for group in groups.values():
        for run in group:
            _ends(run, judgement)
        for stage in observation.scenario.pipeline.stages:
            if stage.kind is StageKind.WORK:
                _effects(group, stage.name, judgement)
            if _missing(group, stage.name, judgement) and stage.kind is StageKind.WORK:
                _answers(group, stage.name, judgement)
    return judgement.verdict()


def _ends(run: RunLine, judgement: Judgement) -> None:
    judgement.judge(
        run.ended is not None or "hangs" in run.expected.outcomes,
        "blocked",
        lambda: f"run {run.key}, whose request has an idempotency key, never ended",
        run.events[-1].seq,
    )


def _effects(group: Sequence[RunLine], stage: str, judgement: Judgement) -> None:
    done = _done(group, stage)
    if any(run.ended for run in group):
        judgement.judge(
            len(done) < 2,
            "effect-repeated",
            lambda: (
                f"stage {stage} did its work in runs {' and '.join(end.run for end in done)},"
                " which are the same request"
            ),
            *(end.seq for end in done[:2]),
        )


def _done(group: Sequence[RunLine], stage: str) -> list[Event]:
    return sorted(
        (end for run in group for end in run.line(stage).ends if status_of(end) == Status.OK.value),
        key=lambda end: end.seq,
    )


def _answers(group: Sequence[RunLine], stage: str, judgement: Judgement) -> None:
    """Every run of the request is given what the work gave."""
    done = _done(group, stage)
    for run in group:
        result = run.results.get(stage)
        if done and result is not None and run.ended and run.outcome == "completed":
            judgement.judge(
                result[1] in [end.value.get("digest") for end in done],
                "other-answer",
                lambda: (
                    f"the result of run {run.key} holds another value for {stage} than its work"
                    f" gave in run {done[0].run}"
                ),
                done[0].seq,
                run.ended.seq,
            )


def _missing(group: Sequence[RunLine], stage: str, judgement: Judgement) -> bool:
    """What a completed run has for a result was given by an execution in some run."""
    executed = any(run.line(stage).starts for run in group)
    for run in group:
        result = run.results.get(stage)
        if run.ended is None or run.outcome != "completed" or result is None:
            continue
        if result[0] == Status.OK.value:
            judgement.judge(
                executed,
                "never-done",
                lambda: (
                    f"run {run.key} completed with a result for stage {stage}, which was executed"
                    " in no run of that request"
                ),
                run.ended.seq,
            )
    return executed


LAW = Law(
    id="effects/once-per-key",
    statement="Runs with the same idempotency key have the effect of a WORK stage exactly once,"
    " and all of them end and are given what it gave.",
    category=Category.RELIABILITY,
    capability=Capability.IDEMPOTENCY,
    classes={
        "effect-repeated": OutcomeClass(
            title="A request that is sent again has its effect twice",
            severity=Severity.CRITICAL,
            why="money is moved or mail is sent twice",
        ),
        "never-done": OutcomeClass(
            title="A request completes with a result for a stage that was never executed",
            severity=Severity.CRITICAL,
            why="work is lost and reported as done",
        ),
        "blocked": OutcomeClass(
            title="A request with an idempotency key waits for ever",
            severity=Severity.CRITICAL,
            why="its caller waits for ever, and so may everybody who sends it again",
        ),
        "other-answer": OutcomeClass(
            title="A request that is sent again is given another answer than its work gave",
            severity=Severity.HIGH,
            why="callers go on with wrong data",
        ),
    },
    check=check,
)
