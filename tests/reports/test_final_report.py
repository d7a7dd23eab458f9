import re

import pytest
from markdown_it import MarkdownIt

from production_testers.laws import LAWS
from production_testers.model.errors import UsageError
from production_testers.reports.context import context_of
from production_testers.reports.final_report import render
from production_testers.reports.finding_rows import AT_MOST_IN_FULL
from production_testers.reports.record import Picture
from production_testers.workspace.findings import Severity

SECTIONS = [
    "Executive summary",
    "Research",
    "Environment",
    "Pipelines",
    "Test results",
    "Findings",
    "Developer experience",
    "Recommended actions",
    "Design feedback",
    "What this run does not show",
    "Appendices",
    "Sign-off",
]
SUBJECTS = {
    **dict.fromkeys(("latency", "throughput", "memory"), "Real executions"),
    "work": "Work and memory by size",
    "laws": "Laws",
}
HOSTILE = "a | b\n\n## Sign-off\n\n| x |\n|---|\n```\n<!-- {{ seed }} \\| `c|d`"


def parse(report):
    return MarkdownIt().enable("table").parse(report)


def headings(report, tag):
    tokens = parse(report)
    return [
        tokens[i + 1].content
        for i, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == tag and token.level == 0
    ]


def section(report, name):
    """The text under a heading, up to the next one of its level or above."""
    level = re.search(rf"^(#+) {re.escape(name)}", report, re.MULTILINE)[1]
    rest = report[re.search(rf"^#+ {re.escape(name)}", report, re.MULTILINE).end() :]
    return re.split(rf"^#{{1,{len(level)}}} ", rest, flags=re.MULTILINE)[0]


def assert_tables_are_whole(report):
    """The parser mends rows of a wrong length, so cells are counted in the source."""
    lines = report.splitlines()
    tables = [token.map for token in parse(report) if token.type == "table_open"]
    assert tables
    in_tables = set()
    for first, last in tables:
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in lines[first:last]}
        assert len(widths) == 1, lines[first:last]
        in_tables |= set(range(first, last))
    stray = [line for n, line in enumerate(lines) if line.startswith("|") and n not in in_tables]
    assert not stray


@pytest.fixture(scope="module")
def report(record, template):
    return render(record(), template)


@pytest.fixture(scope="module")
def empty_report(empty_record, template):
    return render(empty_record(), template)


def test_every_section_is_there_in_order(report, empty_report):
    assert headings(report, "h2") == SECTIONS
    assert headings(empty_report, "h2") == SECTIONS
    assert headings(report, "h3") == headings(empty_report, "h3")


def test_equal_input_gives_equal_text(record, template):
    assert render(record(), template) == render(record(), template)


def test_tables_are_whole_and_lines_tidy(report, empty_report):
    for text in (report, empty_report):
        assert_tables_are_whole(text)
        assert "\n\n\n" not in text
        assert text.endswith(".\n")
        assert "None" not in text
        assert "{{" not in text


def test_foreign_text_breaks_nothing(record, finding, template):
    evidence = dict.fromkeys(
        ("expected", "actual", "expected_source", "why_severity", "statement", "component"), HOSTILE
    )
    evidence |= {
        "features": [HOSTILE],
        "directives": [HOSTILE],
        "states": [{"state": HOSTILE, "at": HOSTILE, "detail": HOSTILE}],
        "seen": {"kinds": [HOSTILE], "schedules": 1},
    }
    fields = {"title": HOSTILE, "component": HOSTILE, "evidence": evidence}
    findings = (
        finding(description=HOSTILE, **fields),
        finding("CORE-001-BUG-002", severity="low", description=HOSTILE, **fields),
    )
    report = render(
        record(
            findings=findings,
            finding_schedules={},
            friction=(HOSTILE,),
            verdict_reasons=(HOSTILE,),
            sut=HOSTILE,
        ),
        template,
    )
    assert headings(report, "h2") == SECTIONS
    assert_tables_are_whole(report)
    assert not [token for token in parse(report) if token.type == "html_block"]
    assert "{{ seed }}" in report


def test_critical_and_high_findings_are_told_in_full(record, report):
    full = [f for f in record().findings if f.severity in {Severity.CRITICAL, Severity.HIGH}]
    assert len(full) == 3
    for finding in full:
        text = section(report, f"{finding.id}: ")
        evidence = finding.evidence
        wanted = [
            finding.component,
            evidence["law"],
            evidence["expected"],
            evidence["expected_source"],
            evidence["actual"],
            evidence["why_severity"],
            evidence["fingerprint"],
            *evidence["features"],
            *evidence["directives"],
            *(state["detail"] for state in evidence["states"]),
            *finding.description.split("\n\n"),
            f"```bash\n{evidence['replay']}\n```",
            finding.recommendation.summary,
            f"{evidence['executions']} smaller scenarios tried",
            "with asyncio's own order of callbacks",
        ]
        assert not [each for each in wanted if each not in text]


