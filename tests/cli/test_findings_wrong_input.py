"""A mistake in what is asked about findings is one line, with what to do and exit code 64."""

import pytest

ID = "CORE-001-BUG-001"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("verify", "CORE-001-BUG-999"), "There is no finding 'CORE-001-BUG-999'"),
        (("findings", "show", "CORE-001-BUG-01"), "Did you mean CORE-001-BUG-001?"),
        (("bisect", ID, "--git", "a..b", "--releases", "1.2.0"), "exclude each other"),
        (("bisect", ID, "--repo", "."), "--repo needs --git"),
        (("bisect", ID), "has no evidence that could be executed"),
        (("verify", ID), "has no evidence that could be executed"),
        (("verify", ID, "--fixed-in", "1.2.0"), "has no evidence that could be executed"),
        (("shrink", ID), "has no evidence that could be executed"),
        (("shrink", ID, "--allowance", "0"), "it must be more than 0"),
        (("matrix", "--sut", "reference"), "'reference' has no releases"),
        (("matrix", "--sut", "stageflow-core==1.2.0"), "name it without a version"),
        (("matrix", "--tier", "slow"), "Known: quick, full"),
        (("matrix", "--releases", "soon"), "'soon' is no version"),
        (("findings", "export", "--format", "xml"), "Known: csv, json, junit, markdown"),
        (("findings", "export", "CORE-001-BUG-999"), "There is no finding"),
        (("findings", "resolve", ID), "--type fixed needs --release"),
        (("findings", "resolve", ID, "--type", "gone"), "Known: fixed, wont_fix"),
        (("findings", "resolve", ID, "--type", "duplicate"), "belong together"),
        (("findings", "resolve", ID, "--type", "by_design", "--of", ID), "belong together"),
        (("findings", "resolve", ID, "--type", "duplicate", "--of", ID), "no duplicate of itself"),
    ],
)
def test_a_mistake_is_told_in_one_line(ptest, draft, finding, command, words):
    draft(findings=[finding()])
    said = ptest(*command)
    assert said.code == 64, said
    assert words in said.line


def test_a_finding_written_by_hand_can_be_resolved_and_exported(ptest, draft, finding):
    run = draft(findings=[finding()])
    said = ptest("findings", "resolve", ID, "--type", "by_design", "--details", "it says so")
    assert said.code == 0, said
    (only,) = run.read_findings().findings
    assert (only.status, only.resolution.resolution_type) == ("wont_fix", "by_design")
    assert only.resolved_at is not None
    assert [event["kind"] for event in run.journal.read()][-1] == "finding_resolved"
    for format_ in ("markdown", "sarif", "junit", "csv", "json", "osv"):
        assert ptest("findings", "export", "--format", format_).code == 0, format_
