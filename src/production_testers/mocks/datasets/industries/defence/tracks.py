"""Reports of sensors about ships and aircraft, some late, some spoofed, all marked.

Everything is invented: no place, unit or equipment is a real one. Positions are those of a flat
sea of 200 by 200 km whose corner lies at 54.0 degrees north and 3.0 east.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import between, digits, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.industries.defence.track_rules import RULES
from production_testers.mocks.datasets.schema import (
    fields,
    listing,
    maybe,
    moment,
    number,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import stamp_ms
from production_testers.mocks.datasets.streams import stream_of, valid, volume

LEVELS: Final = ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET")
"""Marks, from the lowest; what is derived bears the highest of its sources."""

SENSORS: Final = {
    "ais": ("surface", 0, 10),
    "adsb": ("air", 0, 30),
    "radar": ("any", 1, 150),
    "optical": ("any", 2, 40),
    "passive": ("any", 3, 400),
}
"""Kind of sensor → what it sees, index of the level of what it reports, error in metres."""

RELEASABLE: Final = ("NORTHLAND", "EASTMARK", "ISLES")
ANOMALIES: Final = ("spoofed_position", "duplicated_identity", "clock_offset")
_WIDTH_M: Final = 200_000
_LATITUDE: Final = 54.0
_LONGITUDE: Final = 3.0
_M_PER_DEGREE: Final = 111_320
_COSINE: Final = 0.5878
# Sine and cosine of sixteen directions, from north clockwise: the same on every machine.
_DIRECTIONS: Final = tuple(
    (east * sign_e, north * sign_n)
    for sign_e, sign_n, steps in (
        (1, 1, ((0.0, 1.0), (0.38268, 0.92388), (0.70711, 0.70711), (0.92388, 0.38268))),
        (1, -1, ((1.0, 0.0), (0.92388, 0.38268), (0.70711, 0.70711), (0.38268, 0.92388))),
        (-1, -1, ((0.0, 1.0), (0.38268, 0.92388), (0.70711, 0.70711), (0.92388, 0.38268))),
        (-1, 1, ((1.0, 0.0), (0.92388, 0.38268), (0.70711, 0.70711), (0.38268, 0.92388))),
    )
    for east, north in steps
)

SCHEMA: Final = fields(
    id=text("Sensor and number in its sequence", pattern="^[a-z]+-[0-9]{2}-[0-9]+$"),
    sensor=text("Which sensor", pattern="^[a-z]+-[0-9]{2}$"),
    sensor_kind=word("Its kind", *SENSORS),
    sequence=whole("Grows by one for each report of the sensor", 1),
    track=text("Which object it really is: for judging fusion", pattern="^obj-[0-9]{4}$"),
    domain=word("Where the object moves", "surface", "air"),
    identity=maybe(
        text("What the object says of itself: MMSI, or 24-bit address", pattern="^[0-9A-F]{6,9}$")
    ),
    name=maybe(text("What it calls itself", most=80)),
    observed_at=moment("When it was seen, by the sensor's clock"),
    received_at=moment("When the report arrived"),
    latitude=number("Degrees north", -90, 90),
    longitude=number("Degrees east", -180, 180),
    altitude_m=whole("Over the sea", 0, 20_000),
    speed_mps=number("Over ground", 0, 900),
    heading_deg=number("From north, clockwise", 0, 360),
    error_m=whole("Deviation of the position", 1, 10_000),
    classification=word("Mark of the report", *LEVELS),
    sources=listing("Marks of what it was made from", word("Mark", *LEVELS), least=1, most=4),
    releasable_to=listing("Who may see it; nobody else", word("Country", *RELEASABLE)),
    anomaly=maybe(word("What is wrong with it", *ANOMALIES)),
)


@dataclass(slots=True)
class _Object:
    name: str
    domain: str
    identity: str
    words: str
    x_m: float
    y_m: float
    direction: int
    speed_mps: float
    altitude_m: int
    at_ms: int = 0


class Picture:
    """The stream's state: the objects, the sensors and the clock."""

    def __init__(self, random: Random, objects: int) -> None:
        self._random = random
        self._now_ms = 0
        self._sensors = [(f"{kind}-{n:02d}", kind) for kind in SENSORS for n in range(1, 4)]
        self._sequences = dict.fromkeys((name for name, _ in self._sensors), 0)
        self._objects = [_object(random, index) for index in range(objects)]

    def next(self, _number: int) -> Record:
        """The next report, in the order in which they arrive."""
        random = self._random.random
        self._now_ms += 20 + int(random() * 400)
        one = self._objects[int(random() * len(self._objects))]
        sensor, kind = self._sensors[int(random() * len(self._sensors))]
        sees, level, error_m = SENSORS[kind]
        while sees not in {"any", one.domain}:
            sensor, kind = self._sensors[int(random() * len(self._sensors))]
            sees, level, error_m = SENSORS[kind]
        draw = random()
        late_ms = int(draw * 300) if draw < 0.95 else int((draw - 0.95) * 1_200_000)
        observed_ms = max(0, self._now_ms - late_ms)
        _move(one, observed_ms)
        self._sequences[sensor] += 1
        draw = random()
        anomaly = None if draw > 0.01 else ANOMALIES[int(draw * 300)]
        return self._report((sensor, kind, level, error_m), one, observed_ms, anomaly)

    def _report(
        self,
        seen_by: tuple[str, str, int, int],
        one: _Object,
        observed_ms: int,
        anomaly: str | None,
    ) -> Record:
        random = self._random.random
        sensor, kind, level, error_m = seen_by
        tells = kind in {"ais", "adsb"}
        if not tells and anomaly == "duplicated_identity":
            anomaly = None
        # A late report is of where the object was when it was seen.
        back_m = one.speed_mps * (one.at_ms - observed_ms) / 1000
        east, north = _DIRECTIONS[one.direction]
        x_m = one.x_m - east * back_m + (random() - 0.5) * error_m
        y_m = one.y_m - north * back_m + (random() - 0.5) * error_m
        if anomaly == "spoofed_position":
            x_m, y_m = _WIDTH_M - x_m, y_m + 60_000 * (1 if y_m < _WIDTH_M / 2 else -1)
            x_m += 30_000 * (1 if x_m < _WIDTH_M / 2 else -1)
        other = LEVELS[int(random() * (level + 1))]
        return {
            "id": f"{sensor}-{self._sequences[sensor]}",
            "sensor": sensor,
            "sensor_kind": kind,
            "sequence": self._sequences[sensor],
            "track": one.name,
            "domain": one.domain,
            "identity": _told(one, anomaly) if tells else None,
            "name": one.words if tells else None,
            "observed_at": stamp_ms(observed_ms + (3_600_000 if anomaly == "clock_offset" else 0)),
            "received_at": stamp_ms(self._now_ms),
            "latitude": round(_LATITUDE + y_m / _M_PER_DEGREE, 5),
            "longitude": round(_LONGITUDE + x_m / (_M_PER_DEGREE * _COSINE), 5),
            "altitude_m": one.altitude_m,
            "speed_mps": one.speed_mps,
            "heading_deg": one.direction * 22.5,
            "error_m": error_m,
            "classification": LEVELS[level],
            "sources": [LEVELS[level], other],
            "releasable_to": list(RELEASABLE[: 3 - level]),
            "anomaly": anomaly,
        }


