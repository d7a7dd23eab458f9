"""Quotes and trades of a few instruments in bursts, as a venue's feed gives them.

Prices are whole numbers of ten-thousandths. The instruments are invented; their ISINs have a
right check digit (ISO 6166).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.checkdigits import isin
from production_testers.mocks.datasets.draws import between, digits, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary
from production_testers.mocks.datasets.rules import Memory, rule
from production_testers.mocks.datasets.schema import fields, maybe, moment, text, whole, word
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import DAY_S, stamp_ms
from production_testers.mocks.datasets.streams import stream_of, valid, volume

VENUES: Final = {"XETR": ("DE", "EUR"), "XAMS": ("NL", "EUR"), "XLON": ("GB", "GBP")}
"""Market identifier code (ISO 10383) → country of its instruments, and currency."""

TICK_E4: Final = 50
"""Prices move in steps of half a hundredth."""

ANOMALIES: Final = ("spike", "crossed", "stale")
_OPENS_MS: Final = 8 * 3_600_000
_HOURS_MS: Final = 8 * 3_600_000

SCHEMA: Final = fields(
    id=text("Instrument and number in its sequence", pattern="^[A-Z]{2}[A-Z0-9]{9}[0-9]-[0-9]+$"),
    isin=text("Instrument", pattern="^[A-Z]{2}[A-Z0-9]{9}[0-9]$"),
    venue=word("Where it is traded", *VENUES),
    currency=word("Of the prices", "EUR", "GBP"),
    sequence=whole("Grows by one for each message of the instrument", 1),
    time=moment("When, in thousandths of a second"),
    bid_e4=whole("Best buyer's price, in ten-thousandths", TICK_E4),
    ask_e4=whole("Best seller's price, in ten-thousandths", TICK_E4),
    last_e4=whole("Price of the last trade, in ten-thousandths", TICK_E4),
    size=whole("Pieces of the last trade", 1, 10_000_000),
    anomaly=maybe(word("What is wrong with the quote", *ANOMALIES)),
)


@dataclass(slots=True)
class _Instrument:
    isin: str
    venue: str
    currency: str
    price_e4: int
    sequence: int = 0


class Feed:
    """The stream's state: the instruments and the clock."""

    def __init__(self, random: Random, instruments: int) -> None:
        self._random = random
        self._now_ms = _OPENS_MS + DAY_S * 1000  # 2 January 2026, a Friday
        self._burst = 0
        self._instruments = []
        for index in range(instruments):
            venue = tuple(VENUES)[index % len(VENUES)]
            country, currency = VENUES[venue]
            code = isin(country, f"00ZZ{index:05d}")
            price = between(random, 1_000, 60_000) * TICK_E4
            self._instruments.append(_Instrument(code, venue, currency, price))

    def next(self, _number: int) -> Record:
        """The next message."""
        random = self._random.random
        if self._burst:
            self._burst -= 1
        else:
            self._now_ms += 1 + int(random() * 40)
            if random() < 0.01:
                self._burst = 20 + int(random() * 200)
            if self._now_ms % 86_400_000 > _OPENS_MS + _HOURS_MS:
                self._now_ms = _next_opening(self._now_ms)
        one = self._instruments[int(random() * len(self._instruments))]
        one.sequence += 1
        price = one.price_e4 + (int(random() * 5) - 2) * TICK_E4
        # Far from the usual price it is drawn back: prices stay in their range for ever.
        one.price_e4 = price = min(max(price, 20_000), 5_000_000)
        spread = (1 + int(random() * 3)) * TICK_E4
        draw = random()
        anomaly = None if draw > 0.002 else ANOMALIES[int(draw * 1_500)]
        return {
            "id": f"{one.isin}-{one.sequence}",
            "isin": one.isin,
            "venue": one.venue,
            "currency": one.currency,
            "sequence": one.sequence,
            "time": stamp_ms(self._now_ms if anomaly != "stale" else self._now_ms - 5_000),
            "bid_e4": price if anomaly != "crossed" else price + 3 * spread,
            "ask_e4": price + spread,
            "last_e4": price if anomaly != "spike" else price * 3,
            "size": 1 + int(random() * 500),
            "anomaly": anomaly,
        }


def _next_opening(now_ms: int) -> int:
    day = now_ms // 86_400_000 + 1
    while (day + 3) % 7 > 4:  # day 0 is a Thursday
        day += 1
    return day * 86_400_000 + _OPENS_MS


def _case(**members: Any) -> Make:
    def make(random: Random, number: int) -> Record:
        code = isin("DE", f"00ZZ{digits(random, 5)}")
        price = between(random, 1_000, 60_000) * TICK_E4
        return {
            "id": f"{code}-{number}",
            "isin": code,
            "venue": "XETR",
            "currency": "EUR",
            "sequence": number,
            "time": stamp_ms(DAY_S * 1000 + _OPENS_MS),
            "bid_e4": price,
            "ask_e4": price + TICK_E4,
            "last_e4": price,
            "size": pick(random, (1, 100)),
            "anomaly": None,
            **members,
        }

    return make


