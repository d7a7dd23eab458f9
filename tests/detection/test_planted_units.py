"""Every bug planted in a unit is found as what it is; nobody complains about a right one."""

from collections import Counter

import pytest

from detection.units import PLANTED
from detection.units.drawing import draw
from detection.units.planting import PlantedUnits
from production_testers.experiments.jobs import cost
from production_testers.experiments.judging import run_and_judge
from production_testers.laws import LAWS
from production_testers.laws.law import ANY_UNIT
from production_testers.laws.target.keeps_nothing import REQUESTS
from production_testers.suts.reference import ReferenceAdapter
from production_testers.units import UNITS

SEEDS = (1, 2, 3)
USAGES = 150


def usages_until_found(bug, seed):
    adapter = PlantedUnits(bug.unit, bug.make)
    sut = adapter.describe()
    for index in range(bug.within):
        verdicts = run_and_judge(adapter, sut, draw(bug.unit, seed, index)).verdicts
        way = verdicts[bug.law].way(bug.outcome_class)
        if way is not None:
            assert way.summary
            return index + 1
    return None


def named(bug):
    return f"{bug.unit}-{bug.make.__name__}"


@pytest.mark.slow
@pytest.mark.parametrize("bug", [bug for bug in PLANTED if not bug.shape], ids=named)
def test_a_bug_in_a_unit_is_found_within_its_number_of_usages(bug):
    assert None not in [usages_until_found(bug, seed) for seed in SEEDS]


@pytest.mark.slow
@pytest.mark.parametrize("bug", [bug for bug in PLANTED if bug.shape], ids=named)
def test_what_a_unit_costs_too_much_is_found_and_the_reference_costs_no_more_than_it_may(bug):
    arguments = {"shape": bug.shape, "sizes": list(bug.sizes)}
    wrong = cost(PlantedUnits(bug.unit, bug.make), arguments, lambda _event: None)
    right = cost(ReferenceAdapter(), arguments, lambda _event: None)
    verdict = wrong["verdicts"][bug.law]
    assert (verdict["state"], verdict["outcome_class"]) == ("broken", bug.outcome_class)
    assert verdict["summary"]
    assert right["verdicts"][bug.law]["state"] == "holds"


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_laws_are_silent_about_the_reference_and_have_judged_it(unit):
    adapter = ReferenceAdapter()
    sut = adapter.describe()
    exercised: Counter[str] = Counter()
    complaints = []
    for index in range(USAGES):
        judged = run_and_judge(adapter, sut, draw(unit, 4, index))
        assert judged.session.refused == ()
        for law, verdict in judged.verdicts.items():
            exercised[law] += verdict.exercised
        for law, verdict in judged.broken.items():
            complaints.append(f"usage {index}: {law}: {verdict.summary}")
    own = [
        law.id for law in LAWS.values() if law.units and unit in law.units and not law.needs_costs
    ]
    assert complaints == []
    assert own, f"no law speaks about {unit}"
    assert [law for law in own if not exercised[law]] == []


def test_every_way_to_break_a_law_about_units_has_a_planted_bug_and_the_other_way_round():
    laws = [law for law in LAWS.values() if law.units is not None and law.measures != REQUESTS]
    declared = {(law.id, slug) for law in laws for slug in law.classes}
    assert {(bug.law, bug.outcome_class) for bug in PLANTED} == declared
    assert len({bug.make for bug in PLANTED}) == len(PLANTED)
    assert all(bug.make.__doc__ for bug in PLANTED)


def test_every_law_about_units_names_units_that_exist():
    named = [law.units for law in LAWS.values() if law.units not in (None, ANY_UNIT)]
    assert set().union(*named) <= set(UNITS)
