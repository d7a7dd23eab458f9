"""A load as documents: what `--json` prints, and results/metrics/ holds."""

from collections.abc import Mapping
from typing import Any

from production_testers.experiments.targets import targets_missed
from production_testers.load.histogram import Histogram
from production_testers.load.outliers import CAUSES
from production_testers.load.result import PERCENTS, Result, curve_ms, percentiles_ms
from production_testers.load.statistics.memory import slope

_DIGITS = 6


def figures(result: Result) -> dict[str, float]:
    """The figures that targets are about."""
    return {
        **percentiles_ms(result.latency),
        "throughput_tps": round(result.throughput, 3),
        "failed_percent": round(result.failed_percent, 4),
    }


def document(result: Result, targets: Mapping[str, float]) -> dict[str, Any]:
    """Everything, in one document."""
    found = figures(result)
    missed = targets_missed(found, targets)
    return {
        **about(result),
        "partial": bool(result.partial),
        "partial_reasons": list(result.partial),
        **_rounded(found),
        "confidence_95": {
            name: [round(edge, _DIGITS) for edge in edges]
            for name, edges in result.confidence.items()
        },
        **counts(result),
        "latency_from": latency_from(result),
        "percentiles_are_lower_bounds": bool(result.unfinished or result.not_sent),
        "from_send": _rounded(percentiles_ms(result.service)),
        "corrected": corrected(result),
        "dispatch_lateness": lateness(result),
        "failed_latency": _rounded(percentiles_ms(result.failed_latency)),
        "little": None if result.little is None else _rounded(result.little),
        "settled": result.is_settled,
        "settled_s": round(result.settled_s, 3),
        "resources": resources(result),
        "stages": stages(result),
        "slowest": slowest(result),
        "logs": result.logs,
        "slo": {"targets": dict(targets), "missed": missed},
    }


def about(result: Result) -> dict[str, Any]:
    """What was done, as every file says it."""
    plan = result.plan
    return {
        "target": plan.words,
        "load": plan.load_words,
        "started_at": result.started_at,
        "duration_s": plan.duration_s,
        "warm_up_s": round(plan.cut_s, 3),
        "measured_s": round(result.window_s, 4),
        "workers": plan.workers,
        "concurrency": plan.concurrency,
    }


def counts(result: Result) -> dict[str, Any]:
    """What became of what was meant to be done."""
    return {
        "count": result.completed,
        "failed": result.failures,
        "errors": dict(result.errors),
        "dropped": result.dropped,
        "not_sent": result.not_sent,
        "unfinished": result.unfinished,
    }


def latency_from(result: Result) -> str:
    """What the main percentiles count from."""
    return "intended start" if result.is_open else "send"


def corrected(result: Result) -> dict[str, Any] | None:
    """A closed loop's second latency: as if callers had gone on while one was waiting."""
    if result.corrected is None:
        return None
    return {
        "expected_interval_ms": round(result.expected_interval_ns / 1e6, _DIGITS),
        **_rounded(percentiles_ms(result.corrected)),
    }


def lateness(result: Result) -> dict[str, float] | None:
    """How late operations were sent; a closed loop knows no intended start."""
    return _rounded(percentiles_ms(result.lateness)) if result.is_open else None


def resources(result: Result) -> dict[str, Any]:
    """CPU, memory and what else the workers' processes showed."""
    points = [point for point in result.series if point.counts] or result.series
    user, system = result.cpu_s
    lag, gc = result.pauses("lag"), result.pauses("gc")
    return {
        "cpu_user_s": round(user, 4),
        "cpu_system_s": round(system, 4),
        "cpu_us_per_operation": round(result.cpu_us_per_operation, 3),
        "waited_for_a_core_percent": round(100 * result.waited_share, 1),
        "rss_max_mb": round(max((p.rss_mb for p in points), default=0.0), 2),
        "threads_max": max((p.threads for p in points), default=0),
        "file_descriptors_max": max((p.file_descriptors for p in points), default=0),
        "tasks_max": max((p.tasks for p in points), default=0),
        "memory_slope": memory_slope(result),
        "tasks_left": sum(worker.tasks_left or 0 for worker in result.load.workers),
        "loop_lag_ms": _pauses(lag),
        "gc_ms": {**_pauses(gc), "collections": gc.total},
        "clock_offsets_us": [round(w.clock_offset_us, 2) for w in result.load.workers],
        "clock_errors_us": [round(w.clock_error_us, 2) for w in result.load.workers],
    }


