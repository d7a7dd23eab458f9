"""Card payments whose label, fraud or not, follows from the fields of the record itself."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.industries.finance.fraud import (
    AMOUNT_TIMES_MAX,
    REASONS,
    TESTING_COUNT,
    TRAVEL_KM_MIN,
    TRAVEL_KM_PER_HOUR_MAX,
    VELOCITY_COUNT,
)
from production_testers.mocks.datasets.industries.finance.payments import (
    MERCHANTS,
    Moment,
    Till,
    new_card,
    payment,
)
from production_testers.mocks.datasets.industries.finance.transaction_rules import RULES
from production_testers.mocks.datasets.places import CITIES, COUNTRIES
from production_testers.mocks.datasets.schema import (
    fields,
    flag,
    local_moment,
    maybe,
    moment,
    number,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.streams import stream_of, valid, volume

_CURRENCIES: Final = tuple(dict.fromkeys(country.currency for country in COUNTRIES.values()))

SCHEMA: Final = fields(
    id=text("Number of the payment", pattern="^txn-[0-9]{10}$"),
    card=text("Card number, of the prefixes for tests", pattern="^[0-9]{16}$"),
    iban=text("Account that the card draws on", pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
    merchant=text("Who is paid"),
    category=text("Merchant category code, ISO 18245", pattern="^[0-9]{4}$"),
    channel=word("How the card was presented", "chip", "contactless", "online"),
    city=text("Where the merchant is; online, where the card was last"),
    country=word("Of the city", *COUNTRIES),
    latitude=number("Degrees north", -90, 90),
    longitude=number("Degrees east", -180, 180),
    amount_cents=whole("What was paid, in hundredths of `currency`", 1),
    currency=word("Of the country", *_CURRENCIES),
    rate=number("Units of `billing_currency` for one of `currency`", 0.000001, 100_000),
    billing_cents=whole("The same in the currency of the account"),
    billing_currency=word("Of the account", "EUR", "GBP", "CHF"),
    timestamp=moment("When"),
    local_time=local_moment("The same on the clocks of the city"),
    usual_cents=whole("What the card usually pays, in `billing_currency`", 1),
    seconds_since_last=maybe(whole("Since the card was last presented in person")),
    km_since_last=whole("From there, 0 when there is none", 0, 20_038),
    count_60s=whole("The card's payments of the last minute, this one included", 1, 1_000),
    small_online_10m=whole("Its online payments under 2 euros of the last ten minutes", 0, 1_000),
    authorization=text("Code of the issuer", pattern="^[0-9A-Z]{6}$"),
    is_fraud=flag("Whether it is fraud by the written rule"),
    fraud_reason=maybe(word("Which part of the rule", *REASONS)),
)


def _payments(variant: str, cards: int) -> Callable[[int], Any]:
    return stream_of("transactions", variant, lambda random: Till(random, cards).next)


_USUAL: Final = 1_000
_PLAIN: Final = Moment(9 * 3_600, CITIES[0], MERCHANTS[0], 1_000, 3_600)
_NIGHT: Final = _PLAIN._replace(merchant=MERCHANTS[2])
_MOMENTS: Final[Mapping[str, Moment]] = {
    "amount_least": _PLAIN._replace(billing_cents=1),
    "amount_at_threshold": _PLAIN._replace(billing_cents=_USUAL * AMOUNT_TIMES_MAX),
    "amount_over_threshold": _PLAIN._replace(billing_cents=_USUAL * AMOUNT_TIMES_MAX + 1),
    "amount_int32": _PLAIN._replace(billing_cents=2**31),
    "amount_double_most": _PLAIN._replace(billing_cents=2**53 - 1),
    "velocity_below": _PLAIN._replace(count_60s=VELOCITY_COUNT - 1),
    "velocity_at": _PLAIN._replace(count_60s=VELOCITY_COUNT),
    "velocity_over": _PLAIN._replace(count_60s=VELOCITY_COUNT + 1),
    "testing_below": _PLAIN._replace(small_online_10m=TESTING_COUNT - 1),
    "testing_at": _PLAIN._replace(small_online_10m=TESTING_COUNT),
    "travel_at_speed": _PLAIN._replace(seconds=3_600, km=TRAVEL_KM_PER_HOUR_MAX),
    "travel_over_speed": _PLAIN._replace(seconds=3_599, km=TRAVEL_KM_PER_HOUR_MAX),
    "travel_near": _PLAIN._replace(seconds=1, km=TRAVEL_KM_MIN),
    "travel_no_time": _PLAIN._replace(seconds=0, km=TRAVEL_KM_MIN + 1),
    "all_at_once": _PLAIN._replace(seconds=0, km=9_000, count_60s=9, billing_cents=10**9),
    "first_payment": _PLAIN._replace(seconds=None),
    "before_midnight": _NIGHT._replace(now_s=86_399),
    "at_midnight": _NIGHT._replace(now_s=86_400),
    "before_summer_time": _NIGHT._replace(now_s=87 * 86_400 + 3_599),
    "at_summer_time": _NIGHT._replace(now_s=87 * 86_400 + 3_600),
    "first_of_the_hour_twice": _NIGHT._replace(now_s=297 * 86_400 + 1_800),
    "second_of_the_hour_twice": _NIGHT._replace(now_s=297 * 86_400 + 5_400),
    "leap_day": _NIGHT._replace(now_s=789 * 86_400),
    "end_of_year": _NIGHT._replace(now_s=365 * 86_400 - 1),
    "half_hour_zone": _PLAIN._replace(city=CITIES[12]),
}
"""Case → a payment on or beside a threshold of the rule, of time or of numbers. What it says of
earlier payments is taken from the case: the stream does not hold them."""


def _at(case: Moment) -> Make:
    def make(random: Random, number: int) -> Record:
        card = new_card(random)
        card.usual_cents, card.per_euro, card.currency = _USUAL, 1.0, "EUR"
        while card.account[:2] not in {"DE", "AT", "NL"}:
            card.account = new_card(random).account
        return payment(random, number, card, case)

    return make


def _with_merchant(random: Random, number: int, words: str) -> Record:
    return {**_at(_PLAIN)(random, number), "merchant": words}


def _last_digit(name: str) -> Callable[[dict[str, Any]], None]:
    def change(record: dict[str, Any]) -> None:
        record[name] = record[name][:-1] + str((int(record[name][-1]) + 1) % 10)

    return change


def _moved_currency(record: dict[str, Any]) -> None:
    record["currency"] = "CHF" if record["currency"] == "EUR" else "EUR"


def _other_billing(record: dict[str, Any]) -> None:
    record["billing_currency"] = "CHF" if record["billing_currency"] != "CHF" else "GBP"


def _relabelled(record: dict[str, Any]) -> None:
    record["is_fraud"] = not record["is_fraud"]


def _dearer(record: dict[str, Any]) -> None:
    record["billing_cents"] += 2


PLANTS: Final = (
    Plant(rule="card_check_digit", change=_last_digit("card")),
    Plant(rule="iban_check_digits", change=_last_digit("iban")),
    Plant(rule="currency_of_place", change=_moved_currency),
    Plant(rule="currency_of_place", change=setting(local_time="2026-02-30T10:00:00+01:00")),
    Plant(rule="billing", change=_dearer),
    Plant(rule="one_account", change=_other_billing),
    Plant(
        rule="contactless_limit",
        change=setting(channel="contactless", amount_cents=10**12, billing_cents=10**12),
    ),
    Plant(
        rule="opening_hours",
        change=setting(channel="chip", category="5814", local_time="2026-01-05T03:00:00+01:00"),
    ),
    Plant(rule="time_order", change=setting(timestamp="2025-12-31T23:59:59Z")),
    Plant(rule="history", change=setting(count_60s=3)),
    Plant(rule="label", change=_relabelled),
)

_VALID: Final = _payments("valid", 50)

SCENARIO: Final = DataScenario(
    name="transactions",
    about="card payments, labelled as fraud by a written rule",
    rules=RULES,
    labels={"is_fraud": "fraud detection", "fraud_reason": "the kind of fraud"},
    variants={
        "valid": valid(_VALID, SCHEMA, "50 cards over days; some 3 % fraud"),
        "boundary": boundary(
            "transactions",
            SCHEMA,
            {name: _at(case) for name, case in _MOMENTS.items()} | unusual_texts(_with_merchant),
            "; what came before is stated, not in the file",
        ),
        "malformed": malformed(_payments("malformed", 50), SCHEMA, PLANTS),
        "volume": volume(_payments("volume", 1_000), SCHEMA, "1,000 cards; some 3 % fraud"),
    },
)
