"""The programs that the engine is measured with; they live with its tests."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "tests"), str(Path(__file__).parents[1])]

from production_testers.simulation import Faults
from simulation.programs import correct, more_races, races

CORRECT = correct.PROGRAMS
RACES = races.PROGRAMS
MORE_RACES = more_races.PROGRAMS
NEEDS = {**races.NEEDS, **more_races.NEEDS}

LATE_WORK = Faults(late_work=True)
"""Races that need a time-out to fire before the work that it limits are found with this."""


def found(exploration, within: int) -> bool:
    """Whether a failure was found in one of the first schedules."""
    return any(failure.index < within for failure in exploration.failures)
