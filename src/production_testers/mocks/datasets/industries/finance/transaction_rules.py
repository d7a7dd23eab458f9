"""What a card payment's members say about each other, and about the card's earlier payments."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from production_testers.mocks.datasets.places import COUNTRIES
from production_testers.mocks.datasets.rules import Memory, rule

Payment = Mapping[str, Any]

_IBAN_LENGTHS: Final = {"DE": 22, "AT": 20, "CH": 21, "GB": 22, "NL": 18}
_ISSUER_CURRENCIES: Final = {"DE": "EUR", "AT": "EUR", "NL": "EUR", "CH": "CHF", "GB": "GBP"}


def passes_luhn(number: str) -> bool:
    """Whether a number's last digit is the one that ISO/IEC 7812 wants."""
    total = 0
    for position, digit in enumerate(number[::-1]):
        value = int(digit) * (2 if position % 2 else 1)
        total += value // 10 + value % 10
    return total % 10 == 0


def passes_mod_97(account: str) -> bool:
    """Whether an IBAN's check digits are the ones that ISO 13616 wants."""
    remainder = 0
    for letter in account[4:] + account[:4]:
        for digit in str(int(letter, 36)):
            remainder = (remainder * 10 + int(digit)) % 97
    return remainder == 1


@rule("card_check_digit", "a card number has 16 digits and passes the Luhn check")
def card_check_digit(record: Payment, _memory: Memory) -> str | None:
    """ISO/IEC 7812."""
    card = record["card"]
    if re.fullmatch("[0-9]{16}", card) and passes_luhn(card):
        return None
    return f"card {card} fails its check"


@rule("iban_check_digits", "an IBAN has its country's length and passes the mod 97 check")
def iban_check_digits(record: Payment, _memory: Memory) -> str | None:
    """ISO 13616."""
    account = record["iban"]
    if len(account) == _IBAN_LENGTHS.get(account[:2]) and passes_mod_97(account):
        return None
    return f"IBAN {account} fails its check"


@rule(
    "one_account",
    "a card always draws on the same account, in that account's currency",
    across=True,
)
def one_account(record: Payment, memory: Memory) -> str | None:
    """The card's issuer does not change."""
    known = memory.setdefault(record["card"], record["iban"])
    if known != record["iban"]:
        return f"card {record['card']} drew on {known} before, now on {record['iban']}"
    wanted = _ISSUER_CURRENCIES[record["iban"][:2]]
    if record["billing_currency"] == wanted:
        return None
    return f"an account in {wanted} is billed in {record['billing_currency']}"


@rule("currency_of_place", "the currency is that of the country, whose clock the local time shows")
def currency_of_place(record: Payment, _memory: Memory) -> str | None:
    """ISO 4217, and the zone's offset at that moment."""
    country = COUNTRIES[record["country"]]
    if record["currency"] != country.currency:
        return f"{record['currency']} in {record['country']}"
    here, there = map(datetime.fromisoformat, (record["timestamp"], record["local_time"]))
    if here != there:
        return f"{record['local_time']} is not {record['timestamp']}"
    hours = there.utcoffset()
    assert hours is not None
    ahead = hours.total_seconds() / 3600 - country.zone.offset_h
    if ahead in {0, 1 if country.zone.rule else 0}:
        return None
    return f"{record['local_time']} is no time of {country.zone.name}"


@rule("billing", "the billed amount is the amount at the rate")
def billing(record: Payment, _memory: Memory) -> str | None:
    """Rounded to a cent."""
    wanted = record["amount_cents"] * record["rate"]
    if abs(wanted - record["billing_cents"]) <= 0.5001:
        return None
    return f"{record['amount_cents']} at {record['rate']} is not {record['billing_cents']}"


@rule("contactless_limit", "contactless payments stay under 50 euros and the category's channel")
def contactless_limit(record: Payment, _memory: Memory) -> str | None:
    """Terminals ask for the chip above the limit."""
    euros = record["amount_cents"] / 100 / COUNTRIES[record["country"]].per_euro
    if record["channel"] == "contactless" and euros > 50.01:
        return f"{euros:.2f} euros without a chip"
    return None


