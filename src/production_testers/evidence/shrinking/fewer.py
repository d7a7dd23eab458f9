"""Steps that take something away."""

from collections.abc import Iterator
from dataclasses import replace

from production_testers.evidence.shrinking.changes import (
    only_runs,
    with_faults,
    with_request,
    with_stage,
    without_stages,
)
from production_testers.model.scenario import Scenario


def holds(scenario: Scenario) -> Iterator[Scenario]:
    """Asyncio's own order; fewer holds, large pieces first; longer ones, which say less."""
    if scenario.feasible:
        return
    yield replace(scenario, order=None, holds=())
    held = scenario.holds
    half = len(held) // 2
    for kept in (held[:half], held[half:]) if half else ():
        yield replace(scenario, holds=kept)
    for hold in held:
        yield replace(scenario, holds=tuple(other for other in held if other != hold))
    for hold in held:
        if hold.others is not None:
            longer = replace(hold, others=None)
            yield replace(scenario, holds=tuple(longer if h == hold else h for h in held))


def runs(scenario: Scenario) -> Iterator[Scenario]:
    """Half of them, then all but one."""
    if len(scenario.requests) == 1:
        return
    half = len(scenario.requests) // 2
    for kept in (scenario.requests[:half], scenario.requests[half:]):
        yield only_runs(scenario, kept)
    for request in scenario.requests:
        yield only_runs(scenario, tuple(r for r in scenario.requests if r is not request))


def faults(scenario: Scenario) -> Iterator[Scenario]:
    """All but one."""
    for fault in scenario.faults:
        yield with_faults(scenario, tuple(f for f in scenario.faults if f is not fault))


def cancellations(scenario: Scenario) -> Iterator[Scenario]:
    """No caller who gives up."""
    for request in scenario.requests:
        if request.cancel_after_ms is not None:
            yield with_request(scenario, request, replace(request, cancel_after_ms=None))


def timeouts(scenario: Scenario) -> Iterator[Scenario]:
    """No limit for stages."""
    if scenario.pipeline.stage_timeout_ms is not None:
        yield replace(scenario, pipeline=replace(scenario.pipeline, stage_timeout_ms=None))


def stages(scenario: Scenario) -> Iterator[Scenario]:
    """First large pieces, then one stage at a time."""
    names = scenario.pipeline.topological_order()
    piece = len(names) // 2
    while piece > 1:
        for start in range(0, len(names), piece):
            gone = names[start : start + piece]
            if len(gone) < len(names):
                yield without_stages(scenario, gone)
        piece //= 2
    if len(names) > 1:
        for name in reversed(names):
            yield without_stages(scenario, (name,))


def edges(scenario: Scenario) -> Iterator[Scenario]:
    """One dependency less."""
    for stage in scenario.pipeline.stages:
        for dependency in stage.after:
            after = tuple(name for name in stage.after if name != dependency)
            yield with_stage(scenario, stage.name, after=after)
