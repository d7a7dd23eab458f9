"""Where in the framework a defect is, by ablation: what runs with it and not without.

A minimal scenario holds nothing that can be left out. Each necessary thing is left out in turn,
and where the law holds then, the lines of the framework that both executions run are compared. The
function with the most lines that only the breaking execution runs is at fault; where there are
none (something was not done), the one with the most lines that only the others run. So the name is
one of that release's own, and not one of a table.
"""

import pkgutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from inspect import CO_COROUTINE
from types import CodeType, FrameType
from typing import Any, Self

from production_testers.evidence.planned import without_rules
from production_testers.experiments.execution import execute
from production_testers.model.scenario import Latencies, RunRequest, Scenario
from production_testers.model.semantics import SutDescription
from production_testers.suts.contract import Adapter

Line = tuple[str, int]
"""Importable name of the function, and the line."""

_OURS = f"{__name__.partition('.')[0]}.suts."

Holds = Callable[[Scenario], bool]

ABLATIONS_MAX = 12
"""How many scenarios with one thing left out are executed."""


def component_of(
    adapter: Adapter, sut: SutDescription, scenario: Scenario, holds: Holds
) -> str | None:
    """The importable name of the function at fault; None where ablation does not tell.

    Args:
        adapter: Of the framework that is installed here.
        sut: What the adapter says of itself.
        scenario: A minimal one, which breaks a law.
        holds: Whether a scenario keeps that law.
    """
    others = [one for one in _ablated(scenario) if holds(one)][:ABLATIONS_MAX]
    if not others:
        return None
    root = adapter.import_roots[0]
    breaking = _lines(adapter, sut, scenario, root)
    keeping = [_lines(adapter, sut, other, root) for other in others]
    suspects = _most(breaking - set().union(*keeping)) or _most(
        set.intersection(*keeping) - breaking
    )
    return next((name for name in suspects if _is_importable(name)), None)


def _most(lines: Iterable[Line]) -> list[str]:
    """Functions by the number of their lines, most first; equal ones by name."""
    counts = Counter(name for name, _ in lines)
    return sorted(counts, key=lambda name: (-counts[name], name))


def _ablated(scenario: Scenario) -> Iterator[Scenario]:
    """The scenario without one thing, for each thing."""
    for fault in scenario.faults:
        yield replace(scenario, faults=tuple(f for f in scenario.faults if f is not fault))
    yield from without_rules(scenario)
    for request in scenario.requests:
        if request.cancel_after_ms is not None:
            yield _with(scenario, request, replace(request, cancel_after_ms=None))
        if len(scenario.requests) > 1:
            kept = tuple(one for one in scenario.requests if one is not request)
            faults = tuple(f for f in scenario.faults if f.run in (None, *(r.key for r in kept)))
            yield replace(scenario, requests=kept, faults=faults)
    pipeline = scenario.pipeline
    for stage in pipeline.stages:
        for gone in stage.after:
            fewer = replace(stage, after=tuple(name for name in stage.after if name != gone))
            stages = tuple(fewer if one is stage else one for one in pipeline.stages)
            yield replace(scenario, pipeline=replace(pipeline, stages=stages))
    if pipeline.stage_timeout_ms is not None:
        yield replace(scenario, pipeline=replace(pipeline, stage_timeout_ms=None))
    if pipeline.deduplicates:
        yield replace(scenario, pipeline=replace(pipeline, deduplicates=False))
    if any(name != "*" for name in scenario.latencies.fixed):
        yield replace(scenario, latencies=Latencies(fixed={"*": 1.0}))


def _with(scenario: Scenario, old: RunRequest, new: RunRequest) -> Scenario:
    requests = tuple(new if request is old else request for request in scenario.requests)
    return replace(scenario, requests=requests)


def _lines(adapter: Adapter, sut: SutDescription, scenario: Scenario, root: str) -> set[Line]:
    with _Recorder(root) as recorder:
        execute(adapter, scenario, sut)
    return recorder.lines


class _Recorder:
    """Which lines of modules below one import root are executed."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._names: dict[CodeType, str | None] = {}
        self.lines: set[Line] = set()

    def __enter__(self) -> Self:
        sys.settrace(self._call)
        return self

    def __exit__(self, *_exc: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, _event: str, _argument: object) -> Any:
        code = frame.f_code
        if code not in self._names:
            self._names[code] = self._name(frame)
        return None if self._names[code] is None else self._line

    def _name(self, frame: FrameType) -> str | None:
        module = frame.f_globals.get("__name__", "")
        if module != self._root and not module.startswith(f"{self._root}."):
            return None
        if _is_called_by_us(frame):
            return None
        qualified = frame.f_code.co_qualname.partition(".<locals>")[0]
        return f"{module}.{qualified}"

    def _line(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            name = self._names[frame.f_code]
            assert name is not None, "others are not traced"
            self.lines.add((name, frame.f_lineno))
        return self._line


def _is_called_by_us(frame: FrameType) -> bool:
    """Whether an adapter calls it to make a value, such as a stage's output: no place of a defect.

    The coroutine that an adapter awaits is the framework's own run, and is one.
    """
    caller = frame.f_back
    ours = caller is not None and caller.f_globals.get("__name__", "").startswith(_OURS)
    return ours and not frame.f_code.co_flags & CO_COROUTINE


def _is_importable(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError):
        return False
    return True
