"""Phase 4: explores scenarios, counts work, measures for real, runs the folder's tests."""

import math
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hdrh.histogram import HdrHistogram

from production_testers.experiments.exploration import WorkerPool, explore
from production_testers.experiments.lab import COST, MEASURE, PYTHON_VARIABLE
from production_testers.model.errors import PtestError, UsageError
from production_testers.phases.context import RunContext
from production_testers.phases.tracing import otlp_document
from production_testers.reports.record import LatencySummary, Measured, TestOutcome
from production_testers.workspace.atomic import write_bytes, write_json, write_text
from production_testers.workspace.clock import stopwatch, utc_now
from production_testers.workspace.copying import copy_templates

TRACE = "production_testers.experiments.jobs:trace"
MEASURE_SECONDS_MAX = 4.0
PYTEST_TIMEOUT_S = 900.0
_MISTAKES_IN_TESTS = (2, 4, 5)
"""How pytest ends where test files cannot be imported, a conftest cannot, or there is no test."""
THROUGHPUT_PARTS = 20
"""Throughput is told for as many parts with equally many executions."""

_PART_MIN = 5
_PERCENTILES_A_DECADE = 10


def build_tests(context: RunContext) -> None:
    """Write tests/."""
    copy_templates([context.workspace.templates / "test_utilities" / "tests"], context.run.tests)


def execute(context: RunContext, workers: WorkerPool) -> None:
    """Explore every kind, count work, measure; keep the numbers under results/."""
    elapsed = stopwatch()
    budget = context.plan.budget_s
    total = sum(context.plan.schedules.values())
    done = [0]

    def progress(count: int) -> None:
        done[0] += count
        context.tell(f"  {done[0]} of {total} schedules, {elapsed():.0f} s")

    context.reports = explore(
        workers,
        context.plan.schedules,
        context.plan.seed,
        on_schedules=progress,
        stop=lambda: budget is not None and elapsed() > budget,
    )
    write_json(
        context.run.results / "exploration.json",
        {kind.value: report.as_json() for kind, report in context.reports.items()},
    )
    context.tell("  counting executed lines for growing pipelines")
    context.costs = {
        shape: workers.call(COST, {"shape": shape, "sizes": list(sizes)})
        for shape, sizes in context.plan.cost_sizes.items()
    }
    write_json(context.run.metrics / "cost.json", context.costs)
    context.tell("  measuring real executions")
    context.measured = workers.call(MEASURE, measure_arguments(context))
    _write_metrics(context)
    _write_traces(context, workers)


def measure_arguments(context: RunContext) -> dict[str, Any]:
    """What the measuring job is asked."""
    return {
        "executions": context.plan.executions,
        "concurrency": context.plan.concurrency,
        "seconds_max": MEASURE_SECONDS_MAX,
    }


def summarise(measured: dict[str, Any]) -> Measured:
    """Percentiles from an HdrHistogram with three significant digits, microsecond resolution."""
    histogram = _histogram(measured)
    count = max(1, len(measured["latencies_ns"]))
    cpu_s = measured["cpu_user_s"] + measured["cpu_system_s"]
    return Measured(
        latency=LatencySummary(
            p50_ms=histogram.get_value_at_percentile(50) / 1e3,
            p95_ms=histogram.get_value_at_percentile(95) / 1e3,
            p99_ms=histogram.get_value_at_percentile(99) / 1e3,
            max_ms=histogram.get_max_value() / 1e3,
            mean_ms=histogram.get_mean_value() / 1e3,
            count=len(measured["latencies_ns"]),
        ),
        throughput_per_s=count / (measured["wall_ns"] / 1e9),
        concurrency=measured["concurrency"],
        stages=measured["stages"],
        failed=measured["failed"],
        cpu_us_per_execution=cpu_s * 1e6 / count,
        rss_max_mb=measured["rss_max_kb"] / 1024,
        tasks_left=measured["tasks_left"],
    )


