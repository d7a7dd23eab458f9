"""Credit transfers in euros, some sent again, some to names on an invented sanctions list.

Shaped after the customer credit transfer of ISO 20022 (pacs.008), with what a stage needs of it.
The list, its entries and its spellings are invented.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final, NamedTuple

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.checkdigits import iban
from production_testers.mocks.datasets.draws import between, chance, digits, person, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.industries.finance.transfer_rules import RULES
from production_testers.mocks.datasets.schema import (
    day,
    extended,
    fields,
    flag,
    maybe,
    moment,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant
from production_testers.mocks.datasets.stamps import DAY_S, START, stamp
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.model.seeds import random_for

COUNTRIES: Final = {"DE": 18, "AT": 16, "NL": 14, "IE": 18, "LU": 16, "BE": 12}
"""Country → length of its national account numbers."""

PERSON, FIRM, OFFICE, FUND = range(4)
"""Who has an account."""


class Purpose(NamedTuple):
    """What a transfer is for.

    Attributes:
        word: Of the remittance.
        debtor: Who pays.
        creditor: Who is paid.
        months: Of the month that is paid for, counted from that of the order: from, to.
        cents: The least and the most.
    """

    word: str
    debtor: int
    creditor: int
    months: tuple[int, int]
    cents: tuple[int, int]


PURPOSES: Final = {
    "SALA": Purpose("salary", FIRM, PERSON, (-1, 0), (180_000, 620_000)),
    "RENT": Purpose("rent", PERSON, FIRM, (0, 1), (45_000, 210_000)),
    "SUPP": Purpose("invoice", FIRM, FIRM, (-3, 0), (500, 900_000)),
    "TAXS": Purpose("tax", FIRM, OFFICE, (-6, -1), (500, 900_000)),
    "PENS": Purpose("pension", FUND, PERSON, (-1, 0), (60_000, 310_000)),
    "GDDS": Purpose("goods", PERSON, FIRM, (-1, 0), (500, 250_000)),
}
"""Purpose code (ISO 20022 external code set) → what it is for."""

_TO_LISTED: Final = ("RENT", "SUPP", "GDDS")
_FORMS: Final = {"DE": "GmbH", "AT": "GmbH", "NL": "B.V.", "IE": "Ltd", "LU": "S.A.", "BE": "N.V."}
_TRADES: Final = ("Bau", "Logistics", "Foods", "Systems", "Trading", "Medical")

LISTED: Final = (
    ("XL-0001", "Orlan Vedrik"),
    ("XL-0002", "Tamsin Quorell"),
    ("XL-0003", "Bashir Elmund"),
    ("XL-0004", "Severina Holk"),
    ("XL-0005", "Greyharbour Shipping"),
    ("XL-0006", "Dorvane Minerals"),
)
"""Entry and name of the invented list."""

# Days on which TARGET is closed in 2026 besides week-ends: New Year, Good Friday and Easter
# Monday, Labour Day, Christmas (European Central Bank, TARGET closing days).
_CLOSED: Final = frozenset(
    date(2026, month, day_) for month, day_ in ((1, 1), (4, 3), (4, 6), (5, 1), (12, 25), (12, 26))
)
_CUT_OFF_S: Final = 15 * 3600

SCHEMA: Final = fields(
    id=text("Number of the message", pattern="^trf-[0-9]{10}$"),
    end_to_end_id=text("Of the debtor, handed through unchanged", pattern="^E2E[0-9]{12}$"),
    idempotency_key=text("The same when the same order is sent again", pattern="^[0-9a-f]{32}$"),
    resend_of=maybe(text("Message that this one repeats", pattern="^trf-[0-9]{10}$")),
    debtor_name=text("Who pays", most=70),
    debtor_iban=text("From", pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
    creditor_name=text("Who is paid", most=70),
    creditor_iban=text("To", pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
    amount_cents=whole("How much", 1, 99_999_999_999),
    currency=word("SEPA transfers are in euros", "EUR"),
    purpose=word("ISO 20022", *PURPOSES),
    remittance=text("What it is for", most=140),
    requested_at=moment("When the order came"),
    execution_date=day("Business day on which it is executed"),
    is_listed=flag("Whether the creditor is on the list"),
    list_entry=maybe(text("Which entry", pattern="^XL-[0-9]{4}$")),
)


def account(random: Random, country: str) -> str:
    """An account of a bank that does not exist, right by its country's own check as well."""
    length = COUNTRIES[country]
    if country == "BE":  # the last two of twelve digits are the rest of the others by 97
        body = digits(random, 10)
        return iban(country, f"{body}{int(body) % 97 or 97:02d}")
    if country == "NL":  # weights 10 to 1, sum divisible by eleven
        while True:
            body = digits(random, 10)
            if sum(int(d) * w for d, w in zip(body, range(10, 0, -1), strict=True)) % 11 == 0:
                return iban(country, f"TEST{body}")
    bank = "TEST" if country == "IE" else ""
    rest = length - len(bank)
    return iban(country, bank + digits(random, rest // 2) + digits(random, rest - rest // 2))


def business_day(wanted: date) -> date:
    """That day, or the next on which TARGET is open; closing days are known for 2026."""
    while wanted.weekday() > 4 or wanted in _CLOSED:
        wanted += timedelta(days=1)
    return wanted


def execution_date(requested_s: int) -> str:
    """The day of execution of an order; after 15:00 UTC it counts as the next day's."""
    day_ = START.date() + timedelta(days=requested_s // DAY_S)
    return business_day(day_ + timedelta(days=requested_s % DAY_S >= _CUT_OFF_S)).isoformat()


Party = tuple[str, str]
"""Name and account."""

Entry = tuple[str, str]
"""Number on the list and name."""


class Desk:
    """The stream's state: accounts that pay each other, and the orders sent lately."""

    def __init__(self, random: Random, accounts: int, step_s: int = 40) -> None:
        self._random, self._step_s = random, step_s
        self._now_s = 8 * 3600
        self._recent: list[Record] = []
        self._parties: list[list[Party]] = [[], [], [], []]
        for index in range(accounts):
            kind = (PERSON, FIRM, PERSON, FIRM, PERSON, OFFICE, PERSON, FIRM, PERSON, FUND)
            self._parties[kind[index % 10]].append(party(random, kind[index % 10]))

    def next(self, number: int) -> Record:
        """The next message."""
        random = self._random
        if self._recent and chance(random, 0.04):
            first = pick(random, self._recent)
            return {**first, "id": f"trf-{number:010d}", "resend_of": first["id"]}
        entry = pick(random, LISTED) if chance(random, 0.01) else None
        record = self.order(number, tuple(PURPOSES) if entry is None else _TO_LISTED, entry)
        self._recent.append(record)
        del self._recent[:-64]
        return dict(record)

    def order(self, number: int, purposes: Sequence[str], entry: Entry | None = None) -> Record:
        """An order for one of these purposes, between two who may have it."""
        random = self._random
        self._now_s += int(random.random() * self._step_s)
        purpose = pick(random, purposes)
        found = PURPOSES[purpose]
        debtor = pick(random, self._parties[found.debtor])
        creditor = pick(random, self._parties[found.creditor])
        while creditor[1] == debtor[1]:
            creditor = pick(random, self._parties[found.creditor])
        return order(random, number, self._now_s, purpose, (debtor, creditor), entry)


def party(random: Random, kind: int) -> Party:
    """Name and account of somebody who does not exist."""
    country = pick(random, tuple(COUNTRIES))
    given, family, _ = person(random)
    if kind == PERSON:
        name = f"{given} {family}"
    elif kind == FIRM:
        name = f"{family} {pick(random, _TRADES)} {_FORMS[country]}"
    else:
        name = f"Tax Office {family}" if kind == OFFICE else f"{family} Pension Fund"
    return name, account(random, country)


def order(
    random: Random,
    number: int,
    now_s: int,
    purpose: str,
    parties: tuple[Party, Party],
    entry: Entry | None = None,
) -> Record:
    """An order; `entry` puts a listed name in the place of the creditor's."""
    (debtor, creditor), found = parties, PURPOSES[purpose]
    name = creditor[0] if entry is None else entry[1]
    month = month_of(now_s) + between(random, *found.months)
    return {
        "id": f"trf-{number:010d}",
        "end_to_end_id": f"E2E{number:012d}",
        "idempotency_key": f"{random.getrandbits(128):032x}",
        "resend_of": None,
        "debtor_name": debtor[0],
        "debtor_iban": debtor[1],
        "creditor_name": name,
        "creditor_iban": creditor[1],
        "amount_cents": between(random, *found.cents),
        "currency": "EUR",
        "purpose": purpose,
        "remittance": f"{found.word} {month % 12 + 1:02d}/{month // 12}",
        "requested_at": stamp(now_s),
        "execution_date": execution_date(now_s),
        "is_listed": entry is not None,
        "list_entry": None if entry is None else entry[0],
    }


def month_of(now_s: int) -> int:
    """The number of a month: twelve times its year, and its own from zero on."""
    day_ = START.date() + timedelta(days=now_s // DAY_S)
    return day_.year * 12 + day_.month - 1


_CASES: Final[Mapping[str, dict[str, Any]]] = {
    "one_cent": {"amount_cents": 1},
    "sepa_most": {"amount_cents": 99_999_999_999},
    "instant_limit_once": {"amount_cents": 10_000_000},
    "name_of_70": {"creditor_name": "N" * 70},
    "remittance_of_140": {"remittance": "r" * 140},
}
_TIMES: Final = {
    "before_cut_off": 8 * DAY_S + _CUT_OFF_S - 1,
    "at_cut_off": 8 * DAY_S + _CUT_OFF_S,
    "friday_evening": 1 * DAY_S + 20 * 3600,
    "good_friday": 92 * DAY_S + 9 * 3600,
    "new_year": 0,
    "christmas": 358 * DAY_S,
}


def _case(now_s: int = 9 * DAY_S, **members: Any) -> Make:
    def make(random: Random, number: int) -> Record:
        made = order(random, number, now_s, "SUPP", (party(random, FIRM), party(random, FIRM)))
        return {**made, **members}

    return make


def _evasions() -> dict[str, Callable[[Random, str], str]]:
    return {
        "order": lambda _random, name: " ".join(reversed(name.split())),
        "typing_error": _swapped,
        "transliteration": lambda _random, name: name.replace("k", "c").replace("v", "w"),
        "initial": lambda _random, name: f"{name[0]}. {name.split()[-1]}",
        "homoglyph": lambda _random, name: name.replace("a", "\u0430").replace("e", "\u0435"),
        "zero_width": lambda _random, name: "\u200b".join(name),
        "accents": lambda _random, name: name.replace("e", "\u00e9").replace("o", "\u00f6"),
        "title": lambda random, name: f"{pick(random, ('Dr', 'Prof.', 'Mr'))} {name}",
        "double_blank": lambda _random, name: name.replace(" ", "  "),
    }


def _swapped(random: Random, name: str) -> str:
    at = between(random, 1, len(name) - 3)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


_WAYS: Final = _evasions()


def _evading(seed: int) -> Iterator[Record]:
    """Listed names in disguise, and in every third record a near name that is nobody's."""
    random, ways = random_for(seed, "transfers", "evasion"), tuple(_WAYS)
    desk, number = Desk(random, 40), 0
    while True:
        number += 1
        record, entry = desk.order(number, _TO_LISTED), pick(random, LISTED)
        way = ways[(number - number // 3) % len(ways)] if number % 3 else None
        near = f"{pick(random, ('Anna', 'Jan'))} {entry[1].split()[-1]}"
        name = _WAYS[way](random, entry[1]) if way else near
        yield {
            **record,
            "creditor_name": name,
            "is_listed": way is not None,
            "list_entry": entry[0] if way else None,
            "evasion": way,
        }


def _to_itself(record: dict[str, Any]) -> None:
    record["creditor_iban"] = record["debtor_iban"]


PLANTS: Final = (
    Plant(rule="ibans", change=setting(creditor_iban="DE89370400440532013001")),
    Plant(rule="two_parties", change=_to_itself),
    Plant(rule="purpose", change=setting(purpose="TAXS", creditor_name="Wei Santos")),
    Plant(rule="period", change=setting(remittance="invoice 11/2031")),
    Plant(rule="business_day", change=setting(execution_date="2026-01-03")),
    Plant(rule="resends", change=setting(resend_of="trf-0000000001", idempotency_key="0" * 32)),
    Plant(rule="screening", change=setting(is_listed=True, list_entry=None)),
)


def _orders(variant: str, accounts: int, step_s: int = 40) -> Callable[[int], Iterator[Record]]:
    return stream_of("transfers", variant, lambda random: Desk(random, accounts, step_s).next)


SCENARIO: Final = DataScenario(
    name="transfers",
    about="credit transfers: sent again, and screened against an invented list",
    rules=RULES,
    labels={
        "resend_of": "executed once: what repeats an order must move no money",
        "is_listed": "sanctions screening",
    },
    variants={
        "valid": valid(_orders("valid", 200), SCHEMA, "4 % sent again, 1 % to listed names"),
        "boundary": boundary(
            "transfers",
            SCHEMA,
            {name: _case(**members) for name, members in _CASES.items()}
            | {name: _case(now_s) for name, now_s in _TIMES.items()}
            | unusual_texts(lambda random, number, words: _case(remittance=words)(random, number)),
        ),
        "evasion": Variant(
            about="listed names in the disguise that `evasion` names, and near names that are not",
            data_class=DataClass.ADVERSARIAL,
            stream=_evading,
            schema=extended(SCHEMA, evasion=maybe(word("How the name is disguised", *_WAYS))),
        ),
        "malformed": malformed(_orders("malformed", 200), SCHEMA, PLANTS),
        "volume": volume(_orders("volume", 5_000, 4), SCHEMA, "5,000 accounts"),
    },
)
