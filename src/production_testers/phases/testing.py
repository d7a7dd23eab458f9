"""Phase 4: explores scenarios, counts work, measures for real, runs the folder's tests."""

import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from production_testers.experiments.copying import copy_templates
from production_testers.experiments.exploration import WorkerPool, explore
from production_testers.experiments.five import playing
from production_testers.experiments.lab import COST, EXPLORED_VARIABLE, MEASURE, PYTHON_VARIABLE
from production_testers.load import documents, hlog, otlp
from production_testers.load.result import Result, percentiles_ms
from production_testers.load.running import started_ns
from production_testers.load.worker.measuring import plan_of, result_of
from production_testers.model.errors import PtestError, UsageError
from production_testers.phases.context import Plan, RunContext
from production_testers.phases.loading import measure_missed
from production_testers.phases.tracing import otlp_document
from production_testers.reports.record import LatencySummary, Measured, TestOutcome
from production_testers.workspace.atomic import write_bytes, write_json, write_text
from production_testers.workspace.clock import stopwatch, utc_now

TRACE = "production_testers.experiments.jobs:trace"
PYTEST_TIMEOUT_S = 900.0
_MISTAKES_IN_TESTS = (2, 4, 5)
"""How pytest ends where test files cannot be imported, a conftest cannot, or there is no test."""


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
    context.experiments = _experiments(context, workers)
    context.tell("  counting executed lines for growing pipelines")
    context.costs = {
        shape: workers.call(COST, {"shape": shape, "sizes": list(sizes)})
        for shape, sizes in context.plan.cost_sizes.items()
    }
    for law, where in sorted(context.crashes.items()):
        context.tell(f"  error of production-testers: {law} failed itself ({where})")
    context.tell("  measuring real executions")
    context.measured = workers.call(MEASURE, measure_arguments(context.plan))
    measure_missed(context, workers, closed_loop(context.measured))
    write_json(context.run.metrics / "cost.json", context.costs)
    _write_metrics(context)
    _write_traces(context, workers)


def _experiments(context: RunContext, workers: WorkerPool) -> dict[str, dict[str, Any]]:
    """What each kind's file declares, performed; the figures stand in results/metrics/."""
    done: dict[str, dict[str, Any]] = {}
    for kind in context.plan.schedules if context.plan.experiments else ():
        context.tell(f"  performing the experiment of {kind.value}.py")
        arguments = playing.asked(kind, context.plan.seed, context.folder)
        done[kind.value] = workers.call(playing.PERFORM, arguments, playing.TIMEOUT_S)
        playing.keep(context.folder, done[kind.value])
    return done


def measure_arguments(plan: Plan) -> dict[str, Any]:
    """What the measuring job is asked."""
    return {"concurrency": plan.concurrency, "seconds": plan.real_s}


def closed_loop(measured: dict[str, Any]) -> Result:
    """The closed loop of the real executions."""
    plan = plan_of(concurrency=measured["concurrency"], duration_s=measured["seconds"])
    return result_of(plan, measured["closed"])


def open_loop(measured: dict[str, Any]) -> Result:
    """The open loop of the real executions."""
    plan = plan_of(rate=measured["rate"], duration_s=measured["seconds"])
    return result_of(plan, measured["open"])


def summarise(measured: dict[str, Any]) -> Measured:
    """What reports say of the real executions."""
    closed, opened = closed_loop(measured), open_loop(measured)
    return Measured(
        latency=_summary(closed),
        throughput_per_s=closed.throughput,
        concurrency=measured["concurrency"],
        stages=measured["stages"],
        failed=measured["failed"],
        cpu_us_per_execution=closed.cpu_us_per_operation,
        rss_max_mb=max((point.rss_mb for point in closed.series), default=0.0),
        tasks_left=measured["tasks_left"],
        rate_per_s=measured["rate"],
        from_intended=_summary(opened),
    )


def _summary(result: Result) -> LatencySummary:
    found = percentiles_ms(result.latency)
    return LatencySummary(
        p50_ms=found["p50_ms"],
        p95_ms=found["p95_ms"],
        p99_ms=found["p99_ms"],
        max_ms=found["max_ms"],
        mean_ms=found["mean_ms"],
        count=result.completed,
    )


def _write_metrics(context: RunContext) -> None:
    """latency.json, throughput.json and resource_usage.json, and logs of the histograms.

    The closed loop is what they are about; latency.json has the open loop beside it.
    """
    measured = context.measured
    if measured is None:
        return
    closed, opened = closed_loop(measured), open_loop(measured)
    found = documents.metrics(closed, context.sut_label)
    found["latency.json"]["open_loop"] = documents.metrics(opened, context.sut_label)[
        "latency.json"
    ]
    for name, document in found.items():
        document["stages_of_pipeline"] = measured["stages"]
        write_json(context.run.metrics / name, document)
    traced = otlp.traces(opened, context.sut_label, started_ns(opened))
    if traced is not None:
        write_json(context.run.free_trace(utc_now(), "load"), traced)
    for loop, result in (("closed", closed), ("open", opened)):
        for name, text in hlog.logs(result).items():
            write_text(context.run.metrics / f"{loop}_{name}", text)


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
        _run_pytest(context, junit, _explored(context, Path(name)))
        here = f"{context.run.path.resolve()}/".encode()  # says nothing to another machine
        write_bytes(context.run.junit, junit.read_bytes().replace(here, b""))
    return read_junit(context.run.junit)


def _explored(context: RunContext, folder: Path) -> dict[str, str]:
    """Where the tests find what this run has shown; nothing where they explore for themselves.

    An application's schedules are the same ones a moment later, and half of the run's time.
    """
    if context.target is None or any(one.truncated for one in context.reports.values()):
        return {}
    path = folder / "explored.json"
    told = {kind.value: report.handed_on() for kind, report in context.reports.items()}
    path.write_text(json.dumps(told), encoding="utf-8")
    return {EXPLORED_VARIABLE: str(path)}


def _run_pytest(context: RunContext, junit: Path, explored: Mapping[str, str]) -> None:
    environment = {
        **os.environ, PYTHON_VARIABLE: str(context.environment.python), **explored,
    }  # fmt: skip
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
