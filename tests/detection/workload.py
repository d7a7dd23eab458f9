"""One general workload for every executor, right or wrong; nothing in it knows a bug.

Schedule i of a seed is drawn from H(seed, i). What varies: shape, registration order, kinds of
stages, routing, overlap, tenants, equal inputs, faults of every kind, time-outs, callers that give
up, latencies. Every `DEEP_EVERY`-th schedule is a chain of a thousand stages.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from production_testers.experiments import workloads
from production_testers.mocks.services import MockLlm, Service
from production_testers.model import seeds
from production_testers.model.pipeline import PipelineSpec, StageSpec
from production_testers.model.scenario import FaultKind, Kind, RunRequest, Scenario

DEEP_EVERY = 60
DEEP_STAGES = 1_000
LOOK_UP = "production_testers.experiments.stages:look_up"
AT_WORK = [
    kind for kind in FaultKind if kind not in (FaultKind.SLOW_CLEANUP, FaultKind.MUTATE_NESTED)
]
FUNCTIONS = (workloads.GIVE, workloads.STEPS, workloads.CARRY, LOOK_UP)


def llm(seed: int) -> Service:
    """The mock that stages ask."""
    return MockLlm(seed, {})


def draw(seed: int, index: int) -> Scenario:
    """Schedule `index` of `seed`."""
    random = seeds.random_for(seed, "detection", index)
    if index % DEEP_EVERY == DEEP_EVERY - 1:
        return Scenario(
            kind=Kind.STRESS,
            pipeline=workloads.chain(DEEP_STAGES, random),
            requests=workloads.requests(random, 1),
            latencies=workloads.latencies(random),
        )
    pipeline = _nested(seeds.random_for(seed, "nested", index), _pipeline(random))
    runs = _runs(random)
    kinds = random.sample(AT_WORK, random.randint(1, 4))
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=pipeline,
        requests=runs,
        faults=(
            *workloads.faults(random, pipeline, runs, kinds, count=random.choice((0, 1, 1, 2, 3))),
            *_slow_clean_up(seeds.random_for(seed, "clean-up", index), pipeline, runs),
        ),
        latencies=workloads.latencies(random),
        services={"llm": "detection.workload:llm"},
    )


def _slow_clean_up(random: Random, pipeline: PipelineSpec, runs: Sequence[RunRequest]):
    """Beside whatever else goes wrong, a stage may take time when it is cancelled."""
    if random.random() < 0.5:
        return ()
    return workloads.faults(random, pipeline, runs, (FaultKind.SLOW_CLEANUP,))


def _nested(random: Random, pipeline: PipelineSpec) -> PipelineSpec:
    """One stage in some pipelines runs a pipeline of its own."""
    return workloads.nest(random, pipeline) if random.random() < 0.25 else pipeline


def _pipeline(random: Random) -> PipelineSpec:
    function = random.choice(FUNCTIONS)
    shape = random.choice(("graph", "graph", "fan_out", "chain"))
    if shape == "graph":
        share = random.choice((0.2, 0.4))
        drawn = workloads.random_graph(random, random.randint(2, 9), edge_share=share)
    elif shape == "fan_out":
        drawn = workloads.fan_out(random.randint(2, 5), random)
    else:
        drawn = workloads.chain(random.randint(1, 5), random)
    mixed, routed = random.random() < 0.5, random.random() < 0.3
    stages = tuple(_stage(random, s, function, mixed=mixed, routed=routed) for s in drawn.stages)
    limit = random.choice((None, None, 30.0))
    return replace(drawn, stages=stages, stage_timeout_ms=limit)


def _stage(
    random: Random, stage: StageSpec, function: str, *, mixed: bool, routed: bool
) -> StageSpec:
    chosen = random.choice(FUNCTIONS) if mixed else function
    if routed and random.random() < 0.4:
        chosen = workloads.ROUTE
    skippable = routed and bool(stage.after) and random.random() < 0.5
    return replace(stage, function=chosen, skippable=skippable)


def _runs(random: Random) -> tuple[RunRequest, ...]:
    runs = workloads.requests(
        random,
        random.choice((1, 1, 2, 3, 5)),
        tenants=random.choice((1, 3)),
        inputs=[{"route": random.choice(("skip", "go"))} for _ in range(3)],
        alike=random.random() < 0.4,
    )
    share = random.choice((0.0, 0.0, 0.5))
    return tuple(
        replace(run, cancel_after_ms=round(random.uniform(0, 30), 1))
        if random.random() < share
        else run
        for run in runs
    )
