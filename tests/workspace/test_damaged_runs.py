"""A good run is damaged in one place; validation tells the place and the rule."""

import json
import shutil

import pytest

from production_testers.workspace.validation import validate_run

DAMAGES = {}
TRACE = "results/traces/trace_20260114_093045_stress.json"
MOCK = "mocks/data/happy_path/transactions_valid_10k.json"


def damage(rule, path):
    """Registers a way to damage a run, with what must be told of it."""

    def register(apply):
        DAMAGES[apply.__name__] = (apply, rule, path)
        return apply

    return register


def change(path, *keys, to):
    """Replaces the value at `keys` of a JSON document."""
    document = json.loads(path.read_text())
    place = document
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = to
    path.write_text(json.dumps(document))


def drop(path, *keys):
    document = json.loads(path.read_text())
    place = document
    for key in keys[:-1]:
        place = place[key]
    del place[keys[-1]]
    path.write_text(json.dumps(document))


def say(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


# Missing.


@damage("required", "findings.json")
def findings_are_missing(run):
    run.findings.unlink()


@damage("required", "FINAL_REPORT.md")
def the_final_report_is_missing(run):
    run.final_report.unlink()


@damage("required", "dx_evaluation/scores.json")
def the_scores_are_a_folder(run):
    run.scores.unlink()
    run.scores.mkdir()


@damage("required", "config/environment.json")
def the_environment_is_a_link_to_nothing(run):
    run.environment.unlink()
    run.environment.symlink_to("nowhere.json")


@damage("required", "config/run_config.json")
def the_configuration_lies_one_level_too_high(run):
    run.config.rename(run.path / "run_config.json")


@damage("required", "dx_evaluation/suggestions.md")
def the_suggestions_are_missing(run):
    run.suggestions.unlink()


@damage("required", "research/")
def the_research_of_the_first_run_is_missing(run):
    shutil.rmtree(run.research)


@damage("required", "mocks/services/mock_db.py")
def a_mock_service_is_missing(run):
    (run.mock_services / "mock_db.py").unlink()


@damage("required", "mocks/fixtures/conftest.py")
def the_folder_of_the_fixtures_is_missing(run):
    shutil.rmtree(run.mock_fixtures)


@damage("required", "pipelines/stages/custom_stages.py")
def the_stages_lie_beside_their_folder(run):
    (run.stages / "custom_stages.py").rename(run.pipelines / "custom_stages.py")


@damage("required", "tests/conftest.py")
def the_configuration_of_the_tests_is_missing(run):
    (run.tests / "conftest.py").unlink()


@damage("required", "results/metrics/throughput.json")
def a_metric_is_missing(run):
    (run.metrics / "throughput.json").unlink()


# Misnamed.


@damage("misnamed", "Readme.md")
def the_readme_is_written_otherwise(run):
    run.readme.rename(run.path / "Readme.md")


@damage("misnamed", "config/enviroment.json")
def the_environment_has_a_slip(run):
    run.environment.rename(run.environment.with_name("enviroment.json"))


@damage("misnamed", "research/citation.json")
def the_citations_are_one(run):
    (run.research / "citations.json").rename(run.research / "citation.json")


@damage("naming", "mocks/data/happy_path/transactions_valid_10g.json")
def the_size_of_mock_data_has_a_wrong_suffix(run):
    (run.path / MOCK).rename(run.mock_data / "happy_path/transactions_valid_10g.json")


@damage("naming", "mocks/data/happy_path/transactions_10k.json")
def mock_data_has_no_variant(run):
    (run.path / MOCK).rename(run.mock_data / "happy_path/transactions_10k.json")


@damage("naming", "mocks/data/happy_path/transactions_valid_10k")
def mock_data_has_no_extension(run):
    (run.path / MOCK).rename(run.mock_data / "happy_path/transactions_valid_10k")


@damage("naming", "results/traces/trace_20260230_093045_stress.json")
def a_trace_is_of_a_day_that_does_not_exist(run):
    (run.path / TRACE).rename(run.traces / "trace_20260230_093045_stress.json")


@damage("naming", "results/traces/trace_20260114_093045.json")
def a_trace_names_no_scenario(run):
    (run.path / TRACE).rename(run.traces / "trace_20260114_093045.json")


@damage("naming", "results/logs/trace_20260114_093045_stress.json")
def a_trace_lies_among_the_logs(run):
    (run.path / TRACE).rename(run.logs / "trace_20260114_093045_stress.json")


@damage("naming", "tests/test_usability.py")
def a_category_of_tests_does_not_exist(run):
    (run.tests / "test_usability.py").touch()


@damage("unknown-folder", "screenshots/")
def the_screenshots_lie_at_the_root(run):
    (run.path / "screenshots").mkdir()


# Malformed.


@damage("json", TRACE)
def a_trace_is_no_json(run):
    (run.path / TRACE).write_text("started; ended")


@damage("json", TRACE)
def a_trace_is_nested_without_end(run):
    (run.path / TRACE).write_text("[" * 200_000)


@damage("json", "research/citations.json")
def the_citations_are_cut_off(run):
    (run.research / "citations.json").write_text('[{"id": ')


@damage("json", "results/metrics/latency.json")
def a_metric_is_no_text(run):
    (run.metrics / "latency.json").write_bytes(b"\xff\x00\xff")


@damage("schema", "findings.json")
def the_findings_are_a_list(run):
    run.findings.write_text("[]")


@damage("schema", "findings.json")
def the_findings_are_nested_without_end(run):
    run.findings.write_text('{"NaN": ' + "[" * 200_000)


@damage("schema", "findings.json")
def the_findings_are_empty(run):
    run.findings.write_text("")


@damage("schema", "findings.json")
def a_severity_does_not_exist(run):
    change(run.findings, "findings", 0, "severity", to="blocker")


@damage("schema", "findings.json")
def a_finding_has_no_description(run):
    drop(run.findings, "findings", 0, "description")


@damage("schema", "findings.json")
def the_id_of_a_finding_is_of_another_type(run):
    change(run.findings, "findings", 0, "type", to="security")


@damage("schema", "findings.json")
def the_id_of_a_finding_is_too_short(run):
    change(run.findings, "findings", 0, "id", to="FIN-001-BUG-1")


@damage("schema", "findings.json")
def the_id_of_a_finding_counts_from_nought(run):
    change(run.findings, "findings", 0, "id", to="FIN-001-BUG-000")


@damage("schema", "findings.json")
def the_id_of_a_finding_is_filled_up_with_noughts(run):
    change(run.findings, "findings", 0, "id", to="FIN-001-BUG-0001")


@damage("schema", "findings.json")
def a_finding_was_made_at_no_time(run):
    change(run.findings, "findings", 0, "created_at", to="2026-02-30T09:00:00Z")


@damage("schema", "findings.json")
def a_frequency_does_not_exist(run):
    change(run.findings, "findings", 0, "reproduction", to={"frequency": "daily"})


@damage("schema", "findings.json")
def a_run_is_no_uuid(run):
    change(run.findings, "metadata", "agent_run_id", to="run-2026-01-14-001")


@damage("schema", "findings.json")
def the_status_of_the_run_does_not_exist(run):
    change(run.findings, "metadata", "status", to="done")


@damage("schema", "config/run_config.json")
def a_priority_does_not_exist(run):
    change(run.config, "priority", to="P9")


@damage("schema", "config/run_config.json")
def the_volume_of_data_has_no_unit(run):
    change(run.config, "test_parameters", to={"data_volume": "10000"})


@damage("schema", "config/environment.json")
def the_memory_is_no_integer(run):
    change(run.environment, "memory_gb", to=7.5)


@damage("schema", "dx_evaluation/scores.json")
def a_score_is_over_five(run):
    change(run.scores, "overall_score", to=5.1)


@damage("schema", "dx_evaluation/scores.json")
def a_category_of_scores_is_missing(run):
    drop(run.scores, "categories", "debugging")


@damage("readme", "README.md")
def the_readme_is_no_text(run):
    run.readme.write_bytes(b"\xff\xfe")


@damage("readme", "README.md")
def the_readme_lacks_a_section(run):
    say(run.readme, "## Key Findings\n", "")


@damage("readme", "README.md")
def the_readme_does_not_say_when_it_started(run):
    say(run.readme, "**Started**", "**Begun**")


@damage("journal", "results/events.jsonl")
def the_journal_is_broken(run):
    run.events.write_text("{}\n[]\n")


# Contradicting each other.


@damage("agreement", "README.md")
def the_readme_counts_otherwise(run):
    say(run.readme, "- 1 findings logged", "- 2 findings logged")


@damage("agreement", "README.md")
def the_readme_says_another_status(run):
    say(run.readme, "completed  \n", "blocked  \n")


@damage("agreement", "README.md")
def the_readme_is_of_another_entry(run):
    say(run.readme, "# FIN-001:", "# FIN-002:")


@damage("agreement", "findings.json")
def the_metadata_counts_otherwise(run):
    change(run.findings, "metadata", "total_findings", to=0)


@damage("agreement", "findings.json")
def a_finding_is_of_another_entry(run):
    change(run.findings, "findings", 0, "id", to="FIN-002-BUG-001")


@damage("agreement", "findings.json")
def a_run_ended_before_it_started(run):
    change(run.findings, "metadata", "completed_at", to="2026-01-14T08:00:00Z")
    say(run.readme, "09:05:00Z", "08:00:00Z")


@damage("agreement", "findings.json")
def the_journal_says_another_end(run):
    run.journal.append("run_started")
    run.journal.append("run_failed")
    for phase in ("environment", "pipelines", "tests"):
        run.journal.append("phase_completed", phase=phase)


@damage("agreement", "config/run_config.json")
def the_configuration_is_of_another_run(run):
    change(run.config, "run_id", to="run-2026-01-14-002")


@damage("agreement", "dx_evaluation/scores.json")
def nobody_scored_a_completed_run(run):
    change(run.scores, "overall_score", to=None)


def test_there_are_enough_damages_and_every_rule_about_a_run_is_broken():
    assert len(DAMAGES) >= 40
    assert {rule for _, rule, _ in DAMAGES.values()} == {
        "required", "misnamed", "naming", "unknown-folder", "json", "schema", "readme",
        "agreement", "journal",
    }  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_is_told_with_its_path_and_its_rule_and_no_other_place_is_blamed(
    complete, finding, name
):
    apply, rule, path = DAMAGES[name]
    run = complete(findings=[finding()])
    assert validate_run(run) == ()
    apply(run)
    problems = validate_run(run)
    assert {problem.path for problem in problems} == {path}
    assert rule in {problem.rule.value for problem in problems}
    assert all(problem.message for problem in problems)
