"""Wrong outputs of a stated shape."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.typed_output import TypedOutput


class FlagsAreNumbers(TypedOutput):
    """A flag is taken for a whole number."""

    def _fits(self, payload):
        return super()._fits({n: int(v) if isinstance(v, bool) else v for n, v in payload.items()})


class NothingMore(TypedOutput):
    """What the shape does not name is refused."""

    def _fits(self, payload):
        return super()._fits(payload) and "more" not in payload


class FloatsAllNumbers(TypedOutput):
    """Whole numbers go through a float."""

    def _data(self, payload):
        data = super()._data(payload)
        return {n: int(float(v)) if type(v) is int else v for n, v in data.items()}


class SetVersionCounts(TypedOutput):
    """The version of the settings goes before the one that is given."""

    def _version(self, arguments):
        return self._settings["version"] or super()._version(arguments)


PLANTED = (
    PlantedUnit("typed_output", "contracts/typed", "misfit-accepted", FlagsAreNumbers),
    PlantedUnit("typed_output", "contracts/typed", "fitting-refused", NothingMore),
    PlantedUnit("typed_output", "contracts/typed", "data-changed", FloatsAllNumbers),
    PlantedUnit("typed_output", "contracts/typed", "version-wrong", SetVersionCounts),
)
