"""Every unit, one a file: its contract and how usages of it are drawn. A new one joins `UNITS`."""

from production_testers.units import retry
from production_testers.units.contract import Operation, Unit

UNITS: dict[str, Unit] = {module.UNIT.name: module.UNIT for module in (retry,)}

__all__ = ["UNITS", "Operation", "Unit"]
