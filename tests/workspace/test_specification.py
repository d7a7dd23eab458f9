"""The specification is read and compared with what is declared; and who keeps each statement.

docs/reference/specification.md is written by

    python tests/workspace/test_specification.py > docs/reference/specification.md
"""

import ast
import re
import sys
from importlib import resources
from pathlib import Path

import pytest

from production_testers.cli.app import call
from production_testers.workspace import naming
from production_testers.workspace.documents import FindingType, RunStatus
from production_testers.workspace.layout import (
    DATA_FOLDERS,
    KEPT_FOR_EVER,
    LOGS,
    MOCK_DATA,
    PHASES,
    PLACES_OF_ROOT,
    PLACES_OF_RUN,
    TEST_CATEGORIES,
    TESTS,
    TRACES,
    Need,
)
from production_testers.workspace.validation import validate_run

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/specification.md"
PACKAGED = resources.files("production_testers.workspace") / "root" / "FOLDER_STRUCTURE.md"
TEXT = PACKAGED.read_text(encoding="utf-8")

HERE = "workspace/test_specification.py::test_"
LAYOUT = "workspace/test_layout.py::test_"
NAMING = "workspace/test_naming.py::test_"
DOCUMENTS = "workspace/test_documents.py::test_"
VALID = "workspace/test_validation.py::test_"
CREATE = "workspace/test_create.py::test_"
RUNS = "workspace/test_runs.py::test_"
GIT = "workspace/test_git.py::test_"
OVER_RUNS = "workspace/test_findings_over_runs.py::test_"
README = "workspace/test_run_readme.py::test_"
MISSION = "phases/test_mission.py::test_"
KNOWN = "phases/test_mission_findings.py::test_"
PICTURES = "phases/test_pictures.py::test_"
RESEARCH = "phases/test_write_research.py::test_"
REPORT = "reports/test_final_report.py::test_"
MACHINE = "phases/test_machine.py::test_"
ARCHIVE = "workspace/test_archive.py::test_"
RESTORE = "workspace/test_restore.py::test_"
COMMAND = "cli/test_archive.py::test_"
SESSION = "experiments/test_session.py::test_"
STAGEFLOW = "phases/test_mission_on_stageflow.py::test_"

TREE_OF_ROOT = LAYOUT + "the_root_is_that_of_the_specification"
TREE_OF_RUN = LAYOUT + "a_run_is_that_of_the_specification_in_its_order"
EXAMPLES = DOCUMENTS + "every_example_of_the_specification_passes_and_comes_back_as_it_was"
MUST = LAYOUT + "what_every_run_must_have_is_what_the_specification_lists"
APPLICABLE = LAYOUT + "what_is_required_if_applicable_is_what_the_specification_lists"
BY_JOURNAL = VALID + "what_the_journal_says_was_done_must_be_there"
PATTERNS = GIT + "the_patterns_of_the_specification_stand_word_for_word"
WORKING = GIT + "the_patterns_work_from_the_workspace_and_from_above"
ARCHIVED = VALID + "an_archived_run_needs_what_is_kept_for_ever_and_no_more"
NOT_YET = "not kept yet"

