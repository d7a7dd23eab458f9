"""Usages of a unit as a run draws them."""

from random import Random

from production_testers.experiments.ordering import ordered
from production_testers.experiments.workloads import draw_usage
from production_testers.model import seeds
from production_testers.model.scenario import Kind

KINDS = tuple(Kind)


def draw(unit, seed, index):
    kind = KINDS[index % len(KINDS)]
    random = Random(seeds.derive(seed, unit, kind.value, index))
    return ordered(draw_usage(random, kind, (unit,)), seed, kind, index)
