"""What the page for maintainers says of a way of breaking a law is of that way, of no other."""

import json
from pathlib import Path

import pytest

from production_testers.phases.broken import what_is_broken

MATRIX = Path(__file__).parents[2] / "docs" / "findings" / "matrix.json"

pytestmark = [pytest.mark.registry, pytest.mark.slow]


def test_a_scenario_that_breaks_a_law_in_two_ways_is_told_in_the_way_that_is_asked(tmp_path):
    """The kept evidence of an interval that passes also shows a close that fails."""
    matrix = json.loads(MATRIX.read_text())
    ways = [
        way
        for way in matrix["ways"]
        if (way["law"], way["outcome_class"])
        in {("exporting/batches", "late"), ("units/calls-end", "cancellation-hidden")}
    ]
    told = what_is_broken({**matrix, "ways": ways}, tmp_path, lambda _line: None)["findings"]
    found = {one["outcome_class"]: one for one in told}
    assert "and the interval is" in found["late"]["seen"]
    assert "Maximum time before flush" in found["late"]["promise"]
    assert "Cleanup callbacks" in found["cancellation-hidden"]["promise"]
    for one in told:
        script = (tmp_path / one["script"]["file"]).read_text()
        assert one["seen"].split(",")[0] in script