_DAY_MS: Final = DAY_S * 1000
CASES: Final[Mapping[str, Make]] = {
    "least_price": _case(bid_e4=TICK_E4, ask_e4=2 * TICK_E4, last_e4=TICK_E4),
    "dearest": _case(bid_e4=10**13, ask_e4=10**13 + TICK_E4, last_e4=10**13),
    "no_spread_but_a_tick": _case(bid_e4=20_000, ask_e4=20_050, last_e4=20_050),
    "size_one": _case(size=1),
    "size_most": _case(size=10_000_000),
    "opening": _case(time=stamp_ms(_DAY_MS + _OPENS_MS)),
    "closing": _case(time=stamp_ms(_DAY_MS + _OPENS_MS + _HOURS_MS)),
    "crossed": _case(bid_e4=30_000, ask_e4=20_000, last_e4=20_000, anomaly="crossed"),
    "spike": _case(bid_e4=20_000, ask_e4=20_050, last_e4=60_000, anomaly="spike"),
}


@rule("isin", "an ISIN passes its check and is of its venue's country")
def isin_check(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """ISO 6166: letters become two digits, then Luhn."""
    expanded = "".join(str(int(letter, 36)) for letter in record["isin"])
    total = 0
    for position, digit in enumerate(reversed(expanded)):
        value = int(digit) * (1 + position % 2)
        total += value // 10 + value % 10
    country, currency = {"XETR": ("DE", "EUR"), "XAMS": ("NL", "EUR"), "XLON": ("GB", "GBP")}[
        record["venue"]
    ]
    fits = record["isin"].startswith(country) and record["currency"] == currency
    if total % 10 == 0 and fits:
        return None
    return f"{record['isin']} in {record['currency']} on {record['venue']}"


@rule("sequence", "each instrument's messages are numbered without a gap", across=True)
def sequence(record: Mapping[str, Any], memory: Memory) -> str | None:
    """From one."""
    wanted = memory.get(record["isin"], 0) + 1
    memory[record["isin"]] = wanted
    if record["sequence"] == wanted and record["id"] == f"{record['isin']}-{wanted}":
        return None
    return f"{record['id']} has number {record['sequence']}, not {wanted}"


@rule("time_order", "quotes come in the order of their time, except stale ones", across=True)
def time_order(record: Mapping[str, Any], memory: Memory) -> str | None:
    """A stale quote is older than one before it."""
    last = memory.get("last", record["time"])
    old = record["time"] < last
    memory["last"] = max(last, record["time"])
    if old and record["anomaly"] != "stale":
        return f"{record['time']} after {last}"
    return None


@rule("prices", "buyers bid less than sellers ask, trades lie between, in whole ticks")
def prices(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Except in quotes that are labelled for it."""
    bid, ask, last = record["bid_e4"], record["ask_e4"], record["last_e4"]
    crossed, outside = bid >= ask, not min(bid, ask) <= last <= max(bid, ask)
    wanted = (record["anomaly"] == "crossed", record["anomaly"] == "spike")
    if any(price % 50 for price in (bid, ask, last)):
        return f"{bid}, {ask}, {last} are no whole ticks"
    if (crossed, outside and not crossed) != wanted:
        return f"bid {bid}, ask {ask}, last {last} with anomaly {record['anomaly']}"
    return None


@rule("session", "quotes are of the hours and days on which the venue is open")
def session(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """08:00 to 16:00 UTC, Monday to Friday."""
    from_day = _weekday(record["time"])
    clock = record["time"][11:23]
    if from_day < 5 and "07:59:55" <= clock <= "16:00:01":
        return None
    return f"{record['time']} is outside the session"


def _weekday(text_: str) -> int:
    """Monday is 0 (Sakamoto's method)."""
    year, month, day = int(text_[:4]), int(text_[5:7]), int(text_[8:10])
    year -= month < 3
    shift = (0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4)[month - 1]
    return (year + year // 4 - year // 100 + year // 400 + shift + day - 1) % 7


def _crossed(record: dict[str, Any]) -> None:
    record.update(bid_e4=record["ask_e4"] + 100, anomaly=None)


PLANTS: Final = (
    Plant(rule="isin", change=setting(isin="DE00ZZ000001")),
    Plant(rule="sequence", change=setting(sequence=999_999)),
    Plant(rule="time_order", change=setting(time="2026-01-02T08:00:00.000Z", anomaly=None)),
    Plant(rule="prices", change=_crossed),
    Plant(rule="session", change=setting(time="2026-01-04T12:00:00.000Z")),
)


def _ticks(variant: str, instruments: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("ticks", variant, lambda random: Feed(random, instruments).next)


SCENARIO: Final = DataScenario(
    name="ticks",
    about="market data in bursts, with labelled bad quotes",
    rules=(isin_check, sequence, time_order, prices, session),
    labels={"anomaly": "detection of bad quotes"},
    variants={
        "valid": valid(_ticks("valid", 12), SCHEMA, "twelve instruments; 0.2 % bad quotes"),
        "boundary": boundary("ticks", SCHEMA, CASES),
        "malformed": malformed(_ticks("malformed", 12), SCHEMA, PLANTS),
        "volume": volume(_ticks("volume", 300), SCHEMA, "300 instruments; 0.2 % bad quotes"),
    },
)
