"""Quarter-hour readings of smart meters behind which the energy balances.

What comes from the grid and the roof is what is consumed, fed back, or stored, to the watt-hour.
Registers only grow. Where energy is stolen, or a register is stuck, the label says so and the
balance shows it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.edges.cases import Make, boundary
from production_testers.mocks.datasets.industries.energy.meter_rules import RULES
from production_testers.mocks.datasets.places import COUNTRIES
from production_testers.mocks.datasets.schema import (
    fields,
    local_moment,
    maybe,
    moment,
    number,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import DAY_S, stamp
from production_testers.mocks.datasets.streams import stream_of, valid, volume

INTERVAL_S: Final = 900
ANOMALIES: Final = ("theft", "stuck_register", "reversed_phase", "gap")
_ZONE: Final = COUNTRIES["DE"].zone

# Share of its highest load that a household takes, by hour of the local day: the two peaks of the
# German standard load profile H0, rounded.
_LOAD: Final = (
    0.22, 0.18, 0.16, 0.15, 0.16, 0.22, 0.42, 0.58, 0.60, 0.56, 0.55, 0.62,
    0.70, 0.64, 0.55, 0.52, 0.56, 0.70, 0.90, 1.00, 0.94, 0.78, 0.56, 0.34,
)  # fmt: skip
# Share of its peak that a roof gives by hour of a clear day, and by month at best.
_SUN: Final = (0, 0, 0, 0, 0, 0.02, 0.1, 0.25, 0.45, 0.65, 0.82, 0.93,
               0.97, 0.93, 0.82, 0.65, 0.45, 0.25, 0.1, 0.02, 0, 0, 0, 0)  # fmt: skip
_DAYLIGHT: Final = ((8, 16), (8, 17), (7, 18), (6, 20), (6, 20), (5, 21),
                    (5, 21), (6, 20), (7, 19), (8, 18), (8, 16), (8, 16))  # fmt: skip
"""Month → hours of the day between which the sun is up, standard time."""

SCHEMA: Final = fields(
    id=text("Meter and number of the interval", pattern="^DE[0-9]{11}-[0-9]+$"),
    meter=text("Metering point, shortened", pattern="^DE[0-9]{11}$"),
    feeder=text("Line that supplies it", pattern="^feeder-[0-9]{3}$"),
    interval=whole("Number of the interval", 0),
    starts_at=moment("Begin of the quarter of an hour"),
    local_start=local_moment("The same on the clocks of the place"),
    import_wh=whole("From the grid, as metered", 0, 100_000),
    export_wh=whole("Into the grid, as metered", 0, 100_000),
    generation_wh=whole("From the roof", 0, 100_000),
    consumption_wh=whole("By everything in the house", 0, 100_000),
    storage_wh=whole("Into the battery; negative: out of it", -20_000, 20_000),
    register_import_wh=whole("Reading at the end of the interval", 0),
    register_export_wh=whole("Reading at the end of the interval", 0),
    voltage_v=number("Mean", 180, 270),
    quality=word("Of the reading", "measured", "estimated"),
    anomaly=maybe(word("What is wrong", *ANOMALIES)),
)


@dataclass(slots=True)
class _House:
    meter: str
    feeder: str
    peak_wh: int
    roof_wh: int
    battery_wh: int
    charge_wh: int = 0
    imported: int = 0
    exported: int = 0
    anomaly: str = ""
    left: int = 0


class Grid:
    """The stream's state: the houses, read in turn, one round every quarter of an hour."""

    def __init__(self, random: Random, houses: int, start: int = 0) -> None:
        self._random, self._index, self._interval = random, -1, start
        self._houses = [
            _House(
                meter=f"DE{index:011d}",
                feeder=f"feeder-{index // 50:03d}",
                peak_wh=300 + int(random.random() * 700),
                roof_wh=int(random.random() * 2_500) if random.random() < 0.4 else 0,
                battery_wh=8_000 if random.random() < 0.2 else 0,
                imported=int(random.random() * 20_000_000),
                exported=int(random.random() * 5_000_000),
            )
            for index in range(houses)
        ]
        self._begin()

    def _begin(self) -> None:
        seconds = self._interval * INTERVAL_S
        self._local = _ZONE.local(seconds)
        self._stamp = stamp(seconds)
        hour, month = int(self._local[11:13]), int(self._local[5:7])
        summer = self._local.endswith("+02:00")
        sun_hour = hour - summer
        rise, fall = _DAYLIGHT[month - 1]
        self._load = _LOAD[hour]
        self._sun = _SUN[sun_hour] if rise <= sun_hour < fall else 0.0

    def next(self, _number: int) -> Record:
        """The next reading."""
        self._index += 1
        if self._index == len(self._houses):
            self._index, self._interval = 0, self._interval + 1
            self._begin()
        house, random = self._houses[self._index], self._random.random
        if house.left:
            house.left -= 1
            if not house.left:
                house.anomaly = ""
        else:
            draw = random()
            if draw < 0.001:
                house.anomaly = ANOMALIES[int(draw * 4_000)]
                house.left = 4 + int(random() * 60)
        consumed = int(house.peak_wh * self._load * (0.6 + 0.8 * random()))
        given = int(house.roof_wh * self._sun * (0.3 + 0.7 * random())) if house.roof_wh else 0
        return self._reading(house, consumed, given, int(2_340 - self._load * 60 + random() * 40))

    def _reading(self, house: _House, consumed: int, given: int, decivolts: int) -> Record:
        anomaly, spare, stored = house.anomaly, given - consumed, 0
        if house.battery_wh:
            stored = max(-house.charge_wh, -1_500, min(spare, house.battery_wh - house.charge_wh))
            stored = min(stored, 1_500)
            house.charge_wh += stored
        net = consumed + stored - given
        imported, exported = max(0, net), max(0, -net)
        if anomaly == "theft":
            imported //= 4
        elif anomaly == "reversed_phase":
            imported, exported = exported, imported
        if anomaly not in {"stuck_register", "gap"}:
            house.imported += imported
            house.exported += exported
        elif anomaly == "gap":  # the register counts on, the interval is lost
            house.imported += imported
            house.exported += exported
            imported = exported = 0
        return {
            "id": f"{house.meter}-{self._interval}",
            "meter": house.meter,
            "feeder": house.feeder,
            "interval": self._interval,
            "starts_at": self._stamp,
            "local_start": self._local,
            "import_wh": imported,
            "export_wh": exported,
            "generation_wh": given,
            "consumption_wh": consumed,
            "storage_wh": stored,
            "register_import_wh": house.imported,
            "register_export_wh": house.exported,
            "voltage_v": decivolts / 10,
            "quality": "estimated" if anomaly == "gap" else "measured",
            "anomaly": anomaly or None,
        }


