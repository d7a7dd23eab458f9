"""What a record adds up to: counts and rows that the report and the summary must tell alike."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from production_testers.experiments.ordering import STRICT
from production_testers.laws import LAWS
from production_testers.reports.record import RunRecord, TestOutcome
from production_testers.reports.verdict import counted
from production_testers.simulation import Power
from production_testers.workspace.findings import Finding, FindingStatus

UNCONFIRMED = (FindingStatus.OPEN, FindingStatus.IN_PROGRESS)
FAILING = ("failed", "error")
FAILED_ITSELF = "failed itself"
"""State of a law that could not judge because of an error of ours."""
OUTCOMES = ("passed", "failed", "error", "skipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """All kinds together.

    Attributes:
        planned: Schedules that the plan asked for.
        schedules: Schedules that were executed.
        steps: Callbacks that ran in them.
        left_out: Schedules that need something the release does not offer.
        lost: Schedules whose worker died.
        interleavings: Distinct histories, counted per kind and added.
        truncated: Kinds of which a part was not executed.
    """

    planned: int
    schedules: int
    steps: int
    left_out: int
    lost: int
    interleavings: int
    truncated: tuple[str, ...]


def power(record: RunRecord) -> Power:
    """How hard it was looked for, all kinds together, with the largest schedule for the bound."""
    reports = [report.get("power", {}) for report in record.exploration.values()]
    strategies: Counter[str] = Counter()
    for report in reports:
        strategies.update(report.get("strategies", {}))
    numbers = explored(record)
    return Power(
        schedules=numbers.schedules,
        strategies=strategies or {STRICT: numbers.schedules},
        interleavings=numbers.interleavings,
        tasks=max((report.get("tasks", 0) for report in reports), default=0),
        choices=max((report.get("choices", 0) for report in reports), default=0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LawFacts:
    """One law over the whole run.

    Attributes:
        id: The law.
        statement: What must hold; empty for a law that this version does not know.
        category: One of the six; empty for an unknown law.
        exercised: How many things it judged.
        schedules: How many schedules or measured shapes it was asked about.
        broken: In how many of them it was broken.
        explained: In how many it was not kept, and another law's break is the reason.
        crashed: In how many the law itself failed.
        broken_in: Kinds or shapes in which it was broken.
        findings: The findings that name it.
    """

    id: str
    statement: str
    category: str
    exercised: int
    schedules: int
    broken: int
    explained: int
    broken_in: tuple[str, ...]
    findings: tuple[Finding, ...]
    crashed: int = 0

    @property
    def state(self) -> str:
        """broken, told by another law, failed itself, holds, or not exercised.

        Never *holds* where nothing was judged, nor where a break was only told elsewhere.
        """
        if self.broken:
            return "broken"
        if self.explained:
            return "told by another law"
        if self.crashed:
            return FAILED_ITSELF
        return "holds" if self.exercised else "not exercised"


def explored(record: RunRecord) -> Explored:
    """The exploration of a run in numbers."""
    reports = record.exploration

    def total(key: str) -> int:
        return sum(int(report[key]) for report in reports.values())

    return Explored(
        planned=total("planned"),
        schedules=total("schedules"),
        steps=total("steps"),
        left_out=total("left_out"),
        lost=total("lost"),
        interleavings=total("distinct_interleavings"),
        truncated=tuple(
            kind
            for kind, report in reports.items()
            if report["schedules"] + report["left_out"] < report["planned"]
        ),
    )


def laws(record: RunRecord) -> tuple[LawFacts, ...]:
    """Every law that may say something about such a run, and all others that the record names."""
    judged = {law for report in record.exploration.values() for law in report["laws"]}
    measured = {law for shape in record.costs.values() for law in shape["verdicts"]}
    units = record.recipe.units
    named = [name for name, law in LAWS.items() if name in judged or law.concerns(units)]
    unknown = sorted((judged | measured) - set(LAWS))
    return tuple(_law(record, law_id) for law_id in [*named, *unknown])


def _law(record: RunRecord, law_id: str) -> LawFacts:
    exercised = schedules = broken = explained = crashed = 0
    broken_in: list[str] = []
    for kind, report in record.exploration.items():
        told: Mapping[str, int] = report["laws"].get(law_id, {})
        exercised += told.get("exercised", 0)
        schedules += sum(count for state, count in told.items() if state != "exercised")
        broken += told.get("broken", 0)
        explained += told.get("explained", 0)
        crashed += told.get("crashed", 0)
        broken_in += [kind] * bool(told.get("broken", 0))
    for shape, cost in record.costs.items():
        verdict: Mapping[str, Any] | None = cost["verdicts"].get(law_id)
        if verdict is not None:
            exercised += verdict["exercised"]
            schedules += 1
            broken += verdict["state"] == "broken"
            crashed += verdict.get("crashed", False)
            broken_in += [shape] * (verdict["state"] == "broken")
    law = LAWS.get(law_id)
    return LawFacts(
        id=law_id,
        statement=law.statement if law else "",
        category=law.category.value if law else "",
        exercised=exercised,
        schedules=schedules,
        broken=broken,
        explained=explained,
        crashed=crashed,
        broken_in=tuple(broken_in),
        findings=tuple(f for f in record.findings if f.evidence.get("law") == law_id),
    )


def confirmed(record: RunRecord) -> tuple[Finding, ...]:
    """The findings that count, as the verdict counts them."""
    return counted(record.findings)


def unconfirmed(record: RunRecord) -> tuple[Finding, ...]:
    """Findings that no gate has confirmed yet."""
    return tuple(finding for finding in record.findings if finding.status in UNCONFIRMED)


def proposals(record: RunRecord) -> str:
    """How many proposals came in, and what became of them."""
    counts = Counter(proposal.state for proposal in record.proposals)
    told = ", ".join(f"{count} {state.value}" for state, count in counts.items())
    return f"{many(len(record.proposals), 'proposal')}{': ' + told if told else ''}"


def tests_by_outcome(tests: Iterable[TestOutcome]) -> dict[str, int]:
    """How many tests ended in each way."""
    counts = Counter(test.outcome for test in tests)
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def findings_of_test(test: TestOutcome, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The findings that a failing test names, by their id or by their law."""
    told = f"{test.name} {test.message}"
    return tuple(
        finding.id
        for finding in findings
        if _names(told, finding.id) or _names(told, str(finding.evidence.get("law") or ""))
    )


def _names(told: str, name: str) -> bool:
    """Whether `told` holds `name` whole: `scale/depth` is not in `scale/depth_of_field`.

    A hyphen may follow, because pytest puts one between parameters.
    """
    return bool(name) and re.search(rf"(?<![\w/]){re.escape(name)}(?![\w/])", told) is not None


def many(count: int, noun: str, plural: str = "") -> str:
    """`1 finding`, `2,000 findings`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
