"""Sampled executions as an OTLP JSON trace (opentelemetry-proto `TracesData`), in real time."""

from collections.abc import Mapping
from typing import Any

from production_testers.load.result import Result
from production_testers.model import seeds

TRACES_MAX = 60
"""So many executions are kept, evenly spread over the load."""

_INTERNAL, _OK, _ERROR = 1, 1, 2


def traces(result: Result, sut: str, started_epoch_ns: int) -> dict[str, Any] | None:
    """One JSON document: a trace for every sampled execution; None where none was sampled.

    Args:
        result: What a load of a pipeline showed.
        sut: Name and version of the system under test.
        started_epoch_ns: When the load started, nanoseconds since 1970.
    """
    if not result.traces:
        return None
    offset = started_epoch_ns - result.load.start_ns
    every = -(-len(result.traces) // TRACES_MAX)
    kept = result.traces[::every]
    spans = [span for traced in kept for span in _spans(traced, offset, result.seed)]
    about = {
        "service.name": "production-testers",
        "ptest.sut": sut,
        "ptest.load": result.plan.load_words,
        "ptest.time": "real",
        "ptest.sampled": f"{len(kept)} of {result.completed}",
    }
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes(about)},
                "scopeSpans": [{"scope": {"name": "production_testers.load"}, "spans": spans}],
            }
        ]
    }


def _spans(traced: Mapping[str, Any], offset: int, seed: int) -> list[dict[str, Any]]:
    run = str(traced["run"])
    trace, root = _id(seed, 16, run), _id(seed, 8, run, "")
    code = _OK if traced["ended"] == "completed" else _ERROR
    whole = _span(trace, root, "", f"run {run}", (traced["start"], traced["end"]), offset)
    whole["status"] = {"code": code, "message": traced["ended"]}
    stages = [
        _span(trace, _id(seed, 8, run, name, str(number)), root, f"stage {name}", (a, b), offset)
        for number, (name, a, b) in enumerate(traced["spans"])
    ]
    return [whole, *stages]


def _span(
    trace: str, span: str, parent: str, name: str, times: tuple[int, int], offset: int
) -> dict[str, Any]:
    return {
        "traceId": trace,
        "spanId": span,
        "parentSpanId": parent,
        "name": name,
        "kind": _INTERNAL,
        "startTimeUnixNano": str(times[0] + offset),
        "endTimeUnixNano": str(times[1] + offset),
        "attributes": [],
        "events": [],
        "status": {},
    }


def _id(seed: int, size: int, *path: str) -> str:
    number = seeds.random_for(seed, "load", *path).getrandbits(size * 8)
    return f"{number:0{size * 2}x}"


def _attributes(values: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
