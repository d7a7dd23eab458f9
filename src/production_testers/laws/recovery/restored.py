"""When the faults are over, runs are again as they were before."""

from collections.abc import Sequence

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.timeline import FAILURES, RunLine, runs
from production_testers.model.history import EventKind
from production_testers.model.observation import Observation
from production_testers.model.scenario import Scenario
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

RESTORED_WITHIN_MS = 1_000.0
"""So long after the last moment of the last fault everything must be as it was."""

BEFORE_MIN = 2
"""Fewer runs before the faults say too little of what is usual."""

SLACK = 1.5
SLACK_MS = 5.0
"""How much longer than the longest run before one may take, beyond what latencies explain."""


def check(observation: Observation) -> Verdict:
    """Judge every run that starts late enough, where it was steady before and faults happened."""
    judgement = Judgement()
    window = _window(observation.scenario)
    happened = any(True for _ in observation.history.of(EventKind.FAULT_FIRED))
    if window is None or not happened or observation.scenario.faults:
        return judgement.verdict()
    every = [run for run in runs(observation) if run.path == run.root and not run.cancelled]
    before = [run for run in every if run.ended and _start_ms(run) < window[0]]
    before = [run for run in before if _end_ms(run) < window[0]]
    if len(before) < BEFORE_MIN or any(run.outcome != "completed" for run in before):
        return judgement.verdict()
    for run in every:
        if run.request.start_ms >= window[1] + RESTORED_WITHIN_MS:
            _judge(run, before, observation.scenario, judgement)
    return judgement.verdict()


def _window(scenario: Scenario) -> tuple[float, float] | None:
    """From the first moment of the plan's faults to the last; None where they have no end."""
    rules = scenario.plan.rules if scenario.plan else ()
    ends = [rule.when.until_ms for rule in rules if rule.when.until_ms is not None]
    if not rules or len(ends) < len(rules) or any(rule.when.calls for rule in rules):
        return None
    return min(rule.when.from_ms for rule in rules), max(ends)


def _judge(
    run: RunLine, before: Sequence[RunLine], scenario: Scenario, judgement: Judgement
) -> None:
    outcomes = run.expected.outcomes
    if outcomes and "completed" not in outcomes:
        return  # its own input lets it end otherwise
    ended, _, stage = run.outcome.partition(":")
    if ended == "failed" and run.line(stage).status in FAILURES and not run.faults:
        return  # so does its own stage, which was executed and to which nothing was done
    judgement.judge(
        run.outcome == "completed",
        "stays-broken",
        lambda: (
            f"run {run.key} started {run.request.start_ms:g} ms after the beginning, when the"
            f" faults had been over for {RESTORED_WITHIN_MS:g} ms and more, and"
            f" {f'ended {run.outcome!r}' if run.outcome else 'never ended'}; before them,"
            f" {len(before)} of {len(before)} runs completed"
        ),
        *((run.ended.seq,) if run.ended else ()),
        run=run.key,
    )
    if run.outcome != "completed":
        return
    latencies = scenario.latencies
    uneven = 1.0 if latencies.fixed else latencies.high / latencies.low
    usual = max(_took_ms(one) for one in before)
    allowed = usual * uneven * SLACK + SLACK_MS
    judgement.judge(
        _took_ms(run) <= allowed,
        "stays-slow",
        lambda: (
            f"run {run.key} took {_took_ms(run):g} ms when the faults were over; before them no"
            f" run took more than {usual:g} ms, and latencies explain {allowed:g} ms at most"
        ),
        *((run.ended.seq,) if run.ended else ()),
        run=run.key,
    )


def _start_ms(run: RunLine) -> float:
    return run.started.time_ns / 1e6 if run.started else 0.0


def _end_ms(run: RunLine) -> float:
    return run.ended.time_ns / 1e6 if run.ended else 0.0


def _took_ms(run: RunLine) -> float:
    return _end_ms(run) - _start_ms(run)


LAW = Law(
    id="recovery/restored",
    statement="A second after the last fault, runs complete again as they did before the first,"
    " and take no longer than latencies explain.",
    category=Category.RELIABILITY,
    capability=Capability.CONCURRENT_RUNS,
    gives_way_to=("isolation/concurrent-runs",),
    classes={
        "stays-broken": OutcomeClass(
            title="After faults that are over, runs still do not complete",
            severity=Severity.HIGH,
            why="a disturbance that has passed becomes an outage until somebody restarts the"
            " process",
            type=FindingType.RELIABILITY,
        ),
        "stays-slow": OutcomeClass(
            title="After faults that are over, runs still take longer than before",
            severity=Severity.MEDIUM,
            why="capacity that a disturbance took does not come back",
            type=FindingType.RELIABILITY,
        ),
    },
    check=check,
)
