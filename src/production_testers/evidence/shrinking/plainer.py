"""Steps to the normal form: what is left is said as plainly as can be."""

from collections.abc import Iterator
from dataclasses import replace

from production_testers.evidence import planned
from production_testers.evidence.shrinking.changes import (
    in_order,
    plain_functions,
    relevant_times,
    with_faults,
    with_request,
    with_stage,
    with_times,
)
from production_testers.experiments.workloads import GIVE, identity_of
from production_testers.model.pipeline import PipelineSpec, StageKind
from production_testers.model.scenario import Fault, FaultKind, Latencies, Scenario


def stages(scenario: Scenario) -> Iterator[Scenario]:
    """Stages of which nothing is unusual."""
    for stage in scenario.pipeline.stages:
        if stage.skippable:
            yield with_stage(scenario, stage.name, skippable=False)
        if stage.function != GIVE or stage.params:
            yield from plain_functions(scenario, stage.name)
        for name in stage.nested.topological_order() if stage.nested else ():
            if stage.nested and len(stage.nested.stages) > 1:
                yield with_stage(scenario, stage.name, nested=stage.nested.without(name))
        if stage.kind is not StageKind.TRANSFORM and not scenario.pipeline.deduplicates:
            yield with_stage(scenario, stage.name, kind=StageKind.TRANSFORM)


def pipeline(scenario: Scenario) -> Iterator[Scenario]:
    """Nothing that the pipeline, or the harness around it, can do without."""
    if scenario.services and scenario.plan is None:  # a stage without its service fails by itself
        yield replace(scenario, services={})
    if scenario.watch:
        yield replace(scenario, watch=False)
    if scenario.pipeline.deduplicates:
        yield replace(scenario, pipeline=replace(scenario.pipeline, deduplicates=False))
    for stage in scenario.pipeline.stages:
        if stage.nested is not None:
            yield from _unnested(scenario, stage.nested)


def _unnested(scenario: Scenario, nested: PipelineSpec) -> Iterator[Scenario]:
    """The nested pipeline alone; what ended the run around it is a caller that gives up."""
    names = {stage.name for stage in nested.stages}
    faults = tuple(fault for fault in scenario.faults if fault.stage in names)
    alone = relevant_times(replace(scenario, pipeline=nested, faults=faults))
    yield alone
    for moment in (0.5, 1.0, 2.0):
        requests = tuple(replace(r, cancel_after_ms=moment) for r in scenario.requests)
        yield replace(alone, requests=requests)


def faults(scenario: Scenario) -> Iterator[Scenario]:
    """A simpler kind instead, or the same one in the first run."""
    first = scenario.requests[0].key
    for fault in scenario.faults:
        if fault.run not in (None, first):
            yield _with_fault(scenario, fault, replace(fault, run=first))
    for fault in scenario.faults:
        kinds = list(FaultKind)
        for kind in kinds[: kinds.index(fault.kind)]:
            yield _with_fault(scenario, fault, replace(fault, kind=kind, milliseconds=0.0))
        if fault.kind in (FaultKind.HANG, FaultKind.SLOW):
            yield _held_instead(scenario, fault)
        if fault.milliseconds and fault.kind is not FaultKind.SLOW:
            yield _with_fault(scenario, fault, replace(fault, milliseconds=0.0))
    for request in scenario.requests:
        if request.cancel_after_ms is not None and len(scenario.pipeline.stages) > 1:
            failed = scenario.pipeline.stages[0].name
            unbothered = with_request(scenario, request, replace(request, cancel_after_ms=None))
            raises = Fault(kind=FaultKind.RAISE, stage=failed, run=request.key)
            yield with_faults(unbothered, (*unbothered.faults, raises))


def _with_fault(scenario: Scenario, old: Fault, new: Fault) -> Scenario:
    return with_faults(scenario, tuple(new if fault is old else fault for fault in scenario.faults))


