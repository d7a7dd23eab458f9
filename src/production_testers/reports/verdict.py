"""The written rules: what a run's findings say of the system under test, and the exit code.

What counts: confirmed findings, and duplicates of findings that count (the defect is there, it
was only told before). What does not: unconfirmed, resolved and won't-fix ones.

    a critical finding counts                        FAIL
    a high finding counts                            NEEDS_WORK
    a lower one counts, a target was missed, or
    the run is inconclusive                          PASS_WITH_CONCERNS
    otherwise                                        PASS
"""

from collections.abc import Collection, Mapping, Sequence
from enum import IntEnum
from typing import Literal

from production_testers.reports.record import RunVerdict
from production_testers.workspace.findings import Finding, FindingStatus, Severity


class ExitCode(IntEnum):
    """What `ptest run` ends with once its mission has ended, strongest reason first."""

    FINDINGS = 1
    TARGET_MISSED = 3
    INCONCLUSIVE = 2
    FINE = 0


def judge(
    findings: Sequence[Finding],
    *,
    conclusive: bool,
    inconclusive_reasons: Sequence[str],
    missed_targets: Sequence[str] = (),
) -> tuple[RunVerdict, tuple[str, ...]]:
    """The verdict of a run, and the facts that decided it.

    Args:
        findings: All findings of the run.
        conclusive: Whether the risk that the entry names was exercised.
        inconclusive_reasons: Why not, one sentence each.
        missed_targets: Targets that were missed, with the values seen.
    """
    counting = counted(findings)
    worst = [_told(counting, severity) for severity in (Severity.CRITICAL, Severity.HIGH)]
    lower = [_told(counting, s) for s in Severity if s.rank > Severity.HIGH.rank]
    concerns = [
        *(text for text in lower if text),
        *(f"A target was missed: {_sentence(target)}" for target in missed_targets),
    ]
    if not conclusive:
        reasons = inconclusive_reasons or ("the risk that the entry names was not exercised",)
        concerns += [f"The run is inconclusive: {_sentence(reason)}" for reason in reasons]
    reasons_by_verdict = {
        RunVerdict.FAIL: worst[0],
        RunVerdict.NEEDS_WORK: worst[1],
    }
    for verdict, reason in reasons_by_verdict.items():
        if reason:
            return verdict, (reason,)
    if concerns:
        return RunVerdict.PASS_WITH_CONCERNS, tuple(concerns)
    return RunVerdict.PASS, (
        "No confirmed finding, no missed target, and the risk that the entry names was exercised.",
    )


def exit_code(
    findings: Sequence[Finding],
    *,
    fail_on: Severity | Literal["new"],
    new_ids: frozenset[str],
    conclusive: bool,
    truncated: bool,
    missed_targets: Sequence[str],
) -> int:
    """1 before 3 before 2 before 0.

    Known duplicates do not count here, unlike in the verdict: a pipeline that has decided to live
    with a defect must not be stopped by it under another name.

    Args:
        findings: All findings of the run.
        fail_on: The lowest severity that counts; `new` for any finding that no run had before.
        new_ids: Which findings no run had before.
        conclusive: Whether every required law was exercised.
        truncated: Whether the plan ended before its required part.
        missed_targets: Targets that were missed.
    """
    confirmed = [finding for finding in findings if finding.status is FindingStatus.CONFIRMED]
    if any(_stops(finding, fail_on, new_ids) for finding in confirmed):
        return ExitCode.FINDINGS
    if missed_targets:
        return ExitCode.TARGET_MISSED
    if truncated or not conclusive:
        return ExitCode.INCONCLUSIVE
    return ExitCode.FINE


def counted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings that say that a defect is there: confirmed, and duplicates of such.

    A defect that broke laws in several ways counts once.
    """
    known = {finding.id: finding.status for finding in findings}
    found = tuple(finding for finding in findings if _counts(finding, known))
    told = {finding.fingerprint for finding in found}
    return tuple(finding for finding in found if _cause(finding) not in told)


def _cause(finding: Finding) -> object:
    """The fingerprint of the finding that has its cause and stands for it; None for most."""
    told = finding.evidence.get("same_cause")
    return told.get("fingerprint") if isinstance(told, Mapping) else None


def _counts(finding: Finding, known: dict[str, FindingStatus]) -> bool:
    if finding.status is FindingStatus.CONFIRMED:
        return True
    if finding.status is not FindingStatus.DUPLICATE:
        return False
    original = next(iter(finding.related_findings), finding.id)
    # an original of another run or entry was confirmed there, or this would be no duplicate
    status = known.get(original, FindingStatus.CONFIRMED)
    return status in {FindingStatus.CONFIRMED, FindingStatus.DUPLICATE}


def _stops(finding: Finding, fail_on: Severity | Literal["new"], new_ids: Collection[str]) -> bool:
    if isinstance(fail_on, Severity):
        return finding.severity.rank <= fail_on.rank
    return finding.id in new_ids


def _told(findings: Sequence[Finding], severity: Severity) -> str:
    """`2 confirmed high findings: A, B.`; empty where there is none."""
    ids = [finding.id for finding in findings if finding.severity is severity]
    plural = "s" if len(ids) > 1 else ""
    return f"{len(ids)} confirmed {severity} finding{plural}: {', '.join(ids)}." if ids else ""


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
