"""Cards that pay around the world: the engine behind the transactions."""

import math
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from production_testers.mocks.datasets.checkdigits import iban, luhn_digit
from production_testers.mocks.datasets.draws import digits, letters, pick
from production_testers.mocks.datasets.industries.finance.fraud import (
    TESTING_COUNT,
    VELOCITY_COUNT,
    fraud_reason,
)
from production_testers.mocks.datasets.places import CITIES, COUNTRIES, City
from production_testers.mocks.datasets.shape import Record
from production_testers.mocks.datasets.stamps import DAY_S, stamp

_QUIET_S: Final = 5 * 3600
"""Until then, in UTC, most people sleep where the cards are from."""

_WINDOW_S: Final = 60
_TESTING_S: Final = 600
_SMALL_CENTS: Final = 200
_FRAUD_RATE: Final = 0.008
_MOVE_RATE: Final = 0.02
_PREFIXES: Final = ("400000", "424242", "555555")  # of test cards, never issued
CONTACTLESS_EUROS: Final = 50

ISSUERS: Final = {"DE": 18, "AT": 16, "CH": 17, "GB": 18, "NL": 14}
"""Country that issues cards → length of its national account numbers."""


class Merchant(NamedTuple):
    """Who is paid; `times` the card's usual amount is what people pay there.

    Who is neither online nor open at night takes nothing between one and six.
    """

    name: str
    category: str
    times: float
    online: bool
    at_night: bool = False


MERCHANTS: Final = (
    Merchant("Corner Grocery", "5411", 0.7, online=False),
    Merchant("Harbor Books", "5942", 0.5, online=False),
    Merchant("City Fuel", "5541", 1.2, online=False, at_night=True),
    Merchant("Green Pharmacy", "5912", 0.4, online=False),
    Merchant("Northern Rail", "4112", 1.4, online=True),
    Merchant("Blue Cafe", "5814", 0.2, online=False),
    Merchant("Home & Garden", "5200", 1.8, online=False),
    Merchant("Lumen Electronics", "5732", 5.0, online=True),
    Merchant("Old Town Hotel", "7011", 6.0, online=False, at_night=True),
    Merchant("Skyline Air", "4511", 8.0, online=True),
    Merchant("Pixel Games", "5816", 0.3, online=True),
)
"""Name, merchant category code (ISO 18245), usual size, whether it sells online."""

_HOMES: Final = tuple(index for index, city in enumerate(CITIES) if city.country in ISSUERS)
_ONLINE: Final = tuple(merchant for merchant in MERCHANTS if merchant.online)


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
    """A card and what it did lately; `city` is an index of `CITIES`."""

    number: str
    account: str
    city: int
    currency: str
    per_euro: float
    usual_cents: int
    presented_s: int | None = None
    recent: list[int] = field(default_factory=list)
    small: list[int] = field(default_factory=list)


class Moment(NamedTuple):
    """What is particular to one payment: when, where, how much, and what came before it."""

    now_s: int
    city: City
    merchant: Merchant
    billing_cents: int
    seconds: int | None = None
    km: int = 0
    count_60s: int = 1
    small_online_10m: int = 0


def account_of(random: Random, country: str) -> str:
    """An account number that passes its check, of a bank that does not exist."""
    length = ISSUERS[country]
    bank = "TEST" if country in {"GB", "NL"} else ""
    drawn = digits(random, 8) + digits(random, length - len(bank) - 8)
    return iban(country, bank + drawn)


def new_card(random: Random) -> Card:
    """A card that has never paid, of a bank in the country where its owner lives."""
    body = pick(random, _PREFIXES) + digits(random, 9)
    city = pick(random, _HOMES)
    country = COUNTRIES[CITIES[city].country]
    return Card(
        number=body + luhn_digit(body),
        account=account_of(random, country.code),
        city=city,
        currency=country.currency,
        per_euro=country.per_euro,
        usual_cents=int((1_000 + random.random() * 7_000) * country.per_euro),
    )