def _histogram(measured: dict[str, Any]) -> HdrHistogram:
    histogram = HdrHistogram(1, 3_600_000_000, 3)
    for latency_ns in measured["latencies_ns"]:
        if not histogram.record_value(max(1, latency_ns // 1_000)):
            raise PtestError(f"A latency of {latency_ns} ns is out of the histogram's range.")
    return histogram


def percentiles(measured: dict[str, Any]) -> list[tuple[float, float]]:
    """Percent of the executions, and the milliseconds that they took at most.

    The closer to all of them, the closer the steps; the last one leaves out a single execution.
    """
    histogram = _histogram(measured)
    count = len(measured["latencies_ns"])
    steps = int(math.log10(count) * _PERCENTILES_A_DECADE) + 1 if count else 0
    percents = [100 * (1 - 10 ** (-step / _PERCENTILES_A_DECADE)) for step in range(steps)]
    return [(round(p, 4), histogram.get_value_at_percentile(p) / 1e3) for p in percents]


def rates(ended_ns: Sequence[int]) -> list[tuple[float, float]]:
    """The end of every part, seconds, and executions per second in it; none for too few."""
    parts = min(THROUGHPUT_PARTS, len(ended_ns) // _PART_MIN)
    found, begun, done = [], 0, 0
    for part in range(1, parts + 1):
        until = len(ended_ns) * part // parts
        ended = ended_ns[until - 1]
        found.append((round(ended / 1e9, 6), round((until - done) / ((ended - begun) / 1e9), 1)))
        begun, done = ended, until
    return found


def _write_metrics(context: RunContext) -> None:
    measured = context.measured or {}
    figures = summarise(measured)
    common = {
        "sut": context.sut_label,
        "load": "closed loop; latency from the send; trivial stages on the stock event loop",
        "concurrency": figures.concurrency,
        "stages": figures.stages,
        "executions": figures.latency.count,
    }
    latency = figures.latency
    values = {name: round(getattr(latency, name), 4) for name in latency.__slots__}
    write_json(
        context.run.metrics / "latency.json",
        {**common, **values, "percentiles": percentiles(measured)},
    )
    write_json(
        context.run.metrics / "throughput.json",
        {
            **common,
            "throughput_tps": round(figures.throughput_per_s, 1),
            "failed": figures.failed,
            "wall_s": round(measured["wall_ns"] / 1e9, 4),
            "over_time": rates(measured["ended_ns"]),
        },
    )
    write_json(
        context.run.metrics / "resource_usage.json",
        {
            **common,
            "cpu_user_s": round(measured["cpu_user_s"], 4),
            "cpu_system_s": round(measured["cpu_system_s"], 4),
            "cpu_us_per_execution": round(figures.cpu_us_per_execution, 1),
            "rss_max_mb": round(figures.rss_max_mb, 1),
            "file_descriptors": measured["file_descriptors"],
            "tasks_left": figures.tasks_left,
            "memory_over_executions": [
                (executions, round(kb / 1024, 2)) for executions, kb in measured["memory_kb"]
            ],
        },
    )


def _write_traces(context: RunContext, workers: WorkerPool) -> None:
    for kind in context.plan.schedules:
        arguments = {"kind": kind.value, "seed": context.plan.seed, "tries": 20}
        traced = workers.call(TRACE, arguments)
        if traced["events"]:
            document = otlp_document(traced, context.sut_label, context.plan.seed)
            write_json(context.run.free_trace(utc_now(), kind.value), document)


def run_folder_tests(context: RunContext) -> tuple[TestOutcome, ...]:
    """Run `pytest tests/` in the folder, as anybody would, against the same environment."""
    with tempfile.TemporaryDirectory(prefix="ptest-junit-") as name:
        junit = Path(name) / "junit.xml"  # pytest would leave half a file where it dies
        _run_pytest(context, junit)
        here = f"{context.run.path.resolve()}/".encode()  # says nothing to another machine
        write_bytes(context.run.junit, junit.read_bytes().replace(here, b""))
    return read_junit(context.run.junit)


def _run_pytest(context: RunContext, junit: Path) -> None:
    environment = {**os.environ, PYTHON_VARIABLE: str(context.environment.python)}
    command = [
        *(sys.executable, "-m", "pytest", "tests/", "-v", "-p", "no:cacheprovider"),
        *("-p", "no:xdist", "--junitxml", str(junit)),
    ]
    try:
        done = subprocess.run(
            command,
            cwd=context.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PYTEST_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise PtestError(
            f"The tests of {context.run.address} did not end in {PYTEST_TIMEOUT_S:.0f} s.",
            do="Run `pytest tests/ -v` in the folder to see which one hangs.",
        ) from error
    write_text(context.run.free_log(utc_now(), "tests"), done.stdout)
    if done.returncode not in (0, 1):
        last = (done.stdout.strip().splitlines() or ["no output"])[-1]
        kind = UsageError if done.returncode in _MISTAKES_IN_TESTS else PtestError
        raise kind(
            f"The tests of {context.run.address} could not be run: pytest ended with"
            f" {done.returncode}: {last}",
            do="Its output is in results/logs/.",
        )


def read_junit(path: Path) -> tuple[TestOutcome, ...]:
    """The tests of a JUnit file."""
    return tuple(_outcome(case) for case in ET.parse(path).getroot().iter("testcase"))  # noqa: S314 - our own pytest wrote it


def _outcome(case: ET.Element) -> TestOutcome:
    found = next((case.find(tag) for tag in _TAGS if case.find(tag) is not None), None)
    match = re.search(r"test_(\w+)", case.get("classname", ""))
    message = "" if found is None else (found.get("message") or "")
    return TestOutcome(
        category=match.group(1) if match else "",
        name=case.get("name", ""),
        outcome="passed" if found is None else _TAGS[found.tag],
        message=(message.splitlines() or [""])[0].removeprefix("AssertionError: "),
        seconds=float(case.get("time", 0)),
    )


_TAGS = {"failure": "failed", "error": "error", "skipped": "skipped"}