def _held_instead(scenario: Scenario, fault: Fault) -> Scenario:
    """Without the fault, but the stage's first piece of work takes long: timing, and no fault."""
    runs = [request.key for request in scenario.requests if fault.run in (None, request.key)]
    others = tuple(other for other in scenario.faults if other is not fault)
    held = {f"{run}/{fault.stage}/1": 10.0 for run in runs}
    return with_times(with_faults(scenario, others), **held)


def times(scenario: Scenario) -> Iterator[Scenario]:
    """Fewer stated latencies, then round ones."""
    fixed = scenario.latencies.fixed
    if scenario.latencies.seed:
        yield replace(scenario, latencies=Latencies(fixed=fixed))
    named = [name for name in fixed if name != "*"]
    half = len(named) // 2
    groups = [named[:half], named[half:]] if half else []
    for gone in [*groups, *([name] for name in named)]:
        rest = {name: factor for name, factor in fixed.items() if name not in gone}
        yield replace(scenario, latencies=replace(scenario.latencies, fixed=rest))
    for name in named:
        for value in (2.0, 5.0, 10.0):
            if fixed[name] > value or fixed[name] != int(fixed[name]):
                yield with_times(scenario, **{name: value})


def moments(scenario: Scenario) -> Iterator[Scenario]:
    """Early and round starts and cancellations."""
    first = min(request.start_ms for request in scenario.requests)
    if first > 0:
        shifted = (replace(r, start_ms=round(r.start_ms - first, 3)) for r in scenario.requests)
        yield replace(scenario, requests=tuple(shifted))
    for request in scenario.requests:
        for start_ms in (0.0, 1.0, 2.0, 5.0, 10.0):
            if request.start_ms > start_ms:
                yield with_request(scenario, request, replace(request, start_ms=start_ms))
        for cancel_ms in (0.5, 1.0, 2.0, 5.0):
            if request.cancel_after_ms is not None and request.cancel_after_ms > cancel_ms:
                yield with_request(scenario, request, replace(request, cancel_after_ms=cancel_ms))


def names(scenario: Scenario) -> Iterator[Scenario]:
    """Registration in dependency order, stages a, b, c …, runs r0, r1 …, no input, no idle key."""
    order = scenario.pipeline.topological_order()
    if tuple(stage.name for stage in scenario.pipeline.stages) != order:
        yield in_order(scenario)
    if any(request.input for request in scenario.requests):
        yield replace(scenario, requests=tuple(replace(r, input={}) for r in scenario.requests))
    if any(r.idempotency_key for r in scenario.requests) and not scenario.pipeline.deduplicates:
        unkeyed = tuple(replace(r, idempotency_key=None) for r in scenario.requests)
        yield replace(scenario, requests=unkeyed)
    renamed = _renamed(scenario, order)
    if renamed != scenario:
        yield renamed


def _renamed(scenario: Scenario, order: tuple[str, ...]) -> Scenario:
    stages = {name: chr(97 + i) if i < 26 else f"s{i}" for i, name in enumerate(order)}
    runs = {request.key: f"r{i}" for i, request in enumerate(scenario.requests)}

    def directive(name: str) -> str:
        run, _, rest = name.partition("/")
        stage, slash, tail = rest.partition("/")
        return (
            name if name == "*" else f"{runs.get(run, run)}/{stages.get(stage, stage)}{slash}{tail}"
        )

    return replace(
        scenario,
        pipeline=replace(
            scenario.pipeline,
            name="minimal",
            stages=tuple(
                replace(s, name=stages[s.name], after=tuple(stages[d] for d in s.after))
                for s in scenario.pipeline.stages
            ),
        ),
        requests=tuple(
            replace(r, key=runs[r.key], identity=identity_of(i, i))
            for i, r in enumerate(scenario.requests)
        ),
        faults=tuple(
            replace(f, stage=stages[f.stage], run=None if f.run is None else runs[f.run])
            for f in scenario.faults
        ),
        plan=planned.renamed(scenario.plan, runs, stages, directive),
        latencies=replace(
            scenario.latencies,
            fixed={directive(k): v for k, v in scenario.latencies.fixed.items()},
        ),
    )
