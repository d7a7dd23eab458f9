import uuid

from hypothesis import given
from hypothesis import strategies as st

from production_testers.model import seeds

PATHS = st.lists(st.integers() | st.text(max_size=6), max_size=3)
SEEDS = st.integers(min_value=0, max_value=2**64)


def test_known_values_stay_as_they_are():
    assert seeds.derive(0) == 12394014135065446812
    assert seeds.derive(42, "chaos", 7) == 15237247293571085600
    assert seeds.random_for(42, "chaos", 7).random() == 0.2817720337251485
    assert str(seeds.uuid_for(1, "tenant")) == "7aaf56c5-26c7-4d48-8d28-242d17e65c1d"
    assert seeds.fraction(42, "latency", "r0/a/1") == 0.08757795375441021


def test_a_number_and_its_text_are_different_names():
    assert seeds.derive(1, 2) != seeds.derive(1, "2")
    assert seeds.derive(1, "a", "b") != seeds.derive(1, "ab")
    assert seeds.derive(1, "a") != seeds.derive(1, "a", "")


def test_a_smaller_plan_is_a_prefix_of_a_larger_one():
    def plan(count):
        return [seeds.derive(3, "chaos", index) for index in range(count)]

    assert plan(1000)[:100] == plan(100)
    assert len(set(plan(1000))) == 1000


def test_another_consumer_shifts_nobodys_values():
    alone = seeds.random_for(1, "a")
    expected = [alone.random() for _ in range(5)]
    mine, other = seeds.random_for(1, "a"), seeds.random_for(1, "b")
    found = []
    for _ in range(5):
        other.random()
        found.append(mine.random())
    assert found == expected


@given(SEEDS, PATHS)
def test_a_fraction_is_in_the_unit_interval_and_an_id_is_a_uuid4(seed, path):
    assert 0 <= seeds.fraction(seed, *path) <= 1
    assert seeds.derive(seed, *path) < 2**64
    made = seeds.uuid_for(seed, *path)
    assert (made.version, made.variant) == (4, uuid.RFC_4122)
    assert made == seeds.uuid_for(seed, *path)
