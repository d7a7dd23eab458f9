"""Defects that runs have recorded: what is the same as a new one, and what has the same cause."""

from collections.abc import Sequence
from dataclasses import dataclass

from production_testers.evidence.cures import in_words
from production_testers.evidence.defect import Defect, sizes_of
from production_testers.evidence.identity import Break, SameCause, same_causes
from production_testers.evidence.pipeline import Shown
from production_testers.laws import OutcomeClass
from production_testers.phases.context import RunContext
from production_testers.workspace.documents import Finding, FindingStatus, Severity

_STANDING = (FindingStatus.OPEN, FindingStatus.CONFIRMED, FindingStatus.IN_PROGRESS)
"""What stands for another finding must say itself that the defect is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A defect that an earlier run recorded.

    Attributes:
        finding: As it was recorded.
        entry_id: Of the run that recorded it.
    """

    finding: Finding
    entry_id: str

    def is_same(self, defect: Defect) -> bool:
        """The same fingerprint, or a smaller disguise of the same break."""
        evidence = self.finding.evidence
        if evidence.get("fingerprint") == defect.fingerprint:
            return True
        same = (evidence.get("law"), evidence.get("outcome_class"), self.finding.component) == (
            defect.law,
            defect.outcome_class,
            defect.component,
        )
        told = Break.told(evidence, self.finding.severity.rank)
        if told is None or not same:
            return False
        pairs = zip(told.sizes, sizes_of(defect.exhibit), strict=False)
        is_smaller = all(mine <= others for mine, others in pairs)
        return is_smaller and set(told.features) <= set(defect.features)


def known_before(context: RunContext) -> list[Known]:
    """What the other runs of the workspace have recorded."""
    return [
        Known(finding=finding, entry_id=run.entry_id)
        for run in context.workspace.all_runs()
        if run.address != context.run.address and run.findings.is_file()
        for finding in run.read_findings().findings
    ]


def declared_of(context: RunContext, defect: Defect) -> OutcomeClass:
    """How the law describes this way of breaking it, for a framework with these promises."""
    return defect.declared.where(context.description["capabilities"])


def severity_of(context: RunContext, defect: Defect) -> Severity:
    """How bad it is for a framework with these promises."""
    return Severity(declared_of(context, defect).severity.value)


def causes_of(
    context: RunContext, shown: Sequence[Shown], known: Sequence[Known]
) -> dict[str, SameCause]:
    """Fingerprint → the finding, of this run or known from others, whose cause it has."""
    standing = [one.finding for one in known if one.finding.status in _STANDING]
    told = (Break.told(finding.evidence, finding.severity.rank) for finding in standing)
    new = (Break.of(one.defect, severity_of(context, one.defect).rank) for one in shown)
    return same_causes([one for one in told if one is not None], new)


def of_same_cause(
    context: RunContext, finding: Finding, cause: SameCause, known: Sequence[Known]
) -> Finding:
    """The finding as a duplicate of the one that has its cause; a person's decision stands."""
    of_this_run = [one for one in context.findings if one.fingerprint == cause.fingerprint]
    of_others = [one.finding for one in known if one.finding.fingerprint == cause.fingerprint]
    stands = next(iter([*of_this_run, *of_others]), None)
    if stands is None or stands.id == finding.id:
        return finding  # the one with the cause failed a gate in this run
    original = stands.related_findings[0] if is_duplicate(stands) else stands.id
    same = all(stands.evidence.get(k) == finding.evidence.get(k) for k in ("law", "outcome_class"))
    told = (
        f"Same cause as {original}: the law holds in both smallest scenarios when"
        f" {in_words(cause.cure)}."
        if same
        else f"Same cause as {original}: both laws are broken in one of the two smallest scenarios,"
        f" and neither is in its own when {in_words(cause.cure)}."
    )
    is_open = finding.status in (FindingStatus.CONFIRMED, FindingStatus.OPEN)
    return finding.model_copy(
        update={
            "status": FindingStatus.DUPLICATE if is_open else finding.status,
            "related_findings": tuple(dict.fromkeys((original, *finding.related_findings))),
            "description": f"{finding.description}\n\n{told}",
            "evidence": {
                **finding.evidence,
                "same_cause": {
                    "finding": original,
                    "fingerprint": cause.fingerprint,
                    "cure": cause.cure,
                    "why": told,
                },
            },
        }
    )


def is_duplicate(finding: Finding) -> bool:
    """Whether it stands for another finding."""
    return finding.status is FindingStatus.DUPLICATE
