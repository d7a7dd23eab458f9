"""A scenario: a pipeline, or the usage of a unit, with its faults and times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from production_testers.model.canonical import Json
from production_testers.model.fault_plan import FaultPlan
from production_testers.model.ordering import Hold, Order
from production_testers.model.pipeline import Identity, PipelineSpec
from production_testers.model.usage import Usage


class Kind(StrEnum):
    """The five kinds of pipelines of the specification."""

    BASELINE = "baseline"
    STRESS = "stress"
    CHAOS = "chaos"
    ADVERSARIAL = "adversarial"
    RECOVERY = "recovery"


class FaultKind(StrEnum):
    """What can go wrong inside a stage, from the simplest on.

    The order is the order of preference when a scenario is brought to its normal form: where
    a simpler fault breaks the same law, it replaces the other one.
    """

    RAISE = "raise"
    FAIL = "fail"
    CANCEL = "cancel"
    RETRY = "retry"
    SKIP = "skip"
    HANG = "hang"
    SLOW = "slow"
    MUTATE_INPUTS = "mutate_inputs"
    RETURN_NONE = "return_none"
    SLOW_CLEANUP = "slow_cleanup"
    MUTATE_NESTED = "mutate_nested"
    RETURN_OTHER = "return_other"


WRITES: frozenset[str] = frozenset(
    {
        FaultKind.MUTATE_INPUTS,
        FaultKind.MUTATE_NESTED,
        "stage-mutates-inputs",
        "stage-mutates-inside-inputs",
    }
)
"""A stage writes into what it received: into its members, or into what is inside of them."""

BLOCKING = "stage-blocks-loop"
"""A stage blocks the event loop: then no time-out comes when it is due, and nobody is to blame."""

OWN_END: frozenset[str] = frozenset(
    {FaultKind.SLOW_CLEANUP, "stage-slow-cleanup", "stage-ignores-cancellation"}
)
"""A stage that is cancelled ends when it likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: What goes wrong.
        stage: In which stage.
        run: In which run only; None for every run.
        milliseconds: How long, for the kinds that take time.
    """

    kind: FaultKind
    stage: str
    run: str | None = None
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """One execution of the pipeline.

    Attributes:
        key: Names the run; stands in its input and in everything its stages give.
        input: What the run is given.
        identity: Whose run it is.
        start_ms: When it starts, from the start of the scenario.
        cancel_after_ms: When its caller cancels it, from its start; None for never.
        idempotency_key: Requests with the same key are the same request, sent again.
    """

    key: str
    input: Mapping[str, Json]
    identity: Identity
    start_ms: float = 0.0
    cancel_after_ms: float | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """How long each piece of work takes, by meaning: `run/stage/nth` → factor.

    A piece of work that asks for m milliseconds takes m times its factor. Factors are drawn
    from `seed` between `low` and `high`, unless `fixed` names them.

    Attributes:
        seed: Where the factors come from.
        low: The smallest factor.
        high: The largest factor.
        fixed: Factors that are stated; `*` stands for every other one.
    """

    seed: int = 0
    low: float = 1.0
    high: float = 1.0
    fixed: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What one schedule executes.

    Attributes:
        kind: Which of the five.
        pipeline: What runs.
        requests: The executions; more than one of them overlap in time.
        faults: What goes wrong.
        latencies: How long things take.
        services: Name → import path of a factory `(seed) -> service`.
        limit_ms: Virtual time after which the scenario is stopped.
        watch: Record what the framework emits and logs of its own.
        order: Who decides which ready task goes next; None for asyncio's own order.
        holds: Directives on top of asyncio's own order instead.
        usage: What is done with a unit; the pipeline is then empty, and so are requests and faults.
        plan: What goes wrong at services and stages, by a plan of the catalogue's kinds; `faults`
            are the older and plainer way to say it for stages.
    """

    kind: Kind
    pipeline: PipelineSpec
    requests: tuple[RunRequest, ...]
    faults: tuple[Fault, ...] = ()
    latencies: Latencies = field(default_factory=Latencies)
    services: Mapping[str, str] = field(default_factory=dict)
    limit_ms: float = 600_000.0
    watch: bool = False
    order: Order | None = None
    holds: tuple[Hold, ...] = ()
    usage: Usage | None = None
    plan: FaultPlan | None = None

    @property
    def feasible(self) -> bool:
        """Whether it can happen on a stock loop: ready tasks keep their order."""
        return self.order is None and not self.holds

    @property
    def size(self) -> int:
        """Stages times runs, or calls: about how much executing it takes."""
        if self.usage is not None:
            return len(self.usage.calls)
        return len(self.pipeline.stages) * len(self.requests)

    @property
    def writes(self) -> bool:
        """Whether some stage may write into what it received."""
        planned = [rule.fault for rule in self.plan.rules] if self.plan else []
        return any(name in WRITES for name in (*planned, *(fault.kind for fault in self.faults)))

    def fault_of(self, run: str, stage: str) -> Fault | None:
        """The first fault that applies to a stage of a run."""
        for fault in self.faults:
            if fault.stage == stage and fault.run in (None, run):
                return fault
        return None


def using(
    kind: Kind, usage: Usage, *, latencies: Latencies | None = None, limit_ms: float = 600_000.0
) -> Scenario:
    """The scenario in which a unit is used, and no pipeline runs."""
    return Scenario(
        kind=kind,
        pipeline=PipelineSpec(name=usage.unit, stages=()),
        requests=(),
        latencies=latencies or Latencies(),
        limit_ms=limit_ms,
        usage=usage,
    )
