"""Small changes to a scenario that keep it whole: nothing names a run or stage that is gone."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from production_testers.evidence import planned
from production_testers.experiments.workloads import GIVE
from production_testers.model.canonical import Json
from production_testers.model.pipeline import PipelineSpec, StageKind
from production_testers.model.scenario import Fault, RunRequest, Scenario


def only_runs(scenario: Scenario, kept: tuple[RunRequest, ...]) -> Scenario:
    """These runs alone, with what goes wrong in them."""
    keys = {request.key for request in kept}
    faults = tuple(fault for fault in scenario.faults if fault.run is None or fault.run in keys)
    scenario = planned.of_runs(scenario, keys)
    return relevant_times(replace(scenario, requests=kept, faults=faults))


def without_stages(scenario: Scenario, names: tuple[str, ...]) -> Scenario:
    """Without these stages; their dependants inherit their dependencies."""
    pipeline = scenario.pipeline.without(*names)
    faults = tuple(fault for fault in scenario.faults if fault.stage not in names)
    scenario = planned.without_stages(scenario, names)
    return relevant_times(replace(scenario, pipeline=pipeline, faults=faults))


def relevant_times(scenario: Scenario) -> Scenario:
    """Drop the latencies of runs and stages that are gone."""
    runs = {request.key for request in scenario.requests}
    stages = {stage.name for stage in scenario.pipeline.stages}
    kept = {
        name: factor
        for name, factor in scenario.latencies.fixed.items()
        if name == "*" or (name.split("/")[0] in runs and name.split("/")[1] in stages)
    }
    return replace(scenario, latencies=replace(scenario.latencies, fixed=kept))


def with_request(scenario: Scenario, old: RunRequest, new: RunRequest) -> Scenario:
    """One run in place of another."""
    requests = tuple(new if request is old else request for request in scenario.requests)
    return replace(scenario, requests=requests)


def with_stage(
    scenario: Scenario, name: str, **changes: Json | StageKind | PipelineSpec
) -> Scenario:
    """One stage changed."""
    stages = tuple(
        replace(stage, **changes) if stage.name == name else stage  # type: ignore[arg-type]
        for stage in scenario.pipeline.stages
    )
    return replace(scenario, pipeline=replace(scenario.pipeline, stages=stages))


def in_order(scenario: Scenario) -> Scenario:
    """Stages registered in the order of their dependencies."""
    pipeline = scenario.pipeline
    stages = tuple(pipeline.stage(name) for name in pipeline.topological_order())
    return replace(scenario, pipeline=replace(pipeline, stages=stages))


def with_faults(scenario: Scenario, faults: tuple[Fault, ...]) -> Scenario:
    """Other things go wrong."""
    return replace(scenario, faults=faults)


def with_times(scenario: Scenario, **factors: float) -> Scenario:
    """More stated latencies."""
    fixed = {**scenario.latencies.fixed, **factors}
    return replace(scenario, latencies=replace(scenario.latencies, fixed=fixed))


def plain_functions(scenario: Scenario, name: str) -> Iterator[Scenario]:
    """A stage that only gives a value, in one piece of work.

    It takes as long as the longest piece took, or as long as all stated pieces together.
    """
    plain = with_stage(scenario, name, function=GIVE, params={}, nested=None)
    latencies = dict.fromkeys(_in_one_piece(scenario, name, longest) for longest in (max, _both))
    for fixed in latencies:
        yield replace(plain, latencies=replace(scenario.latencies, fixed=dict(fixed)))


def _in_one_piece(
    scenario: Scenario, stage: str, longest: Callable[[float, float], float]
) -> tuple[tuple[str, float], ...]:
    fixed: dict[str, float] = {}
    for name, factor in scenario.latencies.fixed.items():
        run, _, rest = name.partition("/")
        whole = f"{run}/{stage}/1" if rest.startswith(f"{stage}/") else name
        fixed[whole] = longest(factor, fixed.get(whole, 0.0))
    return tuple(fixed.items())


def _both(one: float, other: float) -> float:
    return one + other
