"""Makes a scenario as small as it can be while it still breaks the same law in the same way.

Greedy: each step proposes smaller scenarios, the first that still breaks is kept, until none
does. Choices are named by meaning, so what is left keeps its timing. Steps that only bring a
scenario to its normal form (simpler fault kinds, plain names) make different seeds meet.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from production_testers.evidence import planned, usages
from production_testers.experiments.workloads import GIVE, identity_of
from production_testers.model.canonical import Json
from production_testers.model.pipeline import PipelineSpec, StageKind
from production_testers.model.scenario import Fault, FaultKind, Latencies, RunRequest, Scenario

WORK_MIN = 50
"""What executing the smallest scenario counts: loop, expectation and laws have their price."""

ROW_MAX = 8
"""Pipelines of up to this many stages are also tried as a chain."""

STAGES_TYPICAL = 3

Breaks = Callable[[Scenario], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """The result of shrinking.

    Attributes:
        scenario: The smallest one found.
        executions: How many scenarios were tried.
        work: Stage executions that trying them took, at most.
        complete: Whether nothing smaller was left to try within the allowance.
    """

    scenario: Scenario
    executions: int
    work: int
    complete: bool


def shrink(
    scenario: Scenario, breaks: Breaks, taken: Mapping[str, float], *, allowance: int = 40_000
) -> Shrunk:
    """Shrink `scenario`, which breaks.

    Args:
        scenario: Where to start from.
        breaks: Whether a scenario still breaks the same law in the same way.
        taken: Every latency factor that the scenario's execution asked for.
        allowance: Work that may be spent, counted as stages times runs of what is tried: the
            same on every machine, and a large scenario is tried less often than a small one.
    """
    search = _Search(breaks, allowance)
    current = _shrunk(_explicit_latencies(scenario, taken, search), search)
    if (
        scenario.usage is None and not current.latencies.seed and _is_large(current)
    ):  # timing may say it with less
        stated = replace(scenario, latencies=Latencies(fixed={**taken, "*": 1.0}))
        if search.still_breaks(stated):
            current = min(current, _shrunk(stated, search), key=_size)
    return Shrunk(
        scenario=current,
        executions=search.tried,
        work=search.work,
        complete=search.work < allowance,
    )


def _shrunk(scenario: Scenario, search: "_Search") -> Scenario:
    current, improved = scenario, True
    steps = STEPS if scenario.usage is None else usages.STEPS
    while improved:
        improved = False
        for step in steps:
            while (smaller := search.first(step(current))) is not None:
                current, improved = smaller, True
    return current


def _size(scenario: Scenario) -> int:
    """How much a reader has to understand."""
    directives = len(scenario.holds) + len(scenario.latencies.fixed) + len(scenario.faults)
    directives += planned.size(scenario)
    return 2 * len(scenario.pipeline.stages) + 2 * len(scenario.requests) + directives


def _is_large(scenario: Scenario) -> bool:
    """Whether it has more stages than nearly every defect needs."""
    return len(scenario.pipeline.stages) > STAGES_TYPICAL


class _Search:
    """Tries scenarios, each once, as long as the allowance lasts."""

    def __init__(self, breaks: Breaks, allowance: int) -> None:
        self._breaks = breaks
        self._allowance = allowance
        self._seen: set[str] = set()
        self.tried = 0
        self.work = 0

    def first(self, smaller: Iterable[Scenario]) -> Scenario | None:
        """The first scenario that still breaks; None when there is none, or no allowance left."""
        for scenario in smaller:
            if self.work >= self._allowance:
                break
            if self.still_breaks(scenario):
                return scenario
        return None

    def still_breaks(self, scenario: Scenario) -> bool:
        """Execute it, unless it was tried before or nothing may be tried any more."""
        key = repr(scenario)
        if key in self._seen or self.work >= self._allowance:
            return False
        self._seen.add(key)
        self.tried += 1
        self.work += WORK_MIN + scenario.size
        return self._breaks(scenario)


def _explicit_latencies(
    scenario: Scenario, taken: Mapping[str, float], search: _Search
) -> Scenario:
    """State every factor, so that each can be dropped; everything unstated takes no extra time."""
    plain = replace(scenario, latencies=Latencies(fixed={"*": 1.0}))
    if search.still_breaks(plain):
        return plain
    stated = replace(scenario, latencies=Latencies(fixed={**taken, "*": 1.0}))
    if search.still_breaks(stated):
        return stated
    return replace(
        scenario, latencies=replace(scenario.latencies, fixed={**taken, "*": 1.0})
    )  # the seed also decides how sets of tasks iterate: here that matters


def _plain_order(scenario: Scenario) -> Iterator[Scenario]:
    """Asyncio's own order; fewer holds, large pieces first; longer ones, which say less."""
    if scenario.feasible:
        return
    yield replace(scenario, order=None, holds=())
    holds = scenario.holds
    half = len(holds) // 2
    for kept in (holds[:half], holds[half:]) if half else ():
        yield replace(scenario, holds=kept)
    for hold in holds:
        yield replace(scenario, holds=tuple(other for other in holds if other != hold))
    for hold in holds:
        if hold.others is not None:
            longer = replace(hold, others=None)
            yield replace(scenario, holds=tuple(longer if h == hold else h for h in holds))