class Till:
    """The stream's state: as many cards as it started with, so memory is constant."""

    def __init__(self, random: Random, cards: int, step_s: int = 0) -> None:
        self._random = random
        self._cards = [new_card(random) for _ in range(cards)]
        self._last = self._cards[0]
        self._burst = self._tests = self._now_s = 0
        # With fewer cards time goes faster, so that a card's payments stay about as far apart.
        self._step_s = step_s or max(1, 20_000 // cards)

    def next(self, number: int) -> Record:
        """The next transaction."""
        random = self._random
        draw = random.random()
        planned = "" if draw >= _FRAUD_RATE else REASONS_DRAWN[int(draw / _FRAUD_RATE * 4)]
        if planned == "velocity" and not self._burst:
            self._burst = VELOCITY_COUNT + 1 + int(random.random() * 3)
        elif planned == "testing" and not self._tests:
            self._tests = TESTING_COUNT + 1 + int(random.random() * 4)
        if self._burst or self._tests or planned == "travel":
            card = self._last
            self._now_s += 1 + int(random.random() * 3)
        else:
            card = self._last = pick(random, self._cards)
            quiet = 6 if self._now_s % DAY_S < _QUIET_S else 1
            self._now_s += 1 + int(random.random() * self._step_s * quiet)
        if self._tests:
            self._tests -= 1
            return self._pay(number, card, pick(random, _ONLINE), 20 + int(random.random() * 170))
        self._burst = max(0, self._burst - 1)
        merchant = MERCHANTS[8] if planned == "travel" else pick(random, MERCHANTS)
        city = self._destination(card, merchant, impossible=planned == "travel")
        if city is not None and not merchant.at_night and self._asleep(city):
            merchant, city = pick(random, _ONLINE), None
        times = merchant.times * (0.5 + random.random())
        if planned == "amount":
            times = 25 + 40 * random.random()
        return self._pay(number, card, merchant, int(card.usual_cents * times), city)

    def _asleep(self, city: int) -> bool:
        zone = COUNTRIES[CITIES[city].country].zone
        return 1 <= int(zone.local(self._now_s)[11:13]) < 6

    def _destination(self, card: Card, merchant: Merchant, *, impossible: bool) -> int | None:
        """Where the card is presented; None online."""
        if merchant.online:
            return None
        if impossible:
            distances = _KM[card.city]
            return distances.index(max(distances))
        if self._random.random() >= _MOVE_RATE or card.presented_s is None:
            return card.city
        # Honest people fly at no more than 600 km/h, waiting included.
        city = int(self._random.random() * len(CITIES))
        reachable = _KM[card.city][city] * 3600 <= 600 * (self._now_s - card.presented_s)
        return city if reachable else card.city

    def _pay(
        self, number: int, card: Card, merchant: Merchant, cents: int, city: int | None = None
    ) -> Record:
        now_s, seconds, km = self._now_s, None, 0
        card.recent = [then for then in card.recent if then > now_s - _WINDOW_S]
        card.recent.append(now_s)
        if card.small:
            card.small = [then for then in card.small if then > now_s - _TESTING_S]
        if city is None:
            # Small is less than two euros.
            if 0 < cents < _SMALL_CENTS * card.per_euro:
                card.small.append(now_s)
        else:
            if card.presented_s is not None:
                seconds, km = now_s - card.presented_s, _KM[card.city][city]
            card.presented_s, card.city = now_s, city
        place = CITIES[card.city if city is None else city]
        moment = Moment(
            now_s, place, merchant, max(1, cents), seconds, km, len(card.recent), len(card.small)
        )
        return payment(self._random, number, card, moment, online=city is None)


REASONS_DRAWN: Final = ("travel", "testing", "velocity", "amount")


def payment(
    random: Random, number: int, card: Card, moment: Moment, *, online: bool = False
) -> Record:
    """The record of one payment, labelled by the rule."""
    city, merchant = moment.city, moment.merchant
    country = COUNTRIES[city.country]
    rate = round(card.per_euro / country.per_euro, 6)
    amount_cents = round(moment.billing_cents / rate)
    billing_cents = round(amount_cents * rate)
    contactless = amount_cents <= CONTACTLESS_EUROS * 100 * country.per_euro
    channel = "online" if online else "contactless" if contactless else "chip"
    record: Record = {
        "id": f"txn-{number:010d}",
        "card": card.number,
        "iban": card.account,
        "merchant": merchant.name,
        "category": merchant.category,
        "channel": channel,
        "city": city.name,
        "country": city.country,
        "latitude": city.latitude,
        "longitude": city.longitude,
        "amount_cents": amount_cents,
        "currency": country.currency,
        "rate": rate,
        "billing_cents": billing_cents,
        "billing_currency": card.currency,
        "timestamp": stamp(moment.now_s),
        "local_time": country.zone.local(moment.now_s),
        "usual_cents": card.usual_cents,
        "seconds_since_last": moment.seconds,
        "km_since_last": moment.km,
        "count_60s": moment.count_60s,
        "small_online_10m": moment.small_online_10m,
        "authorization": letters(random, 6, _CODES),
    }
    reason = fraud_reason(record)
    record["is_fraud"], record["fraud_reason"] = reason is not None, reason
    return record


_CODES: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
