"""What the metrics of real executions are made of."""

from itertools import pairwise

import pytest

from production_testers.phases.testing import percentiles, rates

MS = 1_000_000


def test_percentiles_get_closer_towards_the_last_execution():
    told = percentiles({"latencies_ns": [n * MS for n in range(1, 1_001)]})
    percents, latencies = zip(*told, strict=True)
    assert (percents[0], percents[-1]) == (0, 99.9)
    assert latencies[-1] == pytest.approx(999, rel=0.002)
    assert list(latencies) == sorted(latencies)
    assert dict(told)[90] == pytest.approx(900, rel=0.002)
    steps = [later - earlier for earlier, later in pairwise(percents)]
    assert steps == sorted(steps, reverse=True)


def test_there_are_no_percentiles_without_an_execution():
    assert percentiles({"latencies_ns": []}) == []


def test_rates_are_those_of_parts_with_equally_many_executions():
    first = [n * 10 * MS for n in range(1, 51)]  # 100 a second
    later = [500 * MS + n * 5 * MS for n in range(1, 51)]  # 200 a second
    told = rates([*first, *later])
    assert len(told) == 20
    assert [rate for _, rate in told] == [100.0] * 10 + [200.0] * 10
    assert told[-1][0] == 0.75


@pytest.mark.parametrize(("executions", "parts"), [(0, 0), (4, 0), (5, 1), (23, 4), (1_000, 20)])
def test_a_rate_needs_some_executions(executions, parts):
    assert len(rates([n * MS for n in range(1, executions + 1)])) == parts
