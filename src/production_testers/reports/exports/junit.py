"""JUnit XML: an open finding fails, what nobody can tell is skipped, our own error is an error."""

from collections.abc import Sequence

from production_testers.reports.exports.exported import Exported, Turned
from production_testers.workspace.documents import FindingStatus

OURS = "minimised"
"""The gate at which a worker died: nothing was shown about the system under test."""

_OPEN = frozenset({FindingStatus.OPEN, FindingStatus.CONFIRMED, FindingStatus.IN_PROGRESS})


def junit_text(found: Sequence[Exported], turned: Sequence[Turned]) -> str:
    """The document: one suite of findings, one of candidates that were turned down."""
    import junitparser  # noqa: PLC0415 - only an export needs it

    findings = junitparser.TestSuite("findings")
    for one in found:
        case = junitparser.TestCase(one.finding.id, classname=str(one.told("law") or "by hand"))
        if one.finding.status in _OPEN:
            case.result = [junitparser.Failure(one.finding.title, one.finding.severity.value)]
        elif one.finding.status is not FindingStatus.RESOLVED:
            case.result = [junitparser.Skipped(one.finding.status.value)]
        findings.add_testcase(case)
    candidates = junitparser.TestSuite("candidates")
    for candidate in turned:
        name = f"{candidate.outcome_class} in {candidate.run}"
        case = junitparser.TestCase(name, classname=candidate.law)
        if candidate.gate == OURS:
            case.result = [junitparser.Error(candidate.reason)]
        else:
            case.result = [junitparser.Skipped(f"not {candidate.gate}: {candidate.reason}")]
        candidates.add_testcase(case)
    document = junitparser.JUnitXml("production-testers")
    document.add_testsuite(findings)
    document.add_testsuite(candidates)
    document.update_statistics()  # type: ignore[no-untyped-call]
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return text.decode() + "\n"