# What a place of a tree must hold, beyond being there.
OF_PLACES = {
    "ROADMAP.md": [
        "workspace/test_roadmap.py::test_the_roadmap_that_is_shipped_holds_the_first_entries"
    ],
    "AGENT_SYSTEM_PROMPT.md": [CREATE + "the_prompt_names_every_mission_parameter"],
    "REPORTING_SCHEMA.md": [CREATE + "the_reporting_schema_carries_the_schema_that_is_enforced"],
    "FOLDER_STRUCTURE.md": [HERE + "init_writes_the_specification_byte_for_byte"],
    "FINAL_REPORT_TEMPLATE.md": [REPORT + "the_template_lists_every_variable"],
    "aggregated_findings.json": [OVER_RUNS + "a_defect_that_several_runs_met_counts_once"],
    "runs/": [RUNS + "runs_are_listed_by_entry_and_start"],
    "templates/": [MISSION + "an_edited_template_is_in_the_next_run"],
    "templates/mock_data/": [
        "mocks/test_templates.py::test_the_readme_of_the_data_lists_what_there_is_and_its_code_runs"
    ],
    "templates/pipeline_templates/": [
        "repo/test_repository.py::test_every_recipe_has_templates_laws_data_and_a_plan"
    ],
    "templates/test_utilities/": [
        "mocks/test_templates.py::test_the_templates_say_what_to_edit_and_import_no_inner_module"
    ],
    "README.md": [README + "it_has_exactly_the_form_of_the_specification"],
    "findings.json": [DOCUMENTS + "a_finding_that_breaks_the_schema_is_refused"],
    "FINAL_REPORT.md": [REPORT + "every_section_is_there_in_order"],
    "research/": [RESEARCH + "the_five_files_of_the_specification_are_written"],
    "research/citations.json": [RESEARCH + "every_written_citation_stands"],
    "mocks/data/": [LAYOUT + "examples_of_mock_data_are_accepted_in_every_data_folder"],
    "mocks/services/": ["mocks/test_templates.py::test_each_service_of_a_run_answers"],
    "pipelines/": [MISSION + "an_edited_pipeline_counts"],
    "tests/": [MISSION + "the_folder_s_own_tests_were_run"],
    "results/traces/": [LAYOUT + "folders_name_their_files"],
    "results/logs/": [LAYOUT + "folders_name_their_files"],
    "results/screenshots/": [MISSION + "the_report_shows_the_pictures_that_were_drawn"],
    "dx_evaluation/": [
        "phases/test_dx_evaluate.py::test_scores_have_the_keys_of_the_specification"
    ],
    "config/": [MISSION + "what_was_used_is_what_the_configuration_says"],
}

