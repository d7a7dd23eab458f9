"""Vital signs at the bedside, with the early warning score that they give.

The score is NEWS2 (Royal College of Physicians, 2017), with its first scale of oxygen
saturation. Patients get worse and better slowly, so that alerts come in rows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.edges.cases import Make, boundary
from production_testers.mocks.datasets.rules import Memory, rule
from production_testers.mocks.datasets.schema import (
    fields,
    flag,
    moment,
    number,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import stamp
from production_testers.mocks.datasets.streams import stream_of, valid, volume

ALERTS: Final = ("none", "ward", "urgent", "emergency")
"""What is to be done; ward: a single sign is bad though the sum is not."""

_EVERY_S: Final = 900

SCHEMA: Final = fields(
    id=text("Patient and number of the reading", pattern="^bed-[0-9]{4}-[0-9]+$"),
    patient=text("Pseudonym", pattern="^bed-[0-9]{4}$"),
    sequence=whole("Grows by one for each reading of the patient", 1),
    at=moment("When it was measured"),
    respiration_per_min=whole("Breaths", 4, 60),
    saturation_percent=whole("Oxygen saturation", 60, 100),
    on_oxygen=flag("Whether oxygen is given"),
    systolic_mmhg=whole("Systolic blood pressure", 50, 260),
    pulse_per_min=whole("Heart beats", 25, 220),
    is_alert=flag("Whether the patient is awake and not confused"),
    temperature_c=number("Body temperature", 33, 42),
    score=whole("NEWS2", 0, 20),
    alert=word("What is to be done", *ALERTS),
)


@dataclass(slots=True)
class _Patient:
    name: str
    illness: float = 0.0
    sequence: int = 0


class Ward:
    """The stream's state: the patients, measured in turn, one round every quarter of an hour."""

    def __init__(self, random: Random, patients: int) -> None:
        self._random, self._index, self._round_s = random, -1, 0
        self._patients = [_Patient(f"bed-{index:04d}") for index in range(patients)]

    def next(self, _number: int) -> Record:
        """The next reading."""
        self._index += 1
        if self._index == len(self._patients):
            self._index, self._round_s = 0, self._round_s + _EVERY_S
        who, random = self._patients[self._index], self._random.random
        who.sequence += 1
        # Drawn back to health, with a relapse now and then.
        who.illness = who.illness * 0.9 + (random() * 4 if random() < 0.03 else 0.0)
        ill = min(who.illness, 6.0)
        signs = (
            int(14 + 2.2 * ill + random() * 4),
            int(99 - 1.4 * ill - random() * 2),
            ill > 2.5,
            int(128 - 6 * ill + random() * 20 - 10),
            int(68 + 9 * ill + random() * 12),
            ill < 5.0 and random() > 0.003,
            int((36.7 + 0.35 * ill + random() * 0.6 - 0.3) * 10) / 10,
        )
        at_s = self._round_s + self._index * _EVERY_S // len(self._patients)
        return reading(who.name, who.sequence, at_s, signs)


Signs = tuple[int, int, bool, int, int, bool, float]
"""Respiration, saturation, oxygen, systolic pressure, pulse, alertness, temperature."""


def reading(patient: str, sequence_: int, at_s: int, signs: Signs) -> Record:
    """A reading with its score."""
    respiration, saturation, oxygen, systolic, pulse, awake, temperature = signs
    points = (
        _banded(respiration, (8, 3), (11, 1), (20, 0), (24, 2), above=3),
        _banded(saturation, (91, 3), (93, 2), (95, 1), above=0),
        2 if oxygen else 0,
        _banded(systolic, (90, 3), (100, 2), (110, 1), (219, 0), above=3),
        _banded(pulse, (40, 3), (50, 1), (90, 0), (110, 1), (130, 2), above=3),
        0 if awake else 3,
        _banded(temperature, (35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), above=2),
    )
    score = sum(points)
    alert = "none"
    if score >= 7:
        alert = "emergency"
    elif score >= 5:
        alert = "urgent"
    elif 3 in points:
        alert = "ward"
    return {
        "id": f"{patient}-{sequence_}",
        "patient": patient,
        "sequence": sequence_,
        "at": stamp(at_s),
        "respiration_per_min": respiration,
        "saturation_percent": saturation,
        "on_oxygen": oxygen,
        "systolic_mmhg": systolic,
        "pulse_per_min": pulse,
        "is_alert": awake,
        "temperature_c": temperature,
        "score": score,
        "alert": alert,
    }


def _banded(value: float, *bands: tuple[float, int], above: int) -> int:
    """Points of the first band whose upper end is not exceeded."""
    for most, points in bands:
        if value <= most:
            return points
    return above


_WELL: Final[Signs] = (16, 98, False, 125, 72, True, 36.8)


