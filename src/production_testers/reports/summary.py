"""The short forms of a run: for its README, for findings.json, and for a terminal."""

from production_testers.reports import facts
from production_testers.reports.facts import many
from production_testers.reports.record import RunRecord
from production_testers.workspace.findings import Finding, RunStatus, Severity

KEY_SEVERITIES = (Severity.CRITICAL, Severity.HIGH)
"""Key findings are of these; where there are none, every confirmed finding is one."""


def summary(record: RunRecord) -> str:
    """One paragraph: what was tested, how hard, what was found, and the verdict."""
    return " ".join(
        [
            _what(record),
            _how_hard(record),
            _found(record),
            *_tests(record),
            *_limits(record),
            f"Verdict: {record.verdict}.",
        ]
    )


def key_findings(record: RunRecord) -> tuple[str, ...]:
    """One line each, worst first: what it is and how to see it again."""
    counting = facts.confirmed(record)
    key = [finding for finding in counting if finding.severity in KEY_SEVERITIES]
    return tuple(
        f"{finding.id} ({finding.severity}): {finding.title} — replay: ptest replay {finding.id}"
        for finding in key or counting
    )


def test_note(record: RunRecord) -> str:
    """What `pytest tests/ -v` shows in the run folder."""
    if not record.tests:
        return "The tests of this run have not been executed yet."
    counts = facts.tests_by_outcome(record.tests)
    ends = [f"{counts['passed']} pass", f"{counts['failed']} fail", f"{counts['skipped']} skip"]
    if counts["error"]:
        ends.insert(2, f"{many(counts['error'], 'error')}")
    note = f"Of {many(len(record.tests), 'test')}: {', '.join(ends)}."
    failing = [test for test in record.tests if test.outcome in facts.FAILING]
    if not failing:
        return note
    named = [facts.findings_of_test(test, record.findings) for test in failing]
    told = {finding_id for ids in named for finding_id in ids}
    shown = [finding.id for finding in record.findings if finding.id in told]
    note += " A failing test is a law that the system under test breaks"
    note += f": {', '.join(shown)}." if shown else "."
    alone = sum(not ids for ids in named)
    if alone:
        note += f" {many(alone, 'failing test')} belong{'s' * (alone == 1)} to no finding."
    return note


def _what(record: RunRecord) -> str:
    entry = record.entry
    return f"{record.sut} was tested for {entry.id} ({entry.title}): {record.recipe.question}"


def _how_hard(record: RunRecord) -> str:
    numbers = facts.explored(record)
    if not numbers.schedules:
        return "No schedule was executed."
    laws = facts.laws(record)
    exercised = sum(law.exercised > 0 for law in laws)
    judged = sum(law.exercised for law in laws)
    return (
        f"{many(numbers.schedules, 'simulated schedule')} of"
        f" {many(len(record.exploration), 'kind')} with seed {record.seed} gave"
        f" {many(numbers.interleavings, 'distinct interleaving')}; {exercised} of {len(laws)} laws"
        f" were exercised and judged {many(judged, 'thing')}."
    )


def _found(record: RunRecord) -> str:
    counting = facts.confirmed(record)
    pending = facts.unconfirmed(record)
    parts = [f"{many(len(counting), 'confirmed finding')}{_by_severity(counting)}"]
    if pending:
        parts.append(f"{len(pending)} unconfirmed{_by_severity(pending)}")
    if record.rejected:
        parts.append(f"{many(len(record.rejected), 'candidate')} rejected")
    told = ", ".join(parts)
    if not counting:
        return f"{'No confirmed finding' + told.removeprefix('0 confirmed findings')}."
    worst = min(counting, key=lambda finding: finding.severity.rank)
    return f"{told}; the worst is {worst.id}: {worst.title.rstrip('.')}."


def _by_severity(findings: tuple[Finding, ...]) -> str:
    counts = [
        f"{count} {severity}"
        for severity in Severity
        if (count := sum(finding.severity is severity for finding in findings))
    ]
    return f" ({', '.join(counts)})" if counts else ""


def _tests(record: RunRecord) -> list[str]:
    if not record.tests:
        return []
    counts = facts.tests_by_outcome(record.tests)
    ends = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    return [f"Tests of the run folder: {', '.join(ends)}."]


def _limits(record: RunRecord) -> list[str]:
    numbers = facts.explored(record)
    said = []
    if record.status is not RunStatus.COMPLETED:
        said.append(f"The run's status is {record.status}.")
    if numbers.truncated:
        said.append(
            f"The plan was not executed in full: {numbers.schedules:,} of {numbers.planned:,}"
            " schedules."
        )
    if not record.conclusive:
        why = "; ".join(reason.rstrip(".") for reason in record.inconclusive_reasons)
        said.append(f"The run is inconclusive{': ' + why if why else ''}.")
    return said