# Words of the specification, with the tests that keep them.
STATEMENTS = {
    "File specifications": {
        "### `README.md`": [README + "it_has_exactly_the_form_of_the_specification"],
        "**Status**: {in_progress|completed|failed|blocked}": [
            HERE + "the_words_for_the_status_of_a_run_are_those_of_the_readme"
        ],
        "- `findings.json` - {N} findings logged": [
            VALID + "a_readme_that_says_something_else_is_an_error"
        ],
        "pip install -r requirements.txt": [
            STAGEFLOW + "findings_replay_and_the_folder_works_elsewhere"
        ],
        "### `config/run_config.json`": [EXAMPLES, HERE + "a_run_of_examples_is_valid"],
        "### `config/environment.json`": [EXAMPLES, HERE + "a_run_of_examples_is_valid"],
        "### `dx_evaluation/scores.json`": [
            EXAMPLES,
            HERE + "a_run_of_examples_is_valid",
            DOCUMENTS + "scores_name_all_eight_categories",
        ],
    },
    "Naming conventions": {
        "run-{YYYY}-{MM}-{DD}-{SEQ}": [NAMING + "names_of_runs_are_written_as_they_were_read"],
        "- `SEQ` is a 3-digit sequence number (001, 002, etc.)": [
            NAMING + "what_is_no_name_of_a_run",
            RUNS + "numbers_count_per_entry_and_day",
        ],
        "- Example: `run-2026-01-14-001`": [HERE + "every_example_of_a_name_is_read"],
        "{ROADMAP_ENTRY_ID}-{TYPE}-{SEQ}": [NAMING + "an_id_of_a_finding_is_read_from_the_right"],
        "- `TYPE`: BUG, SEC, PERF, REL, DX, IMP, DOC, FEAT": [
            HERE + "types_of_findings_stand_in_the_order_of_the_specification"
        ],
        "- Example: `FIN-001-BUG-001`": [HERE + "every_example_of_a_name_is_read"],
        "{scenario}_{variant}_{size}.{ext}": [
            HERE + "rules_of_names_have_the_forms_of_the_specification",
            NAMING + "mock_data_is_read_from_the_right",
        ],
        "- Example: `transactions_valid_10k.json`": [HERE + "every_example_of_a_name_is_read"],
        "- Example: `transactions_malformed_100.json`": [HERE + "every_example_of_a_name_is_read"],
        "test_{category}.py": [VALID + "a_name_without_the_form_of_its_folder_is_an_error"],
        f"- Categories: {', '.join(TEST_CATEGORIES)}": [
            LAYOUT + "test_categories_are_those_of_the_specification"
        ],
        "trace_{timestamp}_{scenario}.json": [
            NAMING + "a_trace_at_a_moment_that_does_not_exist_is_misnamed"
        ],
        "- Example: `trace_20260114_093045_stress.json`": [
            HERE + "every_example_of_a_name_is_read"
        ],
    },
    "Required and optional files": {
        "### Required (every run must have)": [
            MUST,
            VALID + "a_required_file_that_is_missing_is_an_error",
            MISSION + "the_required_files_are_there_from_the_first_second",
        ],
        **{
            f"- `{name}`": [MUST, VALID + "a_required_file_that_is_missing_is_an_error"]
            for name in (
                "README.md",
                "findings.json",
                "FINAL_REPORT.md",
                "config/run_config.json",
                "config/environment.json",
            )
        },
        "- `research/` - Always required for first run of an entry": [
            APPLICABLE,
            VALID + "the_first_run_of_an_entry_needs_its_research",
        ],
        "- `mocks/` - Required if custom mocks were created": [APPLICABLE, BY_JOURNAL],
        "- `pipelines/` - Required if pipelines were built": [APPLICABLE, BY_JOURNAL],
        "- `tests/` - Required if automated tests were written": [APPLICABLE, BY_JOURNAL],
        "- `results/` - Required if tests were executed": [APPLICABLE, BY_JOURNAL],
        "- `dx_evaluation/` - Required for all runs": [
            APPLICABLE,
            VALID + "a_required_file_that_is_missing_is_an_error",
        ],
        "- `screenshots/` - Only if visual evidence needed": [
            PICTURES + "without_anything_to_see_there_is_no_folder",
            HERE + "optional_is_what_the_specification_says",
            VALID + "empty_and_ignored_folders_are_never_required",
        ],
        "- Additional documentation files": [VALID + "what_may_stand_there_is_not_told"],
    },
    "Git ignore patterns": {
        "production-testers/runs/*/results/logs/*.log": [PATTERNS, WORKING],
        "production-testers/runs/*/mocks/data/scale/*.json": [PATTERNS, WORKING],
        "production-testers/runs/*/.pytest_cache/": [PATTERNS, WORKING],
        "production-testers/runs/*/__pycache__/": [PATTERNS, WORKING],
        "production-testers/runs/*/mocks/data/**/sensitive_*": [PATTERNS, WORKING],
    },
    "Archival policy": {
        "- **Active runs**: Keep in `runs/` folder": [
            RUNS + "archived_runs_are_listed_apart_under_the_address_they_had",
            COMMAND + "without_names_the_old_runs_are_archived_and_no_others",
        ],
        "- **After 90 days**: Compress to `runs/{ENTRY_ID}/archive/`": [
            ARCHIVE + "a_run_is_compressed_beside_what_is_kept_for_ever",
            ARCHIVE + "a_run_must_have_been_completed_over_90_days_ago",
            ARCHIVE + "a_crash_leaves_the_run_or_its_archive_and_again_ends_it",
            RESTORE + "every_byte_comes_back",
        ],
        "- **Keep forever**: `findings.json`, `FINAL_REPORT.md`, `config/`": [
            HERE + "what_is_kept_for_ever_is_what_the_specification_lists",
            ARCHIVED,
            ARCHIVE + "a_run_is_compressed_beside_what_is_kept_for_ever",
        ],
        "- **Can delete**: `results/logs/`, large mock data files": [
            ARCHIVE + "what_may_be_deleted_is_left_out_and_listed_with_its_reason",
            RESTORE + "what_nobody_can_make_again_is_told",
        ],
    },
}

