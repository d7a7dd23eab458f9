"""Faults: one catalogue of kinds, plans that say when which of them happens, and their effects."""

from production_testers.mocks.faults.catalogue import CATALOGUE, checked, kind_of
from production_testers.mocks.faults.deciding import Decider, Firing, Occasion
from production_testers.mocks.faults.distributions import DISTRIBUTIONS
from production_testers.mocks.faults.kinds import Kind, Layer, Param, Way
from production_testers.mocks.faults.stages import EFFECTS, StageRun

__all__ = [
    "CATALOGUE",
    "DISTRIBUTIONS",
    "EFFECTS",
    "Decider",
    "Firing",
    "Kind",
    "Layer",
    "Occasion",
    "Param",
    "StageRun",
    "Way",
    "checked",
    "kind_of",
]
