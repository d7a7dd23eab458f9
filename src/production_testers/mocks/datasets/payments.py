"""Cards that pay around the world: the engine behind the transactions."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from production_testers.mocks.datasets.checks import iban, luhn_digit
from production_testers.mocks.datasets.fraud import VELOCITY_COUNT, fraud_reason
from production_testers.mocks.datasets.shape import Record, pick
from production_testers.mocks.datasets.vocabulary import MERCHANTS

_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_WINDOW_S: Final = 60
_FRAUD_RATE: Final = 0.01
_MOVE_RATE: Final = 0.02
_PREFIXES: Final = ("400000", "424242", "555555")  # of test cards, never issued
_ACCOUNTS: Final = (
    ("DE", "", 18),
    ("AT", "", 16),
    ("CH", "", 17),
    ("GB", "TEST", 14),
    ("NL", "TEST", 10),
)


class City(NamedTuple):
    """Where cards pay; the currency is that of the place, always with cents."""

    name: str
    country: str
    currency: str
    latitude: float
    longitude: float


CITIES: Final = (
    City("Berlin", "DE", "EUR", 52.52, 13.4),
    City("Paris", "FR", "EUR", 48.86, 2.35),
    City("London", "GB", "GBP", 51.51, -0.13),
    City("Zurich", "CH", "CHF", 47.37, 8.54),
    City("New York", "US", "USD", 40.71, -74.01),
    City("Toronto", "CA", "CAD", 43.65, -79.38),
    City("Sao Paulo", "BR", "BRL", -23.55, -46.63),
    City("Lagos", "NG", "NGN", 6.52, 3.38),
    City("Mumbai", "IN", "INR", 19.08, 72.88),
    City("Singapore", "SG", "SGD", 1.35, 103.82),
    City("Sydney", "AU", "AUD", -33.87, 151.21),
)


def _km(here: City, there: City) -> int:
    """Great-circle distance, haversine on a sphere of 6,371 km."""
    north, south = math.radians(here.latitude), math.radians(there.latitude)
    east = math.radians(there.longitude - here.longitude)
    half = math.sin((south - north) / 2) ** 2
    half += math.cos(north) * math.cos(south) * math.sin(east / 2) ** 2
    return round(2 * 6371 * math.asin(math.sqrt(half)))


_KM: Final = tuple(tuple(_km(here, there) for there in CITIES) for here in CITIES)


@dataclass(slots=True)
class Card:
    """A card and what it did lately."""

    number: str
    account: str
    city: int
    usual_cents: int
    last_s: int | None = None
    recent: list[int] = field(default_factory=list)


class Moment(NamedTuple):
    """What is particular to one payment: when, where, how much, and what came before it."""

    now_s: float
    city: City
    amount_cents: int
    seconds: int | None
    km: int
    count_60s: int


def _digits(random: Random, length: int) -> str:
    return f"{int(random.random() * 10**length):0{length}d}"


def new_card(random: Random) -> Card:
    """A card that has never paid, with a number and an account that pass their checks."""
    body = pick(random, _PREFIXES) + _digits(random, 9)
    country, bank, length = pick(random, _ACCOUNTS)
    account = _digits(random, length - 8) + _digits(random, 8)
    return Card(
        number=body + luhn_digit(body),
        account=iban(country, bank + account),
        city=int(random.random() * len(CITIES)),
        usual_cents=500 + int(random.random() * 15_000),
    )


class Till:
    """The stream's state: as many cards as it started with, so memory is constant."""

    def __init__(self, random: Random, cards: int) -> None:
        self._random = random
        self._cards = [new_card(random) for _ in range(cards)]
        self._last = self._cards[0]
        self._burst = 0
        self._now_s = 0
        # With fewer cards time goes faster, so that a card's payments stay about as far apart.
        self._step_s = max(1, 20_000 // cards)

    def next(self, number: int) -> Record:
        """The next transaction."""
        random, amount_times = self._random, 0.2 + 2.8 * self._random.random()
        fraud = random.random() < _FRAUD_RATE and pick(random, ("travel", "velocity", "amount"))
        if fraud == "velocity" and not self._burst:
            self._burst = VELOCITY_COUNT + 1 + int(random.random() * 3)
        if self._burst or fraud == "travel":
            card = self._last
            self._now_s += 1 + int(random.random() * 3)
        else:
            card = pick(random, self._cards)
            self._now_s += 1 + int(random.random() * self._step_s)
        self._burst = max(0, self._burst - 1)
        if fraud == "amount":
            amount_times = 25 + 40 * random.random()
        self._last = card
        return self._pay(number, card, self._destination(card, fraud == "travel"), amount_times)

    def _destination(self, card: Card, impossible: bool) -> int:  # noqa: FBT001 - private, one caller
        city = int(self._random.random() * len(CITIES))
        if impossible:
            distances = _KM[card.city]
            return city if city != card.city else distances.index(max(distances))
        if self._random.random() >= _MOVE_RATE or card.last_s is None:
            return card.city
        # Honest people fly at no more than 600 km/h, waiting included.
        reachable = _KM[card.city][city] * 3600 <= 600 * (self._now_s - card.last_s)
        return city if reachable else card.city

    def _pay(self, number: int, card: Card, city: int, amount_times: float) -> Record:
        now_s = self._now_s
        card.recent = [then for then in card.recent if then > now_s - _WINDOW_S]
        card.recent.append(now_s)
        record = payment(
            self._random,
            number,
            card,
            Moment(
                now_s=now_s,
                city=CITIES[city],
                amount_cents=max(1, int(card.usual_cents * amount_times)),
                seconds=None if card.last_s is None else now_s - card.last_s,
                km=0 if card.last_s is None else _KM[card.city][city],
                count_60s=len(card.recent),
            ),
        )
        card.last_s, card.city = now_s, city
        return record


def payment(random: Random, number: int, card: Card, moment: Moment) -> Record:
    """The record of one payment, labelled by the rule."""
    merchant, category = pick(random, MERCHANTS)
    city = moment.city
    record: Record = {
        "id": f"txn-{number:010d}",
        "card": card.number,
        "iban": card.account,
        "merchant": merchant,
        "category": category,
        "city": city.name,
        "country": city.country,
        "latitude": city.latitude,
        "longitude": city.longitude,
        "amount_cents": moment.amount_cents,
        "currency": city.currency,
        "timestamp": (_START + timedelta(seconds=moment.now_s)).isoformat()[:19] + "Z",
        "usual_amount_cents": card.usual_cents,
        "seconds_since_last": moment.seconds,
        "km_since_last": moment.km,
        "count_60s": moment.count_60s,
    }
    reason = fraud_reason(record)
    record["is_fraud"], record["fraud_reason"] = reason is not None, reason
    return record