def _at(start_s: int) -> Make:
    def make(random: Random, number_: int) -> Record:
        record = Grid(random, 1, start_s // INTERVAL_S).next(1)
        while record["anomaly"]:
            record = Grid(random, 1, start_s // INTERVAL_S).next(1)
        meter = f"DE{number_:011d}"
        return {**record, "id": f"{meter}-{record['interval']}", "meter": meter}

    return make


_NOON: Final = 171 * DAY_S + 11 * 3600


def _with(**members: Any) -> Make:
    return lambda random, number_: {**_at(_NOON)(random, number_), **members}


_NOTHING: Final = dict.fromkeys(
    ("import_wh", "export_wh", "generation_wh", "consumption_wh", "storage_wh"), 0
)
_CASES: Final[Mapping[str, Make]] = {
    "first_of_the_year": _at(0),
    "before_summer_time": _at(87 * DAY_S + 2_700),
    "at_summer_time": _at(87 * DAY_S + 3_600),
    "first_of_the_hour_twice": _at(297 * DAY_S),
    "second_of_the_hour_twice": _at(297 * DAY_S + 3_600),
    "leap_day": _at(789 * DAY_S + 12 * 3600),
    "last_of_the_year": _at(365 * DAY_S - 900),
    "noon_of_june": _at(_NOON),
    "nothing_at_all": _with(**_NOTHING),
    "register_over_32_bits": _with(register_import_wh=2**32 + 5),
    "undervoltage": _with(voltage_v=207.0),
    "overvoltage": _with(voltage_v=253.0),
    "all_into_the_grid": _with(**{**_NOTHING, "generation_wh": 90_000, "export_wh": 90_000}),
    "all_into_the_battery": _with(**{**_NOTHING, "generation_wh": 20_000, "storage_wh": 20_000}),
}


def _unbalanced(record: dict[str, Any]) -> None:
    record.update(consumption_wh=record["consumption_wh"] + 5, anomaly=None)


def _night_sun(record: dict[str, Any]) -> None:
    record.update(generation_wh=500, local_start="2026-01-01T03:00:00+01:00", anomaly="theft")


PLANTS: Final = (
    Plant(rule="balance", change=_unbalanced),
    Plant(rule="registers", change=setting(register_import_wh=1)),
    Plant(rule="intervals", change=setting(interval=9_999_999)),
    Plant(rule="clock", change=setting(local_start="2026-07-01T12:00:00+01:00")),
    Plant(rule="sun", change=_night_sun),
    Plant(rule="voltage", change=setting(voltage_v=195.0)),
    Plant(rule="quality", change=setting(quality="estimated", anomaly=None)),
)


def _readings(variant: str, houses: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("meters", variant, lambda random: Grid(random, houses).next)


SCENARIO: Final = DataScenario(
    name="meters",
    about="quarter-hour readings of meters that balance, with labelled losses",
    rules=RULES,
    labels={"anomaly": "detection of theft and faults"},
    variants={
        "valid": valid(
            _readings("valid", 40), SCHEMA, "40 houses from New Year on; some 3 % anomalous"
        ),
        "boundary": boundary("meters", SCHEMA, _CASES),
        "malformed": malformed(_readings("malformed", 40), SCHEMA, PLANTS),
        "volume": volume(_readings("volume", 10_000), SCHEMA, "10,000 houses from New Year on"),
    },
)
