"""What other tools get: each format as its schema says, no formulas, security alone in OSV."""

import csv
import io
import json
from typing import Literal

import junitparser
import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from production_testers.evidence.ranges import Answer, Observed, range_of
from production_testers.reports.exports.exported import Exported, Judged, Outcome, Turned
from production_testers.reports.exports.issue import issue_text
from production_testers.reports.exports.junit import junit_text
from production_testers.reports.exports.osv import osv_text
from production_testers.reports.exports.sarif import SCHEDULE, sarif_text
from production_testers.reports.exports.tables import COLUMNS, csv_text, json_text
from production_testers.workspace.documents import Finding, FindingStatus
from production_testers.workspace.findings import findings_schema
from reports import official

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
LATER = {"seq": 1, "time_ns": 2_500_000, "kind": "run_ended", "run": "r0", "stage": ""}
HOSTILE = "\x00 \x1b[31m ]]> <b> \U0001f600 \ufffe é"
"""What no XML document may hold, and what it must escape."""


def test_the_schemas_are_as_their_owners_published_them():
    for name in ("osv.json", "junit-10.xsd"):
        data = (official.FOLDER / name).read_bytes()
        assert official.digest_of(data) == official.DIGESTS[name]
    assert official.digest_of(official.sarif_bytes()) == official.DIGESTS["sarif"]


@pytest.fixture
def many(exported):
    """Findings as different as they come."""
    return [
        exported(events=[EVENT, LATER], offending=(1,)),
        exported("bug", status="wont_fix", severity="low"),
        exported("bug", status="resolved", severity="info", evidence={"range": None}),
        exported("bug", severity="medium", evidence={"law": None, "directives": None}),
        exported(title=HOSTILE, evidence={"actual": HOSTILE, "directives": [HOSTILE]}),
    ]


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        ("critical", "error"),
        ("high", "error"),
        ("medium", "warning"),
        ("low", "note"),
        ("info", "note"),
    ],
)
def test_sarif_knows_three_levels(exported, severity, level):
    document = json.loads(sarif_text([exported(severity=severity)]))
    assert document["runs"][0]["results"][0]["level"] == level


@pytest.mark.parametrize("count", [0, 5])
def test_sarif_keeps_its_schema(many, count):
    document = json.loads(sarif_text(many[:count]))
    assert official.problems(official.sarif(), document) == []
    assert document["version"] == "2.1.0"
    assert len(document["runs"][0]["results"]) == count


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "fatal"},
        {"surprise": 1},
        {"message": {}},
        {"partialFingerprints": {"ptestFingerprint/v1": 7}},
        {"codeFlows": [{"threadFlows": []}]},
        {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "no uri"}}}]},
    ],
)
def test_what_is_no_sarif_is_told_from_it(exported, wrong):
    document = json.loads(sarif_text([exported()]))
    document["runs"][0]["results"][0].update(wrong)
    assert official.problems(official.sarif(), document)


def test_the_code_flow_is_the_smallest_schedule_in_order(exported):
    one = exported(events=[EVENT, LATER], offending=(1,))
    (flow,) = json.loads(sarif_text([one]))["runs"][0]["results"][0]["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]
    assert flow["message"]["text"] == SCHEDULE
    assert [step["location"]["message"]["text"] for step in steps] == [
        "One run.",
        "1.500 ms  stage_started  r0/a",
        "2.500 ms  run_ended  r0",
    ]
    assert [step["executionOrder"] for step in steps] == [1, 2, 3]
    assert [step["importance"] for step in steps] == ["essential", "important", "essential"]
    places = [step["location"]["physicalLocation"] for step in steps]
    assert [place["artifactLocation"]["uri"].rsplit("/", 1)[1] for place in places] == [
        "evidence.json",
        "history.jsonl",
        "history.jsonl",
    ]
    assert places[1]["region"]["startLine"] == 2


def test_sarif_tells_each_rule_once_and_closed_findings_do_not_fail(exported):
    found = [exported(), exported("bug", status="wont_fix"), exported(evidence={"law": None})]
    document = json.loads(sarif_text(found))["runs"][0]
    rules = [rule["id"] for rule in document["tool"]["driver"]["rules"]]
    assert rules == ["isolation/tenants"]
    results = document["results"]
    assert [result["kind"] for result in results] == ["fail", "informational", "fail"]
    assert [result["level"] for result in results] == ["error", "none", "error"]
    assert [result.get("ruleIndex") for result in results] == [0, 0, None]
    assert results[2]["ruleId"] == "CORE-010-SEC-001"
    assert {tuple(result["partialFingerprints"]) for result in results} == {
        ("ptestFingerprint/v1",)
    }


def cases(text):
    """Suite → name → the kind of its result and what it says."""
    return {
        suite.name: {
            case.name: [(type(one).__name__, one.message) for one in case.result] for case in suite
        }
        for suite in junitparser.JUnitXml.fromstring(text.encode())
    }


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("confirmed", ["Failure"]),
        ("open", ["Failure"]),
        ("in_progress", ["Failure"]),
        ("wont_fix", ["Skipped"]),
        ("duplicate", ["Skipped"]),
        ("resolved", []),
    ],
)
def test_junit_fails_for_open_findings_only(exported, status, expected):
    text = junit_text([exported(status=FindingStatus(status))], ())
    (results,) = cases(text)["findings"].values()
    assert [kind for kind, _ in results] == expected


@pytest.mark.parametrize(("gate", "expected"), [("minimised", "Error"), ("attributed", "Skipped")])
def test_junit_tells_our_own_errors_from_what_nobody_can_tell(gate, expected):
    turned = Turned(run="E/run", law="a/b", outcome_class="c", gate=gate, reason="died")
    (results,) = cases(junit_text((), (turned,)))["candidates"].values()
    assert [kind for kind, _ in results] == [expected]
    assert results[0][1].endswith("died")


