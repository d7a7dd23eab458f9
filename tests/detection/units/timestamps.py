"""Wrong readers of timestamps."""

from datetime import UTC

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.timestamps import Timestamps


class ForgetsTheZone(Timestamps):
    """What names no zone is taken for UTC."""

    def _text(self, text):
        moment = super()._text(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC)


class FractionsAreSeconds(Timestamps):
    """A number with a fraction is taken for seconds, and there are not that many."""

    def _number(self, number):
        if number % 1 and number > 10**11:
            raise ValueError("year is out of range")
        return super()._number(number)


class MilliIsMicro(Timestamps):
    """Thirteen digits that begin with 2 are taken for microseconds."""

    def _number(self, number):
        return round(number) if 2 * 10**12 <= number < 10**14 else super()._number(number)


class ReadsAnything(Timestamps):
    """What cannot be read is the beginning of time."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except ValueError:
            return 0


PLANTED = (
    PlantedUnit("timestamps", "values/timestamps", "another-moment", ForgetsTheZone),
    PlantedUnit("timestamps", "values/timestamps", "another-moment", MilliIsMicro),
    PlantedUnit("timestamps", "values/timestamps", "refused", FractionsAreSeconds),
    PlantedUnit("timestamps", "values/timestamps", "garbage-read", ReadsAnything),
)
