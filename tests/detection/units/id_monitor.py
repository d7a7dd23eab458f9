"""Wrong monitors."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.id_monitor import IdMonitor


class ForgetsBoth(IdMonitor):
    """When the first use of an identifier leaves the window, the later ones are forgotten too."""

    def _is_known(self, now_ms, own):
        first = next((at for at, one in self._uses if one == own), now_ms)
        return super()._is_known(now_ms, own) and now_ms - first < self._window_ms


class NeverForgets(IdMonitor):
    """Time does not pass where there is room."""

    def _is_known(self, now_ms, own):
        return any(one == own for _, one in self._uses)


class TellsBefore(IdMonitor):
    """Listeners are told before the window is looked at."""

    def _tell(self, own, known):
        super()._tell(own, sum(one == own for _, one in self._uses) > 1)


PLANTED = (
    PlantedUnit("id_monitor", "identifiers/reuse", "reuse-missed", ForgetsBoth),
    PlantedUnit("id_monitor", "identifiers/reuse", "new-taken-for-used", NeverForgets),
    PlantedUnit("id_monitor", "identifiers/reuse", "told-otherwise", TellsBefore),
)
