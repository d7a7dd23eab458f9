"""The tables of mutants have the shape that scoring them relies on, and cover every capability."""

from collections import Counter

import pytest

from detection.mutants import blind, blind_newest, blind_parts, known
from detection.mutants.missed import WHY
from detection.mutants.parts import PARTS, PIPELINES, UNITS, part_of
from production_testers.experiments.recipes import RECIPES
from production_testers.laws import LAWS
from production_testers.model.semantics import Capability
from production_testers.units import UNITS as EVERY_UNIT

DIFFICULTIES = {"visible", "input", "interleaving"}
SETS = {
    "known": (known, 60),
    "blind": (blind, 20),
    "blind_parts": (blind_parts, 20),
    "blind_newest": (blind_newest, 20),
}
ALL = [one for module, _ in SETS.values() for one in module.MUTANTS]

OF_PIPELINES = {law.capability for law in LAWS.values() if law.units is None}
NOT_A_PART = {Capability.STABLE_LOOKUP}
"""Promises about how another capability works."""


@pytest.mark.parametrize(("module", "at_least"), SETS.values(), ids=SETS)
def test_each_set_is_large_enough_and_mixes_its_difficulties(module, at_least):
    difficulties = Counter(one.difficulty for one in module.MUTANTS)

    assert len(module.MUTANTS) >= at_least
    assert set(difficulties) <= DIFFICULTIES
    assert len(difficulties) == len(DIFFICULTIES)


def test_every_unit_has_a_mutant_that_is_known_or_blind():
    assert {part_of(one) for one in ALL} == UNITS | {PIPELINES}


def test_every_capability_of_pipelines_has_a_mutant():
    harmed = {Capability(one.capability) for one in ALL if one.capability}

    others = {Capability.DAG, Capability.SKIP_REQUEST}
    assert OF_PIPELINES - NOT_A_PART - harmed - others == set()


def test_no_two_mutants_are_alike():
    assert len({one.name for one in ALL}) == len(ALL)
    assert len({(one.place, one.old, one.new) for one in ALL}) == len(ALL)


def test_reasons_are_given_for_mutants_that_exist():
    assert set(WHY) <= {one.name for one in ALL}


def test_every_place_that_is_named_has_a_mutant():
    assert [begin for begin in PARTS if not any(m.place.startswith(begin) for m in ALL)] == []


@pytest.mark.parametrize("mutant", ALL, ids=lambda one: one.name)
def test_a_mutant_changes_a_named_place_for_an_entry_with_a_recipe_or_a_unit(mutant):
    module, colon, path = mutant.place.partition(":")

    assert module.startswith("stageflow.")
    assert colon
    assert path
    assert mutant.old != mutant.new
    assert mutant.recipe in RECIPES or mutant.recipe in EVERY_UNIT