def _fewer_runs(scenario: Scenario) -> Iterator[Scenario]:
    if len(scenario.requests) == 1:
        return
    half = len(scenario.requests) // 2
    for kept in (scenario.requests[:half], scenario.requests[half:]):
        yield _only_runs(scenario, kept)
    for request in scenario.requests:
        yield _only_runs(scenario, tuple(r for r in scenario.requests if r is not request))


def _only_runs(scenario: Scenario, kept: tuple[RunRequest, ...]) -> Scenario:
    keys = {request.key for request in kept}
    faults = tuple(fault for fault in scenario.faults if fault.run is None or fault.run in keys)
    scenario = planned.of_runs(scenario, keys)
    return _relevant_times(replace(scenario, requests=kept, faults=faults))


def _relevant_times(scenario: Scenario) -> Scenario:
    """Drop the latencies of runs and stages that are gone."""
    runs = {request.key for request in scenario.requests}
    stages = {stage.name for stage in scenario.pipeline.stages}
    kept = {
        name: factor
        for name, factor in scenario.latencies.fixed.items()
        if name == "*" or (name.split("/")[0] in runs and name.split("/")[1] in stages)
    }
    return replace(scenario, latencies=replace(scenario.latencies, fixed=kept))


def _fewer_faults(scenario: Scenario) -> Iterator[Scenario]:
    for fault in scenario.faults:
        yield replace(scenario, faults=tuple(f for f in scenario.faults if f is not fault))


def _no_cancellation(scenario: Scenario) -> Iterator[Scenario]:
    for request in scenario.requests:
        if request.cancel_after_ms is not None:
            yield _with_request(scenario, request, replace(request, cancel_after_ms=None))


def _no_timeout(scenario: Scenario) -> Iterator[Scenario]:
    if scenario.pipeline.stage_timeout_ms is not None:
        yield replace(scenario, pipeline=replace(scenario.pipeline, stage_timeout_ms=None))


def _fewer_stages(scenario: Scenario) -> Iterator[Scenario]:
    """First large pieces, then one stage at a time."""
    names = scenario.pipeline.topological_order()
    piece = len(names) // 2
    while piece > 1:
        for start in range(0, len(names), piece):
            gone = names[start : start + piece]
            if len(gone) < len(names):
                yield _without(scenario, gone)
        piece //= 2
    if len(names) > 1:
        for name in reversed(names):
            yield _without(scenario, (name,))


def _without(scenario: Scenario, names: tuple[str, ...]) -> Scenario:
    pipeline = scenario.pipeline.without(*names)
    faults = tuple(fault for fault in scenario.faults if fault.stage not in names)
    scenario = planned.without_stages(scenario, names)
    return _relevant_times(replace(scenario, pipeline=pipeline, faults=faults))


def _fewer_edges(scenario: Scenario) -> Iterator[Scenario]:
    for stage in scenario.pipeline.stages:
        for dependency in stage.after:
            after = tuple(name for name in stage.after if name != dependency)
            yield _with_stage(scenario, stage.name, after=after)


def _one_run_in_a_row(scenario: Scenario) -> Iterator[Scenario]:
    """What several runs show side by side, one may show with its stages one after the other."""
    if len(scenario.requests) > 1 and 1 < len(scenario.pipeline.stages) <= ROW_MAX:
        order = scenario.pipeline.topological_order()
        before = {
            name: order[place - 1 : place] if place else () for place, name in enumerate(order)
        }
        row = tuple(replace(s, after=before[s.name]) for s in scenario.pipeline.stages)
        chained = replace(scenario, pipeline=replace(scenario.pipeline, stages=row))
        for request in scenario.requests:
            yield _only_runs(chained, (request,))


def _plain_stages(scenario: Scenario) -> Iterator[Scenario]:
    for stage in scenario.pipeline.stages:
        if stage.skippable:
            yield _with_stage(scenario, stage.name, skippable=False)
        if stage.function != GIVE or stage.params:
            plain = _with_stage(scenario, stage.name, function=GIVE, params={}, nested=None)
            yield replace(plain, latencies=_in_one_piece(scenario, stage.name))
        for name in stage.nested.topological_order() if stage.nested else ():
            if stage.nested and len(stage.nested.stages) > 1:
                yield _with_stage(scenario, stage.name, nested=stage.nested.without(name))
        if stage.kind is not StageKind.TRANSFORM and not scenario.pipeline.deduplicates:
            yield _with_stage(scenario, stage.name, kind=StageKind.TRANSFORM)


def _in_one_piece(scenario: Scenario, stage: str) -> Latencies:
    """The stated latencies, where a stage takes as long in one piece as it took at most in many."""
    fixed: dict[str, float] = {}
    for name, factor in scenario.latencies.fixed.items():
        run, _, rest = name.partition("/")
        whole = f"{run}/{stage}/1" if rest.startswith(f"{stage}/") else name
        fixed[whole] = max(factor, fixed.get(whole, 0.0))
    return replace(scenario.latencies, fixed=fixed)


