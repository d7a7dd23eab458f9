"""Deterministic asyncio: virtual time, seeded choices, tasks whose order does not depend on memory.

For a program of your own: `explore` runs it under many schedules, `replay` repeats one, `shrink`
makes a failing one small, `cancel_everywhere` cancels every task before each of its steps; with
pytest, the marker `simulate`. docs/guide/simulation.md shows them, and what they cannot show.

For executors of their own, `simulate` runs one coroutine on a `SimulatedLoop` that keeps asyncio's
own order.
"""

from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.model.ordering import Hold
from production_testers.simulation.execution import (
    DETECTORS,
    Detector,
    Execution,
    Limits,
    Problem,
    execute,
)
from production_testers.simulation.exploration import (
    Exploration,
    Failure,
    SimulationFailedError,
    cancel_everywhere,
    explore,
    replay,
    shrink,
)
from production_testers.simulation.exploring_loop import ExploringLoop
from production_testers.simulation.loop import (
    DeadlockError,
    LimitReachedError,
    RefusedError,
    SimulatedLoop,
)
from production_testers.simulation.patches import consulted, install, rebind
from production_testers.simulation.portfolio import STRATEGIES, Faults
from production_testers.simulation.power import Power
from production_testers.simulation.schedule import (
    Delay,
    Fault,
    FaultKind,
    Model,
    Schedule,
    in_words,
    read_schedule,
)
from production_testers.simulation.session import Ended, Session, simulate
from production_testers.simulation.standalone import Script, standalone

__all__ = [
    "DETECTORS",
    "STRATEGIES",
    "DeadlockError",
    "Delay",
    "Detector",
    "Ended",
    "Execution",
    "Exploration",
    "ExploringLoop",
    "Failure",
    "Fault",
    "FaultKind",
    "Faults",
    "Hold",
    "InvalidDocumentError",
    "LimitReachedError",
    "Limits",
    "Model",
    "Power",
    "Problem",
    "RefusedError",
    "Schedule",
    "Script",
    "Session",
    "SimulatedLoop",
    "SimulationFailedError",
    "UsageError",
    "cancel_everywhere",
    "consulted",
    "execute",
    "explore",
    "in_words",
    "install",
    "read_schedule",
    "rebind",
    "replay",
    "shrink",
    "simulate",
    "standalone",
]
