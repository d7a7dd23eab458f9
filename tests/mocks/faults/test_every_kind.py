"""No kind of fault is without a test that shows its effect and its end, at each of its places."""

import pytest

from mocks.faults import test_at_services, test_at_stages
from mocks.servers import test_conductor, test_names_and_sql, test_proxy
from production_testers.mocks.faults import CATALOGUE
from production_testers.model.fault_plan import Place

TESTED = {
    Place.SERVICE: set(test_at_services.EFFECTS),
    Place.STAGE: set(test_at_stages.EFFECTS),
    Place.PORT: set(test_proxy.EFFECTS),
    Place.DNS: set(test_names_and_sql.EFFECTS),
    Place.PROCESS: test_conductor.TESTED,
    Place.HOST: test_conductor.TESTED,
}
"""Kinds whose effect and end are shown at a place, by the tables that those tests run through."""


def test_every_place_has_its_tests():
    assert set(TESTED) == set(Place)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_a_kind_is_tested_at_each_of_its_places(name):
    kind = CATALOGUE[name]
    assert kind.places
    assert [place for place in kind.places if name not in TESTED[place]] == []