@rule("opening_hours", "nobody pays in a shop that is closed")
def opening_hours(record: Payment, _memory: Memory) -> str | None:
    """Between one and six of the local clock only fuel stations and hotels take cards."""
    asleep = "01" <= record["local_time"][11:13] < "06"
    if asleep and record["channel"] != "online" and record["category"] not in {"5541", "7011"}:
        return f"{record['merchant']} at {record['local_time']}"
    return None


@rule("time_order", "payments come in the order of their time", across=True)
def time_order(record: Payment, memory: Memory) -> str | None:
    """Of the whole stream."""
    before = memory.get("last", record["timestamp"])
    memory["last"] = max(before, record["timestamp"])
    return None if before <= record["timestamp"] else f"{record['timestamp']} after {before}"


@rule(
    "history",
    "what a payment says of its card's earlier ones is what they say themselves",
    across=True,
)
def history(record: Payment, memory: Memory) -> str | None:
    """Counts of the last minute and ten minutes, and the way from where it was presented last."""
    now = datetime.fromisoformat(record["timestamp"]).timestamp()
    card = memory.setdefault(record["card"], {"times": [], "small": [], "presented": None})
    card["times"] = [then for then in card["times"] if then > now - 60] + [now]
    card["small"] = [then for then in card["small"] if then > now - 600]
    online = record["channel"] == "online"
    wanted: dict[str, Any] = {"count_60s": len(card["times"])}
    if online:
        euros = record["billing_cents"] / 100 / _per_euro(record)
        card["small"] += [now] if euros < 2 else []
        wanted |= {"seconds_since_last": None, "km_since_last": 0}
    elif card["presented"] is None:
        wanted |= {"seconds_since_last": None, "km_since_last": 0}
    else:
        then, *place = card["presented"]
        wanted["seconds_since_last"] = now - then
        if abs(_km(place, _place(record)) - record["km_since_last"]) > 1:
            return f"{record['km_since_last']} km from {place} to {_place(record)}"
    if not online:
        card["presented"] = (now, *_place(record))
    wanted["small_online_10m"] = len(card["small"])
    wrong = {name: record[name] for name, value in wanted.items() if record[name] != value}
    return f"{wrong} should be {wanted}" if wrong else None


@rule("label", "fraud is what the written rule says")
def label(record: Payment, _memory: Memory) -> str | None:
    """The rule in other words than the generator's."""
    reason = None
    gap, far = record["seconds_since_last"], record["km_since_last"]
    if gap is not None and far > 500 and (gap == 0 or far / (gap / 3600) > 900 + 1e-9):
        reason = "impossible_travel"
    elif record["small_online_10m"] >= 4:
        reason = "card_testing"
    elif record["count_60s"] >= 5:
        reason = "velocity"
    elif record["billing_cents"] > 20 * record["usual_cents"]:
        reason = "amount_jump"
    if (record["fraud_reason"], record["is_fraud"]) == (reason, reason is not None):
        return None
    return f"labelled {record['fraud_reason']}, the rule says {reason}"


def _place(record: Payment) -> list[float]:
    return [record["latitude"], record["longitude"]]


def _per_euro(record: Payment) -> float:
    return {one.currency: one.per_euro for one in COUNTRIES.values()}[record["billing_currency"]]


def _km(here: list[float], there: list[float]) -> float:
    (a, east), (b, west) = here, there
    a, b, turn = (math.radians(angle) for angle in (a, b, east - west))
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return 6371 * math.acos(max(-1.0, min(1.0, cosine)))


RULES: Final = (
    card_check_digit,
    iban_check_digits,
    one_account,
    currency_of_place,
    billing,
    contactless_limit,
    opening_hours,
    time_order,
    history,
    label,
)