def _case(at: int = 0, value: float | None = None, at_s: int = 0) -> Make:
    """An ordinary reading in which one sign is at an edge."""

    def make(_random: Random, number_: int) -> Record:
        signs: list[Any] = list(_WELL)
        if value is not None:
            signs[at] = value
        patient = f"bed-{int(_random.random() * 10_000):04d}"
        return reading(patient, number_, at_s, tuple(signs))

    return make


_EDGES: Final[Mapping[str, tuple[int, tuple[float, ...]]]] = {
    "respiration": (0, (4, 8, 9, 11, 12, 20, 21, 24, 25, 60)),
    "saturation": (1, (60, 91, 92, 93, 94, 95, 96, 100)),
    "systolic": (3, (50, 90, 91, 100, 101, 110, 111, 219, 220, 260)),
    "pulse": (4, (25, 40, 41, 50, 51, 90, 91, 110, 111, 130, 131, 220)),
    "temperature": (6, (33.0, 35.0, 35.1, 36.0, 36.1, 38.0, 38.1, 39.0, 39.1, 42.0)),
}
"""Sign → its place, and the values on either side of every limit of the score."""

_CASES: Final[Mapping[str, Make]] = {
    **{
        f"{name}_{value}": _case(at, value)
        for name, (at, values) in _EDGES.items()
        for value in values
    },
    "on_oxygen": _case(2, value=True),
    "confused": _case(5, value=False),
    "end_of_year": _case(at_s=365 * 86_400 - 1),
}


@rule("score", "the score is the sum of the points that NEWS2 gives for the signs")
def score_of_signs(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Counted again, by how far a sign is from where it gives no points."""
    points = _points(record)
    if record["score"] == sum(points):
        return None
    return f"score {record['score']}, points {points}"


@rule("alert", "the alert follows from the score, and from single signs of three points")
def alert_of_score(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Seven: emergency; five: urgent; a single three: ward."""
    points = _points(record)
    total = sum(points)
    wanted = "none" if 3 not in points else "ward"
    wanted = "emergency" if total > 6 else "urgent" if total > 4 else wanted
    return None if record["alert"] == wanted else f"{record['alert']}, should be {wanted}"


def _points(record: Mapping[str, Any]) -> list[int]:
    breaths, oxygen = record["respiration_per_min"], record["saturation_percent"]
    pressure, pulse = record["systolic_mmhg"], record["pulse_per_min"]
    warm = record["temperature_c"]
    low_breaths = 3 * (breaths < 9) or 1 * (breaths < 12)
    high_breaths = 3 * (breaths > 24) or 2 * (breaths > 20)
    low_pulse = 3 * (pulse < 41) or 1 * (pulse < 51)
    high_pulse = 3 * (pulse > 130) or 2 * (pulse > 110) or 1 * (pulse > 90)
    return [
        low_breaths or high_breaths,
        (oxygen < 96) + (oxygen < 94) + (oxygen < 92),
        2 * record["on_oxygen"],
        (pressure < 111) + (pressure < 101) + (pressure < 91) + 3 * (pressure > 219),
        low_pulse or high_pulse,
        3 * (not record["is_alert"]),
        3 * (warm < 35.05) or 1 * (warm < 36.05) or (warm > 38.05) + (warm > 39.05),
    ]


@rule("sequence", "the readings of a patient are numbered without a gap", across=True)
def sequence(record: Mapping[str, Any], memory: Memory) -> str | None:
    """From one."""
    wanted = memory.get(record["patient"], 0) + 1
    memory[record["patient"]] = wanted
    if record["sequence"] == wanted and record["id"] == f"{record['patient']}-{wanted}":
        return None
    return f"{record['id']} has number {record['sequence']}, not {wanted}"


@rule("order", "readings come in the order of their time", across=True)
def order(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Of all patients."""
    before = memory.get("last", "")
    memory["last"] = max(before, record["at"])
    return None if record["at"] >= before else f"{record['at']} after {before}"


def _calmed(record: dict[str, Any]) -> None:
    record["alert"] = "emergency" if record["alert"] == "none" else "none"


PLANTS: Final = (
    Plant(rule="score", change=lambda record: record.update(score=(record["score"] + 1) % 21)),
    Plant(rule="alert", change=_calmed),
    Plant(rule="sequence", change=setting(sequence=9_999_999)),
    Plant(rule="order", change=setting(at="2025-01-01T00:00:00Z")),
)


def _readings(variant: str, patients: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("vitals", variant, lambda random: Ward(random, patients).next)


SCENARIO: Final = DataScenario(
    name="vitals",
    about="vital signs at the bedside, with early warning scores",
    rules=(score_of_signs, alert_of_score, sequence, order),
    labels={"alert": "alerts: every one once and in time", "score": "the early warning score"},
    variants={
        "valid": valid(_readings("valid", 20), SCHEMA, "20 patients, every quarter of an hour"),
        "boundary": boundary("vitals", SCHEMA, _CASES),
        "malformed": malformed(_readings("malformed", 20), SCHEMA, PLANTS),
        "volume": volume(_readings("volume", 5_000), SCHEMA, "5,000 patients"),
    },
)
