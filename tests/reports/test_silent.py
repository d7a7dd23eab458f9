import pytest

from production_testers.laws import LAWS
from production_testers.reports.silent import SILENT, silent_because


@pytest.mark.parametrize(("law", "outcome_class"), SILENT)
def test_every_row_is_a_way_in_which_a_law_can_be_broken(law, outcome_class):
    assert outcome_class in LAWS[law].classes


def test_a_finding_is_silent_by_its_class_alone(finding):
    assert silent_because(finding())
    assert not silent_because(finding(evidence={"outcome_class": "never-ends"}))
    assert not silent_because(finding().model_copy(update={"evidence": {}}))
