"""Wrong snapshots."""

import json

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.snapshot import VARIED, Snapshot


class LosesTheZone(Snapshot):
    """Moments are written without their time zone."""

    def written(self, snapshot):
        return super().written(
            {n: p[:19] if n == "created" and p else p for n, p in snapshot.items()}
        )


class RoundsLargeNumbers(Snapshot):
    """Numbers are read as floating point."""

    def read(self, text):
        return json.loads(text, parse_int=lambda digits: int(float(digits)))


class GivesItsOwnData(Snapshot):
    """What is written is what is kept."""

    async def perform(self, operation, arguments):
        parts = await super().perform(operation, arguments)
        if operation == "write_and_spoil" and parts.get("metadata"):
            parts["metadata"]["spoiled"] = True
        return parts


class ForgetsInCopies(Snapshot):
    """A copy has only what is new."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        if operation == "vary":
            answer["copy"] = {n: p for n, p in answer["copy"].items() if n in VARIED}
        return answer


UNIT, LAW = "snapshot", "context/snapshot"
PLANTED = (
    PlantedUnit(UNIT, LAW, "not-as-written", LosesTheZone),
    PlantedUnit(UNIT, LAW, "not-as-written", RoundsLargeNumbers),
    PlantedUnit(UNIT, LAW, "changed-by-copy", GivesItsOwnData),
    PlantedUnit(UNIT, LAW, "wrong-copy", ForgetsInCopies),
)
