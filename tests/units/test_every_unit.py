"""What is demanded of every unit, whatever it is."""

import json
from random import Random

import pytest

from production_testers.model.canonical import canonical_json
from production_testers.model.scenario import Kind, using
from production_testers.model.scenario_format import from_json, to_json
from production_testers.suts.reference.units import MADE
from production_testers.units import UNITS

every_unit = pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)


def drawn(unit, count=40):
    return [unit.draw(Random(seed), kind) for seed in range(count) for kind in Kind]


@every_unit
def test_what_a_unit_draws_is_a_proper_use_of_it(unit):
    assert all(unit.is_proper(usage) for usage in drawn(unit))


@every_unit
def test_the_same_seed_draws_the_same_usage_and_others_another(unit):
    texts = [canonical_json(to_json(using(Kind.CHAOS, usage))) for usage in drawn(unit)]
    assert texts == [canonical_json(to_json(using(Kind.CHAOS, usage))) for usage in drawn(unit)]
    assert len(set(texts)) > 20


@every_unit
def test_a_usage_comes_back_from_json(unit):
    for usage in drawn(unit, 5):
        scenario = using(Kind.STRESS, usage)
        raw = to_json(scenario)
        assert raw["format"] == "ptest.scenario/3"
        assert from_json(json.loads(canonical_json(raw))) == scenario


@every_unit
def test_every_operation_is_drawn_and_described(unit):
    used = {call.operation for usage in drawn(unit) for call in usage.calls}
    assert used == set(unit.operations)
    for operation in unit.operations.values():
        assert operation.does.endswith(".")
    assert unit.does.endswith(".")


@every_unit
def test_the_keys_of_a_usage_are_unique(unit):
    for usage in drawn(unit, 10):
        assert len({call.key for call in usage.calls}) == len(usage.calls)


def test_the_reference_has_every_unit():
    assert set(MADE) == set(UNITS)


@every_unit
def test_a_use_without_calls_or_of_another_operation_is_not_proper(unit):
    usage = drawn(unit, 1)[0]
    first = usage.calls[0]
    assert not unit.is_proper(type(usage)(unit=usage.unit, settings=usage.settings))
    other = type(first)(key="x", client="x", operation="no such operation")
    assert not unit.is_proper(type(usage)(unit=usage.unit, settings=usage.settings, calls=(other,)))
