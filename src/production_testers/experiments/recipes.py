"""What makes a roadmap entry executable: scenarios, laws that its title needs, plan, data.

An entry without a recipe of its own runs the general scenarios under the general laws, and is
*inconclusive* at best: the risk that it names was not exercised.
"""

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
class Recipe:
    """How an entry is executed.

    Attributes:
        name: Folder of its pipeline templates; files that are not there come from `general`.
        requires: What makes a run of it conclusive; empty for the general recipe.
        schedules: Kind → number of schedules of the default plan.
        cost_sizes: Shape → numbers of stages whose cost is counted.
        data: Scenario of the mock data.
        question: What the entry asks, in one sentence.
    """

    name: str
    requires: tuple[Requirement, ...] = ()
    schedules: Mapping[Kind, int] = field(default_factory=lambda: GENERAL_SCHEDULES)
    cost_sizes: Mapping[str, tuple[int, ...]] = field(
        default_factory=lambda: {"chain": (128, 256, 512), "fan_out": (128, 256, 512)}
    )
    data: str = "requests"
    question: str = "Do the general laws of pipeline execution hold?"

    @property
    def conclusive(self) -> bool:
        """Whether the entry has laws of its own."""
        return bool(self.requires)


GENERAL = Recipe(name="general")

RECIPES: dict[str, Recipe] = {
    "CORE-001": Recipe(
        name="CORE-001",
        question="Do the outputs of parallel branches reach the join and the result complete and"
        " unmixed, whatever the timing?",
        requires=(
            Requirement(
                law="merge/timing-independent",
                minimum=100,
                why="equal branches that end in different orders must merge to the same value",
            ),
            Requirement(
                law="dag/outputs-delivered",
                minimum=1_000,
                why="the join must see what every branch gave",
            ),
            Requirement(
                law="dag/outputs-in-result",
                minimum=1_000,
                why="the result must hold what every branch gave",
            ),
        ),
    ),
    "CORE-010": Recipe(
        name="CORE-010",
        data="tenants",
        question="Does anything of one tenant reach another tenant's run?",
        requires=(
            Requirement(
                law="isolation/tenants",
                minimum=1_000,
                why="runs of several tenants overlap in one built pipeline, each with a secret",
            ),
            Requirement(
                law="isolation/concurrent-runs",
                minimum=1_000,
                why="a tenant's run must not be stopped by another tenant's",
            ),
        ),
    ),
    "DAG-006": Recipe(
        name="DAG-006",
        schedules=DEEP_SCHEDULES,
        cost_sizes={"chain": (500, 1_000, 2_000)},
        question="Can a thousand and more stages in a row be executed, and at what cost?",
        requires=(
            Requirement(
                law="scale/depth", minimum=4, why="chains of 1,000 and more stages must complete"
            ),
            Requirement(
                law="cost/operations-per-stage",
                minimum=1,
                why="the work of one stage must not grow with the number of stages",
            ),
        ),
    ),
    "DAG-008": Recipe(
        name="DAG-008",
        question="Do exactly the stages of the chosen branches run?",
        requires=(
            Requirement(
                law="routing/skip-requests",
                minimum=200,
                why="branches that a router excludes must not run, the others must",
            ),
        ),
    ),
    "DAG-009": Recipe(
        name="DAG-009",
        question="Are hung stages stopped in time, and does cancellation reach everything?",
        requires=(
            Requirement(
                law="timing/timeout-enforced",
                minimum=100,
                why="stages that hang or are too slow must be stopped by their time-out",
            ),
            Requirement(
                law="lifecycle/nothing-left-running",
                minimum=500,
                why="after a time-out, a failure or a cancellation nothing may go on running",
            ),
        ),
    ),
}


def recipe_for(entry_id: str) -> Recipe:
    """The entry's own recipe, or the general one."""
    return RECIPES.get(entry_id, GENERAL)
