import pytest

from production_testers.model.errors import UsageError
from production_testers.workspace.roadmap import Roadmap

TABLE = """\
# Roadmap

## Tier 1: The executor

### CORE: Context

| ID | Target | Priority | Risk |
|----|--------|----------|------|
| CORE-001 | Outputs are merged | P0 | Catastrophic |
| LLM-REASON-002 | Either a \\| b, or `c` | P3 | Low |
"""


def parse_error(text):
    with pytest.raises(UsageError) as caught:
        Roadmap.parse(text, "ROADMAP.md")
    return str(caught.value)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_entry_knows_all_about_itself(newline):
    first, second = Roadmap.parse(TABLE.replace("\n", newline)).entries
    assert first.id == "CORE-001"
    assert first.title == "Outputs are merged"
    assert (first.priority, first.risk) == ("P0", "Catastrophic")
    assert first.tier == "Tier 1: The executor"
    assert first.section == "CORE: Context"
    assert first.line == 9
    assert first.family == "CORE"
    assert first.industry is None
    assert first.deployment_mode is None
    assert second.family == "LLM-REASON"


def test_an_escaped_pipe_belongs_to_its_cell():
    assert Roadmap.parse(TABLE).entry("LLM-REASON-002").title == "Either a | b, or `c`"


def test_extra_columns_stand_in_any_order():
    text = (
        "| Deployment | Owner | ID | Target | Industry | Risk | Priority |\n|-|-|-|-|-|-|-|\n"
        "| Edge | me | DEF-001 | t | Defense | Low | P1 |\n"
        "| - | me | DEF-002 | t | — | Low | P1 |\n"
    )
    first, second = Roadmap.parse(text).entries
    assert (first.industry, first.deployment_mode, first.priority) == ("Defense", "Edge", "P1")
    assert (second.industry, second.deployment_mode) == (None, None)


@pytest.mark.parametrize(
    ("section", "industry"),
    [
        ("Finance", "Finance"),
        ("FIN: Finance", "Finance"),
        ("4.1 Healthcare and care", "Healthcare"),
        ("CORE: Context", None),
        ("OBS: What the media see", None),
    ],
)
def test_the_industry_comes_from_the_section_where_no_column_says_it(section, industry):
    text = TABLE.replace("CORE: Context", section)
    assert Roadmap.parse(text).entry("CORE-001").industry == industry


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("CORE-01", "CORE-001"), ("core-001", "CORE-001"), ("COER-001", "CORE-001")],
)
def test_a_slip_is_answered_with_what_was_probably_meant(wrong, meant):
    with pytest.raises(UsageError, match=rf"{wrong}.*Did you mean {meant}\?"):
        Roadmap.parse(TABLE).entry(wrong)


def test_an_id_like_no_other_is_answered_with_the_way_to_the_list():
    with pytest.raises(UsageError, match="ptest roadmap list"):
        Roadmap.parse(TABLE).entry("zzz")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("| CORE-002 | too short | P0 |", "3 cells where the table has 4 columns"),
        ("| CORE-002 | a | b | P0 | Low |", "5 cells where the table has 4 columns"),
        ("| CORE-2 | t | P0 | Low |", "'CORE-2' is no id"),
        ("| core-002 | t | P0 | Low |", "'core-002' is no id"),
        ("| CORE-002 | t | P9 | Low |", "priority 'P9' is none of P0, P1, P2, P3"),
        ("| CORE-002 | t | P0 | Huge |", "risk 'Huge' is none of Catastrophic"),
        ("| CORE-002 |  | P0 | Low |", "CORE-002 has no target"),
        ("| CORE-001 | again | P0 | Low |", "CORE-001 stands on line 9 already"),
        ("\n| CORE-002 | cut off | P0 | Low |", "a row outside any table"),
    ],
)
def test_a_bad_row_is_an_error_that_names_its_line(row, said):
    error = parse_error(TABLE + row + "\n")
    line = 12 if row.startswith("\n") else 11
    assert error.startswith(f"ROADMAP.md:{line}: ")
    assert said in error


def test_a_table_with_a_wrong_delimiter_is_not_lost_silently():
    assert "outside any table" in parse_error(TABLE.replace("|------|\n", "|\n"))


def test_a_table_without_a_column_is_an_error():
    text = "| ID | Target | Risk |\n|-|-|-|\n| CORE-001 | t | Low |\n"
    assert "ROADMAP.md:1: the table has no column Priority" in parse_error(text)


def test_tables_about_other_things_and_rows_in_code_are_left_alone():
    text = f"{TABLE}\n| ID | Owner |\n|-|-|\n| 7 | me |\n\n```\n| CORE-009 | t | P0 | Low |\n```\n"
    assert len(Roadmap.parse(text).entries) == 2


def test_the_text_is_kept_byte_for_byte():
    assert Roadmap.parse(TABLE.replace("\n", "\r\n")).text == TABLE.replace("\n", "\r\n")


FIRST_ENTRIES = {
    "CORE-001": ("P0", "Catastrophic"),
    "CORE-002": ("P0", "Severe"),
    "CORE-006": ("P1", "High"),
    "CORE-008": ("P0", "Catastrophic"),
    "CORE-010": ("P0", "Catastrophic"),
    "DAG-005": ("P1", "Severe"),
    "DAG-006": ("P1", "High"),
    "DAG-008": ("P1", "High"),
    "DAG-009": ("P1", "High"),
    "DAG-010": ("P1", "Severe"),
    "CONTRACT-003": ("P1", "High"),
    "GUARD-003": ("P0", "Severe"),
    "WORK-002": ("P0", "Severe"),
    "OBS-001": ("P0", "Severe"),
    "FIN-001": ("P0", "Catastrophic"),
    "HEALTH-001": ("P0", "Catastrophic"),
}


@pytest.fixture
def shipped(workspace):
    return workspace.roadmap()


def test_the_roadmap_that_is_shipped_holds_the_first_entries(shipped):
    rated = {entry.id: (entry.priority, entry.risk) for entry in shipped.entries}
    assert FIRST_ENTRIES.items() <= rated.items()


def test_fraud_detection_is_active_active_in_finance(shipped):
    entry = shipped.entry("FIN-001")
    assert (entry.industry, entry.deployment_mode) == ("Finance", "Active-Active")
    assert shipped.entry("HEALTH-001").industry == "Healthcare"


def test_entries_of_an_industry_have_one_and_others_none(shipped):
    for entry in shipped.entries:
        assert (entry.industry is not None) == ("Industries" in entry.tier), entry


def test_each_section_of_the_shipped_roadmap_is_one_family(shipped):
    for entry in shipped.entries:
        assert entry.section.startswith(f"{entry.family}: ")
        assert entry.tier.startswith("Tier ")
