"""Workloads for what the general one leaves out; each says what it is there to exercise.

Like the general workload they are drawn from a seed and know no bug.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from production_testers.experiments import workloads
from production_testers.experiments.chaos import at_service, at_stage, fault_plan
from production_testers.laws.answers.refused import BAD
from production_testers.mocks.datasets import generate
from production_testers.model import seeds
from production_testers.model.fault_plan import When
from production_testers.model.pipeline import SLICES, PipelineSpec, StageKind, StageSpec
from production_testers.model.scenario import WRITES, Fault, FaultKind, Kind, Scenario

LLM = {"llm": "detection.workload:llm"}
GIVE, CARRY = workloads.GIVE, workloads.CARRY


def _scenario(random: Random, pipeline: PipelineSpec, runs, **more) -> Scenario:
    return Scenario(
        kind=Kind.CHAOS,
        pipeline=pipeline,
        requests=runs,
        latencies=workloads.latencies(random),
        **more,
    )


def nested(random: Random) -> Scenario:
    """Nested pipelines of several tenants."""
    pipeline = workloads.nest(random, workloads.random_graph(random, random.randint(1, 4)))
    return _scenario(random, pipeline, workloads.requests(random, 3, tenants=3))


def writing(random: Random) -> Scenario:
    """Parallel readers of what one of them writes into."""
    pipeline = workloads.fan_out(random.randint(2, 5), random, function=workloads.STRUCTURED)
    runs = workloads.requests(random, 1)
    kinds = sorted(WRITES)
    return _scenario(
        random, pipeline, runs, faults=workloads.faults(random, pipeline, runs, kinds, count=2)
    )


def sent_again(random: Random) -> Scenario:
    """Requests that are sent again; the work of some of them fails first."""
    pipeline = workloads.pipeline_of(
        "work",
        [
            StageSpec(name="before", function=GIVE),
            StageSpec(name="work", function=GIVE, kind=StageKind.WORK, after=("before",)),
            StageSpec(name="behind", function=GIVE, after=("work",)),
        ],
        random,
        deduplicates=True,
    )
    runs = workloads.sent_again(random, workloads.requests(random, 2))
    faults = (Fault(kind=FaultKind.RAISE, stage="work", run="r0"),)
    return _scenario(random, pipeline, runs, faults=faults if random.random() < 0.5 else ())


def watched(random: Random) -> Scenario:
    """What the executor says of its own accord, with a secret in every input."""
    pipeline = workloads.random_graph(random, random.randint(2, 5), function=CARRY)
    runs = workloads.requests(random, 3, tenants=2)
    kinds = (FaultKind.RAISE, FaultKind.FAIL)
    faults = workloads.faults(random, pipeline, runs, kinds) if random.random() < 0.5 else ()
    return _scenario(random, pipeline, runs, faults=faults, watch=True)


def redaction(random: Random) -> Scenario:
    """A hundred and more of each kind of personal data."""
    messages = random.sample(list(generate("messages", "valid", 400, 0)), 110)
    pipeline = workloads.pipeline_of("guard", [StageSpec(name="g", function=workloads.REDACT)])
    return _scenario(
        random, pipeline, workloads.requests(random, 1, inputs=[{"messages": messages}])
    )


def clinical(random: Random) -> Scenario:
    """More than a thousand identifiers in clinical notes."""
    notes = workloads.clinical(random, 400)
    pipeline = workloads.pipeline_of("guard", [StageSpec(name="g", function=workloads.REDACT)])
    return _scenario(random, pipeline, workloads.requests(random, 1, inputs=[{"messages": notes}]))


def disturbed(random: Random) -> Scenario:
    """Runs before, during and after faults that begin and end; some stages ask a model."""
    pipeline = _asking(random)
    runs = tuple(
        replace(run, start_ms=start)
        for run, start in zip(
            workloads.requests(random, 12),
            [*range(0, 400, 100), *range(500, 900, 100), *range(2_000, 2_400, 100)],
            strict=True,
        )
    )
    rules = (
        at_stage("stage-raises", when=When(share=0.6)),
        at_service("http-503", "llm", when=When(share=0.3)),
        at_stage("stage-slow", when=When(share=0.3), ms=50),
    )
    plan = fault_plan(random, *workloads.during(rules, 450.0, 950.0))
    return _scenario(random, pipeline, runs, plan=plan, services=LLM)


def bad_answers(random: Random) -> Scenario:
    """Models whose answers are truncated, empty or withheld."""
    kinds = random.sample(sorted(BAD), 2)
    plan = fault_plan(random, *(at_service(kind, "llm", when=When(share=0.3)) for kind in kinds))
    runs = workloads.requests(random, 3)
    return _scenario(random, _asking(random), runs, plan=plan, services=LLM)


def _asking(random: Random) -> PipelineSpec:
    drawn = workloads.random_graph(random, random.randint(2, 4))
    first, *others = drawn.stages
    asks = replace(first, function=workloads.ASK, kind=StageKind.AGENT)
    return replace(drawn, stages=(asks, *others))


def wide(random: Random) -> Scenario:
    """Five hundred parallel stages."""
    return _scenario(random, workloads.fan_out(500, random), workloads.requests(random, 1))


def burst(random: Random) -> Scenario:
    """Sixty runs at nearly the same time."""
    return _scenario(random, workloads.fan_out(2), workloads.requests(random, 60, spread_ms=0.5))


def thousand(random: Random) -> Scenario:
    """A thousand runs at the same moment."""
    return _scenario(random, workloads.chain(2), workloads.requests(random, 1_000, spread_ms=0.0))


def choosing(random: Random) -> Scenario:
    """A choice between branches of one to three stages, which meet again."""
    branches = {name: random.randint(1, 3) for name in "abc"[: random.randint(2, 3)]}
    stages = workloads.choice("choose", branches)
    ends = tuple(f"{name}{length - 1}" for name, length in branches.items())
    stages.append(StageSpec(name="join", function=GIVE, after=ends))
    pipeline = workloads.pipeline_of("choosing", stages, random)
    return _scenario(random, pipeline, workloads.requests(random, 2))


def large(random: Random) -> Scenario:
    """More than 100 MB."""
    pipeline = workloads.pipeline_of(
        "large",
        [
            StageSpec(name="load", function=workloads.BULK, params={"megabytes": 101}),
            StageSpec(name="weigh", function=workloads.WEIGH, after=("load",)),
        ],
    )
    return _scenario(random, pipeline, workloads.requests(random, 1))


def computing(random: Random) -> Scenario:
    """Siblings that compute in slices."""
    stages = [StageSpec(name="load", function=GIVE)]
    stages += [
        StageSpec(name=f"s{n}", function=workloads.COMPUTE, params={SLICES: 50}, after=("load",))
        for n in range(random.randint(2, 5))
    ]
    pipeline = workloads.pipeline_of("computing", stages, random)
    return _scenario(random, pipeline, workloads.requests(random, random.randint(1, 3)))


def failing(random: Random) -> Scenario:
    """Runs that fail or are cancelled while some stages have ended and others have not."""
    pipeline = workloads.random_graph(random, random.randint(4, 8), edge_share=0.2)
    runs = workloads.requests(random, 2)
    kinds = (FaultKind.RAISE, FaultKind.FAIL, FaultKind.CANCEL)
    return _scenario(
        random, pipeline, runs, faults=workloads.faults(random, pipeline, runs, kinds, count=2)
    )


def alone(random: Random) -> Scenario:
    """One tenant's runs, one after the other, of stages that give on what they were told."""
    pipeline = workloads.chain(random.randint(1, 3), random, function=CARRY)
    runs = tuple(
        replace(run, start_ms=500.0 * number)
        for number, run in enumerate(workloads.requests(random, 2))
    )
    return _scenario(random, pipeline, runs)


SPECIAL: dict[str, Callable[[Random], Scenario]] = {
    function.__name__: function
    for function in (
        nested,
        writing,
        sent_again,
        watched,
        redaction,
        clinical,
        disturbed,
        bad_answers,
        wide,
        burst,
        thousand,
        choosing,
        large,
        computing,
        failing,
        alone,
    )
}
SCHEDULES = {
    "large": 1,
    "thousand": 1,
    "wide": 3,
    "burst": 3,
    "redaction": 3,
    "clinical": 2,
    "disturbed": 20,
    "bad_answers": 20,
}
"""How many of each are executed on a correct executor; 40 of the others."""


def draw(name: str, seed: int, index: int) -> Scenario:
    """Schedule `index` of `seed` of a special workload."""
    return SPECIAL[name](seeds.random_for(seed, "special", name, index))