def memory_slope(result: Result) -> dict[str, Any]:
    """Whether memory grows with the operations."""
    points = [point for point in result.series if point.counts]
    done, total = [], 0.0
    for point in points:
        total += point.rate * result.plan.interval_s
        done.append(total)
    return slope(done, [point.rss_mb for point in points], seed=result.seed)


def stages(result: Result) -> dict[str, Any]:
    """Latency by stage."""
    return {
        name: {"count": histogram.total, **_rounded(percentiles_ms(histogram))}
        for name, histogram in result.stages.items()
    }


def slowest(result: Result) -> dict[str, Any]:
    """The slowest operations, and what most of their time went to."""
    causes = [outlier.cause for outlier in result.outliers]
    return {
        "causes": {name: causes.count(name) for name in CAUSES if name in causes},
        "operations": [
            {
                "at_s": outlier.at_s,
                "total_ms": outlier.total_ms,
                "cause": outlier.cause,
                "parts_ms": outlier.parts_ms,
            }
            for outlier in result.outliers
        ],
    }


def metrics(result: Result, sut: str) -> dict[str, Any]:
    """File name → document, for results/metrics/."""
    common = {"sut": sut, **about(result), "executions": result.completed}
    latency = {
        **common,
        **_rounded(percentiles_ms(result.latency)),
        "count": result.completed,
        "lower_bounds": result.unfinished + result.not_sent,
        "latency_from": latency_from(result),
        "from_send": _rounded(percentiles_ms(result.service)),
        "corrected": corrected(result),
        "dispatch_lateness": lateness(result),
        "confidence_95": {
            name: [round(edge, _DIGITS) for edge in result.confidence[name]]
            for name in PERCENTS
            if name in result.confidence
        },
        "percentiles": curve_ms(result.latency),
        "percentiles_from_send": curve_ms(result.service) if result.is_open else [],
        "stages": stages(result),
        "slowest": slowest(result),
    }
    throughput = {
        **common,
        "throughput_tps": round(result.throughput, 2),
        **counts(result),
        "failed": result.failures,
        "little": result.little,
        "wall_s": round(result.window_s, 4),
        "over_time": [
            {
                "at_s": p.at_s,
                "rate": p.rate,
                "failed": p.failed,
                "p50_ms": round(p.p50_ms, _DIGITS),
                "p99_ms": round(p.p99_ms, _DIGITS),
                "max_ms": round(p.max_ms, _DIGITS),
                "counts": p.counts,
            }
            for p in result.series
        ],
    }
    usage = {
        **common,
        **resources(result),
        "over_time": [
            {
                "at_s": p.at_s,
                "cpu": p.cpu,
                "rss_mb": round(p.rss_mb, 2),
                "threads": p.threads,
                "file_descriptors": p.file_descriptors,
                "tasks": p.tasks,
                "under_way": round(p.under_way, 2),
                "lag_ms": round(p.lag_ms, 3),
                "gc_ms": round(p.gc_ms, 3),
                "counts": p.counts,
            }
            for p in result.series
        ],
    }
    return {"latency.json": latency, "throughput.json": throughput, "resource_usage.json": usage}


def _pauses(histogram: Histogram) -> dict[str, float]:
    values = percentiles_ms(histogram)
    return {name: round(values[f"{name}_ms"], 3) for name in ("p50", "p99", "max")}


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, _DIGITS) for name, value in values.items()}