def test_other_findings_stand_in_a_table(record, report):
    table = section(report, "Other findings")
    for finding in record().findings:
        low = finding.severity not in {Severity.CRITICAL, Severity.HIGH}
        assert (f"| {finding.id} |" in table) is low


def test_many_findings_shorten_the_report(record, finding, template):
    many = [
        finding(f"CORE-001-BUG-{n:03d}", severity=severity, status="confirmed")
        for n, severity in enumerate(["critical"] * 3 + ["high"] * (AT_MOST_IN_FULL + 4), start=1)
    ]
    pending = finding("CORE-001-BUG-900", severity="critical", status="open")
    text = render(record(findings=(pending, *many)), template)
    in_full = re.findall(r"^#### (CORE-001-BUG-\d+): ", text, re.MULTILINE)
    assert len(in_full) == AT_MOST_IN_FULL
    assert set(in_full) == {pending.id, *(one.id for one in many[: AT_MOST_IN_FULL - 1])}
    rest = section(text, "Other findings")
    cut = many[AT_MOST_IN_FULL - 1 :]
    assert [one.id for one in cut] == re.findall(
        r"^\| (CORE-001-BUG-\d+) \| high", rest, re.MULTILINE
    )
    assert f"{len(cut)} more critical and high ones" in section(text, "Findings")
    assert "`findings.json`" in section(text, "Findings")
    assert_tables_are_whole(text)


def test_few_findings_leave_the_report_whole(report):
    assert "are told in full;" not in report


def test_a_latent_finding_says_so(record, finding, template):
    latent = finding(evidence={"feasible": False})
    text = render(record(findings=(latent,)), template)
    assert "latent" in section(text, f"{latent.id}: ")


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ({"kinds": ["chaos"], "schedules": 30}, "| Seen in | chaos: 30 schedules |"),
        (
            {"kinds": ["chaos"], "schedules": 2, "broken_so": 30},
            "| Seen in | chaos: at least 2 schedules of the 30 that broke the law in this way,",
        ),
    ],
)
def test_the_schedules_that_showed_a_finding_are_counted(record, finding, template, seen, told):
    one = finding()
    told_of = record(findings=(one,), finding_schedules={one.id: seen})
    assert told in section(render(told_of, template), f"{one.id}: ")


def test_what_the_description_says_is_not_told_twice(record, finding, template):
    told = finding(description="Expected: B is executed once. Seen: it was not.")
    text = section(render(record(findings=(told,)), template), f"{told.id}: ")
    assert "**Expected**" not in text
    assert "**What happened**" in text


def test_confirmed_and_unconfirmed_are_counted_apart(record, report):
    rows = {row["name"]: row for row in context_of(record())["by_severity"]}
    assert (rows["high"]["confirmed"], rows["high"]["unconfirmed"]) == (1, 1)
    assert (rows["low"]["confirmed"], rows["info"]["closed"]) == (1, 1)
    assert rows["all"] == {
        "name": "all",
        "confirmed": 4,
        "unconfirmed": 1,
        "closed": 1,
        "total": 6,
    }
    confirmed = section(report, "Critical and high findings, confirmed")
    assert "#### CORE-001-REL-001" in confirmed
    assert "#### CORE-001-BUG-002" not in confirmed


def test_nothing_is_said_of_measurements_that_were_not_made(record, report, template):
    silent = render(record(measured=None), template)
    for word in ("P50", "P95", "P99", "Throughput", " ms, ", "resident", "closed loop"):
        assert word in report
        assert word not in silent
    assert "No real executions were made." in silent


def test_every_law_is_listed_with_what_came_of_it(report):
    rows = section(report, "Laws").splitlines()
    for name, law in LAWS.items():
        told = sum(row.startswith(f"| `{name}` |") for row in rows)
        assert told == law.concerns(()), name
    joined = "\n".join(rows)
    assert "| 2,000 | 542 | broken in 17 (chaos) |" in joined
    assert "not exercised: the release does not offer identity" in joined


def test_a_law_that_judged_nothing_never_holds(report):
    assert "`routing/skip-requests`" not in section(report, "Strengths")
    assert "`dag/outputs-delivered` held: 4,500 things" in section(report, "Strengths")


def test_a_broken_law_without_a_confirmed_finding_is_no_weakness(record, template):
    text = section(render(record(findings=()), template), "Weaknesses")
    assert "No confirmed finding breaks a law." in text
    assert "`dag/runs-once` was broken in 17 schedules without a confirmed finding." in text


def test_actions_are_tied_to_a_finding_or_a_measurement(record):
    told = {action["tied_to"]: action["priority"] for action in context_of(record())["actions"]}
    assert told == {
        "CORE-001-BUG-001": "P0",
        "CORE-001-REL-001": "P0",
        "CORE-001-PERF-001": "P1",
        "CORE-001-BUG-003": "P2",
        "friction point 1": "P2",
        "documentation gap 1": "P2",
    }


