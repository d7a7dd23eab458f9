"""In a burst of runs, none is left waiting while nothing works."""

from collections.abc import Iterable

from production_testers.laws.law import (
    Category,
    FindingType,
    Judgement,
    Law,
    OutcomeClass,
    Severity,
)
from production_testers.laws.timeline import RunLine, runs
from production_testers.model.observation import Observation
from production_testers.model.semantics import Capability
from production_testers.model.verdict import Verdict

RUNS_MIN = 50
"""From this many overlapping runs on it is a burst."""

IDLE_NS = 1_000_000_000
"""A run may wait this long at a time while no stage of any run works: executors may poll."""

Interval = tuple[int, int]


def check(observation: Observation) -> Verdict:
    """Judge every run of a burst that has ended: how much of its time nobody worked."""
    judgement = Judgement()
    lines = [run for run in runs(observation) if run.root == run.key]
    spans = [(r.started.time_ns, r.ended.time_ns) for r in lines if r.started and r.ended]
    if overlap(spans) < RUNS_MIN:
        return judgement.verdict()
    busy = _united(_worked(lines, observation.history.events[-1].time_ns))
    for run in lines:
        if run.started is None or run.ended is None:
            continue
        if any(len(line.starts) > 1 for line in run.stages.values()):
            continue  # between attempts an executor may wait
        start, end = run.started.time_ns, run.ended.time_ns
        idle = _longest_gap(start, end, busy)
        judgement.judge(
            idle <= IDLE_NS,
            "left-waiting",
            lambda: (
                f"run {run.key} took {(end - start) / 1e6:.0f} ms in a burst of {len(spans)} runs;"
                f" for {idle / 1e6:.0f} ms at a time no stage of any run was working"
            ),
            run.started.seq,
            run.ended.seq,
        )
    return judgement.verdict()


def overlap(spans: Iterable[Interval]) -> int:
    """How many of the intervals overlap at most."""
    edges = sorted(edge for a, b in spans for edge in ((a, -1), (b, 1)))
    most = now = 0
    for _, edge in edges:
        now -= edge
        most = max(most, now)
    return most


def _worked(lines: Iterable[RunLine], until: int) -> list[Interval]:
    """When a stage was executing; one that never ended does so until the end."""
    worked = []
    for run in lines:
        for line in run.stages.values():
            ends = {end.attempt: end.time_ns for end in line.ends}
            worked += [(s.time_ns, ends.get(s.attempt, until)) for s in line.starts]
    return worked


def _united(intervals: Iterable[Interval]) -> list[Interval]:
    united: list[Interval] = []
    for start, end in sorted(intervals):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _longest_gap(start: int, end: int, busy: Iterable[Interval]) -> int:
    """The longest part of an interval in which nobody worked."""
    longest, reached = 0, start
    for worked_from, worked_to in busy:
        if worked_to > start and worked_from < end:
            longest = max(longest, worked_from - reached)
            reached = max(reached, worked_to)
    return max(longest, end - reached)


LAW = Law(
    id="scale/bursts",
    statement=f"In a burst of {RUNS_MIN} and more runs no run waits for more than a second while"
    " no stage of any run is working.",
    category=Category.PERFORMANCE,
    capability=Capability.CONCURRENT_RUNS,
    classes={
        "left-waiting": OutcomeClass(
            title="Runs of a burst are left waiting while nothing works",
            severity=Severity.HIGH,
            why="latency grows under bursts although there is nothing to wait for",
            type=FindingType.PERFORMANCE,
        ),
    },
    check=check,
)
