"""Deterministic asyncio: virtual time, seeded choices, tasks whose order does not depend on memory.

The strict core: callbacks keep the FIFO order that asyncio guarantees, so every schedule that is
explored can happen on a stock loop (it is *feasible*). What varies is how long things take and
the order in which sets of tasks iterate.
"""

from production_testers.simulation.loop import (
    DeadlockError,
    LimitReachedError,
    RefusedError,
    SimulatedLoop,
)
from production_testers.simulation.patches import consulted, install, rebind
from production_testers.simulation.session import Ended, Session, simulate

__all__ = [
    "DeadlockError",
    "Ended",
    "LimitReachedError",
    "RefusedError",
    "Session",
    "SimulatedLoop",
    "consulted",
    "install",
    "rebind",
    "simulate",
]
