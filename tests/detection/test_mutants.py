"""The tables of mutants have the shape that scoring them relies on."""

from collections import Counter

import pytest

from detection.mutants import blind, known
from production_testers.experiments.recipes import RECIPES

DIFFICULTIES = {"visible", "input", "interleaving"}


@pytest.mark.parametrize(
    ("mutants", "at_least"), [(known.MUTANTS, 26), (blind.MUTANTS, 20)], ids=["known", "blind"]
)
def test_each_set_is_large_enough_and_mixes_its_difficulties(mutants, at_least):
    difficulties = Counter(one.difficulty for one in mutants)

    assert len(mutants) >= at_least
    assert set(difficulties) == DIFFICULTIES
    assert min(difficulties.values()) >= 5


def test_no_two_mutants_are_alike():
    mutants = [*known.MUTANTS, *blind.MUTANTS]

    assert len({one.name for one in mutants}) == len(mutants)
    assert len({(one.place, one.old, one.new) for one in mutants}) == len(mutants)


@pytest.mark.parametrize("mutant", [*known.MUTANTS, *blind.MUTANTS], ids=lambda one: one.name)
def test_a_mutant_changes_a_named_place_for_an_entry_that_has_a_recipe(mutant):
    module, colon, path = mutant.place.partition(":")

    assert module.startswith("stageflow.")
    assert colon
    assert path
    assert mutant.old != mutant.new
    assert mutant.recipe in RECIPES
