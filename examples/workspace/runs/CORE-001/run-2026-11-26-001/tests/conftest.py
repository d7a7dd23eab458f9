"""Test configuration: the fixtures stand beside the mocks."""

from mocks.fixtures.conftest import lab, seed, services

from production_testers.testing import one_run_a_session

__all__ = ["lab", "seed", "services"]


def pytest_plugin_registered(plugin):
    """Refuse a session over several run folders: `tests` would be the first one's in all."""
    one_run_a_session(plugin)
