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
        units: Parts of the framework that are used on their own in most of its scenarios.
    """

    name: str
    requires: tuple[Requirement, ...] = ()
    schedules: Mapping[Kind, int] = field(default_factory=lambda: GENERAL_SCHEDULES)
    cost_sizes: Mapping[str, tuple[int, ...]] = field(
        default_factory=lambda: {"chain": (128, 256, 512), "fan_out": (128, 256, 512)}
    )
    data: str = "requests"
    question: str = "Do the general laws of pipeline execution hold?"
    units: tuple[str, ...] = ()

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
    "CORE-002": Recipe(
        name="CORE-002",
        schedules=HEAVY_SCHEDULES,
        question="Do more than 100 MB reach the next stages whole, and does the run complete?",
        requires=(
            Requirement(
                law="scale/large-context",
                minimum=5,
                why="runs whose stages hand on 100 MB and more must complete",
            ),
            Requirement(
                law="dag/outputs-delivered",
                minimum=20,
                why="stages must receive 100 MB and more as they were given",
            ),
        ),
    ),
    "CORE-006": Recipe(
        name="CORE-006",
        data="tenants",
        question="Do the stages of nested pipelines work for the right request, with its input?",
        requires=(
            Requirement(
                law="nesting/context-inherited",
                minimum=1_000,
                why="identity must be handed down to every stage of a nested pipeline",
            ),
            Requirement(
                law="dag/outputs-delivered",
                minimum=1_000,
                why="the input must be handed down, and outputs handed back",
            ),
        ),
    ),
    "CORE-008": Recipe(
        name="CORE-008",
        question="Does what one stage writes reach another one that reads at the same time?",
        requires=(
            Requirement(
                law="isolation/inputs-immutable",
                minimum=100,
                why="what a stage writes into its input must be seen by nobody else",
            ),
            Requirement(
                law="isolation/inputs-stable",
                minimum=100,
                why="a stage's input must not change while others write",
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
    "DAG-005": Recipe(
        name="DAG-005",
        schedules=DEEP_SCHEDULES,
        cost_sizes={"fan_out": (250, 500, 1_000)},
        question="Can 500 and more parallel stages be executed, and at what cost?",
        requires=(
            Requirement(
                law="scale/width", minimum=10, why="500 and more parallel stages must complete"
            ),
            Requirement(
                law="cost/operations-per-stage",
                minimum=1,
                why="the work of one stage must not grow with the number of stages",
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
    "DAG-010": Recipe(
        name="DAG-010",
        schedules=BURST_SCHEDULES,
        question="Does a run end as it would alone when a burst of runs shares the process?",
        requires=(
            Requirement(
                law="scale/bursts",
                minimum=1_000,
                why="runs of bursts of 50 and more must not be left waiting",
            ),
            Requirement(
                law="isolation/concurrent-runs",
                minimum=5_000,
                why="runs of a burst must neither see nor stop each other",
            ),
        ),
    ),
    "CONTRACT-003": Recipe(
        name="CONTRACT-003",
        question="Is what a run hands back when it fails or is cancelled what its stages gave?",
        requires=(
            Requirement(
                law="contract/partial-output",
                minimum=50,
                why="the results of runs that did not complete must be true",
            ),
            Requirement(
                law="dag/failed-dependants",
                minimum=50,
                why="nothing may be done with the output of a stage that failed",
            ),
        ),
    ),
    "GUARD-003": Recipe(
        name="GUARD-003",
        schedules=GUARD_SCHEDULES,
        data="messages",
        question="Does redaction hide at least 99 % of each kind of personal data that it names?",
        requires=(
            Requirement(
                law="guard/redaction-recall",
                minimum=100,
                why="recall must be measured on at least a hundred of each kind",
            ),
        ),
    ),
    "WORK-004": Recipe(
        name="WORK-004",
        schedules=UNIT_SCHEDULES,
        units=("retry",),
        question="Do retries try as often as they say, after the pauses that they say?",
        requires=(
            Requirement(
                law="retry/attempts",
                minimum=1_000,
                why="attempts and the pauses between them must be as stated",
            ),
        ),
    ),
    "WORK-002": Recipe(
        name="WORK-002",
        question="Does a request that is sent again have its effect once?",
        requires=(
            Requirement(
                law="effects/once-per-key",
                minimum=300,
                why="the same request, sent again while it runs and later, must act once",
            ),
        ),
    ),
    "OBS-001": Recipe(
        name="OBS-001",
        data="tenants",
        question="Does every event that the framework emits say which request it belongs to?",
        requires=(
            Requirement(
                law="observability/events-correlated",
                minimum=500,
                why="events must be found by the request id of their run",
            ),
        ),
    ),
    "FIN-001": Recipe(
        name="FIN-001",
        schedules=LOAD_SCHEDULES,
        data="transactions",
        question="Does every payment get the decision that the rules give, at a concurrency of"
        " 100? (The load is reduced: 100 runs of 10 payments at a time, not 5,000 a second.)",
        requires=(
            Requirement(
                law="dag/result-as-reference",
                minimum=2_000,
                why="every decision must be the one that the rules give",
            ),
            Requirement(
                law="isolation/concurrent-runs",
                minimum=5_000,
                why="a payment's decision must not depend on the others",
            ),
        ),
    ),
    "HEALTH-001": Recipe(
        name="HEALTH-001",
        data="patients",
        question="Does patient data stay out of logs, events and error messages, and in its own"
        " hospital's runs?",
        requires=(
            Requirement(
                law="privacy/nothing-personal-told",
                minimum=1_000,
                why="nothing personal may stand in what the framework says of its own accord",
            ),
            Requirement(
                law="isolation/tenants",
                minimum=1_000,
                why="no patient's data may reach another hospital's run",
            ),
        ),
    ),
}


def recipe_for(entry_id: str) -> Recipe:
    """The entry's own recipe, or the general one."""
    return RECIPES.get(entry_id, GENERAL)
