"""The search for the highest rate, on loads that are made up."""

from types import SimpleNamespace

import pytest

from production_testers.load.analysis import search
from production_testers.load.analysis.search import Search, Trial

LIMIT = 730.0


@pytest.fixture
def found(plan, monkeypatch):
    """The search over a target that meets its targets up to a limit."""

    def judged(result, rate, _targets):
        met = rate <= result.limit
        why = () if met else ("p99_ms is 99.00, target 50",)
        return Trial(rate=rate, completed=rate, p50_ms=1, p99_ms=9, met=met, sure=True, why=why)

    monkeypatch.setattr(search, "judged", judged)

    def run(limit, most=1_000.0):
        return Search(
            plan("trivial", concurrency=1),
            {"p99_ms": 50.0},
            lambda _plan: SimpleNamespace(throughput=most, limit=limit),
            lambda _line: None,
        ).run()

    return run


@pytest.mark.parametrize("limit", [3.0, 40.0, 730.0, 1_900.0])
def test_the_highest_rate_is_found_within_five_percent(found, limit):
    told = found(limit)
    assert told["sustainable_tps"] <= limit < told["missed_from_tps"]
    assert told["missed_from_tps"] <= told["sustainable_tps"] * 1.06 or limit < 10


def test_where_no_rate_meets_the_targets_none_is_named(found):
    told = found(0.0)
    assert told["sustainable_tps"] is None
    assert not any(trial["met"] for trial in told["trials"])
