"""What the tests of several packages need: a workspace of their own, and simulations."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from production_testers.simulation import install
from production_testers.workspace.workspace import Workspace

# How fast the machine is decides about nothing: others may be using it.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

install()  # before tests are collected: some of them simulate while they name their parameters


@pytest.fixture(scope="session")
def pristine(tmp_path_factory) -> Path:
    """A workspace as it is after `ptest init`; tests work on copies."""
    return Workspace.create(tmp_path_factory.mktemp("pristine") / "production-testers").root


@pytest.fixture
def workspace(pristine, tmp_path) -> Workspace:
    root = tmp_path / "production-testers"
    shutil.copytree(pristine, root)
    return Workspace(root)
