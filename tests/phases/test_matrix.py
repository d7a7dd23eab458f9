"""A matrix keeps what was done: it goes on after an interruption, and says the same again."""

import json
from pathlib import Path

import pytest

from production_testers.experiments.recipes import GENERAL, RECIPES
from production_testers.model.scenario import Kind
from production_testers.phases import matrix
from production_testers.phases.matrix import MatrixPlan, Tier, make_matrix
from production_testers.reports.matrix_page import matrix_page

DOCS = Path(__file__).parents[2] / "docs" / "findings"


def silent(_line):
    """Progress that nobody reads."""


def test_the_quick_tier_is_a_share_of_the_full_one():
    quick = MatrixPlan(sut="stageflow-core", releases=("1.2.0",))
    full = MatrixPlan(sut="stageflow-core", releases=("1.2.0",), tier=Tier.FULL)
    for recipe in (GENERAL, *RECIPES.values()):
        few, all_of_them = quick.schedules(recipe), full.schedules(recipe)
        assert all_of_them == dict(recipe.schedules)
        assert few
        assert all(1 <= count <= all_of_them[kind] for kind, count in few.items())
    assert set(quick.schedules(RECIPES["CORE-002"])) == {Kind.BASELINE, Kind.CHAOS}


def test_the_page_in_the_documentation_is_that_of_its_document():
    document = json.loads((DOCS / "matrix.json").read_text())
    assert (DOCS / "matrix.md").read_text() == matrix_page(document)
    assert len(document["releases"]) == 15
    states = {cell["state"] for cells in document["cells"].values() for cell in cells.values()}
    assert states <= {"holds", "broken", "unknown", "not_offered"}
    assert document["not_attributed"] == []


@pytest.mark.slow
@pytest.mark.registry
def test_an_interrupted_matrix_goes_on_and_says_the_same(monkeypatch, tmp_path):
    environments = matrix.cache_folder() / "environments"
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "environments").symlink_to(environments)
    monkeypatch.setenv("PTEST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(matrix, "COST_SIZES", {"chain": (8, 16)})
    plan = MatrixPlan(sut="stageflow-core", releases=("0.7.0", "0.8.0"), recipes=(GENERAL,))
    told = []

    def interrupted(line):
        told.append(line)
        if "making evidence small" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_matrix(plan, interrupted)
    assert any("general: " in line for line in told)
    again = []
    document = make_matrix(plan, again.append)
    assert not any("general: " in line for line in again)  # what was explored is kept
    came_in = document["changes"]["0.8.0"]["came_in"]
    assert "lifecycle/nothing-left-running: after-failure" in came_in
    cells = document["cells"]["timing/timeout-enforced"]
    assert {cell["state"] for cell in cells.values()} == {"not_offered"}
    assert "0.7.0" in matrix_page(document)
    monkeypatch.setattr(matrix, "WorkerPool", None)  # nothing is left to do
    assert make_matrix(plan, silent) == document
