"""The written rule by which a card payment is fraud; it reads nothing but the record."""

from collections.abc import Mapping
from typing import Final

from production_testers.model.canonical import Json

TRAVEL_KM_MIN: Final = 500
TRAVEL_KM_PER_HOUR_MAX: Final = 900
VELOCITY_COUNT: Final = 5
TESTING_COUNT: Final = 4
AMOUNT_TIMES_MAX: Final = 20
REASONS: Final = ("impossible_travel", "card_testing", "velocity", "amount_jump")


def fraud_reason(record: Mapping[str, Json]) -> str | None:
    """Why a payment is fraud by the written rule, or None; the first that applies counts.

    impossible_travel: presented in person over 500 km from where it was last presented, faster
        than 900 km/h.
    card_testing: the card's fourth online payment of under 2 euros within 10 minutes, or a later
        one.
    velocity: the card's fifth payment within 60 s, or a later one.
    amount_jump: more than 20 times the card's usual amount, in the currency of its account.

    Raises:
        TypeError: A member that the rule reads is no number.
    """
    km, seconds = _number(record["km_since_last"]), record["seconds_since_last"]
    travelled = seconds is not None and km > TRAVEL_KM_MIN
    if travelled and km * 3600 > TRAVEL_KM_PER_HOUR_MAX * _number(seconds):
        return "impossible_travel"
    if _number(record["small_online_10m"]) >= TESTING_COUNT:
        return "card_testing"
    if _number(record["count_60s"]) >= VELOCITY_COUNT:
        return "velocity"
    if _number(record["billing_cents"]) > AMOUNT_TIMES_MAX * _number(record["usual_cents"]):
        return "amount_jump"
    return None


def _number(value: Json) -> float:
    if isinstance(value, (int, float)):
        return value
    raise TypeError(f"{value!r} is no number")
