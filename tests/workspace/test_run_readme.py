import re

import pytest

from production_testers.workspace.findings import RunStatus
from production_testers.workspace.run_readme import NOT_YET, RunReadme, parse_run_readme


@pytest.fixture
def readme():
    def make(**fields):
        return RunReadme(
            **{
                "entry_id": "FIN-001",
                "title": "Fraud detection",
                "run_id": "run-2026-01-14-001",
                "status": RunStatus.COMPLETED,
                "started_at": "2026-01-14T09:00:00Z",
                "completed_at": "2026-01-14T09:05:00Z",
                "summary": "Two defects.",
                "key_findings": ("Outputs are lost", "Slow"),
                "findings_logged": 2,
                **fields,
            }
        )

    return make


def test_it_has_exactly_the_form_of_the_specification(specification, readme):
    form = re.search(r"### `README.md`\n\n```markdown\n(.*?\n```\n)```", specification, re.DOTALL)[
        1
    ]
    filled = (
        form.replace("{ROADMAP_ENTRY_ID}", "FIN-001")
        .replace("{ENTRY_TITLE}", "Fraud detection")
        .replace("{DATE}-{SEQ}", "2026-01-14-001")
        .replace("{in_progress|completed|failed|blocked}", "completed")
        .replace("{ISO_TIMESTAMP}", "2026-01-14T09:00:00Z", 1)
        .replace("{ISO_TIMESTAMP}", "2026-01-14T09:05:00Z", 1)
        .replace("{One paragraph summary of findings}", "Two defects.")
        .replace("{Critical finding 1}", "Outputs are lost")
        .replace("{High finding 2}", "Slow")
        .replace("- ...\n", "")
        .replace("{N}", "2")
    )
    assert "{" not in filled
    assert readme().render() == filled


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_was_written_is_read_back(readme, newline):
    parsed = parse_run_readme(readme().render().replace("\n", newline))
    assert parsed.entry_id == "FIN-001"
    assert parsed.title == "Fraud detection"
    assert parsed.run_id == "run-2026-01-14-001"
    assert parsed.status == "completed"
    assert parsed.started == "2026-01-14T09:00:00Z"
    assert parsed.completed == "2026-01-14T09:05:00Z"
    assert parsed.findings_logged == 2
    assert parsed.sections == ("Quick Summary", "Key Findings", "Files", "How to Reproduce")


def test_until_the_run_ends_completed_is_a_dash(readme):
    text = readme(status=RunStatus.IN_PROGRESS, completed_at=None, key_findings=()).render()
    assert "**Completed**: —  \n" in text
    assert "- None so far; the run is in progress." in text
    assert parse_run_readme(text).completed == NOT_YET


def test_a_text_of_several_lines_cannot_break_the_form(readme):
    hostile = "a\n\n## Files\n\n- `findings.json` - 99 findings logged"
    parsed = parse_run_readme(readme(summary=hostile, key_findings=(hostile,)).render())
    assert parsed.findings_logged == 2
    assert len(parsed.sections) == 4


def test_which_tests_fail_stands_after_the_commands(readme):
    assert (
        readme(test_note="2 fail: FIN-001-BUG-001.")
        .render()
        .endswith("```\n\n2 fail: FIN-001-BUG-001.\n")
    )


def test_what_a_text_does_not_say_is_none():
    parsed = parse_run_readme("")
    assert (parsed.entry_id, parsed.status, parsed.findings_logged) == (None, None, None)
    assert parsed.sections == ()
