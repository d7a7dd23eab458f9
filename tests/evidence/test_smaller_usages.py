"""However a usage is made smaller it stays proper, and a right unit keeps the laws over it."""

from itertools import chain
from random import Random

import pytest

from production_testers.evidence.usages import STEPS
from production_testers.experiments.judging import run_and_judge
from production_testers.model.scenario import Kind, Latencies, using
from production_testers.suts.reference import ReferenceAdapter
from production_testers.units import UNITS

WALKS = 4
DEPTH = 6


def smaller(scenario, random):
    """One of the smaller scenarios that shrinking would try next."""
    steps = random.sample(STEPS, len(STEPS))
    proposed = chain.from_iterable(step(scenario) for step in steps)
    for _ in range(random.choice((0, 0, 1, 4))):
        next(proposed, None)
    return next(proposed, None)


@pytest.mark.parametrize("unit", [name for name in UNITS if name != "target"])
def test_on_the_way_down_every_usage_is_proper_and_the_reference_is_right(unit):
    adapter = ReferenceAdapter()
    sut = adapter.describe()
    for walk in range(WALKS):
        random = Random(f"{unit}{walk}")
        kind = (Kind.CHAOS, Kind.ADVERSARIAL)[walk % 2]
        usage = UNITS[unit].draw(random, kind)
        scenario = using(kind, usage, latencies=Latencies(seed=walk, low=1.0, high=10.0))
        for _ in range(DEPTH):
            scenario = smaller(scenario, random)
            if scenario is None:
                break
            assert UNITS[unit].is_proper(scenario.usage)
            judged = run_and_judge(adapter, sut, scenario)
            assert judged.session.refused == ()
            assert {law: v.summary for law, v in judged.broken.items()} == {}
            crashed = [v.summary for v in judged.verdicts.values() if "Error:" in v.summary]
            assert crashed == []
