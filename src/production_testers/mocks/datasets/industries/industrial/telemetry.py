"""Readings of pumps: pressure, flow and power belong together, and faults build up slowly."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import digits
from production_testers.mocks.datasets.edges.cases import Make, boundary
from production_testers.mocks.datasets.rules import Memory, rule
from production_testers.mocks.datasets.schema import (
    fields,
    flag,
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

ANOMALIES: Final = ("bearing_wear", "cavitation", "stuck_sensor", "spike", "dropout")
_LASTS: Final = {"bearing_wear": 60, "cavitation": 25, "stuck_sensor": 30, "spike": 1, "dropout": 8}
"""Anomaly → readings for which it lasts."""

_FAULT_RATE: Final = 0.003
_HYDRAULIC: Final = 36.0
"""Cubic metres an hour times bar, divided by this, are kilowatts."""

_TRIP_MM_S: Final = 11.0
"""Vibration at which the safety system stops the pump: zone D of ISO 20816-3 at the latest."""

SCHEMA: Final = fields(
    id=text("Machine and number in its sequence", pattern="^pump-[0-9]{4}-[0-9]+$"),
    machine=text("Which pump", pattern="^pump-[0-9]{4}$"),
    sequence=whole("Grows by one for each reading of the machine", 1),
    device_time=moment("By the pump's own clock, which drifts"),
    gateway_time=moment("When the gateway received it"),
    state=word("What the pump does", "running", "stopped", "tripped"),
    speed_rpm=whole("Speed of the motor", 0, 3_600),
    pressure_bar=number("Difference over the pump", 0, 40),
    flow_m3_h=number("Flow", 0, 500),
    power_kw=number("Electrical power", 0, 600),
    temperature_c=number("Of the bearing", -40, 200),
    vibration_mm_s=number("Velocity, root mean square", 0, 50),
    quality=word("What the sensors say of themselves (OPC UA)", "good", "uncertain", "bad"),
    safety_stop=flag("Whether the safety system acts: overtakes everything"),
    anomaly=maybe(word("What is wrong", *ANOMALIES)),
)


@dataclass(slots=True)
class _Pump:
    name: str
    flow: float
    pressure: float
    efficiency: float
    drift_ppm: int
    sequence: int = 0
    heat: float = 45.0
    anomaly: str = ""
    since: int = 0
    stopped: int = 0
    held: tuple[int, float, float, float] | None = None


class Station:
    """The stream's state: the pumps, read in turn, one round every second."""

    def __init__(self, random: Random, pumps: int) -> None:
        self._random, self._index, self._round_ms = random, -1, 0
        self._pumps = [
            _Pump(
                name=f"pump-{index:04d}",
                flow=40 + random.random() * 160,
                pressure=2 + random.random() * 10,
                efficiency=0.6 + random.random() * 0.2,
                drift_ppm=int(random.random() * 100) - 50,
            )
            for index in range(pumps)
        ]

    def next(self, _number: int) -> Record:
        """The next reading."""
        self._index += 1
        if self._index == len(self._pumps):
            self._index, self._round_ms = 0, self._round_ms + 1_000
        pump, random = self._pumps[self._index], self._random.random
        pump.sequence += 1
        draw = random()
        if pump.stopped:
            pump.stopped -= 1
        elif not pump.anomaly and draw < _FAULT_RATE:
            pump.anomaly = ANOMALIES[int(draw / _FAULT_RATE * 5)]
            pump.since = 0
        elif draw > 0.9995:
            pump.stopped, pump.anomaly = 20, ""
        now_ms = self._round_ms + self._index * 1_000 // len(self._pumps)
        return self._reading(pump, now_ms, random)

    def _reading(self, pump: _Pump, now_ms: int, random: Callable[[], float]) -> Record:
        vary = 0.97 + 0.06 * random()
        speed, flow, pressure = int(2_900 * vary), pump.flow * vary, pump.pressure * vary * vary
        vibration, tripped = 1.2 + random() * 0.8, False
        anomaly, quality = pump.anomaly, "good"
        if pump.stopped:
            speed, flow, pressure, vibration = 0, 0.0, 0.0, 0.05
        elif anomaly == "cavitation":
            flow, pressure, vibration = flow * 0.8, pressure * 0.7, vibration + 3 + random()
        elif anomaly == "bearing_wear":
            vibration += 0.5 + pump.since * 0.2
            tripped = vibration > _TRIP_MM_S
        if anomaly:
            pump.since += 1
            if pump.since >= _LASTS[anomaly] or tripped:
                pump.anomaly, pump.held = "", None
                pump.stopped = 30 if tripped else 0
        loss = 0.8 if anomaly == "cavitation" else 1.0
        power = flow * pressure / _HYDRAULIC / (pump.efficiency * loss) + (1.5 if speed else 0.2)
        target = 25 + (30 if speed else 0) + (pump.since * 0.6 if anomaly == "bearing_wear" else 0)
        pump.heat += (target - pump.heat) * 0.05
        measured = (speed, round(pressure, 2), round(flow, 1), round(power, 2))
        if anomaly == "stuck_sensor":
            pump.held = measured = pump.held or measured
        elif anomaly == "spike":
            measured = (speed, round(min(40.0, pressure * 3 + 5), 2), *measured[2:])
        elif anomaly == "dropout":
            measured, quality = (0, 0.0, 0.0, 0.0), "bad"
        return {
            "id": f"{pump.name}-{pump.sequence}",
            "machine": pump.name,
            "sequence": pump.sequence,
            "device_time": stamp_ms(max(0, now_ms + now_ms * pump.drift_ppm // 1_000_000)),
            "gateway_time": stamp_ms(now_ms + 5 + int(random() * 40)),
            "state": "tripped" if tripped else "stopped" if not speed else "running",
            "speed_rpm": measured[0],
            "pressure_bar": measured[1],
            "flow_m3_h": measured[2],
            "power_kw": measured[3],
            "temperature_c": round(pump.heat, 1),
            "vibration_mm_s": round(vibration, 2),
            "quality": quality,
            "safety_stop": tripped,
            "anomaly": anomaly or None,
        }


def _case(**members: Any) -> Make:
    def make(random: Random, number_: int) -> Record:
        machine = f"pump-{digits(random, 4)}"
        return {
            "id": f"{machine}-{number_}",
            "machine": machine,
            "sequence": number_,
            "device_time": "2026-01-05T08:00:00.000Z",
            "gateway_time": "2026-01-05T08:00:00.020Z",
            "state": "running",
            "speed_rpm": 2_900,
            "pressure_bar": 6.0,
            "flow_m3_h": 120.0,
            "power_kw": 30.0,
            "temperature_c": 55.0,
            "vibration_mm_s": 1.5,
            "quality": "good",
            "safety_stop": False,
            "anomaly": None,
            **members,
        }

    return make


_STOPPED: Final = {"state": "stopped", "speed_rpm": 0, "pressure_bar": 0.0, "flow_m3_h": 0.0}
_CASES: Final[Mapping[str, Make]] = {
    "stopped": _case(**_STOPPED, power_kw=0.2, vibration_mm_s=0.05),
    "freezing": _case(temperature_c=-40.0),
    "boiling": _case(temperature_c=120.0),
    "below_trip": _case(vibration_mm_s=11.0, anomaly="bearing_wear"),
    "over_trip": _case(
        vibration_mm_s=11.01, state="tripped", safety_stop=True, anomaly="bearing_wear"
    ),
    "dropout": _case(
        speed_rpm=0,
        pressure_bar=0.0,
        flow_m3_h=0.0,
        power_kw=0.0,
        quality="bad",
        anomaly="dropout",
    ),
    "clock_behind": _case(device_time="2026-01-05T07:59:30.000Z"),
    "clock_ahead": _case(device_time="2026-01-05T08:00:30.000Z"),
    "clock_reset": _case(device_time="1970-01-01T00:00:00.000Z"),
    "leap_second_day": _case(
        device_time="2016-12-31T23:59:59.999Z", gateway_time="2017-01-01T00:00:00.019Z"
    ),
    "largest": _case(pressure_bar=12.0, flow_m3_h=500.0, power_kw=230.0),
    "smallest_flow": _case(pressure_bar=0.1, flow_m3_h=0.1, power_kw=1.5),
}


@rule("sequence", "the readings of each machine are numbered without a gap", across=True)
def sequence(record: Mapping[str, Any], memory: Memory) -> str | None:
    """From one."""
    wanted = memory.get(record["machine"], 0) + 1
    memory[record["machine"]] = wanted
    if record["sequence"] == wanted and record["id"] == f"{record['machine']}-{wanted}":
        return None
    return f"{record['id']} has number {record['sequence']}, not {wanted}"


@rule("clock", "the clock of each machine goes forward", across=True)
def clock(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Though not exactly as fast as the gateway's."""
    before = memory.get(record["machine"], "")
    memory[record["machine"]] = max(before, record["device_time"])
    if record["device_time"] >= before:
        return None
    return f"{record['machine']} went from {before} to {record['device_time']}"


@rule("power", "electrical power is hydraulic power by an efficiency that a pump can have")
def power(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Between 35 and 90 %, plus what the motor takes idly; not judged where sensors are wrong."""
    if record["anomaly"] in {"spike", "dropout"}:
        return None
    hydraulic = record["flow_m3_h"] * record["pressure_bar"] / 36
    if hydraulic / 0.9 - 0.2 <= record["power_kw"] <= hydraulic / 0.35 + 2:
        return None
    return f"{record['power_kw']} kW for {hydraulic:.2f} kW of water"


@rule("state", "a pump that stands moves no water, one that runs turns and does not trip")
def state(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Speed, flow, vibration and the safety system agree with the state."""
    moving = record["flow_m3_h"] > 0 or record["speed_rpm"] > 0
    if record["state"] == "stopped" and moving and record["anomaly"] != "stuck_sensor":
        return f"stopped at {record['speed_rpm']} rpm, {record['flow_m3_h']} m3/h"
    if record["state"] == "running" and not moving and record["quality"] == "good":
        return "running without turning"
    trips = record["vibration_mm_s"] > 11.0
    if not trips == record["safety_stop"] == (record["state"] == "tripped"):
        return f"{record['state']} at {record['vibration_mm_s']} mm/s"
    return None


@rule("quality", "a sensor that gives nothing says that it is bad, and only such a one")
def quality(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Dropouts are labelled."""
    if (record["quality"] == "bad") == (record["anomaly"] == "dropout"):
        return None
    return f"quality {record['quality']} with anomaly {record['anomaly']}"


@rule("vibration", "strong vibration has a labelled reason")
def vibration(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Over 2.8 mm/s a pump of this size is not in good condition (ISO 20816-3)."""
    if record["vibration_mm_s"] <= 2.8 or record["anomaly"] in {"bearing_wear", "cavitation"}:
        return None
    return f"{record['vibration_mm_s']} mm/s with anomaly {record['anomaly']}"


def _ten_times(record: dict[str, Any]) -> None:
    record.update(anomaly=None, power_kw=599.0, flow_m3_h=100.0, pressure_bar=5.0)


PLANTS: Final = (
    Plant(rule="sequence", change=setting(sequence=999_999)),
    Plant(rule="clock", change=setting(device_time="2025-12-31T00:00:00.000Z")),
    Plant(rule="power", change=_ten_times),
    Plant(rule="state", change=setting(state="stopped", speed_rpm=1_500, anomaly=None)),
    Plant(rule="quality", change=setting(quality="bad", anomaly=None)),
    Plant(rule="vibration", change=setting(vibration_mm_s=9.0, anomaly=None)),
)


def _readings(variant: str, pumps: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("telemetry", variant, lambda random: Station(random, pumps).next)


SCENARIO: Final = DataScenario(
    name="telemetry",
    about="readings of pumps, with labelled anomalies",
    rules=(sequence, clock, power, state, quality, vibration),
    labels={
        "anomaly": "detection of anomalies, and prediction of those that build up",
        "safety_stop": "must overtake everything that is queued",
    },
    variants={
        "valid": valid(
            _readings("valid", 20), SCHEMA, "20 pumps, once a second; some 6 % anomalous"
        ),
        "boundary": boundary("telemetry", SCHEMA, _CASES),
        "malformed": malformed(_readings("malformed", 20), SCHEMA, PLANTS),
        "volume": volume(_readings("volume", 1_000), SCHEMA, "1,000 pumps, once a second"),
    },
)
