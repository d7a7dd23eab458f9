import json

import pytest

from production_testers.model.errors import InvalidDocumentError
from production_testers.workspace.documents import load_aggregate
from production_testers.workspace.naming import FindingType

FIRST, SECOND = "FIN-001/run-2026-01-14-001", "FIN-001/run-2026-01-15-001"
OTHER = "CORE-001/run-2026-01-16-001"


@pytest.fixture
def report(draft, finish):
    """Makes a finished run with these findings."""

    def make(address, *findings):
        run = draft(address)
        finish(run, findings)
        return run

    return make


def archive(run):
    target = run.path.parent / "archive" / run.run_id
    target.parent.mkdir()
    run.path.rename(target)


def test_a_defect_that_several_runs_met_counts_once(workspace, report, finding):
    evidence = {"fingerprint": "f1", "law": "nothing is lost"}
    report(FIRST, finding(evidence=evidence), finding("FIN-001-DX-001", type="dx", severity="low"))
    report(SECOND, finding(evidence=evidence))
    report(
        OTHER,
        finding(
            "CORE-001-BUG-001",
            status="duplicate",
            evidence=evidence,
            related_findings=["FIN-001-BUG-001"],
        ),
    )
    aggregate = workspace.aggregate()
    assert (aggregate.total_runs, aggregate.total_findings) == (3, 2)
    assert [found.id for found in aggregate.findings] == ["FIN-001-BUG-001", "FIN-001-DX-001"]
    assert aggregate.findings[0].evidence == {**evidence, "seen_in": [FIRST, SECOND, OTHER]}
    assert aggregate.by_type["bug"] == 1
    assert aggregate.by_severity == {"critical": 0, "high": 1, "medium": 0, "low": 1, "info": 0}
    assert aggregate.by_status["duplicate"] == 0


def test_what_was_written_is_what_was_returned(workspace, report, finding):
    report(FIRST, finding(component="stageflow.pipeline.dag"))
    aggregate = workspace.aggregate()
    assert load_aggregate(workspace.aggregate_file) == aggregate
    assert aggregate.by_component == {"stageflow.pipeline.dag": 1}


def test_without_a_fingerprint_the_id_tells_defects_apart(workspace, report, finding):
    report(FIRST, finding(), finding("FIN-001-BUG-002"))
    report(SECOND, finding())
    assert workspace.aggregate().total_findings == 2


def test_a_defect_is_told_as_its_latest_record_tells_it(workspace, report, finding):
    report(FIRST, finding(status="resolved", updated_at="2026-03-01T00:00:00Z"))
    report(SECOND, finding(created_at="2026-01-15T09:00:00Z", severity="low"))
    (found,) = workspace.aggregate().findings
    assert (found.status, found.severity) == ("resolved", "high")
    assert found.created_at == "2026-01-14T09:00:00Z"


def test_of_two_records_of_one_moment_the_later_run_counts(workspace, report, finding):
    report(SECOND, finding(severity="low"))
    report(FIRST, finding())
    (found,) = workspace.aggregate().findings
    assert found.severity == "low"


def test_findings_of_archived_runs_still_count(workspace, report, finding):
    archive(report(FIRST, finding()))
    assert workspace.aggregate().total_findings == 1


def test_a_run_that_has_written_nothing_yet_is_left_out(workspace):
    (workspace.runs_folder / "FIN-001" / "run-2026-01-14-001").mkdir(parents=True)
    assert workspace.aggregate().total_runs == 0


def test_a_broken_findings_file_is_named_and_the_aggregate_stays_as_it_was(
    workspace, report, finding
):
    report(FIRST, finding())
    workspace.aggregate()
    before = workspace.aggregate_file.read_bytes()
    broken = report(SECOND, finding())
    broken.findings.write_text('{"metadata": {}}')
    with pytest.raises(InvalidDocumentError) as caught:
        workspace.aggregate()
    assert caught.value.path == str(broken.findings)
    assert workspace.aggregate_file.read_bytes() == before


def test_worst_findings_come_first(workspace, report, finding):
    report(
        FIRST,
        finding("FIN-001-BUG-001", severity="info"),
        finding("FIN-001-BUG-003", severity="critical"),
        finding("FIN-001-BUG-002", severity="critical"),
    )
    ids = [found.id[-1] for found in workspace.aggregate().findings]
    assert ids == ["2", "3", "1"]


def test_ids_count_per_entry_and_type_over_all_runs(workspace, report, finding):
    report(FIRST, finding("FIN-001-BUG-004"), finding("FIN-001-DX-001", type="dx"))
    archive(report(SECOND, finding("FIN-001-BUG-011")))
    report(OTHER, finding("CORE-001-BUG-020"))
    assert workspace.next_finding_id("FIN-001", FindingType.BUG) == "FIN-001-BUG-012"
    assert workspace.next_finding_id("FIN-001", "dx") == "FIN-001-DX-002"
    assert workspace.next_finding_id("FIN-001", "security") == "FIN-001-SEC-001"
    assert workspace.next_finding_id("DAG-001", "bug") == "DAG-001-BUG-001"


def test_an_id_of_a_broken_findings_file_is_taken_all_the_same(workspace, report, finding):
    run = report(FIRST, finding("FIN-001-BUG-004"))
    run.findings.write_text(run.findings.read_text()[:-20])
    assert workspace.next_finding_id("FIN-001", "bug") == "FIN-001-BUG-005"


def test_an_id_is_not_used_again_when_its_run_was_deleted(workspace, report, finding):
    run = report(FIRST, finding("FIN-001-BUG-004"))
    workspace.aggregate()
    run.findings.unlink()
    assert workspace.next_finding_id("FIN-001", "bug") == "FIN-001-BUG-005"


def test_a_finding_that_is_merely_related_takes_no_id(workspace, report, finding):
    report(FIRST, finding(related_findings=["FIN-001-BUG-900"]))
    assert workspace.next_finding_id("FIN-001", "bug") == "FIN-001-BUG-002"


def test_a_reserved_id_is_given_to_nobody_else(workspace, draft):
    run, other = draft(FIRST), draft(SECOND)
    ids = [workspace.next_finding_id("FIN-001", "bug", reserve_in=r) for r in (run, other, run)]
    assert ids == ["FIN-001-BUG-001", "FIN-001-BUG-002", "FIN-001-BUG-003"]
    assert run.evidence_of("FIN-001-BUG-003").is_dir()


def test_a_known_defect_is_found_by_its_fingerprint(workspace, report, finding):
    report(OTHER, finding("CORE-001-BUG-001", status="duplicate", evidence={"fingerprint": "f"}))
    report(FIRST, finding(evidence={"fingerprint": "f"}))
    report(SECOND, finding(evidence={"fingerprint": "f"}))
    assert workspace.known_findings() == {"f": ("FIN-001", "FIN-001-BUG-001", FIRST)}
    assert workspace.known_findings("CORE-001") == {"f": ("CORE-001", "CORE-001-BUG-001", OTHER)}


def test_keys_that_nobody_knows_reach_the_aggregate(workspace, report, finding):
    report(FIRST, finding(mood="calm"))
    workspace.aggregate()
    (found,) = json.loads(workspace.aggregate_file.read_text())["findings"]
    assert found["mood"] == "calm"