# Each reading, claim by claim.
READINGS = {
    "1. Numbers and moments of runs": {
        "SEQ counts per entry and UTC day": [
            RUNS + "numbers_count_per_entry_and_day",
            RUNS + "the_day_is_that_of_utc",
        ],
        "after 999 comes 1000": [RUNS + "after_999_comes_1000_and_sorts_last"],
        "times are UTC with `Z`": [
            "workspace/test_clock.py::test_a_stamp_that_is_not_in_utc_is_refused"
        ],
        "the folder's date is that of started_at": [
            VALID + "metadata_that_contradicts_the_run_is_an_error"
        ],
    },
    "2. Numbers of findings": {
        "SEQ counts per entry and type over all runs": [
            OVER_RUNS + "ids_count_per_entry_and_type_over_all_runs"
        ],
        "archived runs count too": [
            OVER_RUNS + "findings_of_archived_runs_still_count",
            ARCHIVE + "everything_that_looks_at_all_runs_sees_archived_ones",
        ],
        "an ID is never reused": [OVER_RUNS + "an_id_is_not_used_again_when_its_run_was_deleted"],
        "a known defect keeps its ID": [KNOWN + "a_known_defect_keeps_its_id_and_is_not_new"],
        "met from another entry: its ID, duplicate, link": [
            KNOWN + "a_defect_of_another_entry_gets_its_own_id_status_and_link"
        ],
        "findings.json lists all findings of its run": [
            KNOWN + "a_known_defect_keeps_its_id_and_is_not_new"
        ],
        "the aggregate counts a defect once": [
            OVER_RUNS + "a_defect_that_several_runs_met_counts_once"
        ],
    },
    "3. Status of a run": {
        "in_progress: running or interrupted": [
            MISSION + "an_interrupted_run_resumes_to_the_same_result"
        ],
        "completed: the mission ended": [MISSION + "a_whole_run_is_completed_valid_and_passes"],
        "failed: our own error": [MISSION + "an_error_of_ours_fails_the_run_and_says_so"],
        "blocked: system or target unavailable": [
            MISSION + "a_framework_that_goes_away_blocks_the_run"
        ],
        "required files exist from the first second, as drafts": [
            MISSION + "the_required_files_are_there_from_the_first_second",
            RUNS + "a_draft_is_whole_from_the_first_second",
        ],
        "Completed is a dash until the end": [README + "until_the_run_ends_completed_is_a_dash"],
    },
    "4. Examples and keys": {
        "every example passes as it stands": [EXAMPLES],
        "any overall score from 1.0 to 5.0": [DOCUMENTS + "an_overall_score_need_not_be_the_mean"],
        "our own formula": [
            "phases/test_dx_evaluate.py::test_the_whole_is_the_mean_with_one_decimal"
        ],
        "all fields appear": [DOCUMENTS + "all_fields_appear_in_what_is_written"],
        "unknown keys are kept": [DOCUMENTS + "keys_that_nobody_knows_are_kept_at_every_depth"],
    },
    "5. Configuration and environment": {
        "what was used is what is written": [
            MISSION + "what_was_used_is_what_the_configuration_says"
        ],
        "`data_volume` is `{n}_{unit}`, `memory_gb` an integer": [
            "workspace/test_damaged_runs.py::"
            "test_a_damage_is_told_with_its_path_and_its_rule_and_no_other_place_is_blamed"
        ],
        "null is allowed where nothing is known": [HERE + "what_is_not_known_may_be_null"],
        "versions of the system under test, null for another one": [
            MACHINE + "the_version_is_that_of_stageflow_under_test",
            MACHINE + "dependencies_are_those_of_the_system_under_test",
            MACHINE + "another_system_has_no_version_of_stageflow_and_no_model_took_part",
        ],
        "`agent_model` names a model that took part": [
            "agents/test_agent.py::test_the_model_that_took_part_is_named",
            MACHINE + "the_model_is_the_one_that_took_part",
            MACHINE + "another_system_has_no_version_of_stageflow_and_no_model_took_part",
        ],
    },
    "6. Research": {
        "research is written by default": [
            RESEARCH + "the_five_files_of_the_specification_are_written"
        ],
        "the first run is the earliest, archived ones included": [
            VALID + "an_archived_run_can_be_the_first_one",
            ARCHIVE + "everything_that_looks_at_all_runs_sees_archived_ones",
        ],
        "no search is claimed, no source invented": [
            RESEARCH + "no_search_is_claimed_and_no_address_is_given"
        ],
    },
    "7. What is required": {
        "read from the journal": [BY_JOURNAL],
        "made by hand: a folder that exists is complete": [
            VALID + "a_folder_made_by_hand_that_exists_must_be_complete"
        ],
        "empty and ignored: never required": [
            VALID + "empty_and_ignored_folders_are_never_required"
        ],
        "silent after commit and clone": [GIT + "a_good_run_is_still_good_after_commit_and_clone"],
        "caches are ignored": [VALID + "what_may_stand_there_is_not_told"],
    },
    "8. Ignore patterns": {
        "the five stand word for word": [PATTERNS],
        "added ones work at both levels": [WORKING],
    },
    "9. Mock data": {
        "names are parsed from the right": [NAMING + "mock_data_is_read_from_the_right"],
        "size is digits, or digits with k or m": [
            NAMING + "sizes_of_mock_data_are_numbers_of_records"
        ],
        "manifests are exempt": [LAYOUT + "manifests_and_markdown_are_exempt_from_naming"],
        "`sensitive_*` stays out of git": [WORKING],
        "`sensitive_*` stays out of archives and exports": [
            ARCHIVE + "sensitive_files_are_in_no_archive",
            "cli/test_bundle.py::test_what_is_secret_or_passing_is_left_out",
        ],
        "`sensitive_*` stays out of reports": [
            "phases/test_sensitive.py::test_no_report_names_or_quotes_a_sensitive_file"
        ],
    },
    "10. Traces, logs, screenshots": {
        "the form of both names": [NAMING + "traces_and_logs_are_not_taken_for_each_other"],
        "a trace is one JSON document": [
            VALID + "a_file_that_is_not_one_json_document_is_an_error"
        ],
        "a collision takes the next free second": [
            RUNS + "traces_and_logs_of_one_second_take_the_next_free_one"
        ],
        "screenshots/ exists only with visual evidence": [
            PICTURES + "without_anything_to_see_there_is_no_folder",
            PICTURES + "a_finding_gets_the_timeline_of_its_schedule_or_the_growth_of_work",
        ],
    },
    "11. What else may stand there": {
        "extra Markdown is fine": [VALID + "what_may_stand_there_is_not_told"],
        "an unknown folder is a warning": [
            VALID + "an_unknown_folder_at_the_root_of_a_run_is_a_warning"
        ],
        "a misnamed file is an error": [
            VALID + "a_misnamed_file_is_told_with_the_name_it_must_have"
        ],
        "`archive/` is the only sibling": [CREATE + "what_is_wrong_at_the_root_is_told"],
    },
    "12. Archive": {
        "what is kept for ever stays readable": [
            ARCHIVED,
            ARCHIVE + "a_run_is_compressed_beside_what_is_kept_for_ever",
        ],
        "archive/run-X.tar.zst beside archive/run-X/": [
            ARCHIVE + "a_run_is_compressed_beside_what_is_kept_for_ever",
            ARCHIVE + "a_good_archive_is_valid_and_a_damaged_one_is_told",
        ],
        "strictly over 90 days from completed_at; in_progress never": [
            ARCHIVE + "a_run_must_have_been_completed_over_90_days_ago",
            ARCHIVE + "a_run_in_progress_is_never_archived",
        ],
        "large mock data: scale/, and over 1 MiB that regenerates": [
            ARCHIVE + "what_may_be_deleted_is_left_out_and_listed_with_its_reason",
            ARCHIVE + "large_data_outside_scale_is_left_out_only_when_its_manifest_makes_it_again",
        ],
    },
    "13. Sessions of pytest": {
        "one run a session": [
            SESSION + "two_run_folders_end_with_one_sentence",
            SESSION + "so_does_the_folder_above_both",
        ],
        "fixtures are imported": [HERE + "fixtures_of_a_run_are_imported"],
        "a run's tests work in its own folder": [
            STAGEFLOW + "findings_replay_and_the_folder_works_elsewhere"
        ],
    },
    "14. Templates": {
        "an edit is in the next run": [MISSION + "an_edited_template_is_in_the_next_run"],
    },
}

