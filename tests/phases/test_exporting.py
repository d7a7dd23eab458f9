"""What runs say of laws: a law fails where a finding stands, and nobody guesses where none does."""

import pytest

from production_testers.phases.exporting import _outcome, judged
from production_testers.reports.exports.exported import Outcome
from production_testers.reports.exports.junit import junit_text
from production_testers.reports.facts import LawFacts
from production_testers.workspace.documents import Finding, FindingStatus, RunStatus
from reports import official

PASSED, FAILED, SKIPPED, ERROR = Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED, Outcome.ERROR


@pytest.mark.slow
def test_of_a_completed_run_every_law_is_told(quick, start, workspace):
    run = start().context.run
    told = {one.what: one for one in judged(workspace)}
    assert {one.run for one in told.values()} == {run.address}
    assert told["dag/runs-once"].outcome is PASSED
    assert (told["scale/depth"].outcome, told["scale/depth"].reason) == (
        SKIPPED,
        "unknown: it judged nothing",
    )
    assert not {one.outcome for one in told.values()} - {PASSED, SKIPPED}
    text = junit_text((), (), judged(workspace))
    assert [one.reason for one in official.junit().iter_errors(text)] == []
    for status, outcome in (
        (RunStatus.FAILED, ERROR),
        (RunStatus.BLOCKED, SKIPPED),
        (RunStatus.IN_PROGRESS, SKIPPED),
    ):
        document = run.read_findings()
        metadata = document.metadata.model_copy(update={"status": status, "completed_at": None})
        run.write_findings(document.model_copy(update={"metadata": metadata}))
        (of_the_run,) = judged(workspace)
        assert (of_the_run.what, of_the_run.outcome) == ("run", outcome)
        assert of_the_run.reason


def facts(broken=0, explained=0, exercised=9, *statuses):
    findings = tuple(
        Finding(
            id=f"CORE-001-BUG-{number:03d}",
            type="bug",
            severity="high",
            title="t",
            description="d",
            status=FindingStatus(status),
            created_at="2026-01-14T09:00:00Z",
        )
        for number, status in enumerate(statuses, 1)
    )
    return LawFacts(
        id="a/b",
        statement="",
        category="",
        exercised=exercised,
        schedules=20,
        broken=broken,
        explained=explained,
        broken_in=(),
        findings=findings,
    )


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (facts(), (PASSED, "")),
        (facts(exercised=0), (SKIPPED, "unknown: it judged nothing")),
        (facts(2), (SKIPPED, "unknown: broken in 2 of 20, and no candidate passed the gates")),
        (facts(0, 3), (SKIPPED, "unknown: not kept in 3, told by another law's break")),
        (facts(2, 0, 9, "confirmed"), (FAILED, "CORE-001-BUG-001: broken in 2 of 20")),
        (facts(2, 0, 9, "wont_fix", "open"), (FAILED, "CORE-001-BUG-002: broken in 2 of 20")),
        (facts(2, 0, 9, "duplicate"), (SKIPPED, "settled: CORE-001-BUG-001 duplicate")),
    ],
)
def test_a_law_fails_where_an_open_finding_stands(law, expected):
    assert _outcome(law) == expected
