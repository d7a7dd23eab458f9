"""What reports of sensors say about each other."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule


@rule("sequence", "the reports of each sensor are numbered without a gap", across=True)
def sequence(record: Mapping[str, Any], memory: Memory) -> str | None:
    """From one."""
    wanted = memory.get(record["sensor"], 0) + 1
    memory[record["sensor"]] = wanted
    if record["sequence"] == wanted and record["id"] == f"{record['sensor']}-{wanted}":
        return None
    return f"{record['id']} has number {record['sequence']}, not {wanted}"


@rule("arrival", "reports come in the order in which they arrive", across=True)
def arrival(record: Mapping[str, Any], memory: Memory) -> str | None:
    """By `received_at`; `observed_at` may be out of order."""
    before = memory.get("last", "")
    memory["last"] = max(before, record["received_at"])
    return None if record["received_at"] >= before else f"{record['received_at']} after {before}"


@rule("seen_first", "nothing arrives before it is seen, except under a wrong clock")
def seen_first(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Labelled `clock_offset` where it does."""
    early = record["observed_at"] > record["received_at"]
    if early == (record["anomaly"] == "clock_offset"):
        return None
    return f"seen {record['observed_at']}, received {record['received_at']}"


@rule("high_water", "a mark is the highest of its sources'")
def high_water(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """What is derived is not open because a part of it is."""
    order = ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET")
    highest = max(record["sources"], key=order.index)
    if record["classification"] == highest:
        return None
    return f"marked {record['classification']}, made from {highest}"


@rule("release", "secret reports are released to nobody")
def release(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """The higher the mark, the fewer."""
    if record["classification"] == "SECRET" and record["releasable_to"]:
        return f"SECRET for {record['releasable_to']}"
    return None


@rule("domain", "ships stay at sea level and below 30 m/s; sensors see what they can see")
def domain(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """AIS is of ships, ADS-B of aircraft, and only those two say who they are."""
    surface, kind = record["domain"] == "surface", record["sensor_kind"]
    if surface and (record["altitude_m"] > 0 or record["speed_mps"] > 30):
        return f"a ship at {record['altitude_m']} m and {record['speed_mps']} m/s"
    if kind == {True: "adsb", False: "ais"}[surface]:
        return f"{kind} of a thing on the {record['domain']}"
    tells = kind in {"ais", "adsb"}
    if (record["identity"] is not None) is not tells:
        return f"{kind} with identity {record['identity']}"
    return None


@rule("call_sign", "a flight has a call sign, a ship a name, each with the number of its kind")
def call_sign(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Three letters and up to four digits; a 24-bit address in the air, nine digits at sea."""
    name, identity = record["name"], record["identity"]
    if name is None and identity is None:
        return None
    flight = re.fullmatch("[A-Z]{3}[0-9]{1,4}", str(name)) is not None
    numbered = re.fullmatch("[0-9A-F]{6}", str(identity)) is not None
    if flight is numbered is (record["domain"] == "air"):
        return None
    return f"{name!r} with {identity} in the domain {record['domain']}"


@rule("kinematics", "an object is where its speed can have brought it", across=True)
def kinematics(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Within the sensors' errors; where it cannot be, the position is labelled as spoofed."""
    if record["anomaly"] == "clock_offset":
        return None
    now = datetime.fromisoformat(record["observed_at"]).timestamp()
    here = (record["latitude"] * 111_320, record["longitude"] * 111_320 * 0.5878)
    spoofed = record["anomaly"] == "spoofed_position"
    known = memory.get(record["track"])
    if known is None:
        if not spoofed:
            memory[record["track"]] = (now, here, record["error_m"])
        return None
    then, there, error = known
    way = ((here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2) ** 0.5
    # Objects turn round at the edge of the sea, in a time that no report tells.
    can = record["speed_mps"] * abs(now - then) + 2 * (error + record["error_m"])
    can += record["speed_mps"] * 120
    if not spoofed:
        memory[record["track"]] = (now, here, record["error_m"])
    if (way > can) and not spoofed:
        return f"{record['track']} moved {way:.0f} m, could move {can:.0f} m"
    return None


RULES: Final = (
    sequence,
    arrival,
    seen_first,
    high_water,
    release,
    domain,
    call_sign,
    kinematics,
)
