"""Says in a few directives what an order of ready tasks needs to break a law, or does without it.

A break that shows in asyncio's own order is feasible, and one that does not is latent; so other
timings in that order are tried first. Then steps are held: one, two, and at last all that were
overtaken in the execution that broke the law.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations

from production_testers.model.ordering import Hold
from production_testers.model.scenario import Latencies, Scenario

STRICT_TRIES = 12
"""Timings in which a break is looked for without a change of order."""

HOLDS_MAX = 40
"""Steps of which each is tried as the only one that is held."""

PAIRED_MAX = 8
"""Steps of which every pair is tried."""

Overtaken = Mapping[tuple[str, int], int]
"""Task and its step → how many others went before it, though it was ready earlier."""


def in_directives(
    scenario: Scenario, breaks: Callable[[Scenario], bool], overtaken: Overtaken
) -> Scenario:
    """The scenario in asyncio's own order, or with holds; as it was where neither breaks the law.

    Args:
        scenario: It breaks, in an order of a strategy.
        breaks: Whether a scenario still breaks the same law in the same way.
        overtaken: What that execution showed.
    """
    if scenario.order is None:
        return scenario
    own = replace(scenario, order=None, holds=())
    for tried in (*_timings(own), *_held(own, overtaken)):
        if breaks(tried):
            return tried
    return scenario


def _timings(own: Scenario) -> Iterator[Scenario]:
    yield own
    for seed in range(1, STRICT_TRIES):
        yield replace(own, latencies=Latencies(seed=seed, low=1.0, high=10.0))


def _held(own: Scenario, overtaken: Overtaken) -> Iterator[Scenario]:
    ranked = sorted(overtaken.items(), key=lambda item: (-item[1], item[0]))
    every = [Hold(task=task, step=step, others=count) for (task, step), count in ranked]
    alone = [replace(hold, others=None) for hold in every]
    for hold in (*alone[:HOLDS_MAX], *every[:HOLDS_MAX]):
        yield replace(own, holds=(hold,))
    for pair in combinations(alone[:PAIRED_MAX], 2):
        yield replace(own, holds=pair)
    if every:
        yield replace(own, holds=tuple(every))
