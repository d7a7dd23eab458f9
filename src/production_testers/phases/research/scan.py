"""The static scan: reads the syntax of a distribution and lists its hazards.

A hazard is a reason to test, not a finding: its statement becomes a hypothesis, and only an
experiment can confirm it.
"""

from collections import Counter
from collections.abc import Iterable

from production_testers.phases.research.detectors.blocking import (
    find_blocking_calls,
    find_fixed_paths,
)
from production_testers.phases.research.detectors.clock import find_wall_clock_durations
from production_testers.phases.research.detectors.cost import find_nested_scans
from production_testers.phases.research.detectors.defaults import find_hidden_defaults
from production_testers.phases.research.detectors.exceptions import find_swallowed_exceptions
from production_testers.phases.research.detectors.shared_state import (
    find_shared_keys,
    find_shared_state,
)
from production_testers.phases.research.detectors.tasks import (
    find_missing_cleanup,
    find_ownerless_tasks,
)
from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.source import SourceModule, SutSource
from production_testers.phases.research.syntax import functions_of

DETECTORS = (
    find_shared_state,
    find_shared_keys,
    find_missing_cleanup,
    find_ownerless_tasks,
    find_swallowed_exceptions,
    find_blocking_calls,
    find_fixed_paths,
    find_hidden_defaults,
    find_nested_scans,
    find_wall_clock_durations,
)


def scan_module(module: SourceModule) -> tuple[Hazard, ...]:
    """The hazards of one module, by line."""
    found = {
        hazard
        for function in functions_of(module)
        for detector in DETECTORS
        for hazard in detector(function)
    }
    return tuple(sorted(found, key=lambda hazard: (hazard.line, hazard.kind, hazard.statement)))


def scan(source: SutSource) -> tuple[Hazard, ...]:
    """The hazards of a distribution, by module and line."""
    return tuple(
        hazard for name in sorted(source.modules) for hazard in scan_module(source.modules[name])
    )


def count_by_kind(hazards: Iterable[Hazard]) -> dict[HazardKind, int]:
    """How many there are of each kind, zeros included, in the order of the kinds."""
    counts = Counter(hazard.kind for hazard in hazards)
    return {kind: counts[kind] for kind in HazardKind}
