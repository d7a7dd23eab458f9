import pytest

from production_testers.simulation import SimulatedLoop, simulate


@pytest.fixture
def run():
    """Simulate a coroutine function that takes the loop."""

    def run(main, seed=1, *, limit_s=3600.0, pass_limit=2_000_000, **options):
        loop = SimulatedLoop(seed, limit_s=limit_s, pass_limit=pass_limit)
        return simulate(main, loop, seed=seed, **options)

    return run
