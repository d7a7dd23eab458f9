"""Which schedules of a plan keep asyncio's own order, and which let ready tasks change places.

Most keep it: what they show can happen on a stock loop. Every `EVERY`-th follows a strategy of the
reordering model; what only shows there is latent.
"""

from dataclasses import replace

from production_testers.model import seeds
from production_testers.model.ordering import Order
from production_testers.model.scenario import Kind, Scenario

EVERY = 4
"""One schedule of so many changes the order of ready tasks."""

STRICT = "latencies"
"""The strategy of all others: how long pieces of work take, in asyncio's own order."""

TURNS = ("walk", "pct2", "pos", "pct3", "walk", "pct1")
"""Whose turn it is."""

CHOICES_PER_STAGE = 4
"""About so many points with a choice come with a stage of a run: PCT's changes fall on them."""


def strategy_of(index: int) -> str:
    """The strategy of schedule `index`."""
    turn, rest = divmod(index, EVERY)
    return TURNS[turn % len(TURNS)] if rest == EVERY - 1 else STRICT


def ordered(scenario: Scenario, seed: int, kind: Kind, index: int) -> Scenario:
    """The scenario with the order of its turn, unless it has one of its own."""
    name = strategy_of(index)
    if name == STRICT or not scenario.feasible:
        return scenario
    order_seed = seeds.derive(seed, kind.value, index, "order") & 0xFFFF_FFFF
    if not name.startswith("pct"):
        return replace(scenario, order=Order(strategy=name, seed=order_seed))
    steps = CHOICES_PER_STAGE * scenario.size
    options = {"depth": int(name[-1]), "steps": steps}
    return replace(scenario, order=Order(strategy="pct", seed=order_seed, options=options))
