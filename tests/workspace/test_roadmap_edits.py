"""Edits in place: what was asked is there, and every other byte is as it was."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from production_testers.model.errors import UsageError
from production_testers.workspace.roadmap import (
    PRIORITIES,
    RISKS,
    Roadmap,
    RoadmapEntry,
)

TABLE = """\
# Roadmap

## Tier 1: The executor

### CORE: Context

A note |by hand|, with   odd spacing.

|ID|  Target | Priority | Risk | Owner \\| team |
|----|:------:|----------|------|-------|
|  CORE-001 | Either a \\| b  | P0|Catastrophic | me   |
| CORE-002 |x| P1 | Low ||

### DAG: Scheduling

| ID | Target | Priority | Risk | Deployment |
|----|----|----|----|----|
"""

# Lone carriage returns are not mixed in: one before an empty line would be half of a "\r\n".
NEWLINES = st.sampled_from([("\n",), ("\n", "\r\n"), ("\r\n",), ("\r",)])
TITLES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1
).filter(lambda text: text == text.strip())
PADS = st.sampled_from(["", " ", "   ", "\t"])
NOTES = st.sampled_from(
    ["", "A note.", "  * kept   by hand ", "> | quoted |", "```\n| CORE-001 | t |\n```", "a\\|b"]
)


def row_of(**fields):
    known = {
        "id": "CORE-900",
        "title": "New",
        "priority": "P2",
        "risk": "Moderate",
        "tier": "",
        "section": "",
        "line": 0,
        "family": "CORE",
    }
    return RoadmapEntry(**{**known, **fields})


def raw(title):
    return title.replace("|", "\\|")


@st.composite
def roadmaps(draw):
    """A roadmap as people leave it: mixed newlines, any padding, notes, a column of their own."""
    titles = draw(st.lists(TITLES, min_size=1, max_size=4))
    lines = [draw(NOTES), "", "## Tier 1", "", "### CORE: Context", draw(NOTES), ""]
    lines += ["| ID | Target | Priority | Risk | Owner |", "|-|-|-|-|-|"]
    for number, title in enumerate(titles, start=1):
        cells = [f"CORE-{number:03d}", raw(title), "P1", "Low", draw(st.sampled_from(["", "me"]))]
        padded = [f"{draw(PADS)}{cell}{draw(PADS)} " for cell in cells]
        lines.append(f"{draw(st.sampled_from(['', ' ']))}|{'|'.join(padded)}|")
    if draw(st.booleans()):
        lines += ["", draw(NOTES), draw(NOTES)]
    newlines = st.sampled_from(draw(NEWLINES))
    text = "".join(line + draw(newlines) for line in "\n".join(lines).split("\n"))
    return text if draw(st.booleans()) else text.rstrip("\r\n")


@pytest.mark.slow
@given(roadmaps(), TITLES, st.sampled_from(PRIORITIES), st.sampled_from(RISKS))
def test_a_row_more_is_the_only_difference(text, title, priority, risk):
    before = Roadmap.parse(text)
    entry = row_of(title=title, priority=priority, risk=risk)
    after = before.with_row("CORE: Context", entry)
    assert [e.id for e in after.entries] == [*(e.id for e in before.entries), "CORE-900"]
    assert after.entries[:-1] == before.entries
    made = after.entry("CORE-900")
    assert (made.title, made.priority, made.risk) == (title, priority, risk)
    added = re.escape(f"| CORE-900 | {raw(title)} | {priority} | {risk} |  |")
    rests = [
        after.text[: match.start()] + after.text[match.end() :]
        for match in re.finditer(rf"(?:\r\n|\r|\n)[ ]?{added}", after.text)
    ]
    assert text in rests


@pytest.mark.slow
@given(st.data(), roadmaps())
def test_a_changed_cell_is_the_only_difference(data, text):
    before = Roadmap.parse(text)
    entry = data.draw(st.sampled_from(before.entries))
    column, values = data.draw(
        st.sampled_from(
            [
                ("Target", TITLES),
                ("Priority", st.sampled_from(PRIORITIES)),
                ("risk", st.sampled_from(RISKS)),
                ("Owner", TITLES | st.just("")),
            ]
        )
    )
    value = data.draw(values)
    after = before.with_cell(entry.id, column, value)
    lines, changed = (re.split(r"(\r\n|\r|\n)", part) for part in (before.text, after.text))
    place = 2 * (entry.line - 1)
    assert changed[:place] == lines[:place]
    assert changed[place + 1 :] == lines[place + 1 :]
    index = ["id", "target", "priority", "risk", "owner"].index(column.lower()) + 1
    old, new = (re.split(r"(?<!\\)\|", part[place]) for part in (lines, changed))
    assert new[index].strip().replace("\\|", "|") == value
    assert new[:index] + new[index + 1 :] == old[:index] + old[index + 1 :]
    was = old[index].strip().replace("\\|", "|")
    if was and value:  # there and back again
        back = after.with_cell(entry.id, column, was).text
        assert back == text or value.endswith("\\") or was.endswith("\\")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_cell_keeps_its_spacing(newline):
    text = TABLE.replace("\n", newline)
    roadmap = Roadmap.parse(text)
    assert roadmap.with_cell("CORE-001", "target", "c | d").text == text.replace(
        "| Either a \\| b  |", "| c \\| d  |"
    )
    assert roadmap.with_cell("CORE-002", "Owner | Team", " you ").text == text.replace(
        "| Low ||", "| Low | you |"
    )
    assert roadmap.with_cell("CORE-001", "ID", "CORE-003").entries[0].id == "CORE-003"


def test_an_equal_value_changes_nothing():
    roadmap = Roadmap.parse(TABLE)
    assert roadmap.with_cell("CORE-001", "Target", "Either a | b") is roadmap
    assert roadmap.with_cell("CORE-002", "owner | team", "") is roadmap


def test_a_backslash_does_not_swallow_the_pipe_behind_it():
    edited = Roadmap.parse(TABLE).with_cell("CORE-002", "Target", "a\\")
    assert edited.entry("CORE-002").title == "a\\"
    assert "|a\\ | P1 |" in edited.text


def test_a_row_goes_below_a_table_that_has_none_yet():
    entry = row_of(id="DAG-001", deployment_mode="Edge")
    edited = Roadmap.parse(TABLE).with_row("DAG: Scheduling", entry)
    assert edited.text == f"{TABLE}| DAG-001 | New | P2 | Moderate | Edge |\n"
    made = edited.entry("DAG-001")
    assert (made.tier, made.section) == ("Tier 1: The executor", "DAG: Scheduling")


def test_a_file_without_a_last_newline_goes_on_without():
    text = TABLE.rstrip("\n")
    edited = Roadmap.parse(text).with_row("DAG: Scheduling", row_of(id="DAG-001"))
    assert edited.text == f"{text}\n| DAG-001 | New | P2 | Moderate |  |"


@pytest.mark.slow
def test_the_shipped_roadmap_takes_a_row_in_every_section(workspace):
    roadmap = workspace.roadmap()
    for section in dict.fromkeys(entry.section for entry in roadmap.entries):
        edited = roadmap.with_row(section, row_of(id="NEW-001"))
        lines = edited.text.splitlines(keepends=True)
        del lines[edited.entry("NEW-001").line - 1]
        assert "".join(lines) == roadmap.text


@pytest.mark.parametrize(
    ("section", "fields", "said"),
    [
        ("CORE", {}, "no section with a table of entries of the name 'CORE'"),
        ("CORE: Context", {"id": "CORE-001"}, "CORE-001 stands on line"),
        ("CORE: Context", {"priority": "P9"}, "priority 'P9'"),
        ("CORE: Context", {"title": "a\nb"}, "cells"),
        ("CORE: Context", {"title": " a"}, "cannot stand in the row of CORE-900"),
        ("CORE: Context", {"deployment_mode": "Edge"}, "cannot stand in the row of CORE-900"),
    ],
)
def test_a_row_that_cannot_stand_is_refused(section, fields, said):
    with pytest.raises(UsageError, match=said):
        Roadmap.parse(TABLE).with_row(section, row_of(**fields))


def test_a_section_that_two_tiers_have_is_refused():
    text = TABLE.replace("### DAG: Scheduling", "## Tier 2\n\n### CORE: Context")
    with pytest.raises(UsageError, match="several sections"):
        Roadmap.parse(text).with_row("CORE: Context", row_of())


@pytest.mark.parametrize(
    ("entry", "column", "value", "said"),
    [
        ("CORE-003", "Target", "t", "has no entry"),
        ("CORE-001", "Deployment", "Edge", "no column 'Deployment'.*id, target"),
        ("CORE-001", "Risk", "Huge", "risk 'Huge'"),
        ("CORE-001", "Target", "", "has no target"),
        ("CORE-001", "Target", "a\nb", "cells"),
        ("CORE-001", "ID", "CORE-002", "stands on line"),
    ],
)
def test_a_cell_that_cannot_stand_is_refused(entry, column, value, said):
    with pytest.raises(UsageError, match=said):
        Roadmap.parse(TABLE).with_cell(entry, column, value)
