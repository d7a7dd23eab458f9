"""What a planted bug in a unit is, and the adapter that has it."""

from dataclasses import dataclass

from production_testers.suts.reference import ReferenceAdapter


@dataclass(frozen=True)
class PlantedUnit:
    """One thing wrong in a unit, and what must be said of it.

    Attributes:
        unit: Name of the unit.
        law: Which law must be broken.
        outcome_class: In which way.
        make: `(settings, bench) -> unit`: the wrong one.
        within: Usages of each seed that must be enough to find it.
        shape: What is measured, where the law judges measured work.
        sizes: For which sizes.
    """

    unit: str
    law: str
    outcome_class: str
    make: type
    within: int = 100
    shape: str = ""
    sizes: tuple[int, ...] = ()


class PlantedUnits(ReferenceAdapter):
    """The reference with one of its units replaced."""

    def __init__(self, name, make) -> None:
        super().__init__()
        self._name = name
        self._make = make

    def unit(self, name, settings, bench):
        if name == self._name:
            return self._make(settings, bench)
        return super().unit(name, settings, bench)
