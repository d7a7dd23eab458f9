"""Performance: real executions of the baseline pipeline's shape, on the wall clock."""


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
