"""Performance: real executions of the baseline pipeline's shape, and work as it grows."""

import pytest

from production_testers.testing import Kind, laws_of, needs_costs


@pytest.mark.parametrize("law", [law for law in laws_of("performance") if needs_costs(law)])
def test_work_does_not_grow_faster_than_allowed(lab, law):
    """Executed lines of the framework, counted for growing numbers of stages."""
    result = lab.result(law, Kind.STRESS.value)
    if result.state == "unknown":
        pytest.skip(result.summary)
    assert result.state == "holds", result.summary


def test_every_real_execution_completes(lab):
    """Under load, with trivial stages, nothing fails."""
    measured = lab.measured()
    assert measured["count"], "nothing was executed"
    assert measured["failed"] == 0


def test_nothing_is_left_over(lab):
    """After the load, no task of the framework is still there."""
    assert lab.measured()["tasks_left"] == 0


def test_targets_are_met(lab):
    """The stated targets (`slo` in config/run_config.json), if there are any."""
    missed = lab.missed_targets()
    assert not missed, "; ".join(missed)
