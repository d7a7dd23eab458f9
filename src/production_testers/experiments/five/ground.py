"""What an experiment stands on, and what it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from types import ModuleType
from typing import Any, Protocol

from production_testers.experiments.workloads import identity_of
from production_testers.model import seeds
from production_testers.model.canonical import Json
from production_testers.model.pipeline import PipelineSpec
from production_testers.model.scenario import Kind, Latencies, RunRequest, Scenario
from production_testers.model.semantics import SutDescription
from production_testers.suts.contract import Adapter

STAGES_MAX = 3_000
"""Executions of stages that an experiment may plan in one go; larger pipelines run less often."""

RUNS_MIN = 3


class Held(StrEnum):
    """What came of an experiment."""

    HELD = "held"
    NOT_HELD = "not held"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What an experiment gives.

    Attributes:
        held: Whether what it states is so.
        reasons: Why not, or why nobody can tell; one sentence each.
        figures: Name → number, text or share with bounds; units stand last in the names.
        table: Rows of equal members, for what is measured at several points.
    """

    held: Held
    reasons: tuple[str, ...] = ()
    figures: Mapping[str, Json] = field(default_factory=dict)
    table: Sequence[Mapping[str, Json]] = ()

    @classmethod
    def of(
        cls,
        *,
        broken: Sequence[str],
        unclear: Sequence[str] = (),
        figures: Mapping[str, Json],
        table: Sequence[Mapping[str, Json]] = (),
    ) -> "Measurement":
        """The measurement whose verdict follows from what speaks against it.

        What is unclear comes first: an experiment that did not do its work proves nothing.
        """
        held = Held.NOT_HELD if broken else Held.HELD
        if unclear:
            held = Held.INCONCLUSIVE
        return cls(held=held, reasons=(*unclear, *broken), figures=figures, table=table)

    def as_json(self) -> dict[str, Json]:
        """As it stands in `results/metrics/`."""
        return {
            "held": self.held.value,
            "reasons": list(self.reasons),
            "figures": dict(self.figures),
            "table": [dict(row) for row in self.table],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What an experiment stands on: a framework, and the run folder's own baseline pipeline.

    Attributes:
        adapter: Of the framework that is installed here.
        sut: What the adapter says of itself.
        baseline: The folder's `pipelines/baseline.py`.
        seed: The run's seed.
        paths: Where processes of an experiment import from: the run folder.
    """

    adapter: Adapter
    sut: SutDescription
    baseline: ModuleType
    seed: int
    paths: tuple[str, ...] = ()

    @property
    def pipeline(self) -> PipelineSpec:
        """The pipeline of the folder, as people read it."""
        made: PipelineSpec = self.baseline.pipeline()
        return made

    @property
    def services(self) -> Mapping[str, str]:
        """The mock services that its stages call."""
        found: Mapping[str, str] = getattr(self.baseline, "SERVICES", {})
        return found

    def runs(self, wanted: int) -> int:
        """How many runs of the pipeline an experiment makes: fewer of a large one.

        A baseline whose runs are heavy for another reason says how many with `RUNS_MAX`.
        """
        bound = int(getattr(self.baseline, "RUNS_MAX", wanted))
        affordable = STAGES_MAX // max(1, _stages(self.pipeline))
        return max(1, min(wanted, bound, max(RUNS_MIN, affordable)))

    def random(self, *names: str) -> Random:
        """The source of everything that an experiment draws."""
        return seeds.random_for(self.seed, "experiment", *names)

    def requests(self, count: int, *names: str, every_ms: float = 0.0) -> tuple[RunRequest, ...]:
        """So many requests of the folder's own, `every_ms` apart, none of them given up."""
        drawn: Sequence[RunRequest] = self.baseline.some_requests(self.random(*names), count)
        return tuple(
            replace(
                drawn[number % len(drawn)],
                key=f"r{number}",
                identity=identity_of(_tenant(drawn, number), number),
                start_ms=number * every_ms,
                cancel_after_ms=None,
                idempotency_key=None,
            )
            for number in range(count)
        )

    def scenario(self, kind: Kind, requests: Sequence[RunRequest], **more: object) -> Scenario:
        """The folder's pipeline with these requests; stages take half to twice their time."""
        last = max((request.start_ms for request in requests), default=0.0)
        made = Scenario(
            kind=kind,
            pipeline=self.pipeline,
            requests=tuple(requests),
            latencies=Latencies(seed=seeds.derive(self.seed, kind.value), low=0.5, high=2.0),
            services=self.services,
            limit_ms=600_000.0 + last,
        )
        return replace(made, **more)  # type: ignore[arg-type]


class Experiment(Protocol):
    """What a file of `pipelines/` declares as `EXPERIMENT`."""

    def perform(self, ground: Ground) -> Measurement:
        """Execute, and say what was measured."""


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share does not exceed; None without any."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def rounded(value: float | None, digits: int = 3) -> float | None:
    """A figure for a document."""
    return None if value is None else round(value, digits)


def shown(value: Any) -> str:
    """A figure in words."""
    if isinstance(value, Mapping) and set(value) >= {"count", "of", "low", "high"}:
        if not value["of"]:
            return "none of none"
        return f"{value['count']:,} of {value['of']:,} ({value['low']:.1%} to {value['high']:.1%})"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "none"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "—"}[value]
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _stages(pipeline: PipelineSpec) -> int:
    """The stages of a pipeline, those of nested ones included."""
    return sum(1 + (_stages(stage.nested) if stage.nested else 0) for stage in pipeline.stages)


def _tenant(drawn: Sequence[RunRequest], number: int) -> int:
    """The number of a request's tenant, in the order in which tenants appear."""
    tenants = list(dict.fromkeys(request.identity.tenant for request in drawn))
    return tenants.index(drawn[number % len(drawn)].identity.tenant)
