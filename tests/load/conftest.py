from pathlib import Path

import pytest

from production_testers.load.plan import Plan
from production_testers.load.running import perform

HERE = str(Path(__file__).parent)


@pytest.fixture
def plan():
    """A plan for one of the targets beside this file."""

    def make(name, **fields):
        target = {"kind": "callable", "name": f"targets_for_load:{name}"}
        return Plan(target=target, words=name, paths=(HERE,), **{"duration_s": 1.0, **fields})

    return make


@pytest.fixture
def load(plan):
    """Carries a plan out in a process of its own."""
    return lambda name, **fields: perform(plan(name, **fields))
