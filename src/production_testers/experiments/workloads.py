"""Generators of pipelines, requests and faults: what scenarios are drawn from.

Everything is drawn from the `Random` that the caller gives. Registration order is shuffled: an
executor must not depend on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from production_testers.mocks.datasets import generate
from production_testers.model import seeds
from production_testers.model.canonical import Json
from production_testers.model.fault_plan import Rule
from production_testers.model.pipeline import (
    BRANCH,
    CHOICE,
    Identity,
    PipelineSpec,
    StageKind,
    StageSpec,
)
from production_testers.model.scenario import (
    Fault,
    FaultKind,
    Kind,
    Latencies,
    RunRequest,
    Scenario,
    using,
)
from production_testers.model.target import Target
from production_testers.units import UNITS
from production_testers.units.target import draw_target

GIVE = "production_testers.experiments.stages:give"
STEPS = "production_testers.experiments.stages:work_in_steps"
COMPUTE = "production_testers.experiments.stages:compute"
ROUTE = "production_testers.experiments.stages:route"
CHOOSE = "production_testers.experiments.stages:choose"
SELECT = "production_testers.experiments.stages:select"
CARRY = "production_testers.experiments.stages:carry"
BULK = "production_testers.experiments.stages:bulk"
WEIGH = "production_testers.experiments.stages:weigh"
STRUCTURED = "production_testers.experiments.stages:structured"
REDACT = "production_testers.experiments.stages:redact"
ASK = "production_testers.experiments.stages:ask"
DECIDE_FRAUD = "production_testers.experiments.stages:decide_fraud"


def pipeline_of(
    name: str,
    stages: Sequence[StageSpec],
    random: Random | None = None,
    stage_timeout_ms: float | None = None,
    *,
    deduplicates: bool = False,
) -> PipelineSpec:
    """A pipeline of these stages; with `random`, registered as given, reversed, or shuffled."""
    ordered = list(stages)
    if random is not None:
        order = random.choice(("given", "reversed", "shuffled"))
        if order == "reversed":
            ordered.reverse()
        elif order == "shuffled":
            random.shuffle(ordered)
    return PipelineSpec(
        name=name,
        stages=tuple(ordered),
        stage_timeout_ms=stage_timeout_ms,
        deduplicates=deduplicates,
    )


def chain(length: int, random: Random | None = None, function: str = GIVE) -> PipelineSpec:
    """`length` stages, each after the one before."""
    stages = [
        StageSpec(name=f"s{i}", function=function, after=(f"s{i - 1}",) if i else ())
        for i in range(length)
    ]
    return pipeline_of(f"chain-{length}", stages, random)


def fan_out(width: int, random: Random | None = None, function: str = GIVE) -> PipelineSpec:
    """One source, `width` parallel branches, one join."""
    branches = [f"branch{i}" for i in range(width)]
    stages = [StageSpec(name="source", function=function)]
    stages += [StageSpec(name=name, function=function, after=("source",)) for name in branches]
    stages.append(StageSpec(name="join", function=function, after=tuple(branches)))
    return pipeline_of(f"fan-out-{width}", stages, random)


def choice(
    name: str,
    branches: Mapping[str, int],
    *,
    after: tuple[str, ...] = (),
    chooses: str = CHOOSE,
    selects: str = SELECT,
    function: str = GIVE,
) -> list[StageSpec]:
    """A stage that chooses, and branches of which exactly one is taken.

    `name` chooses; for each branch a stage `name_branch` closes it unless it was chosen, and the
    stages `branch0`, `branch1` … of the branch follow each other.

    Args:
        name: Of the stage that chooses.
        branches: Branch → how many stages it has.
        after: What the choosing stage depends on.
        chooses: Its function; it is given the names of the branches as the parameter `branches`.
        selects: The function that closes a branch; it is given its name as `selects`.
        function: What the stages of branches do.
    """
    stages = [
        StageSpec(
            name=name,
            function=chooses,
            kind=StageKind.ROUTE,
            after=after,
            params={"branches": list(branches)},
        )
    ]
    for branch, length in branches.items():
        gate = f"{name}_{branch}"
        params: dict[str, Json] = {"selects": branch}
        stages.append(
            StageSpec(
                name=gate, function=selects, kind=StageKind.ROUTE, after=(name,), params=params
            )
        )
        for number in range(length):
            before = (f"{branch}{number - 1}",) if number else ()
            stages.append(
                StageSpec(
                    name=f"{branch}{number}",
                    function=function,
                    after=(gate, *before),
                    params={CHOICE: name, BRANCH: branch},
                    skippable=True,
                )
            )
    return stages


def random_graph(
    random: Random, size: int, *, edge_share: float = 0.3, function: str = GIVE
) -> PipelineSpec:
    """`size` stages of random kinds, each after a random share of the earlier ones."""
    stages = []
    for index in range(size):
        after = tuple(f"s{i}" for i in range(index) if random.random() < edge_share)
        kind = random.choice(list(StageKind))
        stages.append(StageSpec(name=f"s{index}", function=function, kind=kind, after=after))
    return pipeline_of(f"graph-{size}", stages, random)


def nest(random: Random, pipeline: PipelineSpec, *, width: int | None = None) -> PipelineSpec:
    """The pipeline with one of its stages running a small pipeline of its own.

    Args:
        random: Draws the stage and the shape.
        pipeline: What to change.
        width: Parallel branches of the nested pipeline; by default it is drawn, 0 for a chain.
    """
    chosen = random.choice(pipeline.stages)
    branches = random.choice((0, 2, 3)) if width is None else width
    shape = fan_out(branches, random) if branches else chain(random.randint(1, 3), random)
    inner = replace(
        shape,
        name=f"inside-{chosen.name}",
        stages=tuple(
            replace(
                stage,
                name=f"{chosen.name}-{stage.name}",
                after=tuple(f"{chosen.name}-{name}" for name in stage.after),
            )
            for stage in shape.stages
        ),
    )
    nested = replace(chosen, function="", params={}, nested=inner)
    stages = tuple(nested if stage is chosen else stage for stage in pipeline.stages)
    return replace(pipeline, stages=stages)


def requests(
    random: Random,
    count: int,
    *,
    tenants: int = 1,
    spread_ms: float = 20.0,
    inputs: Sequence[dict[str, Json]] = (),
    alike: bool = False,
) -> tuple[RunRequest, ...]:
    """`count` runs that start within `spread_ms`, of `tenants` tenants in turn.

    The first one starts at 0, so that there is always something to overlap with. With `alike`,
    every run has the same input: whatever differs between them comes from timing.
    """
    made = []
    number = random.randrange(10**6)
    for index in range(count):
        tenant = index % tenants
        payload: dict[str, Json] = {"number": number if alike else random.randrange(10**6)}
        if inputs:
            payload.update(inputs[index % len(inputs)])
        if tenants > 1:
            payload["secret"] = f"CANARY-{seeds.derive(tenant, 'canary'):016x}"
        made.append(
            RunRequest(
                key=f"r{index}",
                input=payload,
                identity=identity_of(tenant, index),
                start_ms=round(random.uniform(0, spread_ms), 1) if index else 0.0,
            )
        )
    return tuple(made)


def sent_again(
    random: Random, first: Sequence[RunRequest], *, within_ms: float = 50.0
) -> tuple[RunRequest, ...]:
    """Each request with an idempotency key of its own, and most of them once or twice more.

    Args:
        random: Draws who sends again, and when.
        first: The requests as they are sent first.
        within_ms: How much later a request is sent again at most; it may still be running.
    """
    made = []
    for request in first:
        keyed = replace(request, idempotency_key=f"key-{request.key}")
        made.append(keyed)
        for again in range(random.choice((0, 1, 1, 2))):
            later = round(random.uniform(0, within_ms), 1)
            made.append(
                replace(keyed, key=f"{request.key}-again{again}", start_ms=request.start_ms + later)
            )
    return tuple(made)


def identity_of(tenant: int, number: int) -> Identity:
    """Whose run this is: stable names for the same numbers."""
    return Identity(
        tenant=str(seeds.uuid_for(tenant, "tenant")),
        user=str(seeds.uuid_for(number, "user")),
        request=str(seeds.uuid_for(number, "request")),
    )


def faults(
    random: Random,
    pipeline: PipelineSpec,
    runs: Sequence[RunRequest],
    kinds: Sequence[FaultKind],
    *,
    count: int = 1,
) -> tuple[Fault, ...]:
    """`count` faults of random kinds in random stages, each in one run or in several of them."""
    made: dict[tuple[str, str], Fault] = {}
    for _ in range(count):
        stage = random.choice(pipeline.stages).name
        kind = random.choice(list(kinds))
        hit = random.randint(1, max(1, len(runs) - 1))
        milliseconds = round(random.uniform(5, 50), 1)
        for request in random.sample(list(runs), hit):
            made.setdefault(
                (request.key, stage),
                Fault(kind=kind, stage=stage, run=request.key, milliseconds=milliseconds),
            )
    return tuple(made.values())


@cache
def records(scenario: str, variant: str, size: int = 50) -> tuple[dict[str, Json], ...]:
    """The first records of a mock data set, to be given to `requests` as inputs."""
    return tuple(generate(scenario, variant, size, 0))


def draw_usage(random: Random, kind: Kind, units: Sequence[str]) -> Scenario:
    """A usage of one of the units; what its callers do takes up to ten times as long as stated."""
    unit = UNITS[random.choice(list(units))]
    return using(kind, unit.draw(random, kind), latencies=latencies(random))


def draw_target_usage(random: Random, kind: Kind, target: Target) -> Scenario:
    """Requests of a team's own application."""
    return using(kind, draw_target(random, kind, target), latencies=latencies(random))


def clinical(random: Random, notes: int) -> list[Json]:
    """Clinical notes for `REDACT`, each with the identifiers in it by kind, as `phi:email`.

    Kinds that have a name among those of personal data have it here.
    """
    named = {"EMAIL": "email", "PHONE": "phone_us", "SSN": "ssn"}
    drawn: Sequence[Any] = random.sample(records("patients", "valid", 2 * notes), notes)
    return [
        {
            "text": record["note"],
            "personal": [
                [f"phi:{named.get(kind, kind.lower())}", record["note"][start:end]]
                for start, end, kind in record["phi"]
            ],
        }
        for record in drawn
    ]


def during(rules: Sequence[Rule], from_ms: float, until_ms: float) -> tuple[Rule, ...]:
    """The same rules, of a plan that is in force from one moment to another."""
    return tuple(
        replace(rule, when=replace(rule.when, from_ms=from_ms, until_ms=until_ms)) for rule in rules
    )


def latencies(random: Random, *, spread: float = 10.0) -> Latencies:
    """Factors between 1 and up to `spread`: from nearly equal to very uneven."""
    return Latencies(
        seed=random.getrandbits(48), low=1.0, high=round(random.uniform(1.0, spread), 2)
    )
