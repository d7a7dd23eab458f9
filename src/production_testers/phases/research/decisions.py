"""What a run says of a hazard: confirmed, rejected, or undecided with the reason. Pure rules."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from production_testers.evidence.repairs import IN_WORDS
from production_testers.laws.cost.operations_per_stage import EXPONENT_MAX, SIZE_MIN
from production_testers.phases.research.hazard import HazardGroup
from production_testers.phases.research.mission import Result
from production_testers.phases.research.predictions import PREDICTIONS, Prediction

SCHEDULES_MIN = 10
"""Sampled schedules that must have executed the flagged lines for a rejection."""

JUDGED_MIN = 20
"""Things that each law must have judged in those schedules for a rejection."""

EXPLORED_MIN = 200
"""Schedules of the whole run in which each law must have held for a rejection."""

SHARE_MIN = 0.1
"""The part of all executed lines that a loop must have for its growth to be a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A schedule that executed flagged lines.

    Attributes:
        kind: Kind of its scenario.
        index: Its number in that kind.
        features: Its circumstances.
        laws: Law → its state and how many things it judged.
    """

    kind: str
    index: int
    features: frozenset[str]
    laws: Mapping[str, tuple[str, int]]

    @property
    def reference(self) -> str:
        """`stress/3`."""
        return f"{self.kind}/{self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finding whose smallest scenario executes flagged lines.

    Attributes:
        finding: Its id.
        law: The law that it breaks.
        state: The law's state with the code repaired in memory; empty where it was not repaired.
        broken: Laws that only the repair broke.
    """

    finding: str
    law: str
    state: str = ""
    broken: tuple[str, ...] = ()

    @property
    def vanishes(self) -> bool:
        """Whether the repair, and nothing else, makes the law hold."""
        return self.state == "holds" and not self.broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """Executed lines of a loop, between two sizes of one shape of pipeline.

    Attributes:
        shape: chain or fan_out.
        sizes: Numbers of stages.
        lines: Executed lines of the flagged loop.
        total: Executed lines of the framework at the larger size.
        findings: Findings about the work of that shape.
    """

    shape: str
    sizes: tuple[int, int]
    lines: tuple[int, int]
    total: int
    findings: tuple[str, ...] = ()

    @property
    def exponent(self) -> float:
        """How the loop grows: with this power of the number of stages."""
        if not all(self.lines):
            return 0.0
        return math.log(self.lines[1] / self.lines[0]) / math.log(self.sizes[1] / self.sizes[0])

    @property
    def share(self) -> float:
        """The loop's part of the work at the larger size."""
        return self.lines[1] / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything a run shows of one hazard.

    Attributes:
        sampled: Schedules that were executed under the line recorder, for all hazards.
        reached: Those of them that executed the flagged lines.
        shown: Findings whose smallest scenario executes them.
        grown: The loop's lines, for work that grows.
    """

    sampled: int
    reached: tuple[Sampled, ...] = ()
    shown: tuple[Shown, ...] = ()
    grown: tuple[Grown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the whole exploration says of one law.

    Attributes:
        schedules: In how many schedules it judged something and held.
        kept: Whether it was never broken, nor excused by another law's break.
    """

    schedules: int
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A result, the reason in words, and the findings that it rests on."""

    result: Result
    reason: str
    findings: tuple[str, ...] = ()


def decide(group: HazardGroup, seen: Seen, standings: Mapping[str, Standing]) -> Decision:
    """Decide one hazard by the rules that `RULES` tells the reader."""
    prediction = PREDICTIONS[group.first.kind]
    if not prediction.laws:
        return _undecided(f"{prediction.why_no_law}; {_reach(seen)}")
    if prediction.counts_lines:
        return _by_growth(seen.grown)
    for shown in seen.shown:
        if shown.vanishes and group.first.repair:
            return Decision(
                result=Result.CONFIRMED,
                reason=f"the smallest scenario of {shown.finding} executes these lines, and no"
                f" longer breaks {shown.law} when {IN_WORDS[group.first.repair]} and nothing else"
                " is changed",
                findings=tuple(other.finding for other in seen.shown if other.vanishes),
            )
    if seen.shown:
        return _consistent(seen.shown)
    return _by_sample(group, prediction, seen, standings)


def _undecided(reason: str, findings: tuple[str, ...] = ()) -> Decision:
    return Decision(result=Result.UNDECIDED, reason=reason, findings=findings)


def _reach(seen: Seen) -> str:
    if not seen.reached:
        return f"none of the {seen.sampled} sampled schedules executed these lines"
    return f"{len(seen.reached)} of the {seen.sampled} sampled schedules executed these lines"


def _consistent(shown: Iterable[Shown]) -> Decision:
    """Association is not cause: say what speaks for it, and why that is not enough."""
    parts = []
    for one in shown:
        if one.state == "broken":
            parts.append(
                f"not the reason of {one.finding}: its smallest scenario executes these lines, and"
                f" breaks {one.law} all the same when they are repaired"
            )
            continue
        if not one.state:
            why = "no repair could tell whether they are the reason"
        elif one.state == "holds":
            why = f"repaired, they keep {one.law} but break {', '.join(one.broken)}"
        else:
            why = f"with them repaired, {one.law} could not be judged"
        parts.append(
            f"consistent with {one.finding}, whose smallest scenario executes these lines; {why}"
        )
    return _undecided("; ".join(parts), tuple(one.finding for one in shown))


def _by_growth(grown: tuple[Grown, ...]) -> Decision:
    told = "; ".join(
        f"from {one.sizes[0]} to {one.sizes[1]} stages ({one.shape}) the loop's executed lines grow"
        f" from {one.lines[0]:,} to {one.lines[1]:,}, like n^{one.exponent:.2f}, and are"
        f" {one.share:.0%} of all"
        for one in grown
        if one.lines[1]
    )
    if not told:
        return _undecided("no pipeline of growing size executed these lines")
    steep = [one for one in grown if one.exponent > EXPONENT_MAX]
    findings = tuple(dict.fromkeys(finding for one in steep for finding in one.findings))
    if any(one.findings and one.share >= SHARE_MIN for one in steep):
        return Decision(result=Result.CONFIRMED, reason=told, findings=findings)
    if steep:
        return _undecided(f"{told}; too little of the work to be a reason of a break", findings)
    if all(one.sizes[1] < SIZE_MIN for one in grown):
        return _undecided(f"{told}; the pipelines are too small to say more")
    return Decision(result=Result.REJECTED, reason=told)


def _by_sample(
    group: HazardGroup, prediction: Prediction, seen: Seen, standings: Mapping[str, Standing]
) -> Decision:
    if not seen.reached:
        return _undecided(f"never executed: {_reach(seen)}, nor does the scenario of a finding")
    if not all(hazard.tells for hazard in group.hazards):
        return _undecided(f"{_reach(seen)}, but they run whether anything is raised or not")
    fitting = [one for one in seen.reached if prediction.speaks_against(one.features)]
    if not fitting:
        return _undecided(f"{_reach(seen)}, in none of which {prediction.scenario}")
    laws = [law for law in prediction.laws if law in standings]
    if not laws:
        return _undecided(f"the release does not offer what {', '.join(prediction.laws)} judge")
    broken = [law for law in laws if not standings[law].kept]
    if broken:
        return _undecided(
            f"{', '.join(broken)} was not kept in this run, by schedules that need other lines, so"
            " that it held beside them says nothing"
        )
    return _by_judgement(laws, fitting, prediction, standings)


def _by_judgement(
    laws: list[str],
    fitting: list[Sampled],
    prediction: Prediction,
    standings: Mapping[str, Standing],
) -> Decision:
    told = []
    for law in laws:
        if standings[law].schedules < EXPLORED_MIN:
            return _undecided(
                f"{law} was never broken, but held in {standings[law].schedules} schedules only;"
                f" {EXPLORED_MIN} are needed"
            )
        judged = [one.laws[law][1] for one in fitting if one.laws.get(law, ("", 0))[0] == "holds"]
        if len(judged) < SCHEDULES_MIN or sum(judged) < JUDGED_MIN:
            return _undecided(
                f"{law} was not exercised enough: it judged {sum(judged)} things in {len(judged)}"
                f" sampled schedules that executed these lines and in which {prediction.scenario};"
                f" {JUDGED_MIN} in {SCHEDULES_MIN} are needed"
            )
        told.append(
            f"{law} judged {sum(judged)} things in {len(judged)} sampled schedules that executed"
            f" these lines, and held in them as in all {standings[law].schedules} of the run"
        )
    return Decision(result=Result.REJECTED, reason="; ".join(told))


RULES = f"""\
- A hazard is **confirmed** when the smallest scenario of a finding executes the flagged lines and,
  with those lines repaired in memory and nothing else changed, no longer breaks the law (nor
  another one). That an innocent line stands on the way of a break is not enough for that. Work that
  grows is measured directly: the flagged loop's own executed lines grow faster than the law allows,
  are at least {SHARE_MIN:.0%} of the work, and a finding says that the law is broken.
- It is **rejected** when no schedule of the run broke the predicted laws, each law held in at least
  {EXPLORED_MIN} of them, and judged at least {JUDGED_MIN} things in at least {SCHEDULES_MIN}
  sampled schedules that executed the flagged lines under the circumstances it needs; or
  when the flagged loop was counted and grows no faster than the law allows. What is rejected is the
  predicted consequence in these pipelines, not that the code is as it is.
- Everything else is **undecided**, with the reason."""
"""The rules, as the reader of hypotheses.md is told them."""
