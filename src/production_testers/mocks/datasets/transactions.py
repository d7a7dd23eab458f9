"""Card payments whose label, fraud or not, follows from the fields of the record itself."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Final

from production_testers.mocks.datasets.fraud import (
    AMOUNT_TIMES_MAX,
    TRAVEL_KM_MIN,
    TRAVEL_KM_PER_HOUR_MAX,
    VELOCITY_COUNT,
)
from production_testers.mocks.datasets.payments import CITIES, Moment, Till, new_card, payment
from production_testers.mocks.datasets.shape import (
    DataClass,
    DataScenario,
    Record,
    Variant,
    loosened,
)
from production_testers.model.canonical import Json
from production_testers.model.seeds import random_for

FIELDS: Final = {
    "id": "string",
    "card": "string",
    "iban": "string",
    "merchant": "string",
    "category": "string",
    "city": "string",
    "country": "string",
    "latitude": "number",
    "longitude": "number",
    "amount_cents": "integer",
    "currency": "string",
    "timestamp": "string",
    "usual_amount_cents": "integer",
    "seconds_since_last": "integer|null",
    "km_since_last": "integer",
    "count_60s": "integer",
    "is_fraud": "boolean",
    "fraud_reason": "string|null",
}
"""`seconds_since_last` and `km_since_last` look back to the card's previous payment, null and 0
when there is none; `count_60s` counts the card's payments of the last 60 s, this one included."""


def _payments(variant: str, cards: int) -> Callable[[int], Iterator[Record]]:
    def stream(seed: int) -> Iterator[Record]:
        till = Till(random_for(seed, "transactions", variant), cards)
        for number in count(1):
            yield till.next(number)

    return stream


_PLAIN: Final = Moment(0, CITIES[0], 1_000, 3_600, 0, 1)
_CARD_USUAL: Final = 1_000
_HOUR_KM: Final = TRAVEL_KM_PER_HOUR_MAX
BOUNDARIES: Final[Mapping[str, Moment]] = {
    "amount_least": _PLAIN._replace(amount_cents=1),
    "amount_at_threshold": _PLAIN._replace(amount_cents=_CARD_USUAL * AMOUNT_TIMES_MAX),
    "amount_over_threshold": _PLAIN._replace(amount_cents=_CARD_USUAL * AMOUNT_TIMES_MAX + 1),
    "amount_int32": _PLAIN._replace(amount_cents=2**31),
    "amount_int64_most": _PLAIN._replace(amount_cents=2**63 - 1),
    "velocity_below": _PLAIN._replace(seconds=1, count_60s=VELOCITY_COUNT - 1),
    "velocity_at": _PLAIN._replace(seconds=1, count_60s=VELOCITY_COUNT),
    "velocity_over": _PLAIN._replace(seconds=1, count_60s=VELOCITY_COUNT + 1),
    "travel_at_speed": _PLAIN._replace(seconds=3_600, km=_HOUR_KM),
    "travel_over_speed": _PLAIN._replace(seconds=3_599, km=_HOUR_KM),
    "travel_near": _PLAIN._replace(seconds=1, km=TRAVEL_KM_MIN),
    "travel_no_time": _PLAIN._replace(seconds=0, km=TRAVEL_KM_MIN + 1),
    "all_at_once": _PLAIN._replace(seconds=0, km=9_000, count_60s=9, amount_cents=10**9),
    "first_payment": _PLAIN._replace(seconds=None),
    "same_second": _PLAIN._replace(seconds=0, count_60s=2),
    "before_midnight": _PLAIN._replace(now_s=86_399),
    "at_midnight": _PLAIN._replace(now_s=86_400),
    "leap_day": _PLAIN._replace(now_s=789 * 86_400),
    "end_of_year": _PLAIN._replace(now_s=365 * 86_400 - 1),
}
"""Case → a payment on or beside a threshold of the rule, of time or of numbers."""


def _boundary(seed: int) -> Iterator[Record]:
    random = random_for(seed, "transactions", "boundary")
    cases = tuple(BOUNDARIES.items())
    for number in count(1):
        case, moment = cases[(number - 1) % len(cases)]
        card = new_card(random)
        card.usual_cents = _CARD_USUAL
        yield {**payment(random, number, card, moment), "case": case}


def _digit_changed(value: Json) -> str:
    text = str(value)
    return text[:-1] + str((int(text[-1]) + 1) % 10)


DEFECTS: Final[Mapping[str, Callable[[Record], Mapping[str, Json]]]] = {
    "card_luhn": lambda record: {"card": _digit_changed(record["card"])},
    "card_letters": lambda _record: {"card": "4242-XXXX-XXXX-4242"},
    "card_empty": lambda _record: {"card": ""},
    "iban_check_digits": lambda record: {"iban": _digit_changed(record["iban"])},
    "iban_short": lambda record: {"iban": str(record["iban"])[:8]},
    "amount_text": lambda record: {"amount_cents": str(record["amount_cents"])},
    "amount_negative": lambda _record: {"amount_cents": -1},
    "amount_fraction": lambda _record: {"amount_cents": 10.5},
    "amount_null": lambda _record: {"amount_cents": None},
    "currency_unknown": lambda _record: {"currency": "XQZ"},
    "currency_null": lambda _record: {"currency": None},
    "timestamp_no_such_day": lambda _record: {"timestamp": "2026-02-30T10:00:00Z"},
    "timestamp_no_zone": lambda record: {"timestamp": str(record["timestamp"])[:-1]},
    "timestamp_number": lambda _record: {"timestamp": 1_767_225_600},
    "country_unknown": lambda _record: {"country": "ZZ"},
    "latitude_off_globe": lambda _record: {"latitude": 123.4},
    "label_text": lambda _record: {"is_fraud": "false"},
}
"""Defect → the members that it breaks; `missing_*` and `duplicate_id` come besides."""

_NEEDED: Final = ("id", "card", "amount_cents", "currency", "timestamp")


def _malformed(seed: int) -> Iterator[Record]:
    random = random_for(seed, "transactions", "malformed")
    till = Till(random, 50)
    names = (*DEFECTS, *(f"missing_{name}" for name in _NEEDED), "duplicate_id")
    previous: Json = None
    for number in count(1):
        record, defect = till.next(number), names[(number - 1) % len(names)]
        if defect in DEFECTS:
            record.update(DEFECTS[defect](record))
        elif defect == "duplicate_id":
            record["id"] = previous
        else:
            del record[defect.removeprefix("missing_")]
        previous = record.get("id", previous)
        yield {**record, "defect": defect}


SCENARIO: Final = DataScenario(
    name="transactions",
    about="card payments, labelled as fraud by a written rule",
    variants={
        "valid": Variant(
            about="50 cards over days; about 3 % fraud",
            data_class=DataClass.HAPPY_PATH,
            stream=_payments("valid", 50),
            fields=FIELDS,
        ),
        "boundary": Variant(
            about="one payment a card on or beside a threshold, named by `case`",
            data_class=DataClass.EDGE_CASES,
            stream=_boundary,
            fields={**FIELDS, "case": "string"},
        ),
        "malformed": Variant(
            about="one broken member a record, named by `defect`",
            data_class=DataClass.ADVERSARIAL,
            stream=_malformed,
            fields=loosened(FIELDS, defect="string"),
        ),
        "volume": Variant(
            about="1,000 cards; about 3 % fraud",
            data_class=DataClass.SCALE,
            stream=_payments("volume", 1_000),
            fields=FIELDS,
        ),
    },
)
