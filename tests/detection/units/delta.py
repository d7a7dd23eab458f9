"""Wrong differences."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.delta import Delta


class KeepsWhatIsGone(Delta):
    """What is gone stays where its value was empty."""

    def _applied(self, base, changed, gone):
        return super()._applied(base, changed, [name for name in gone if base[name]])


class EqualIsTheSame(Delta):
    """True and 1 are equal, and so nothing has changed."""

    def _differs(self, name, base, value):
        return name not in base or base[name] != value


class WritesIntoTheBase(Delta):
    """The difference is applied in place."""

    def _applied(self, base, changed, gone):
        base.update(changed)
        for name in gone:
            del base[name]
        return base


class TellsAll(Delta):
    """Lists are always told."""

    def _differs(self, name, base, value):
        return isinstance(value, list) or super()._differs(name, base, value)


PLANTED = (
    PlantedUnit("delta", "values/delta", "not-rebuilt", KeepsWhatIsGone),
    PlantedUnit("delta", "values/delta", "other-type", EqualIsTheSame, within=200),
    PlantedUnit("delta", "values/delta", "base-changed", WritesIntoTheBase),
    PlantedUnit("delta", "values/delta", "tells-unchanged", TellsAll, within=200),
)