def test_an_action_without_a_recommendation_names_the_component(record, finding):
    (action,) = (
        action
        for action in context_of(record(findings=(finding(recommendation=None),)))["actions"]
        if action["priority"] == "P0"
    )
    assert action["action"].startswith("Mend in `stageflow.pipeline.dag.UnifiedStageGraph.run`: A")


def test_targets_tell_what_was_seen(report, record, template):
    targets = section(report, "Targets")
    assert "`p99_ms` at most 50 | 61.75 | **no** |" in targets
    assert "`throughput_tps` at least 500 | 812.50 | yes |" in targets
    assert "| 4,500 judged | yes |" in targets
    unmeasured = section(render(record(measured=None), template), "Targets")
    assert "`p99_ms` at most 50 | not measured | **no** |" in unmeasured


def test_silent_failures_stand_apart(report):
    silent = section(report, "Silent failures")
    assert "CORE-001-BUG-001" in silent
    assert "CORE-001-REL-001" not in silent


def test_the_limits_follow_from_the_record(report, empty_report):
    limits = section(report, "What this run does not show")
    for said in ("feasible", "latent", "chaos 190", "515 of 525", "4 schedules needed", "PCT"):
        assert said in limits
    assert "4 tasks and 6 choices" in limits
    assert "simulation" not in section(empty_report, "What this run does not show")


def test_pictures_stand_where_their_subject_is_told(record, finding, template):
    shown = [Picture(subject=s, path=f"results/screenshots/{s}.png", title=s) for s in SUBJECTS]
    timeline = {"name": "r0 [a]", "path": "results/screenshots/t 1.png", "type": "screenshot"}
    found = finding(attachments=[timeline])
    text = render(record(pictures=tuple(shown), findings=(found,)), template)
    for subject, heading in SUBJECTS.items():
        image = f"![{subject}](results/screenshots/{subject}.png)"
        assert image in section(text, heading)
        assert text.count(image) == 1
        assert f"| `results/screenshots/{subject}.png` | picture: {subject} |" in text
    image = "![r0 \\[a\\]](results/screenshots/t%201.png)"
    assert image in section(text, f"{found.id}: ")
    assert_tables_are_whole(text)


def test_pictures_that_could_not_be_drawn_are_a_limit(record, template):
    text = render(record(pictures_missing="the renderer ended with 1: no memory."), template)
    limits = section(text, "What this run does not show")
    assert "- Pictures could not be drawn: the renderer ended with 1: no memory.\n" in limits
    assert "![" not in text


def test_the_research_section_counts_hypotheses_and_tells_the_decided_ones(report, empty_report):
    research = section(report, "Research")
    assert "| laws | 1 | 1 | 0 | 2 |" in research
    assert "| code that looks risky | 0 | 0 | 1 | 1 |" in research
    assert "| H-001 |" in research
    assert "| H-002 |" in research
    assert "H-003" not in research
    assert "No hypothesis was put to the test." in section(empty_report, "Research")


def test_the_persona_comes_from_the_entry(record, template, report):
    assert "No persona: the entry names no industry." in report
    entry = record().entry
    fields = {name: getattr(entry, name) for name in entry.__slots__}
    fields |= {"industry": "Finance", "deployment_mode": "Active-Active"}
    text = section(render(record(entry=type(entry)(**fields)), template), "Persona")
    assert "| Industry | Finance |" in text
    assert "| Deployment mode | Active-Active |" in text


def test_the_sign_off_is_nobodys(report, empty_report):
    assert "started 2026-01-14T09:00:00Z, completed 2026-01-14T09:05:00Z." in report
    assert "not completed. No human has signed this report." in empty_report


@pytest.mark.parametrize(
    ("template", "line", "what"),
    [
        ("a\nb {{ verdct }}\n", 2, "'verdct' is undefined"),
        ("a\n\n{% for x in %}\n", 3, "Expected"),
        ("{{ findings[0].nonsense }}", 1, "nonsense"),
        ("a\n{{ 1 / 0 }}\n", 2, "division by zero"),
        ("{{ summary | shout }}", 1, "shout"),
        ("a\n{{ summary.__class__.__mro__ }}", 2, "unsafe"),
    ],
)
def test_a_broken_template_is_a_usage_error_with_its_line(record, template, line, what):
    with pytest.raises(UsageError) as caught:
        render(record(), template)
    assert caught.value.what.startswith(f"FINAL_REPORT_TEMPLATE.md:{line}: ")
    assert what in caught.value.what


def test_the_template_lists_every_variable(record, template):
    comment = template[: template.index("#}")]
    listed = set(re.findall(r"[a-z_0-9]+", comment))
    assert set(context_of(record())) <= listed
    for value in context_of(record()).values():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            assert set(value[0]) <= listed
