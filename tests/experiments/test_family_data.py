"""Every entry of the roadmap gets data that exist and fit its industry."""

from pathlib import Path

import production_testers
from production_testers.experiments.family_data import ENTRIES, FAMILIES, data_for
from production_testers.experiments.recipes import RECIPES, recipe_for
from production_testers.mocks.datasets import GENERAL, INDUSTRIES, SCENARIOS, industry_of
from production_testers.workspace.naming import family_of
from production_testers.workspace.roadmap import Roadmap

ROADMAP = Path(production_testers.__file__).parent / "workspace/root/ROADMAP.md"
IDS = [entry.id for entry in Roadmap.parse(ROADMAP.read_text(), "ROADMAP.md").entries]


def test_every_family_of_the_roadmap_has_data_and_no_other():
    assert {family_of(entry) for entry in IDS} == set(FAMILIES)
    assert set(ENTRIES) <= set(IDS)
    assert {*FAMILIES.values(), *ENTRIES.values()} <= set(SCENARIOS)


def test_every_entry_of_an_industry_gets_data_of_that_industry():
    tier = [family for family in FAMILIES if industry_of(FAMILIES[family]) != GENERAL]
    assert {industry_of(FAMILIES[family]) for family in tier} >= set(INDUSTRIES) - {GENERAL}
    for entry in IDS:
        family = family_of(entry)
        if family in {"FIN", "HEALTH", "RETAIL", "GAMING", "TELECOM", "LEGAL"}:
            assert industry_of(recipe_for(entry).data) == industry_of(FAMILIES[family])


def test_a_recipe_of_its_own_names_its_data_and_the_general_one_takes_the_family_s():
    for entry in IDS:
        recipe = recipe_for(entry)
        assert recipe.data in SCENARIOS
        if entry not in RECIPES:
            assert recipe.data == data_for(entry)
    assert recipe_for("FIN-003").data == "ticks"
    assert recipe_for("LLM-OUTPUT-001").data == "extractions"
    assert data_for("MINE-001") == "requests"
