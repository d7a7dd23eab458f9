"""Edges have the property that they are named for, whatever the seed; ordinary values have not."""

import json
import math
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from production_testers.mocks.datasets import SCENARIOS, generate
from production_testers.mocks.datasets.draws import between, digits, pick, shuffled
from production_testers.mocks.datasets.edges.numbers import NUMBERS
from production_testers.mocks.datasets.edges.shapes import DEPTH_MOST, EMPTINESS, NESTING, SIZES
from production_testers.mocks.datasets.edges.shapes import depth as depth_of
from production_testers.mocks.datasets.edges.times import TIMES, ZONES
from production_testers.mocks.datasets.edges.unicode import TEXTS, WRITABLE
from production_testers.mocks.datasets.places import COUNTRIES
from production_testers.mocks.datasets.stamps import DAY_S, START, stamp, stamp_ms

FAMILIES = {**NUMBERS, **TIMES, **NESTING, **SIZES, **EMPTINESS}
ORDINARY_MOMENT = {"moment": "2026-06-15T12:00:00Z", "utc": "x", "exists": "yes", "zone": "UTC"}
ORDINARY = {
    **{name: {"literal": "1234", "value": 1234} for name in NUMBERS},
    **dict.fromkeys(TIMES, ORDINARY_MOMENT),
    **{name: {"value": {"a": 1, "b": [2]}} for name in (*NESTING, *SIZES, *EMPTINESS)},
}
seeds = st.integers(min_value=0, max_value=2**64 - 1)
quick = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("name", TEXTS)
@quick
@given(seed=seeds)
def test_texts_have_the_property_that_they_are_named_for(name, seed):
    text = TEXTS[name].draw(Random(seed))
    assert TEXTS[name].shows(text)
    assert (name in WRITABLE) is TEXTS[name].encodable
    if TEXTS[name].encodable:
        text.encode("utf-8")
    else:
        with pytest.raises(UnicodeEncodeError):
            text.encode("utf-8")


@pytest.mark.parametrize("name", TEXTS)
def test_an_ordinary_text_has_no_such_property(name):
    assert not TEXTS[name].shows("stone garden")


@pytest.mark.parametrize("name", FAMILIES)
@quick
@given(seed=seeds)
def test_values_have_the_property_that_they_are_named_for(name, seed):
    found = FAMILIES[name].draw(Random(seed))
    assert FAMILIES[name].shows(found)
    assert json.loads(json.dumps(found)) == found
    assert found == FAMILIES[name].draw(Random(seed))


@pytest.mark.parametrize("name", FAMILIES)
def test_an_ordinary_value_has_no_such_property(name):
    assert not FAMILIES[name].shows(ORDINARY[name])


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_more_than_one_value(name):
    drawn = {json.dumps(FAMILIES[name].draw(Random(seed)), sort_keys=True) for seed in range(60)}
    assert len(drawn) > 1


@quick
@given(seed=seeds)
def test_numbers_that_json_cannot_say_are_text_alone(seed):
    for family in NUMBERS.values():
        found = family.draw(Random(seed))
        value = found["value"]
        if value is None:
            assert isinstance(found["literal"], str)
        else:
            assert math.isfinite(value)
            assert str(value) == found["literal"]


def test_depth_is_counted_in_lists_and_objects():
    assert [depth_of(value) for value in (1, [], {}, [1], {"a": [1]}, [[[]]])] == [0, 1, 1, 1, 2, 3]
    deepest = max(depth_of(r["value"]) for r in generate("values", "nesting", 60, 1))
    assert 100 < deepest <= DEPTH_MOST


def test_every_edge_comes_in_its_turn():
    for variant in ("unicode", "numbers", "times", "nesting", "sizes", "emptiness"):
        cases = SCENARIOS["values"].variants[variant].schema["properties"]["case"]["enum"]
        seen = [record["case"] for record in generate("values", variant, len(cases), 4)]
        assert seen == cases


def zone_of(name):
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zones")


@pytest.mark.parametrize("zone", sorted({c.zone for c in COUNTRIES.values()} | {*ZONES}, key=str))
def test_zones_are_those_of_the_tz_database(zone):
    real = zone_of(zone.name)
    for hour in range(0, 2 * 365 * 24, 5):
        seconds = hour * 3600 + 1800
        here = (START + timedelta(seconds=seconds)).astimezone(real)
        assert zone.local(seconds) == here.isoformat()


@pytest.mark.parametrize("case", ["left_out_hour", "hour_twice"])
def test_clock_changes_are_those_of_the_tz_database(case):
    for record in generate("values", "times", 22 * 12, 3):
        if record["case"] != case:
            continue
        real = zone_of(record["zone"])
        local = datetime.fromisoformat(record["moment"]).replace(tzinfo=real)
        back = local.astimezone(UTC).astimezone(real).replace(tzinfo=None)
        early, late = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
        if case == "left_out_hour":
            assert back != local.replace(tzinfo=None)
        else:
            assert back == local.replace(tzinfo=None)
            assert early > late


def test_local_midnight_begins_the_day_also_where_clocks_change():
    zone = COUNTRIES["DE"].zone
    for day in range(365):
        assert zone.local(zone.midnight(day))[11:19] == "00:00:00"
        assert zone.local(zone.midnight(day))[:10] == stamp(day * DAY_S)[:10]


@quick
@given(seconds=st.integers(min_value=-(10**9), max_value=2 * 10**9))
def test_stamps_are_iso_8601(seconds):
    assert datetime.fromisoformat(stamp(seconds)) == START + timedelta(seconds=seconds)
    assert stamp_ms(seconds * 1000 + 7) == stamp(seconds)[:-1] + ".007Z"


@quick
@given(seed=seeds, least=st.integers(-50, 50), span=st.integers(0, 100))
def test_draws_stay_within_their_bounds(seed, least, span):
    random = Random(seed)
    assert least <= between(random, least, least + span) <= least + span
    assert pick(random, "abc") in "abc"
    assert len(digits(random, 6)) == 6
    assert sorted(shuffled(random, range(9))) == list(range(9))


def test_draws_reach_both_ends():
    random = Random(1)
    assert {between(random, 1, 3) for _ in range(100)} == {1, 2, 3}
