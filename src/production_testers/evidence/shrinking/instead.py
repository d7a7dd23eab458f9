"""Steps that leave a kind of thing out where something plainer does the same.

Greedy removal stops where a thing is needed only for the time that it takes or for the way in which
it ends. So these steps change two things at once: a stage is gone and another one takes longer, a
function is plain and a fault ends it. They are many, and only small scenarios are worth them.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from production_testers.evidence.fingerprint import features
from production_testers.evidence.shrinking import fewer, plainer
from production_testers.evidence.shrinking.changes import (
    in_order,
    only_runs,
    plain_functions,
    with_faults,
    with_request,
    with_stage,
    with_times,
    without_stages,
)
from production_testers.experiments.workloads import GIVE
from production_testers.model.scenario import Fault, FaultKind, Scenario

ROW_MAX = 8
"""Pipelines of more stages are left as they are."""

STAGES_MAX, RUNS_MAX = 5, 4
"""Larger scenarios are not tried with two changes at once."""

ENDS = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.CANCEL, FaultKind.RETRY, FaultKind.SKIP)
"""How a stage can end by a fault as it may have ended by itself."""

LONG, LATER_MS = 10.0, 2.0
"""Factor of a piece of work that outlasts the others; how much later a run starts."""


def one_run_in_a_row(scenario: Scenario) -> Iterator[Scenario]:
    """What several runs show side by side, one may show with its stages one after the other."""
    if len(scenario.requests) > 1 and 1 < len(scenario.pipeline.stages) <= ROW_MAX:
        order = scenario.pipeline.topological_order()
        before = {
            name: order[place - 1 : place] if place else () for place, name in enumerate(order)
        }
        row = tuple(replace(s, after=before[s.name]) for s in scenario.pipeline.stages)
        chained = replace(scenario, pipeline=replace(scenario.pipeline, stages=row))
        for request in scenario.requests:
            yield only_runs(chained, (request,))


def fault_for_function(scenario: Scenario) -> Iterator[Scenario]:
    """A plain stage that a fault ends, in place of a function that ends so by itself."""
    struck = {fault.stage for fault in scenario.faults}
    for stage in scenario.pipeline.stages:
        unusual = stage.function != GIVE or stage.params or stage.skippable
        if unusual and stage.name not in struck:
            for function in plain_functions(scenario, stage.name):
                plain = with_stage(function, stage.name, skippable=False)
                for kind in ENDS:
                    yield with_faults(plain, (*plain.faults, Fault(kind=kind, stage=stage.name)))


def time_for_things(scenario: Scenario) -> Iterator[Scenario]:
    """One thing less, and one stage takes longer or one run starts later."""
    if _is_small(scenario):
        for less in _one_thing_less(scenario):
            yield from _timed(less)


def _is_small(scenario: Scenario) -> bool:
    return len(scenario.pipeline.stages) <= STAGES_MAX and len(scenario.requests) <= RUNS_MAX


def _one_thing_less(scenario: Scenario) -> Iterator[Scenario]:
    for stage in reversed(scenario.pipeline.stages):
        if len(scenario.pipeline.stages) > 1:
            yield without_stages(scenario, (stage.name,))
    yield from fewer.runs(scenario)
    yield from fewer.edges(scenario)
    yield from fewer.timeouts(scenario)
    yield from fewer.cancellations(scenario)
    yield from plainer.pipeline(scenario)
    for stage in scenario.pipeline.stages:
        if stage.function != GIVE or stage.params:
            yield from plain_functions(scenario, stage.name)
    if any(request.start_ms for request in scenario.requests):
        yield replace(scenario, requests=tuple(replace(r, start_ms=0.0) for r in scenario.requests))


def _timed(scenario: Scenario) -> Iterator[Scenario]:
    fixed = scenario.latencies.fixed
    for request in scenario.requests:
        for stage in scenario.pipeline.stages:
            name = f"{request.key}/{stage.name}/1"
            if fixed.get(name, 1.0) < LONG:
                yield with_times(scenario, **{name: LONG})
        if len(scenario.requests) > 1:
            later = replace(request, start_ms=request.start_ms + LATER_MS)
            yield with_request(scenario, request, later)


def fewer_kinds_of_things(scenario: Scenario) -> Iterator[Scenario]:
    """Stages in a row that were side by side, another run in place of a stage.

    Neither is smaller, so they count only where they need less than before and nothing else.
    """
    if not _is_small(scenario):
        return
    needed = set(features(scenario))
    for other in (*_in_a_row(scenario), *_another_run(scenario)):
        if set(features(other)) < needed:
            yield other


def _in_a_row(scenario: Scenario) -> Iterator[Scenario]:
    pipeline = scenario.pipeline
    before = pipeline.ancestors()
    for one, other in permutations(pipeline.topological_order(), 2):
        if one not in before[other] and other not in before[one]:
            after = pipeline.stage(other).after
            yield in_order(with_stage(scenario, other, after=(*after, one)))


def _another_run(scenario: Scenario) -> Iterator[Scenario]:
    taken = {request.key for request in scenario.requests}
    key = next(name for n in range(RUNS_MAX + 1) if (name := f"r{n}") not in taken)
    for stage in scenario.pipeline.stages if len(scenario.pipeline.stages) > 1 else ():
        less = without_stages(scenario, (stage.name,))
        for request in less.requests:
            yield replace(less, requests=(*less.requests, replace(request, key=key)))
