"""Which flagged lines of a framework a schedule executes: what links a hazard to a run.

Jobs of a worker. They execute schedules once more, under a line recorder, so that the figures of
the exploration are those of an unobserved execution.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType, FrameType
from typing import Any, Self

from production_testers.evidence import fingerprint
from production_testers.experiments.execution import execute, needs
from production_testers.experiments.jobs import cost_scenario, draw
from production_testers.experiments.judging import run_and_judge
from production_testers.model import scenario_format
from production_testers.model.scenario import Kind
from production_testers.suts.contract import Adapter

Emit = Callable[[dict[str, Any]], None]
Place = tuple[str, int, int]
"""File below site-packages, first line, last line."""

STAGES_MAX = 200
"""Schedules that execute more stages are left out: they execute the same lines, only more often."""

_Trace = Callable[[FrameType, str, object], Any]


class LineRecorder:
    """Counts how often lines of given places are executed; a context manager.

    Only functions that hold such a line are traced line by line.

    Args:
        places: What to watch.
    """

    def __init__(self, places: Iterable[Sequence[Any]]) -> None:
        self._places = [(str(file), int(first), int(last)) for file, first, last in places]
        self._tracers: dict[CodeType, _Trace | None] = {}
        self.counts = [0] * len(self._places)

    def __enter__(self) -> Self:
        sys.settrace(self._call)
        return self

    def __exit__(self, *_exc: object) -> None:
        sys.settrace(None)

    @property
    def reached(self) -> list[int]:
        """Indices of the places of which a line was executed."""
        return [index for index, count in enumerate(self.counts) if count]

    def _call(self, frame: FrameType, _event: str, _argument: object) -> _Trace | None:
        code = frame.f_code
        if code not in self._tracers:
            self._tracers[code] = self._tracer_of(code)
        return self._tracers[code]

    def _tracer_of(self, code: CodeType) -> _Trace | None:
        watched = self._watched(code)
        if not watched:
            return None

        def trace(frame: FrameType, event: str, _argument: object) -> _Trace:
            if event == "line":
                for index in watched.get(frame.f_lineno, ()):
                    self.counts[index] += 1
            return trace

        return trace

    def _watched(self, code: CodeType) -> Mapping[int, tuple[int, ...]]:
        """Line → indices of the places that it belongs to, for the lines of one function."""
        here = [
            (index, first, last)
            for index, (file, first, last) in enumerate(self._places)
            if code.co_filename.endswith(f"/{file}")
        ]
        lines = {line for _, _, line in code.co_lines() if line} if here else set()
        found = {
            line: tuple(i for i, first, last in here if first <= line <= last) for line in lines
        }
        return {line: indices for line, indices in found.items() if indices}


def sample(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Execute the first schedules of a kind; say which places each reached, and what laws said.

    Schedules that are too large, or that the release cannot execute, are left out.

    Args of the job: kind, seed, count (of schedules to execute), planned (where to stop looking
    for them), places.
    """
    sut = adapter.describe()
    samples: list[dict[str, Any]] = []
    for index in range(arguments["planned"]):
        if len(samples) == arguments["count"]:
            break
        scenario = draw(Kind(arguments["kind"]), arguments["seed"], index)
        if not all(sut.offers(capability) for capability in needs(scenario)):
            continue
        if scenario.size > STAGES_MAX:
            continue
        with LineRecorder(arguments["places"]) as recorder:
            execute(adapter, scenario, sut)
        verdicts = run_and_judge(adapter, sut, scenario).verdicts if recorder.reached else {}
        samples.append(
            {
                "index": index,
                "features": list(fingerprint.features(scenario)),
                "reached": recorder.reached,
                "laws": {law: [v.state.value, v.exercised] for law, v in verdicts.items()},
            }
        )
    return {"samples": samples}


def lines_of(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> list[int]:
    """Execute one scenario; give the indices of the places that it reached.

    Args of the job: scenario, places.
    """
    with LineRecorder(arguments["places"]) as recorder:
        execute(adapter, scenario_format.from_json(arguments["scenario"]), adapter.describe())
    return recorder.reached


def growth(adapter: Adapter, arguments: dict[str, Any], _emit: Emit) -> list[list[int]]:
    """Executed lines of each place, for pipelines of each size.

    Args of the job: shape, sizes (ascending), places.
    """
    sut = adapter.describe()
    counts = []
    for size in (min(arguments["sizes"]), *arguments["sizes"]):
        scenario = cost_scenario(arguments["shape"], size)
        with LineRecorder(arguments["places"]) as recorder:
            execute(adapter, scenario, sut)
        counts.append(recorder.counts)
    return counts[1:]  # what is imported or cached at first use is not counted
