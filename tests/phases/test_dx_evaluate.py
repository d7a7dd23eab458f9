import json
import re
from dataclasses import replace

import pytest

from production_testers.phases.dx import (
    BlockOutcome,
    BlockResult,
    Category,
    Outside,
    Share,
    evaluate,
    measure,
    write_dx,
)
from production_testers.phases.dx.rubric import NOT_MEASURED, RULES


@pytest.fixture
def measured(toyflow):
    return measure(toyflow, None)


def with_outside(measured, **values):
    return replace(measured, outside=Outside(**values))


@pytest.mark.parametrize(
    ("lines", "score"), [(10, 5), (11, 4), (15, 4), (16, 3), (25, 3), (26, 2), (40, 2), (41, 1)]
)
def test_a_score_changes_exactly_at_its_limits(measured, lines, score):
    evaluation = evaluate(with_outside(measured, lines_of_code_for_hello_pipeline=lines))
    assert evaluation.categories[Category.BOILERPLATE].score == score


def test_what_was_not_measured_is_three_and_says_so(measured):
    scored = evaluate(measured).categories[Category.BOILERPLATE]
    assert scored.score == NOT_MEASURED
    assert scored.notes.startswith("not measured")


def test_what_is_partly_measured_says_what_is_missing(measured):
    scored = evaluate(with_outside(measured, import_seconds=0.05)).categories[Category.PERFORMANCE]
    assert scored.score == 5
    assert scored.notes == (
        "seconds to import the root: 0.05 s → 5; not measured: overhead per stage in microseconds"
    )


def test_halves_round_up(measured):
    both = with_outside(measured, import_seconds=0.05, overhead_us_per_stage=100.0)
    assert evaluate(both).categories[Category.PERFORMANCE].score == 5


@pytest.mark.parametrize(("answer", "score"), [(True, 5), (False, 1)])
def test_a_yes_or_no_is_five_or_one(measured, answer, score):
    rule = next(rule for rule in RULES if rule.name == "the error keeps the original exception")
    assert rule.score(with_outside(measured, error_keeps_original=answer)) == score


def test_fragments_do_not_count_against_the_readme(measured):
    outside = with_outside(
        measured, readme_blocks_total=6, readme_blocks_ok=2, readme_blocks_fragments=3
    )
    notes = evaluate(outside).categories[Category.DOCUMENTATION].notes
    assert "2 of 3 (67 %) → 2" in notes


def test_the_whole_is_the_mean_with_one_decimal(measured):
    evaluation = evaluate(measured)
    mean = sum(scored.score for scored in evaluation.categories.values()) / 8
    assert abs(evaluation.overall_score - mean) <= 0.05
    assert round(evaluation.overall_score, 1) == evaluation.overall_score
    assert 1 <= evaluation.overall_score <= 5


def test_every_category_has_a_rule_and_every_rule_its_words():
    assert {rule.category for rule in RULES} == set(Category)
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert list(rule.limits) == sorted(rule.limits, reverse=rule.more_is_better)
        assert rule.friction
        assert rule.suggestion.endswith(".")
        assert rule.scale


def test_scores_have_the_keys_of_the_specification(measured, tmp_path):
    write_dx(tmp_path, evaluate(measured))
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert list(scores) == [
        "overall_score",
        "categories",
        "time_to_first_pipeline_minutes",
        "time_to_understand_error_minutes",
        "documentation_gaps",
    ]
    assert list(scores["categories"]) == [category.value for category in Category]
    for scored in scores["categories"].values():
        assert list(scored) == ["score", "notes"]
        assert isinstance(scored["score"], int)
        assert 1 <= scored["score"] <= 5
        assert scored["notes"]
    assert scores["time_to_first_pipeline_minutes"] is None
    assert scores["time_to_understand_error_minutes"] is None


def test_gaps_come_from_measurements(measured):
    failed = BlockResult(
        number=2, outcome=BlockOutcome.FAILS, first_line="import x", error="ImportError: x"
    )
    gaps = evaluate(replace(measured, readme_results=(failed,))).documentation_gaps
    assert gaps[0] == "README example 2 does not run: ImportError: x"
    assert "No docstring: Sink" in gaps
    assert any("Zero Dependencies" in gap for gap in gaps)


def test_every_suggestion_answers_a_friction_point(measured, tmp_path):
    assert write_dx(tmp_path, evaluate(measured)) == (
        "scores.json",
        "friction_points.md",
        "suggestions.md",
    )
    points = re.findall(
        r"^## (F\d+)\.", (tmp_path / "friction_points.md").read_text(), re.MULTILINE
    )
    answers = re.findall(
        r"^\| S(\d+) .*\| (F\d+):", (tmp_path / "suggestions.md").read_text(), re.MULTILINE
    )
    assert points
    assert [point for _, point in answers] == points
    assert all(f"F{number}" == point for number, point in answers)


def test_every_friction_point_has_evidence(measured):
    for point in evaluate(measured).friction:
        assert point.evidence
        assert point.suggestion


def test_a_release_without_friction_says_so(measured, tmp_path):
    evaluation = replace(evaluate(measured), friction=())
    write_dx(tmp_path, evaluation)
    assert "nothing to suggest" in (tmp_path / "suggestions.md").read_text()


def test_a_share_of_nothing_has_no_value():
    assert Share(0, 0).value is None
    assert str(Share(1, 3)) == "1 of 3 (33 %)"