def _object(random: Random, index: int) -> _Object:
    surface = random.random() < 0.6
    return _Object(
        name=f"obj-{index:04d}",
        domain="surface" if surface else "air",
        # 799 is no country of ITU's list, F0xxxx no block of ICAO's.
        identity=f"799{digits(random, 6)}" if surface else f"F0{random.getrandbits(16):04X}",
        words=_words(random, surface=surface),
        x_m=random.random() * _WIDTH_M,
        y_m=random.random() * _WIDTH_M,
        direction=between(random, 0, 15),
        speed_mps=round(2 + random.random() * 10 if surface else 70 + random.random() * 180, 1),
        altitude_m=0 if surface else between(random, 3, 120) * 100,
    )


def _words(random: Random, *, surface: bool) -> str:
    """A ship's name, or the call sign of a flight."""
    if surface:
        return f"{pick(random, ('GREY', 'NORTH', 'LONG', 'BRIGHT'))} {pick(random, _SHIPS)}"
    return f"{pick(random, _AIRLINES)}{between(random, 1, 9_999)}"


_AIRLINES: Final = ("QZA", "QZN", "QZT")
"""Designators that ICAO gives to nobody: none begins with Q."""

_SHIPS: Final = ("HERON", "LANTERN", "MERIDIAN", "QUARRY", "THISTLE")


