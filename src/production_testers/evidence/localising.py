"""Where in the framework a defect is, by ablation: what runs with it and not without.

A minimal scenario holds nothing that can be left out. Each necessary thing is left out in turn,
and where the law holds then, the lines of the framework that both executions run are compared. The
function with the most lines that only the breaking execution runs is at fault; where there are
none (something was not done), the one with the most lines that only the others run. So the name is
one of that release's own, and not one of a table.
"""

import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from production_testers.evidence.executed import Line, executed_by
from production_testers.evidence.planned import without_rules
from production_testers.model.scenario import Latencies, RunRequest, Scenario
from production_testers.model.semantics import SutDescription
from production_testers.suts.contract import Adapter

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
    breaking = executed_by(adapter, sut, scenario).lines
    keeping = [executed_by(adapter, sut, other).lines for other in others]
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


def _is_importable(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError):
        return False
    return True
