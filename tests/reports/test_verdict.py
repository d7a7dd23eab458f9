import pytest

from production_testers.reports.record import RunVerdict
from production_testers.reports.verdict import counted, exit_code, judge
from production_testers.workspace.findings import Severity


def told(finding, *kinds):
    """Findings from words such as `high open`."""
    return [
        finding(f"CORE-001-BUG-{n:03d}", severity=severity, status=status)
        for n, (severity, status) in enumerate((kind.split() for kind in kinds), start=1)
    ]


@pytest.mark.parametrize(
    ("kinds", "conclusive", "missed", "expected"),
    [
        ((), True, (), "PASS"),
        (("critical confirmed",), True, (), "FAIL"),
        (("critical duplicate",), True, (), "FAIL"),
        (("low confirmed", "critical confirmed", "high confirmed"), True, (), "FAIL"),
        (("critical confirmed",), False, ("p99_ms is 61",), "FAIL"),
        (("high confirmed",), True, (), "NEEDS_WORK"),
        (("high duplicate",), False, (), "NEEDS_WORK"),
        (("medium confirmed",), True, (), "PASS_WITH_CONCERNS"),
        (("low confirmed",), True, (), "PASS_WITH_CONCERNS"),
        (("info duplicate",), True, (), "PASS_WITH_CONCERNS"),
        ((), True, ("p99_ms is 61, target 50",), "PASS_WITH_CONCERNS"),
        ((), False, (), "PASS_WITH_CONCERNS"),
        (("critical open",), True, (), "PASS"),
        (("critical in_progress",), True, (), "PASS"),
        (("critical resolved", "high wont_fix"), True, (), "PASS"),
        (("critical wont_fix", "high confirmed"), True, (), "NEEDS_WORK"),
    ],
)
def test_the_verdict_follows_the_written_rules(finding, kinds, conclusive, missed, expected):
    verdict, reasons = judge(
        told(finding, *kinds),
        conclusive=conclusive,
        inconclusive_reasons=(),
        missed_targets=missed,
    )
    assert verdict is RunVerdict(expected)
    assert reasons
    assert all(reason.endswith(".") for reason in reasons)


def test_reasons_name_the_findings_that_decided(finding):
    findings = told(finding, "high confirmed", "critical confirmed", "critical duplicate")
    _, reasons = judge(findings, conclusive=True, inconclusive_reasons=())
    assert reasons == ("2 confirmed critical findings: CORE-001-BUG-002, CORE-001-BUG-003.",)


def test_every_concern_is_a_reason(finding):
    _, reasons = judge(
        told(finding, "medium confirmed", "info confirmed"),
        conclusive=False,
        inconclusive_reasons=("merge/timing-independent judged 3 of 100",),
        missed_targets=("p99_ms is 61.75, target 50",),
    )
    assert reasons == (
        "1 confirmed medium finding: CORE-001-BUG-001.",
        "1 confirmed info finding: CORE-001-BUG-002.",
        "A target was missed: p99_ms is 61.75, target 50.",
        "The run is inconclusive: merge/timing-independent judged 3 of 100.",
    )


@pytest.mark.parametrize(
    ("status", "counts"),
    [("confirmed", True), ("duplicate", True), ("wont_fix", False), ("open", False)],
)
def test_a_duplicate_counts_as_its_original_does(finding, status, counts):
    original = finding("CORE-001-BUG-001", status=status)
    duplicate = finding(
        "CORE-001-BUG-002", status="duplicate", related_findings=["CORE-001-BUG-001"]
    )
    assert (duplicate in counted([original, duplicate])) is counts


def code(findings, **changes):
    settings = {
        "fail_on": Severity.HIGH,
        "new_ids": frozenset(),
        "conclusive": True,
        "truncated": False,
        "missed_targets": (),
        **changes,
    }
    return exit_code(findings, **settings)


@pytest.mark.parametrize(
    ("kinds", "changes", "expected"),
    [
        ((), {}, 0),
        (("high confirmed",), {}, 1),
        (("critical confirmed",), {}, 1),
        (("medium confirmed",), {}, 0),
        (("medium confirmed",), {"fail_on": Severity.MEDIUM}, 1),
        (("high confirmed",), {"fail_on": Severity.CRITICAL}, 0),
        (("critical duplicate", "critical wont_fix", "critical open"), {}, 0),
        ((), {"missed_targets": ("p99_ms",)}, 3),
        ((), {"conclusive": False}, 2),
        ((), {"truncated": True}, 2),
        ((), {"truncated": True, "missed_targets": ("p99_ms",)}, 3),
        (
            ("high confirmed",),
            {"truncated": True, "conclusive": False, "missed_targets": ("p99_ms",)},
            1,
        ),
        (("critical confirmed",), {"fail_on": "new"}, 0),
        (("info confirmed",), {"fail_on": "new", "new_ids": frozenset({"CORE-001-BUG-001"})}, 1),
        (("high open",), {"fail_on": "new", "new_ids": frozenset({"CORE-001-BUG-001"})}, 0),
    ],
)
def test_exit_codes_keep_their_precedence(finding, kinds, changes, expected):
    assert code(told(finding, *kinds), **changes) == expected
