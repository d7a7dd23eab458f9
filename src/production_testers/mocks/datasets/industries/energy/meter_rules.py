"""What energies, registers and clocks of a reading say about each other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule


@rule("balance", "grid and roof give what is consumed, fed back and stored, to the watt-hour")
def balance(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """What does not balance is labelled as what it is."""
    given = record["import_wh"] + record["generation_wh"]
    taken = record["consumption_wh"] + record["export_wh"] + record["storage_wh"]
    if given == taken or record["anomaly"] in {"theft", "reversed_phase", "gap"}:
        return None
    return f"{given} Wh come, {taken} Wh go"


@rule("registers", "registers go on by what was metered, and never back", across=True)
def registers(record: Mapping[str, Any], memory: Memory) -> str | None:
    """A stuck register stands; over a gap it has counted what the interval does not say."""
    for way in ("import", "export"):
        now, key = record[f"register_{way}_wh"], (record["meter"], way)
        before = memory.get(key, now - record[f"{way}_wh"])
        memory[key] = now
        metered = 0 if record["anomaly"] == "stuck_register" else record[f"{way}_wh"]
        if now < before or (now != before + metered and record["anomaly"] != "gap"):
            return f"{way} register from {before} to {now} with {record[f'{way}_wh']} Wh metered"
    return None


@rule("intervals", "each meter gives every quarter of an hour once, in order", across=True)
def intervals(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Also where the clocks change."""
    before = memory.get(record["meter"], record["interval"] - 1)
    memory[record["meter"]] = record["interval"]
    if record["interval"] == before + 1:
        return None
    return f"interval {record['interval']} after {before}"


@rule("clock", "the interval's number, its moment and the local clock say the same")
def clock(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Counted from 2026-01-01T00:00Z; the offset is that of Berlin on that day."""
    begin = datetime.fromisoformat(record["starts_at"])
    here = datetime.fromisoformat(record["local_start"])
    counted = (begin - datetime.fromisoformat("2026-01-01T00:00:00+00:00")).total_seconds() / 900
    offset = here.utcoffset()
    assert offset is not None
    summer = "-03-29T01" <= record["starts_at"][4:13] < "-10-25T01"
    summer = summer if begin.year == 2026 else offset.total_seconds() == 7200
    if (
        counted == record["interval"]
        and begin == here
        and offset.total_seconds() == 3600 * (1 + summer)
    ):
        return None
    return f"interval {record['interval']} at {record['starts_at']}, {record['local_start']}"


@rule("sun", "roofs give nothing at night")
def sun(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Between 22 and 5 on the local clock it is dark on every day of the year."""
    hour = int(record["local_start"][11:13])
    if record["generation_wh"] and not 5 <= hour < 22:
        return f"{record['generation_wh']} Wh from the roof at {record['local_start']}"
    return None


@rule("voltage", "voltage is 230 V within a tenth")
def voltage(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """EN 50160: 207 to 253 V."""
    return None if 207 <= record["voltage_v"] <= 253 else f"{record['voltage_v']} V"


@rule("quality", "only lost intervals are estimated")
def quality(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Gaps are labelled."""
    if (record["quality"] == "estimated") == (record["anomaly"] == "gap"):
        return None
    return f"{record['quality']} with anomaly {record['anomaly']}"


RULES: Final = (
    balance,
    registers,
    intervals,
    clock,
    sun,
    voltage,
    quality,
)
