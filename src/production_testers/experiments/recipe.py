"""What a recipe is: what makes a roadmap entry executable, and how many schedules it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from production_testers.model.scenario import Kind

GENERAL_SCHEDULES: Mapping[Kind, int] = {
    Kind.BASELINE: 50,
    Kind.STRESS: 75,
    Kind.CHAOS: 200,
    Kind.ADVERSARIAL: 125,
    Kind.RECOVERY: 75,
}
DEEP_SCHEDULES: Mapping[Kind, int] = {
    Kind.BASELINE: 6,
    Kind.STRESS: 10,
    Kind.CHAOS: 40,
    Kind.ADVERSARIAL: 30,
    Kind.RECOVERY: 10,
}
HEAVY_SCHEDULES: Mapping[Kind, int] = {
    Kind.BASELINE: 1,
    Kind.STRESS: 2,
    Kind.CHAOS: 3,
    Kind.ADVERSARIAL: 2,
    Kind.RECOVERY: 2,
}
"""For scenarios that take seconds each."""
BURST_SCHEDULES: Mapping[Kind, int] = {
    Kind.BASELINE: 50,
    Kind.STRESS: 40,
    Kind.CHAOS: 60,
    Kind.ADVERSARIAL: 125,
    Kind.RECOVERY: 75,
}
LOAD_SCHEDULES: Mapping[Kind, int] = {
    Kind.BASELINE: 50,
    Kind.STRESS: 10,
    Kind.CHAOS: 100,
    Kind.ADVERSARIAL: 60,
    Kind.RECOVERY: 40,
}
UNIT_SCHEDULES: Mapping[Kind, int] = {
    Kind.BASELINE: 120,
    Kind.STRESS: 120,
    Kind.CHAOS: 240,
    Kind.ADVERSARIAL: 120,
    Kind.RECOVERY: 120,
}
"""For units, whose scenarios take a millisecond or two."""
GUARD_SCHEDULES: Mapping[Kind, int] = {
    Kind.BASELINE: 40,
    Kind.STRESS: 20,
    Kind.CHAOS: 40,
    Kind.ADVERSARIAL: 20,
    Kind.RECOVERY: 10,
}
NOTES_SCHEDULES: Mapping[Kind, int] = {
    Kind.BASELINE: 10,
    Kind.STRESS: 5,
    Kind.CHAOS: 10,
    Kind.ADVERSARIAL: 5,
    Kind.RECOVERY: 5,
}
"""For scenarios with hundreds of clinical notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A law that must have been exercised for the entry's title to be answered.

    Attributes:
        law: The law.
        minimum: How many things it must have judged, over all kinds.
        why: What that has to do with the title.
    """

    law: str
    minimum: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadGoal:
    """The load that an entry's title names; `ptest load ENTRY` makes it.

    Attributes:
        rate_tps: Executions a second.
        concurrency: How many are under way at most.
        duration_s: For how long.
        data: Data set, variant and number of the records; each execution has one of them.
        field: The member of the input that holds it, in a list.
    """

    rate_tps: float
    concurrency: int
    duration_s: float
    data: tuple[str, str, int]
    field: str

    def records(self) -> dict[str, str | int]:
        """What a load worker is told of the records."""
        scenario, variant, size = self.data
        return {"scenario": scenario, "variant": variant, "size": size, "field": self.field}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How an entry is executed.

    Attributes:
        name: The entry; also the folder of its pipeline templates, where it has them. Files that
            are not there come from `general`.
        pipelines: The entry whose pipelines it shares; empty where it has its own.
        requires: What makes a run of it conclusive; empty for the general recipe.
        schedules: Kind → number of schedules of the default plan.
        cost_sizes: Shape → numbers of stages whose cost is counted.
        data: Scenario of the mock data.
        question: What the entry asks, in one sentence.
        load: The load that the title names; None where it names none.
        units: Parts of the framework that are used on their own in most of its scenarios.
        experiments: Kinds whose experiment the title is about.
    """

    name: str
    pipelines: str = ""
    requires: tuple[Requirement, ...] = ()
    schedules: Mapping[Kind, int] = field(default_factory=lambda: GENERAL_SCHEDULES)
    cost_sizes: Mapping[str, tuple[int, ...]] = field(
        default_factory=lambda: {"chain": (128, 256, 512), "fan_out": (128, 256, 512)}
    )
    data: str = "requests"
    question: str = "Do the general laws of pipeline execution hold?"
    load: LoadGoal | None = None
    units: tuple[str, ...] = ()
    experiments: tuple[Kind, ...] = ()

    @property
    def conclusive(self) -> bool:
        """Whether the entry has laws or an experiment of its own."""
        return bool(self.requires or self.experiments)

    @property
    def folder(self) -> str:
        """The folder of pipeline templates that its runs start with."""
        return self.pipelines or self.name


def needs(*laws: tuple[str, int, str]) -> tuple[Requirement, ...]:
    """Requirements from (law, minimum, why)."""
    return tuple(Requirement(law=law, minimum=minimum, why=why) for law, minimum, why in laws)