def _plain_pipeline(scenario: Scenario) -> Iterator[Scenario]:
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
    alone = _relevant_times(replace(scenario, pipeline=nested, faults=faults))
    yield alone
    for moment in (0.5, 1.0, 2.0):
        requests = tuple(replace(r, cancel_after_ms=moment) for r in scenario.requests)
        yield replace(alone, requests=requests)


def _simpler_faults(scenario: Scenario) -> Iterator[Scenario]:
    """A simpler kind instead, or the same one in the first run."""
    kinds = list(FaultKind)
    first = scenario.requests[0].key
    for fault in scenario.faults:
        if fault.run not in (None, first):
            moved = replace(fault, run=first)
            yield replace(
                scenario, faults=tuple(moved if f is fault else f for f in scenario.faults)
            )
    for fault in scenario.faults:
        for kind in kinds[: kinds.index(fault.kind)]:
            changed = replace(fault, kind=kind, milliseconds=0.0)
            yield replace(
                scenario, faults=tuple(changed if f is fault else f for f in scenario.faults)
            )
        if fault.kind in (FaultKind.HANG, FaultKind.SLOW):
            yield _held_instead(scenario, fault)
        if fault.milliseconds and fault.kind is not FaultKind.SLOW:
            changed = replace(fault, milliseconds=0.0)
            yield replace(
                scenario, faults=tuple(changed if f is fault else f for f in scenario.faults)
            )
    for request in scenario.requests:
        if request.cancel_after_ms is not None and len(scenario.pipeline.stages) > 1:
            failed = scenario.pipeline.stages[0].name
            without = _with_request(scenario, request, replace(request, cancel_after_ms=None))
            yield replace(without, faults=(*without.faults, _raise_in(failed, request.key)))


def _held_instead(scenario: Scenario, fault: Fault) -> Scenario:
    """Without the fault, but the stage's first piece of work takes long: timing, and no fault."""
    runs = [request.key for request in scenario.requests if fault.run in (None, request.key)]
    held = {f"{run}/{fault.stage}/1": 10.0 for run in runs}
    return replace(
        scenario,
        faults=tuple(other for other in scenario.faults if other is not fault),
        latencies=replace(scenario.latencies, fixed={**scenario.latencies.fixed, **held}),
    )


def _raise_in(stage: str, run: str) -> Fault:
    return Fault(kind=FaultKind.RAISE, stage=stage, run=run)


def _plain_times(scenario: Scenario) -> Iterator[Scenario]:
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
                rounded = {**fixed, name: value}
                yield replace(scenario, latencies=replace(scenario.latencies, fixed=rounded))


def _plain_moments(scenario: Scenario) -> Iterator[Scenario]:
    """Early and round starts and cancellations."""
    first = min(request.start_ms for request in scenario.requests)
    if first > 0:
        shifted = (replace(r, start_ms=round(r.start_ms - first, 3)) for r in scenario.requests)
        yield replace(scenario, requests=tuple(shifted))
    for request in scenario.requests:
        for start_ms in (0.0, 1.0, 2.0):
            if request.start_ms > start_ms:
                yield _with_request(scenario, request, replace(request, start_ms=start_ms))
        for cancel_ms in (0.5, 1.0, 2.0, 5.0):
            if request.cancel_after_ms is not None and request.cancel_after_ms > cancel_ms:
                yield _with_request(scenario, request, replace(request, cancel_after_ms=cancel_ms))


def _plain_names(scenario: Scenario) -> Iterator[Scenario]:
    """Registration in dependency order, stages a, b, c …, runs r0, r1 …, empty inputs."""
    order = scenario.pipeline.topological_order()
    if tuple(stage.name for stage in scenario.pipeline.stages) != order:
        ordered = tuple(scenario.pipeline.stage(name) for name in order)
        yield replace(scenario, pipeline=replace(scenario.pipeline, stages=ordered))
    if any(request.input for request in scenario.requests):
        yield replace(scenario, requests=tuple(replace(r, input={}) for r in scenario.requests))
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


def _with_request(scenario: Scenario, old: RunRequest, new: RunRequest) -> Scenario:
    return replace(
        scenario,
        requests=tuple(new if request is old else request for request in scenario.requests),
    )


def _with_stage(
    scenario: Scenario, name: str, **changes: Json | StageKind | PipelineSpec
) -> Scenario:
    stages = tuple(
        replace(stage, **changes) if stage.name == name else stage  # type: ignore[arg-type]
        for stage in scenario.pipeline.stages
    )
    return replace(scenario, pipeline=replace(scenario.pipeline, stages=stages))


STEPS: tuple[Callable[[Scenario], Iterator[Scenario]], ...] = (
    _plain_order,
    _fewer_runs,
    _fewer_faults,
    planned.smaller,
    _no_cancellation,
    _no_timeout,
    _fewer_stages,
    _fewer_edges,
    _one_run_in_a_row,
    _plain_stages,
    _plain_pipeline,
    _simpler_faults,
    planned.plainer,
    _plain_times,
    _plain_moments,
    _plain_names,
)
