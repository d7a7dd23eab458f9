"""What numbers, times and charges of a call say about each other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule


@rule("numbers", "numbers are E.164; the caller's country is that of the subscription")
def numbers(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """The calling code belongs to the mobile country code."""
    codes = {"234": "+44", "310": "+1", "208": "+33", "240": "+46"}
    for name in ("calling", "called"):
        plain = record[name][1:]
        if record[name][0] != "+" or not plain.isdigit() or not 7 <= len(plain) <= 15:
            return f"{name} {record[name]} is no E.164 number"
    home = codes.get(record["imsi"][:3], "?")
    if not record["calling"].startswith(home):
        return f"{record['calling']} has subscription {record['imsi']}"
    return None


@rule("equipment", "an equipment number passes its check")
def equipment(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Luhn over fifteen digits (3GPP TS 23.003)."""
    total = 0
    for position, digit in enumerate(record["imei"][::-1]):
        value = int(digit) * (1 + position % 2)
        total += value // 10 + value % 10
    return None if total % 10 == 0 else f"IMEI {record['imei']} fails its check"


@rule("one_subscription", "a number has one subscription and one equipment", across=True)
def one_subscription(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Numbers are shared by chance in the small ranges for fiction, subscriptions never."""
    who = memory.setdefault(record["imsi"], (record["calling"], record["imei"]))
    if who == (record["calling"], record["imei"]):
        return None
    return f"{record['imsi']} was {who}, now {record['calling']}, {record['imei']}"


@rule("times", "set-up, answer and release are in order, and the duration lies between the last")
def times(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """To the second."""
    begin, end = (datetime.fromisoformat(record[name]) for name in ("starts_at", "ends_at"))
    if record["answered_at"] is None:
        return None if begin <= end and record["duration_s"] == 0 else "time without an answer"
    answer = datetime.fromisoformat(record["answered_at"])
    talked = (end - answer).total_seconds()
    if begin <= answer <= end and talked == record["duration_s"]:
        return None
    return f"{begin}, {answer}, {end} with {record['duration_s']} s"


@rule("cause", "only answered calls are released normally")
def cause(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Q.850 cause 16."""
    if (record["cause"] == 16) == (record["answered_at"] is not None):
        return None
    return f"cause {record['cause']}, answered at {record['answered_at']}"


@rule("charge", "the charge is the rate for each minute that has begun")
def charge(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """The rate follows from who serves whom; what is not answered is free."""
    prices = {"national": 900, "international": 4_500, "roaming": 1_900}
    codes = {"234": "+44", "310": "+1", "208": "+33", "240": "+46"}
    home = record["imsi"][:3]
    rate = "roaming"
    if record["serving_mcc"] == home:
        rate = "national" if record["called"].startswith(codes[home]) else "international"
    wanted = (record["duration_s"] + 59) // 60 * prices[rate]
    if (record["rate"], record["charge_e4"]) == (rate, wanted):
        return None
    return f"{record['charge_e4']} as {record['rate']}, should be {wanted} as {rate}"


@rule("cell", "the cell is one of the network that served the call")
def cell(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Its country comes first."""
    fits = record["cell"].startswith(record["serving_mcc"])
    return None if fits else f"cell {record['cell']} in {record['serving_mcc']}"


@rule("order", "records come in the order in which calls were set up", across=True)
def order(record: Mapping[str, Any], memory: Memory) -> str | None:
    """By `starts_at`."""
    before = memory.get("last", "")
    memory["last"] = max(before, record["starts_at"])
    return None if record["starts_at"] >= before else f"{record['starts_at']} after {before}"


@rule("label", "who is labelled as a fraud has a kind of fraud, and looks like it")
def label(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Rung once; sold on; to premium numbers."""
    kind = record["fraud_kind"]
    if record["is_fraud"] is not (kind is not None):
        return f"fraud: {record['is_fraud']}, kind {kind}"
    premium = record["called"].startswith("+979")
    looks = {"wangiri": record["duration_s"] == 0, "revenue_share": premium}
    if not looks.get(kind, True) or (premium and kind != "revenue_share"):
        return f"{kind} to {record['called']} for {record['duration_s']} s"
    return None


RULES: Final = (
    numbers,
    equipment,
    one_subscription,
    times,
    cause,
    charge,
    cell,
    order,
    label,
)
