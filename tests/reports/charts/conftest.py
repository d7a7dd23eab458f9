"""What a run measured, by hand, and a history in a few words."""

import pytest

from production_testers.evidence.defect import Defect
from production_testers.experiments.workloads import chain, identity_of
from production_testers.model.history import Event, EventKind, History
from production_testers.model.scenario import Kind, RunRequest, Scenario
from production_testers.model.scenario_format import to_json

COMMON = {
    "sut": "toyflow 1.0",
    "load": "closed loop, 50 callers",
    "workers": 1,
    "executions": 2_000,
}


def make_latency(**fields):
    return {
        **COMMON,
        "p50_ms": 20.0,
        "p95_ms": 40.0,
        "p99_ms": 50.0,
        "max_ms": 60.0,
        "mean_ms": 23.0,
        "count": 2_000,
        "percentiles": [[0.0, 10.0], [50.0, 20.0], [90.0, 30.0], [99.0, 50.0]],
        **fields,
    }


def make_throughput(**fields):
    over_time = [
        {"at_s": 0.25, "rate": 1_000.0, "counts": True, "p50_ms": 1.0, "p99_ms": 9.0},
        {"at_s": 0.75, "rate": 3_000.0, "counts": True, "p50_ms": 1.5, "p99_ms": 8.0},
    ]
    return {**COMMON, "throughput_tps": 2_000.0, "failed": 3, "over_time": over_time, **fields}


def make_memory(*sizes):
    return {
        **COMMON,
        "cpu_us_per_operation": 471.0,
        "file_descriptors_max": 9,
        "tasks_left": 0,
        "over_time": [
            {"at_s": float(n), "rss_mb": size, "lag_ms": 2.0, "gc_ms": 0.0}
            for n, size in enumerate(sizes, start=1)
        ],
    }


def make_costs(state="broken", **points):
    verdicts = {"cost/operations-per-stage": {"state": state}}
    return {shape: {"points": told, "verdicts": verdicts} for shape, told in points.items()}


def make_history(*told):
    """Milliseconds, kind, run, stage, value of every event; an attempt is the first."""
    return History(
        tuple(
            Event(
                seq=seq,
                time_ns=round(ms * 1e6),
                kind=EventKind(kind),
                run=run,
                stage=stage,
                attempt=1 if stage else 0,
                value=value,
            )
            for seq, (ms, kind, run, stage, value) in enumerate(told)
        )
    )


def make_defect(events=(), runs=("r0",), stages=2, **fields):
    scenario = Scenario(
        kind=Kind.CHAOS,
        pipeline=chain(stages),
        requests=tuple(RunRequest(key=r, input={}, identity=identity_of(0, 0)) for r in runs),
    )
    return Defect(
        **{
            "law": "dag/runs-once",
            "outcome_class": "stage-never-ran",
            "component": "engine.run",
            "features": (),
            "fingerprint": "a" * 16,
            "verdict": {"summary": "s1 of r0 never ran", "events": list(events), "run": ""},
            "exhibit": {"scenario": to_json(scenario)},
            "digest": "",
            "sut": {"name": "toyflow", "version": "1.0"},
            **fields,
        }
    )


@pytest.fixture(scope="session")
def latency_document():
    return make_latency


@pytest.fixture(scope="session")
def throughput_document():
    return make_throughput


@pytest.fixture(scope="session")
def memory_document():
    return make_memory


@pytest.fixture(scope="session")
def costs_document():
    return make_costs


@pytest.fixture(scope="session")
def history():
    return make_history


@pytest.fixture(scope="session")
def defect():
    return make_defect
