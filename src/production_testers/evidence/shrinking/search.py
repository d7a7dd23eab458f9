"""The search: greedy, each scenario tried once, bounded by work and not by time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from production_testers.evidence import planned, usages
from production_testers.evidence.fingerprint import features
from production_testers.evidence.shrinking import fewer, instead, plainer
from production_testers.experiments.workloads import GIVE
from production_testers.model.scenario import Latencies, Scenario

WORK_MIN = 50
"""What executing the smallest scenario counts: loop, expectation and laws have their price."""

STAGES_TYPICAL = 3

Breaks = Callable[[Scenario], bool]

Step = Callable[[Scenario], Iterator[Scenario]]
"""Proposes scenarios; the first that still breaks is kept, until none does."""

SMALLER: tuple[Step, ...] = (
    fewer.holds,
    fewer.runs,
    fewer.faults,
    planned.smaller,
    fewer.cancellations,
    fewer.timeouts,
    fewer.stages,
    fewer.edges,
    instead.one_run_in_a_row,
    plainer.stages,
    plainer.pipeline,
    plainer.faults,
    planned.plainer,
    plainer.times,
    plainer.moments,
    plainer.names,
)
INSTEAD: tuple[Step, ...] = (
    instead.fault_for_function,
    instead.fewer_kinds_of_things,
    instead.time_for_things,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """The result of shrinking.

    Attributes:
        scenario: The smallest one found.
        executions: How many scenarios were tried.
        work: Stage executions that trying them took, at most.
        complete: Whether nothing smaller was left to try within the allowance.
    """

    scenario: Scenario
    executions: int
    work: int
    complete: bool


def shrink(
    scenario: Scenario, breaks: Breaks, taken: Mapping[str, float], *, allowance: int = 40_000
) -> Shrunk:
    """Shrink `scenario`, which breaks.

    Args:
        scenario: Where to start from.
        breaks: Whether a scenario still breaks the same law in the same way.
        taken: Every latency factor that the scenario's execution asked for.
        allowance: Work that may be spent, counted as stages times runs of what is tried: the
            same on every machine, and a large scenario is tried less often than a small one.
    """
    search = _Search(breaks, allowance)
    if scenario.usage is not None:
        small = search.descend(_explicit_latencies(scenario, taken, search), usages.STEPS)
        return search.result(small)
    small = search.descend(_explicit_latencies(scenario, taken, search), SMALLER)
    if not small.latencies.seed and _is_large(small):  # timing may say it with less
        stated = replace(scenario, latencies=Latencies(fixed={**taken, "*": 1.0}))
        if search.still_breaks(stated):
            small = min(small, search.descend(stated, SMALLER), key=_size)
    if len(small.pipeline.stages) <= instead.ROW_MAX:
        small = search.descend(small, (*SMALLER, *INSTEAD), needing_no_more=True)
    return search.result(small)


def _size(scenario: Scenario) -> int:
    """How much a reader has to understand."""
    directives = len(scenario.holds) + len(scenario.latencies.fixed) + len(scenario.faults)
    directives += planned.size(scenario)
    return 2 * len(scenario.pipeline.stages) + 2 * len(scenario.requests) + directives


def _kinds(scenario: Scenario) -> int:
    """How many kinds of things it needs; each stage with a function of its own is one."""
    stages = scenario.pipeline.stages
    return len(features(scenario)) + sum(stage.function != GIVE for stage in stages)


def _is_large(scenario: Scenario) -> bool:
    """Whether it has more stages than nearly every defect needs."""
    return len(scenario.pipeline.stages) > STAGES_TYPICAL


class _Search:
    """Tries scenarios, each once, as long as the allowance lasts."""

    def __init__(self, breaks: Breaks, allowance: int) -> None:
        self._breaks = breaks
        self._allowance = allowance
        self._known: dict[str, bool] = {}
        self.tried = 0
        self.work = 0

    def descend(
        self, scenario: Scenario, steps: Iterable[Step], *, needing_no_more: bool = False
    ) -> Scenario:
        """Take every step again and again until none leads on.

        Args:
            scenario: It breaks.
            steps: What is tried, in this order.
            needing_no_more: Whether a scenario counts only where it needs no more kinds of things
                than the one before: taking an edge away can make stages parallel.
        """
        current, improved, been = scenario, True, {repr(scenario)}
        most = _kinds(current) if needing_no_more else None
        while improved:
            improved = False
            for step in steps:
                while (smaller := self._first(step(current), been, most)) is not None:
                    current, improved = smaller, True
                    been.add(repr(current))
                    most = _kinds(current) if needing_no_more else None
        return current

    def _first(
        self, proposed: Iterable[Scenario], been: set[str], kinds_max: int | None
    ) -> Scenario | None:
        """The first scenario that still breaks; None when there is none, or no allowance left."""
        for scenario in proposed:
            if self.work >= self._allowance:
                break
            if repr(scenario) in been:
                continue
            if kinds_max is not None and _kinds(scenario) > kinds_max:
                continue
            if self.still_breaks(scenario):
                return scenario
        return None

    def result(self, smallest: Scenario) -> Shrunk:
        """What was found, and what it took."""
        return Shrunk(
            scenario=smallest,
            executions=self.tried,
            work=self.work,
            complete=self.work < self._allowance,
        )

    def still_breaks(self, scenario: Scenario) -> bool:
        """Execute it, unless it was tried before or nothing may be tried any more."""
        key = repr(scenario)
        if key not in self._known:
            if self.work >= self._allowance:
                return False
            self.tried += 1
            self.work += WORK_MIN + scenario.size
            self._known[key] = self._breaks(scenario)
        return self._known[key]


def _explicit_latencies(
    scenario: Scenario, taken: Mapping[str, float], search: _Search
) -> Scenario:
    """State every factor, so that each can be dropped; everything unstated takes no extra time."""
    plain = replace(scenario, latencies=Latencies(fixed={"*": 1.0}))
    if search.still_breaks(plain):
        return plain
    stated = replace(scenario, latencies=Latencies(fixed={**taken, "*": 1.0}))
    if search.still_breaks(stated):
        return stated
    return replace(
        scenario, latencies=replace(scenario.latencies, fixed={**taken, "*": 1.0})
    )  # the seed also decides how sets of tasks iterate: here that matters
