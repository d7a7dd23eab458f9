import pytest

from production_testers.simulation import Choices, simulate


@pytest.fixture
def run():
    """Simulate a coroutine function that takes the loop."""

    def run(main, seed=1, **options):
        return simulate(main, Choices(seed=seed, high=3.0), **options)

    return run
