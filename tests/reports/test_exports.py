"""What other tools get: the severity they know, no formulas, security alone where that is asked."""

import json
import re

import junitparser
import pytest
from pydantic import ValidationError
from sarif_pydantic import Sarif

from production_testers.evidence.ranges import Answer, Observed, range_of
from production_testers.reports.exports.exported import Exported, Turned
from production_testers.reports.exports.issue import issue_text
from production_testers.reports.exports.junit import junit_text
from production_testers.reports.exports.osv import osv_text
from production_testers.reports.exports.sarif import sarif_text
from production_testers.reports.exports.tables import COLUMNS, csv_text
from production_testers.workspace.documents import Finding, FindingStatus
from reports.osv_document import ENTRIES

BROKEN, HOLDS = Answer.BROKEN, Answer.HOLDS
RANGE = range_of(
    [
        Observed(release=name, answer=a)
        for name, a in (("1.0", HOLDS), ("1.1", BROKEN), ("2.0", HOLDS))
    ],
    "1.1",
)


@pytest.fixture
def exported():
    def make(kind="security", status="confirmed", severity="critical", **more):
        code = {"security": "SEC", "bug": "BUG"}[kind]
        evidence = {
            "law": "isolation/tenants",
            "outcome_class": "canary-leaked",
            "fingerprint": "f" * 16,
            "sut": {"name": "toy", "version": "1.1"},
            "expected": "Nothing leaks",
            "actual": "it leaked",
            "directives": ["One run."],
            "replay": "ptest replay X",
            "range": RANGE.as_json(),
        }
        finding = Finding(
            id=f"CORE-010-{code}-001",
            type=kind,
            severity=severity,
            title=more.pop("title", "Data leaks"),
            description="It leaks.",
            status=status,
            created_at="2026-01-14T09:00:00Z",
            component="toy.run",
            evidence={**evidence, **more.pop("evidence", {})},
        )
        return Exported(finding=finding, folder="runs/x/results/evidence/y", **more)

    return make


EVENT = {"seq": 0, "time_ns": 1_500_000, "kind": "stage_started", "run": "r0", "stage": "a"}


@pytest.mark.parametrize(
    ("severity", "level"),
    [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "note")],
)
def test_sarif_knows_three_levels(exported, severity, level):
    text = sarif_text([exported(severity=severity, events=[EVENT])])
    (result,) = Sarif.model_validate_json(text).runs[0].results
    assert result.level.value == level
    (place,) = json.loads(text)["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0][
        "locations"
    ]
    assert place["location"]["message"]["text"] == "1.500 ms  stage_started  r0/a"
    assert place["location"]["physicalLocation"]["region"]["startLine"] == 2


def test_sarif_tells_each_rule_once_and_closed_findings_do_not_fail(exported):
    found = [exported(), exported("bug", status="wont_fix")]
    document = json.loads(sarif_text(found))["runs"][0]
    assert [rule["id"] for rule in document["tool"]["driver"]["rules"]] == ["isolation/tenants"]
    assert [result["kind"] for result in document["results"]] == ["fail", "informational"]
    assert [result["level"] for result in document["results"]] == ["error", "none"]


def test_sarif_holds_what_the_specification_requires(exported):
    found = [exported(events=[EVENT]), exported("bug", evidence={"law": None})]
    document = json.loads(sarif_text(found))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert run["tool"]["driver"]["name"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert [result["ruleId"] in rules for result in run["results"]] == [True, False]
    for result in run["results"]:
        assert result["ruleId"]
        assert result["message"]["text"]
        assert all(isinstance(print_, str) for print_ in result["partialFingerprints"].values())
        for flow in result.get("codeFlows", []):
            assert all(thread["locations"] for thread in flow["threadFlows"])


@pytest.mark.parametrize(
    ("status", "expected"),
    [("confirmed", "Failure"), ("open", "Failure"), ("wont_fix", "Skipped"), ("resolved", None)],
)
def test_junit_fails_for_open_findings_only(exported, status, expected):
    text = junit_text([exported(status=FindingStatus(status))], ())
    findings, _ = junitparser.JUnitXml.fromstring(text)
    (case,) = findings
    assert [type(result).__name__ for result in case.result] == ([expected] if expected else [])


@pytest.mark.parametrize(("gate", "expected"), [("minimised", "Error"), ("attributed", "Skipped")])
def test_junit_tells_our_own_errors_from_what_nobody_can_tell(gate, expected):
    turned = Turned(run="E/run", law="a/b", outcome_class="c", gate=gate, reason="died")
    _, candidates = junitparser.JUnitXml.fromstring(junit_text((), (turned,)))
    (case,) = candidates
    assert [type(result).__name__ for result in case.result] == [expected]


def test_osv_holds_security_alone_with_the_releases_that_have_it(exported):
    (entry,) = json.loads(osv_text([exported(), exported("bug")]))
    assert set(entry) >= {"schema_version", "id", "modified", "affected"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry["modified"])
    (affected,) = entry["affected"]
    assert affected["package"] == {"ecosystem": "PyPI", "name": "toy"}
    assert affected["ranges"] == [
        {"type": "ECOSYSTEM", "events": [{"introduced": "1.1"}, {"fixed": "2.0"}]}
    ]
    assert affected["versions"] == ["1.1"]


@pytest.mark.parametrize(
    "evidence",
    [{}, {"range": None}, {"range": None, "sut": {"name": "toy", "version": None}}],
    ids=["range", "no range", "no version"],
)
def test_osv_keeps_its_specification(exported, evidence):
    (entry,) = ENTRIES.validate_json(osv_text([exported(evidence=evidence)]))
    assert entry.affected[0].package.ecosystem == "PyPI"


@pytest.mark.parametrize(
    "wrong",
    [
        {"modified": "yesterday"},
        {"affected": [{"ranges": []}]},
        {"surprise": 1},
        {"affected": [{"package": {"ecosystem": "PyPI", "name": "x"}, "ranges": [{}]}]},
    ],
)
def test_what_is_no_osv_is_told_from_it(exported, wrong):
    (entry,) = json.loads(osv_text([exported()]))
    with pytest.raises(ValidationError):
        ENTRIES.validate_json(json.dumps([{**entry, **wrong}]))


def test_osv_of_a_finding_without_a_range_names_where_it_was_seen(exported):
    (entry,) = json.loads(osv_text([exported(evidence={"range": None})]))
    assert entry["affected"][0]["ranges"][0]["events"] == [{"introduced": "1.1"}]


def test_a_cell_that_a_spreadsheet_would_execute_is_text(exported):
    header, line = csv_text([exported(title="=cmd()")]).splitlines()
    assert header == ",".join(COLUMNS)
    assert "'=cmd()" in line


def test_an_issue_says_why_there_is_no_script(exported):
    text = issue_text([exported(evidence={"repro": {"why_not": "it needs a nested pipeline"}})])
    assert "There is no script of its own: it needs a nested pipeline." in text
    assert "Last good 1.0, first bad 1.1; fixed in 2.0." in text
    assert "```python\nprint()\n```" in issue_text([exported(script="print()\n")])
