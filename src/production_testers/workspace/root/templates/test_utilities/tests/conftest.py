"""Test configuration: the fixtures stand beside the mocks."""

from mocks.fixtures.conftest import lab, seed, services

__all__ = ["lab", "seed", "services"]