_BRANCH = re.compile(
    r"^(?P<lead>(?:│   |    )*)[├└]── (?P<name>\S+)(?:\s+# (?P<comment>.+?))?\s*$", re.MULTILINE
)


def shown(heading):
    """Path and comment of every line of the tree below a heading."""
    block = TEXT.split(f"## {heading}", 1)[1].split("```")[1]
    above = []
    for match in _BRANCH.finditer(block):
        del above[len(match["lead"]) // 4 :]
        yield "".join(above) + match["name"], match["comment"] or ""
        above.append(match["name"])


def below(heading, *, level="###"):
    return TEXT.split(f"\n{level} {heading}", 1)[1].split(f"\n{level[:2]}", 1)[0]


def rows_of_tree(heading, keeper):
    for path, comment in shown(heading):
        tests = [keeper, *OF_PLACES.get(path, ())]
        yield f"`{path}`" + (f": {comment}" if comment else ""), tests


def table(title, rows):
    lines = [f"## {title}", "", "| statement | kept by |", "|---|---|"]
    for statement, tests in rows:
        kept = "<br>".join(f"`{test}`" for test in tests) or NOT_YET
        plain = statement.lstrip("#").removeprefix("- ").strip().replace("|", "\\|")
        lines.append(f"| {plain if '`' in plain or '{' not in plain else f'`{plain}`'} | {kept} |")
    return [*lines, ""]


def page():
    """The text of docs/reference/specification.md."""
    lines = [
        "# The specification, statement by statement",
        "",
        "What FOLDER_STRUCTURE.md states, and how its gaps are read, with the tests that keep each",
        f"statement (paths are below `tests/`). What no test keeps says “{NOT_YET}”.",
        "Written by `python tests/workspace/test_specification.py`; a test compares it.",
        "",
        *table("The root", rows_of_tree("Root Structure", TREE_OF_ROOT)),
        *table("A run", rows_of_tree("Individual Run Structure", TREE_OF_RUN)),
    ]
    for title, rows in STATEMENTS.items():
        lines += table(title, rows.items())
    lines += ["# The readings", ""]
    for title, rows in READINGS.items():
        lines += table(title, rows.items())
    return "\n".join(lines)


def named_tests():
    rows = [*STATEMENTS.values(), *READINGS.values(), OF_PLACES]
    always = {TREE_OF_ROOT, TREE_OF_RUN}
    return sorted(always.union(*(tests for group in rows for tests in group.values())))


def test_init_writes_the_specification_byte_for_byte(tmp_path, capsys):
    assert call(["init", str(tmp_path / "new")]) == 0
    capsys.readouterr()
    assert (tmp_path / "new" / "FOLDER_STRUCTURE.md").read_bytes() == PACKAGED.read_bytes()


def test_the_page_is_what_the_table_gives():
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("path", sorted({test.partition("::")[0] for test in named_tests()}))
def test_every_test_that_the_table_names_is_there(path):
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    named = {test.partition("::")[2] for test in named_tests() if test.startswith(f"{path}::")}
    assert named - there == set()


@pytest.mark.parametrize("quote", [quote for rows in STATEMENTS.values() for quote in rows])
def test_every_statement_stands_in_the_specification(quote):
    assert quote in TEXT.splitlines() or quote in TEXT


def test_no_rule_of_the_specification_is_left_out():
    quoted = {quote for rows in STATEMENTS.values() for quote in rows}
    rules = TEXT.split("\n## Naming Conventions", 1)[1]
    lines = [
        line
        for line in rules.splitlines()
        if line.startswith(("- ", "production-testers/")) or re.match(r"^\S*\{\w+\}\S*$", line)
    ]
    assert len(lines) > 30
    assert [line for line in lines if line not in quoted] == []
    files = re.findall(r"^### `.+`$", TEXT, re.MULTILINE)
    assert [line for line in files if line not in quoted] == []


def test_there_are_fourteen_readings():
    assert [int(title.partition(".")[0]) for title in READINGS] == list(range(1, 15))


def test_what_the_table_says_of_places_is_about_places_of_the_trees():
    places = {place.path for place in (*PLACES_OF_ROOT, *PLACES_OF_RUN)}
    assert set(OF_PLACES) <= places


def test_comments_that_say_required_are_about_places_that_are():
    required = {
        path for path, comment in shown("Individual Run Structure") if "(required)" in comment
    }
    always = {place.path for place in PLACES_OF_RUN if place.need is Need.ALWAYS}
    assert required == {"findings.json", "FINAL_REPORT.md"}
    assert required <= always


def test_phases_come_in_the_order_of_the_specification():
    phases = {
        path: int(match[1])
        for path, comment in shown("Individual Run Structure")
        if (match := re.match(r"Phase (\d):", comment))
    }
    numbers = {"research": 1, "environment": 2, "pipelines": 3, "tests": 4, "dx": 5}
    assert [phase for phase in PHASES if phase in numbers] == list(numbers)
    declared = {place.path: place.phase for place in PLACES_OF_RUN if place.phase}
    assert {path: numbers[phase] for path, phase in declared.items()} == {
        path: number for path, number in phases.items() if path != "dx_evaluation/"
    }
    assert phases["dx_evaluation/"] == 5


def test_data_folders_are_those_of_the_tree():
    found = [path for path, _ in shown("Individual Run Structure")]
    assert [path for path in found if re.fullmatch(r"mocks/data/\w+/", path)] == [
        f"mocks/data/{name}/" for name in DATA_FOLDERS
    ]


def test_names_that_the_tree_shows_with_a_star_are_read():
    starred = {path for path, _ in shown("Individual Run Structure") if "*" in path}
    assert starred == {"results/traces/trace_*.json", "results/logs/run_*.log"}
    assert TRACES.accepts("trace_20260114_093045_stress.json")
    assert LOGS.accepts("run_20260114_093045_stress.log")


def test_the_words_for_the_status_of_a_run_are_those_of_the_readme():
    (words,) = re.findall(r"^\*\*Status\*\*: \{(.+?)\}", TEXT, re.MULTILINE)
    assert words.split("|") == [status.value for status in RunStatus]


def test_types_of_findings_stand_in_the_order_of_the_specification():
    (codes,) = re.findall(r"^- `TYPE`: (.+)$", TEXT, re.MULTILINE)
    assert codes.split(", ") == [kind.code for kind in FindingType]


def test_rules_of_names_have_the_forms_of_the_specification():
    assert MOCK_DATA.form == below("Mock Data Files").split("```")[1].strip()
    assert TESTS.form.startswith(below("Test Files").split("```")[1].strip())
    stamped = below("Trace Files").split("```")[1].strip()
    assert TRACES.form == stamped.replace("timestamp", "YYYYMMDD_HHMMSS")


@pytest.mark.parametrize(
    ("heading", "read", "number"),
    [
        ("Run Folders", naming.parse_run_name, 1),
        ("Finding IDs", naming.parse_finding_id, 1),
        ("Mock Data Files", naming.parse_mock_data_name, 2),
        ("Trace Files", naming.parse_trace_name, 1),
    ],
)
def test_every_example_of_a_name_is_read(heading, read, number):
    examples = re.findall(r"^- Example: `(.+)`$", below(heading), re.MULTILINE)
    assert len(examples) == number
    for example in examples:
        parsed = read(example)
        assert parsed is not None, example
        if read is not naming.parse_trace_name:
            assert str(parsed) == example


def test_a_run_of_examples_is_valid(complete):
    run = complete()
    blocks = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    for path, block in zip((run.config, run.environment, run.scores), blocks, strict=True):
        path.write_text(block)
    for example in re.findall(r"^- Example: `(transactions_.+)`$", TEXT, re.MULTILINE):
        for folder in DATA_FOLDERS:
            place = run.mock_data / folder / example
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("{}")
    assert validate_run(run) == ()


def test_what_is_not_known_may_be_null(complete):
    run = complete()
    config, environment, scores = run.read_config(), run.read_environment(), run.read_scores()
    unknown = {"industry": None, "deployment_mode": None, "stageflow_version": None}
    run.write_config(config.model_copy(update=unknown))
    run.write_environment(
        environment.model_copy(update={"gpu": None, "dependencies": {"stageflow": None}})
    )
    untimed = {"time_to_first_pipeline_minutes": None, "time_to_understand_error_minutes": None}
    run.write_scores(scores.model_copy(update=untimed))
    assert validate_run(run) == ()


def test_optional_is_what_the_specification_says():
    listed = re.findall(r"^- `(.+?)` - Only if", below("Optional"), re.MULTILINE)
    assert listed == ["screenshots/"]
    (place,) = [place for place in PLACES_OF_RUN if place.name == "screenshots"]
    assert place.need is Need.OPTIONAL


def test_what_is_kept_for_ever_is_what_the_specification_lists():
    (line,) = re.findall(r"^- \*\*Keep forever\*\*: (.+)$", TEXT, re.MULTILINE)
    assert tuple(re.findall(r"`(.+?)`", line)) == KEPT_FOR_EVER


def test_fixtures_of_a_run_are_imported():
    templates = resources.files("production_testers.workspace") / "root/templates/test_utilities"
    text = (templates / "tests" / "conftest.py").read_text(encoding="utf-8")
    assert "from mocks.fixtures.conftest import" in text
    assert "pytest_plugins" not in text


if __name__ == "__main__":
    sys.stdout.write(page())
