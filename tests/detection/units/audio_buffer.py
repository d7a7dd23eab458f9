"""Wrong audio buffers."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.audio_buffer import AudioBuffer


class DropsTheNewest(AudioBuffer):
    """What does not fit is cut off at the end."""

    def _add(self, chunk):
        dropped = super()._add(b"")
        over = max(0, len(self._held) + len(chunk) - self._most)
        self._held += chunk[: len(chunk) - over]
        self._counts["received"] += len(chunk)
        self._counts["dropped"] += over
        return dropped + over


class RoundsBytes(AudioBuffer):
    """Milliseconds are turned into bytes, not into samples."""

    def _frames(self, ms):
        return int(self._rate * self._frame * ms / 1000)


class ReadsTooMuch(AudioBuffer):
    """The last bit is given along, so that nothing small is left."""

    def _read(self, size):
        return super()._read(size if len(self._held) - size > 4 * size else len(self._held))


class NoMaximum(AudioBuffer):
    """A chunk is taken whole where the buffer was not full before."""

    def _add(self, chunk):
        if len(self._held) < self._most:
            self._held += chunk
            self._counts["received"] += len(chunk)
            return 0
        return super()._add(chunk)


class DropsEarly(AudioBuffer):
    """Half of the maximum is kept free."""

    def __init__(self, settings, bench):
        super().__init__(settings, bench)
        self._most = max(self._most // 2 // self._frame * self._frame, self._frame)


class ForgetsDropped(AudioBuffer):
    """Drops are not counted."""

    def _add(self, chunk):
        before = self._counts["dropped"]
        dropped = super()._add(chunk)
        self._counts["dropped"] = before
        return dropped


_LAW = "streaming/audio"

PLANTED = (
    PlantedUnit("audio_buffer", _LAW, "not-what-came", DropsTheNewest),
    PlantedUnit("audio_buffer", _LAW, "torn-samples", RoundsBytes),
    PlantedUnit("audio_buffer", _LAW, "wrong-length", ReadsTooMuch),
    PlantedUnit("audio_buffer", _LAW, "over-max", NoMaximum),
    PlantedUnit("audio_buffer", _LAW, "drops-with-room", DropsEarly),
    PlantedUnit("audio_buffer", _LAW, "counts-wrong", ForgetsDropped),
)
