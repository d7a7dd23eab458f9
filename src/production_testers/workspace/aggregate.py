"""Findings over all runs: each defect once, told apart by its fingerprint. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from production_testers.workspace.documents import (
    AggregatedFindings,
    Finding,
    FindingsDocument,
    FindingStatus,
    FindingType,
    Severity,
)
from production_testers.workspace.naming import parse_finding_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFindings:
    """The findings of one run.

    Attributes:
        address: Of the run.
        document: Its findings.json.
    """

    address: str
    document: FindingsDocument


class KnownFinding(NamedTuple):
    """Where a defect was met first.

    Attributes:
        entry_id: The roadmap entry.
        finding_id: The id that the defect keeps within that entry.
        address: Of the first run that has it.
    """

    entry_id: str
    finding_id: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighting:
    """A finding as one run tells it."""

    address: str
    finding: Finding


def known_findings(runs: Iterable[RunFindings]) -> dict[str, KnownFinding]:
    """Fingerprint → where the defect was met first, not counting duplicates of others."""
    return {
        fingerprint: KnownFinding(
            entry_id=_entry_of(original.finding),
            finding_id=original.finding.id,
            address=original.address,
        )
        for fingerprint, sightings in _by_defect(runs).items()
        for original in [_original(sightings)]
    }


def aggregate(runs: Sequence[RunFindings], generated_at: str) -> AggregatedFindings:
    """What aggregated_findings.json says about `runs`; worst findings first.

    Each finding is told as its latest record under the original's id tells it, and names the
    runs that have it under `evidence.seen_in`.
    """
    findings = sorted(
        (_merged(sightings) for sightings in _by_defect(runs).values()),
        key=lambda finding: (finding.severity.rank, finding.id),
    )
    components = sorted(finding.component or "unknown" for finding in findings)
    return AggregatedFindings(
        generated_at=generated_at,
        total_runs=len(runs),
        total_findings=len(findings),
        by_type=_counts(FindingType, [finding.type for finding in findings]),
        by_severity=_counts(Severity, [finding.severity for finding in findings]),
        by_status=_counts(FindingStatus, [finding.status for finding in findings]),
        by_component=dict(Counter(components)),
        findings=tuple(findings),
    )


def _by_defect(runs: Iterable[RunFindings]) -> dict[str, list[_Sighting]]:
    """Fingerprint → sightings in the order of the runs' start; those of one cause are together."""
    found: dict[str, list[_Sighting]] = {}
    for run in sorted(runs, key=lambda run: (run.document.metadata.started_at, run.address)):
        for finding in run.document.findings:
            sighting = _Sighting(address=run.address, finding=finding)
            found.setdefault(finding.fingerprint, []).append(sighting)
    for fingerprint in tuple(found):
        stands = _stands_for(fingerprint, found)
        if stands != fingerprint:
            found[stands] += found.pop(fingerprint)
    return found


def _stands_for(fingerprint: str, found: Mapping[str, Sequence[_Sighting]]) -> str:
    """The fingerprint of the finding that has the same cause and stands for it, or its own."""
    been = [fingerprint]
    while True:
        told = found[been[-1]][-1].finding.evidence.get("same_cause")
        cause = told.get("fingerprint") if isinstance(told, Mapping) else None
        if cause not in found or cause in been:
            return been[-1]
        been.append(str(cause))


def _original(sightings: Sequence[_Sighting]) -> _Sighting:
    """The first sighting that is no duplicate of another entry's; the first one else."""
    own = [s for s in sightings if s.finding.status is not FindingStatus.DUPLICATE]
    return (own or sightings)[0]


def _merged(sightings: Sequence[_Sighting]) -> Finding:
    original = _original(sightings).finding
    same = [s.finding for s in sightings if s.finding.id == original.id]
    # Later runs come later in the list, and `max` keeps the first of equals.
    latest = max(reversed(same), key=lambda finding: finding.updated_at or finding.created_at)
    seen_in = list(dict.fromkeys(sighting.address for sighting in sightings))
    return latest.model_copy(
        update={
            "created_at": original.created_at,
            "evidence": {**latest.evidence, "seen_in": seen_in},
        }
    )


def _counts(words: Iterable[str], seen: Sequence[str]) -> dict[str, int]:
    counter = Counter(seen)
    return {str(word): counter[word] for word in words}


def _entry_of(finding: Finding) -> str:
    parsed = parse_finding_id(finding.id)
    assert parsed is not None, "the document was validated"
    return parsed.entry_id
