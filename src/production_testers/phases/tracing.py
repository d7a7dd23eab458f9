"""A history as an OTLP JSON trace (opentelemetry-proto `TracesData`): runs and stages as spans."""

from collections.abc import Mapping
from typing import Any

from production_testers.model import seeds
from production_testers.simulation.patches import EPOCH_S

INTERNAL, OK, ERROR = 1, 1, 2
_ENDS = {"stage_ended": OK, "stage_raised": ERROR, "stage_stopped": ERROR}


def otlp_document(traced: Mapping[str, Any], sut: str, seed: int) -> dict[str, Any]:
    """One JSON document: a trace for every run, a span for every execution of a stage.

    Args:
        traced: What the trace job gives: scenario, events, index.
        sut: Name and version of the system under test.
        seed: Ids are derived from it.
    """
    spans = _Spans(seed, str(traced["scenario"]["kind"]), traced["index"])
    for event in traced["events"]:
        spans.add(event)
    resource = {
        "service.name": "production-testers",
        "ptest.sut": sut,
        "ptest.seed": str(seed),
        "ptest.kind": spans.kind,
        "ptest.schedule": str(traced["index"]),
        "ptest.time": "virtual",
    }
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes(resource)},
                "scopeSpans": [
                    {"scope": {"name": "production_testers.history"}, "spans": spans.finished}
                ],
            }
        ]
    }


class _Spans:
    def __init__(self, seed: int, kind: str, index: int) -> None:
        self._seed = seed
        self._schedule = f"{kind}/{index}"
        self.kind = kind
        self._open: dict[tuple[str, str, int], dict[str, Any]] = {}
        self.finished: list[dict[str, Any]] = []

    def add(self, event: Mapping[str, Any]) -> None:
        """Open or close the span that the event is about; others become span events."""
        run, stage, attempt = event["run"], event["stage"], event["attempt"]
        kind = event["kind"]
        if kind == "run_started":
            self._start(event, (run, "", 0), f"run {run}", parent="")
        elif kind == "run_ended":
            outcome = event["value"]["outcome"]
            self._end(event, (run, "", 0), OK if outcome == "completed" else ERROR, outcome)
        elif kind == "stage_started":
            parent = self._id(8, run, "", 0)
            self._start(event, (run, stage, attempt), f"stage {stage}", parent=parent)
        elif kind in _ENDS:
            status = event["value"].get("status", kind.removeprefix("stage_"))
            self._end(event, (run, stage, attempt), _ENDS[kind], str(status))
        elif (span := self._open.get((run, stage, attempt))) is not None:
            span["events"].append({"timeUnixNano": _time(event), "name": kind})

    def _id(self, size: int, *path: str | int) -> str:
        number = seeds.random_for(self._seed, self._schedule, *path).getrandbits(size * 8)
        return f"{number:0{size * 2}x}"

    def _start(
        self, event: Mapping[str, Any], key: tuple[str, str, int], name: str, *, parent: str
    ) -> None:
        self._open[key] = {
            "traceId": self._id(16, key[0]),
            "spanId": self._id(8, *key),
            "parentSpanId": parent,
            "name": name,
            "kind": INTERNAL,
            "startTimeUnixNano": _time(event),
            "endTimeUnixNano": _time(event),
            "attributes": _attributes({"ptest.run": key[0], "ptest.attempt": str(key[2])}),
            "events": [],
            "status": {},
        }

    def _end(
        self, event: Mapping[str, Any], key: tuple[str, str, int], code: int, outcome: str
    ) -> None:
        span = self._open.pop(key, None)
        if span is not None:
            span["endTimeUnixNano"] = _time(event)
            span["status"] = {"code": code, "message": outcome}
            self.finished.append(span)


def _time(event: Mapping[str, Any]) -> str:
    return str(round(EPOCH_S) * 10**9 + event["time_ns"])


def _attributes(values: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
