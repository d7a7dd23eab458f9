from production_testers.reports.record import TestOutcome
from production_testers.reports.summary import key_findings, summary
from production_testers.reports.summary import test_note as note_on_tests


def test_the_summary_tells_the_numbers_of_the_record(record):
    told = record()
    text = summary(told)
    kinds = told.exploration.values()
    assert f"{sum(kind['schedules'] for kind in kinds)} simulated schedules of 5 kinds" in text
    distinct = sum(kind["distinct_interleavings"] for kind in kinds)
    assert f"{distinct} distinct interleavings" in text
    assert "4 confirmed findings (1 critical, 1 high, 1 medium, 1 low)" in text
    assert "1 unconfirmed (1 high)" in text
    assert "2 candidates rejected" in text
    assert "1 passed, 2 failed, 1 error, 1 skipped" in text
    assert "515 of 525 schedules" in text
    assert text.endswith("Verdict: FAIL.")
    assert "\n" not in text


def test_the_summary_of_a_run_without_findings(record):
    text = summary(record(findings=(), rejected=()))
    assert "No confirmed finding." in text
    assert "worst" not in text


def test_the_summary_of_a_run_that_executed_nothing(empty_record):
    text = summary(empty_record())
    assert "No schedule was executed." in text
    assert "status is blocked" in text
    assert "inconclusive: the system under test could not be installed." in text
    assert "Tests" not in text


def test_key_findings_replay(record):
    critical, high = key_findings(record())
    assert critical == (
        "CORE-001-BUG-001 (critical): A stage is never executed, and its run goes on"
        " — replay: ptest replay CORE-001-BUG-001"
    )
    assert high.startswith("CORE-001-REL-001 (high): ")


def test_lower_findings_are_key_where_there_are_no_others(record, finding):
    told = record(findings=(finding(severity="low"), finding("CORE-001-BUG-002", status="open")))
    assert [line.split()[0] for line in key_findings(told)] == ["CORE-001-BUG-001"]
    assert key_findings(record(findings=())) == ()


def test_the_test_note_names_the_findings_of_failing_tests(record, finding):
    findings = (finding(), finding("CORE-001-REL-001", type="reliability", evidence={"law": "x/y"}))
    note = note_on_tests(record(findings=findings))
    assert note.startswith("Of 5 tests: 1 pass, 2 fail, 1 error, 1 skip.")
    assert "a law that the system under test breaks: CORE-001-BUG-001." in note
    assert note.endswith("2 failing tests belong to no finding.")


def test_the_test_note_of_other_runs(record):
    passed = TestOutcome(category="security", name="test_lab", outcome="passed")
    assert note_on_tests(record(tests=(passed,))) == "Of 1 test: 1 pass, 0 fail, 0 skip."
    assert note_on_tests(record(tests=())) == "The tests of this run have not been executed yet."


def test_a_law_is_not_taken_for_another_whose_name_it_begins(record, finding):
    failed = TestOutcome(category="scalability", name="test[scale/depths]", outcome="failed")
    told = record(findings=(finding(evidence={"law": "scale/depth"}),), tests=(failed,))
    assert "CORE-001" not in note_on_tests(told)
