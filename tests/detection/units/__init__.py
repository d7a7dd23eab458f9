"""Planted bugs in units, one module a unit: the reference's unit with one thing wrong.

Each module has `PLANTED`, a tuple of `planting.PlantedUnit`.
"""

from importlib import import_module

from production_testers.units import UNITS

PLANTED = tuple(
    bug for name in ("every_unit", *UNITS) for bug in import_module(f"{__name__}.{name}").PLANTED
)
