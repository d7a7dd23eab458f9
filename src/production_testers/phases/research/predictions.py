"""What a run would show if a hazard of some kind does harm: which law, where, what is missing.

By kind of hazard only. Nothing here knows a framework, a file or a defect.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from production_testers.laws import LAWS
from production_testers.phases.research.hazard import HazardKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What makes a hazard of one kind falsifiable.

    Attributes:
        laws: The laws of which one would be broken; empty where no law speaks of it.
        features: Circumstances of which a scenario that shows it has one; empty for any scenario.
        provokes: Circumstances of which a schedule needs one, too, to speak against it; a break
            that only they bring out is not missed for want of them.
        scenario: Those circumstances, or the scenario that would be needed, in words.
        why_no_law: Why nothing in this release of the lab decides it, where nothing does.
    """

    laws: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    provokes: frozenset[str] = frozenset()
    scenario: str
    why_no_law: str = ""

    def may_show(self, features: AbstractSet[str]) -> bool:
        """Whether a scenario with these features may show it."""
        return not self.features or not self.features.isdisjoint(features)

    def speaks_against(self, features: AbstractSet[str]) -> bool:
        """Whether a schedule with these features, in which the laws held, speaks against it."""
        provoked = not self.provokes or not self.provokes.isdisjoint(features)
        return provoked and self.may_show(features)

    @property
    def counts_lines(self) -> bool:
        """Whether the flagged lines are counted while pipelines grow, instead of sampled."""
        return any(LAWS[law].needs_costs for law in self.laws)


_ENDS_EARLY = frozenset({"caller-cancels", "fault:raise", "fault:fail", "fault:cancel"})

PREDICTIONS: Mapping[HazardKind, Prediction] = {
    HazardKind.SHARED_STATE: Prediction(
        laws=("isolation/concurrent-runs", "isolation/tenants", "dag/runs-once"),
        features=frozenset({"concurrent-runs"}),
        provokes=_ENDS_EARLY,
        scenario="several runs of one built pipeline overlap and one of them ends early",
    ),
    HazardKind.SHARED_KEY: Prediction(
        scenario="two stages of one run overlap, and what each wrote is read back",
        why_no_law="no law judges what a framework keeps for itself beside the stages' data",
    ),
    HazardKind.MISSING_CLEANUP: Prediction(
        laws=("lifecycle/nothing-left-running",),
        features=_ENDS_EARLY,
        provokes=frozenset({"parallel-stages", "caller-cancels"}),
        scenario="a run is cancelled by its caller or ended by one of its stages while others run",
    ),
    HazardKind.OWNERLESS_TASK: Prediction(
        laws=("lifecycle/nothing-left-running",),
        scenario="a run returns while the task has not ended",
    ),
    HazardKind.SWALLOWED_EXCEPTION: Prediction(
        laws=("dag/failure-surfaces",),
        features=frozenset({"fault:raise", "fault:fail"}),
        scenario="a stage fails",
    ),
    HazardKind.BLOCKING_CALL: Prediction(
        scenario="the call takes long while other runs have work",
        why_no_law="time is virtual in a schedule, and no law judges how long a loop stands still",
    ),
    HazardKind.FIXED_PATH: Prediction(
        scenario="two processes run at once, or the file cannot be written",
        why_no_law="a schedule is one process, and no law judges the files that it leaves",
    ),
    HazardKind.HIDDEN_DEFAULT: Prediction(
        scenario="the argument is given, and it is empty or zero",
        why_no_law="no law judges what is done with an argument that is empty",
    ),
    HazardKind.NESTED_SCAN: Prediction(
        laws=("cost/operations-per-stage",),
        scenario="the pipeline grows",
    ),
    HazardKind.WALL_CLOCK_DURATION: Prediction(
        scenario="the wall clock is set back while the work goes on",
        why_no_law="no scenario in this release of the lab sets the wall clock",
    ),
}
