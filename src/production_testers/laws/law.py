"""What a law is: a pure function from an observation to a verdict, and what its break means."""

from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from production_testers.model.observation import Observation
from production_testers.model.scenario import Scenario
from production_testers.model.semantics import Capability
from production_testers.model.verdict import State, Verdict

ANY_UNIT = frozenset({"*"})
"""For laws that hold for every unit."""


class Category(StrEnum):
    """The six categories of tests of the specification."""

    CORRECTNESS = "correctness"
    RELIABILITY = "reliability"
    PERFORMANCE = "performance"
    SECURITY = "security"
    SCALABILITY = "scalability"
    OBSERVABILITY = "observability"


class Severity(StrEnum):
    """How bad a break is; in order."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class FindingType(StrEnum):
    """What sort of finding a break becomes."""

    BUG = "bug"
    SECURITY = "security"
    PERFORMANCE = "performance"
    RELIABILITY = "reliability"
    IMPROVEMENT = "improvement"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeClass:
    """One way in which a law is broken.

    Attributes:
        title: What happens, as a maintainer would title the issue.
        severity: How bad it is.
        why: The reason for that severity.
        type: What sort of finding it is.
        capability: Whose component is at fault; the law's own where None.
        promise: What a framework must promise in so many words for this to be a defect; None where
            offering the law's capability promises it.
    """

    title: str
    severity: Severity
    why: str
    type: FindingType = FindingType.BUG
    capability: Capability | None = None
    promise: Capability | None = None

    def where(self, offered: Container[str]) -> "OutcomeClass":
        """The same as it counts for a framework: without the promise it is a matter of taste.

        Args:
            offered: The capabilities of the framework.
        """
        if self.promise is None or self.promise in offered:
            return self
        why = f"no sentence of it promises otherwise, so this is a matter of taste; {self.why}"
        return replace(self, severity=Severity.LOW, type=FindingType.IMPROVEMENT, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A law.

    Attributes:
        id: `family/name`.
        statement: What must hold, for any executor.
        category: Which of the six test files it stands in.
        capability: What a framework must offer for the law to apply.
        classes: The ways in which it can be broken, by slug.
        check: Judges one observation.
        catch_all: Judged only where no other law is broken: it says the same in general terms.
        gives_way_to: Laws whose break explains a break of this one in the same execution.
        needs_costs: Judges measured work, not a history.
        measures: What that work is counted for growing numbers of: how `CostPoint.what` begins; or
            which loads' figures are judged.
        units: Units whose usages it judges, by name, or `ANY_UNIT`; None for a law about pipelines.
        vanishes_alone: A break that names a run counts only when that run, executed alone, ends
            as it must: otherwise the other runs are not the reason.
        ways_are_degrees: Breaking it in one way or another is the same fault, more or less of it.
    """

    id: str
    statement: str
    category: Category
    capability: Capability
    classes: Mapping[str, OutcomeClass]
    check: Callable[[Observation], Verdict]
    catch_all: bool = False
    gives_way_to: tuple[str, ...] = ()
    needs_costs: bool = False
    measures: str = "stages"
    vanishes_alone: bool = False
    ways_are_degrees: bool = False
    units: frozenset[str] | None = None

    def concerns(self, units: Collection[str]) -> bool:
        """Whether it may say something where pipelines run and these units are used."""
        if self.units is None:
            return True
        return bool(units) and (self.units is ANY_UNIT or not self.units.isdisjoint(units))

    def judges(self, scenario: Scenario) -> bool:
        """Whether it says anything about such a scenario."""
        if scenario.usage is None:
            return self.units is None
        return self.units is not None and self.concerns((scenario.usage.unit,))


@dataclass(slots=True)
class Judgement:
    """Collects what a law finds: the first break of each class; nothing judged is *unknown*."""

    exercised: int = 0
    _broken: dict[str, Verdict] = field(default_factory=dict)

    def judge(
        self,
        ok: bool,  # noqa: FBT001 - the thing that is judged
        outcome_class: str,
        summary: Callable[[], str],
        *events: int,
        run: str = "",
        stage: str = "",
    ) -> None:
        """Count one thing judged, and remember the first that is not as it must be."""
        self.exercised += 1
        if not ok and outcome_class not in self._broken:
            self._broken[outcome_class] = Verdict(
                state=State.BROKEN,
                outcome_class=outcome_class,
                summary=summary(),
                events=events,
                run=run,
                stage=stage,
            )

    def verdict(self) -> Verdict:
        """Broken, holds, or unknown where there was nothing to judge."""
        if self._broken:
            first, *others = self._broken.values()
            return replace(first, exercised=self.exercised, also=tuple(others))
        if self.exercised == 0:
            return Verdict(state=State.UNKNOWN, summary="nothing to judge in this observation")
        return Verdict(state=State.HOLDS, exercised=self.exercised)