JUDGED = [
    Judged(run="E/one", what="a/holds", outcome=Outcome.PASSED),
    Judged(run="E/one", what="a/breaks", outcome=Outcome.FAILED, reason="E-BUG-001"),
    Judged(run="E/one", what="a/unknown", outcome=Outcome.SKIPPED, reason="it judged nothing"),
    Judged(run="E/two", what="run", outcome=Outcome.ERROR, reason=HOSTILE),
]


def test_junit_has_a_suite_for_every_run_with_its_laws():
    told = cases(junit_text((), (), JUDGED))
    assert list(told) == ["findings", "candidates", "E/one", "E/two"]
    assert told["E/one"] == {
        "a/holds": [],
        "a/breaks": [("Failure", "E-BUG-001")],
        "a/unknown": [("Skipped", "it judged nothing")],
    }
    assert told["E/two"]["run"][0][0] == "Error"


@pytest.mark.parametrize("full", [False, True])
def test_junit_keeps_its_schema_whatever_a_framework_says(many, full):
    turned = Turned(run="E/run", law="a/b", outcome_class="c", gate="verified", reason=HOSTILE)
    text = junit_text(many, [turned], JUDGED) if full else junit_text((), ())
    assert [one.reason for one in official.junit().iter_errors(text)] == []
    whole = junitparser.JUnitXml.fromstring(text.encode())
    assert (whole.tests, whole.failures, whole.errors) == ((10, 4, 1) if full else (0, 0, 0))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<testsuites ", '<testsuites skipped="0" '),
        (' name="findings"', ""),
        ("<testcase ", "<test "),
        ('tests="1"', 'tests="1" time="soon"'),
    ],
)
def test_what_is_no_junit_is_told_from_it(exported, old, new):
    text = junit_text([exported(status="resolved")], ())
    assert old in text
    wrong = text.replace(old, new)
    assert [one.reason for one in official.junit().iter_errors(wrong)]


def test_osv_holds_security_alone_with_the_releases_that_have_it(exported):
    (entry,) = json.loads(osv_text([exported(), exported("bug")]))
    assert set(entry) >= {"schema_version", "id", "modified", "affected"}
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
def test_osv_keeps_its_schema(exported, evidence):
    (entry,) = json.loads(osv_text([exported(evidence=evidence, title=HOSTILE)]))
    assert official.problems(official.osv(), entry) == []
    assert entry["id"] == "PYSEC-0000-CORE-010-SEC-001"


@pytest.mark.parametrize(
    "wrong",
    [
        {"modified": "yesterday"},
        {"id": "PTEST-1"},
        {"affected": [{"ranges": [{"type": "ECOSYSTEM", "events": []}]}]},
        {"surprise": 1},
        {"affected": [{"package": {"ecosystem": "PyPy", "name": "x"}}]},
    ],
)
def test_what_is_no_osv_is_told_from_it(exported, wrong):
    (entry,) = json.loads(osv_text([exported()]))
    assert official.problems(official.osv(), {**entry, **wrong})


def test_osv_of_a_finding_without_a_range_names_where_it_was_seen(exported):
    (entry,) = json.loads(osv_text([exported(evidence={"range": None})]))
    assert entry["affected"][0]["ranges"][0]["events"] == [{"introduced": "1.1"}]


class Row(BaseModel):
    """A line of the CSV file."""

    model_config = ConfigDict(extra="forbid")

    id: str
    type: Literal["bug", "security"]
    severity: Literal["critical", "high", "medium", "low", "info"]
    status: FindingStatus
    title: str
    component: str
    law: str
    outcome_class: str
    fingerprint: str
    state: str
    sut: str
    version: str
    first_bad: str
    fixed_in: str
    replay: str


def test_csv_is_one_line_a_finding_with_every_column(many):
    read = csv.DictReader(io.StringIO(csv_text(many), newline=""), strict=True)
    rows = TypeAdapter(list[Row]).validate_python(list(read))
    assert read.fieldnames == list(COLUMNS) == list(Row.model_fields)
    assert [row.id for row in rows] == [one.finding.id for one in many]
    assert [row.first_bad for row in rows] == ["1.1", "1.1", "", "1.1", "1.1"]
    assert rows[4].title == HOSTILE


def test_a_cell_that_a_spreadsheet_would_execute_is_text(exported):
    _, line = csv_text([exported(title="=cmd()")]).splitlines()
    assert "'=cmd()" in line


STRICT = TypeAdapter(list[Finding])


def test_json_is_what_the_reporting_schema_says(many):
    listed = json.loads(json_text(many))
    schema = {**findings_schema()["$defs"]["Finding"], "$defs": findings_schema()["$defs"]}
    checker = official.checker(schema)
    assert [official.problems(checker, one) for one in listed] == [[]] * len(many)
    assert STRICT.validate_json(json_text(many), strict=True) == [one.finding for one in many]


@pytest.mark.parametrize("wrong", [{"severity": "fatal"}, {"title": 7}, {"id": "X"}])
def test_what_is_no_finding_is_told_from_one(exported, wrong):
    (one,) = json.loads(json_text([exported()]))
    with pytest.raises(ValidationError):
        STRICT.validate_json(json.dumps([{**one, **wrong}]), strict=True)


def test_an_issue_says_why_there_is_no_script(exported):
    text = issue_text([exported(evidence={"repro": {"why_not": "it needs a nested pipeline"}})])
    assert "There is no script of its own: it needs a nested pipeline." in text
    assert "Last good 1.0, first bad 1.1; fixed in 2.0." in text
    assert "```python\nprint()\n```" in issue_text([exported(script="print()\n")])