def _told(one: _Object, anomaly: str | None) -> str:
    if anomaly != "duplicated_identity":
        return one.identity
    return "799000000" if one.domain == "surface" else "F00000"


def _move(one: _Object, now_ms: int) -> None:
    """On its way, turning round before it leaves the sea; time runs forward only."""
    if now_ms <= one.at_ms:
        return
    seconds = (now_ms - one.at_ms) / 1000
    one.at_ms = now_ms
    east, north = _DIRECTIONS[one.direction]
    x_m, y_m = one.x_m + east * one.speed_mps * seconds, one.y_m + north * one.speed_mps * seconds
    if not (0 <= x_m <= _WIDTH_M and 0 <= y_m <= _WIDTH_M):
        one.direction = (one.direction + 8) % 16
        return
    one.x_m, one.y_m = x_m, y_m


def _case(**members: Any) -> Make:
    def make(random: Random, number: int) -> Record:
        record = Picture(random, 3).next(number)
        while record["anomaly"] or record["sensor_kind"] != "ais":
            record = Picture(random, 3).next(number)
        numbered = {"id": f"{record['sensor']}-{number}", "sequence": number}
        return {**record, **numbered, **members}

    return make


_CASES: Final[Mapping[str, Make]] = {
    "standing_still": _case(speed_mps=0.0),
    "due_north": _case(heading_deg=0.0),
    "almost_north": _case(heading_deg=359.9),
    "exact": _case(error_m=1),
    "hardly_known": _case(error_m=10_000),
    "released_to_nobody": _case(releasable_to=[]),
    "secret_from_open": _case(
        classification="SECRET", sources=["UNCLASSIFIED", "SECRET"], releasable_to=[]
    ),
    "four_sources": _case(
        classification="SECRET",
        sources=["UNCLASSIFIED", "SECRET", "RESTRICTED", "CONFIDENTIAL"],
        releasable_to=[],
    ),
    "an_hour_late": _case(
        observed_at="2026-01-02T00:00:00.000Z", received_at="2026-01-02T01:00:00.000Z"
    ),
    "over_midnight": _case(
        observed_at="2026-01-31T23:59:59.999Z", received_at="2026-02-01T00:00:00.000Z"
    ),
    "at_once": _case(
        observed_at="2026-01-02T00:00:00.000Z", received_at="2026-01-02T00:00:00.000Z"
    ),
}


PLANTS: Final = (
    Plant(rule="sequence", change=setting(sequence=999_999)),
    Plant(rule="arrival", change=setting(received_at="2025-12-31T00:00:00.000Z")),
    Plant(rule="seen_first", change=setting(observed_at="2030-01-01T00:00:00.000Z", anomaly=None)),
    Plant(rule="call_sign", change=setting(domain="air", name="GREY HERON", identity="F01379")),
    Plant(
        rule="high_water", change=setting(classification="UNCLASSIFIED", sources=["CONFIDENTIAL"])
    ),
    Plant(
        rule="release",
        change=setting(classification="SECRET", sources=["SECRET"], releasable_to=["ISLES"]),
    ),
    Plant(rule="domain", change=setting(domain="surface", altitude_m=9_000)),
    Plant(rule="kinematics", change=setting(latitude=-33.0, anomaly=None)),
)


def _reports(variant: str, objects: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("tracks", variant, lambda random: Picture(random, objects).next)


SCENARIO: Final = DataScenario(
    name="tracks",
    about="reports of sensors, some late or spoofed, with classification marks",
    rules=RULES,
    labels={
        "track": "fusion: which reports are of one object",
        "anomaly": "detection of spoofing",
        "classification": "marks must travel with what is derived",
    },
    variants={
        "valid": valid(_reports("valid", 30), SCHEMA, "30 objects; 5 % late, 1 % anomalous"),
        "boundary": boundary(
            "tracks",
            SCHEMA,
            {**_CASES} | unusual_texts(lambda random, n, words: _case(name=words)(random, n)),
        ),
        "malformed": malformed(_reports("malformed", 30), SCHEMA, PLANTS),
        "volume": volume(_reports("volume", 1_000), SCHEMA, "1,000 objects"),
    },
)
