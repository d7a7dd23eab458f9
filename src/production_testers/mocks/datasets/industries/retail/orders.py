"""Orders of a shop: barcodes, taxes, prices of one list, and a stock that is not sold twice.

Barcodes are GTIN-13 of the prefix 952, which GS1 keeps for examples. Tax rates are the standard
and a reduced rate of the country in 2026; prices include them.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.checkdigits import gs1_digit
from production_testers.mocks.datasets.draws import between, chance, letters, person, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary, unusual_texts
from production_testers.mocks.datasets.industries.retail.order_rules import RULES
from production_testers.mocks.datasets.places import COUNTRIES
from production_testers.mocks.datasets.schema import (
    extended,
    fields,
    flag,
    listing,
    local_moment,
    maybe,
    number,
    text,
    whole,
    word,
)
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant
from production_testers.mocks.datasets.stamps import DAY_S
from production_testers.mocks.datasets.streams import stream_of, valid, volume
from production_testers.model.seeds import random_for

SHIPS_TO: Final = ("DE", "FR", "NL", "AT")
_GOODS: Final = (
    ("Kettle", "standard", 3_990),
    ("Desk lamp", "standard", 5_490),
    ("Rain jacket", "standard", 8_900),
    ("Novel", "reduced", 1_490),
    ("Ground coffee", "reduced", 790),
    ("Headphones", "standard", 12_900),
    ("Running shoes", "standard", 9_990),
    ("Cookbook", "reduced", 2_490),
    ("Socks, 3 pairs", "standard", 1_290),
    ("Olive oil", "reduced", 1_190),
)
_SKUS: Final = 400
_HOURS_S: Final = 3_600

SCHEMA: Final = fields(
    id=text("Number of the order", pattern="^ord-[0-9]{9}$"),
    customer=text("Number of the customer", pattern="^cus-[0-9]{6}$"),
    name=text("To whom it goes", most=120),
    country=word("Where to", *SHIPS_TO),
    postal_code=text("In the country's form", most=10),
    currency=word("Of all amounts", "EUR"),
    price_list=whole("Version that all prices are of", 1, 10_000),
    lines=listing(
        "What is bought",
        fields(
            gtin=text("Barcode with check digit", pattern="^952[0-9]{10}$"),
            article=text("What it is"),
            quantity=whole("Pieces", 1, 1_000),
            unit_cents=whole("Price of one, tax included", 1, 10_000_000),
            vat_percent=number("Rate of the country for such goods", 0, 30),
            total_cents=whole("quantity x unit_cents", 1),
            stock_after=whole("Pieces left when the order was taken", 0),
        ),
        least=1,
        most=20,
    ),
    voucher=maybe(text("Code of a voucher", pattern="^[A-Z0-9]{8}$")),
    discount_cents=whole("Off the goods"),
    shipping_cents=whole("Free from 50 euros on", 0, 100_000),
    vat_cents=whole("Tax in the goods after discount"),
    total_cents=whole("Goods less discount plus shipping", 0),
    device=text("Fingerprint of the buyer's device", pattern="^[0-9a-f]{12}$"),
    placed_at=local_moment("When it was ordered"),
    paid_at=local_moment("When it was paid"),
    shipped_at=maybe(local_moment("When it left; null while it has not")),
)


def gtin(index: int) -> str:
    """Barcode of an article."""
    body = f"952{index:09d}"
    return body + gs1_digit(body)


def price(index: int, version: int) -> int:
    """Price of an article in a version of the list."""
    return _GOODS[index % len(_GOODS)][2] + (index // len(_GOODS)) * 40 + (version % 7) * 10


class Shop:
    """The stream's state: the stock, the version of the price list and the clock."""

    def __init__(self, random: Random, customers: int, step_s: int = 60) -> None:
        self._random, self.now_s, self._version = random, 6 * _HOURS_S, 1
        self._step_s = step_s
        self._stock = [between(random, 20, 400) for _ in range(_SKUS)]
        self._customers = [_customer(random) for _ in range(customers)]

    def next(self, number_: int) -> Record:
        """The next order."""
        random = self._random
        self.now_s += int(random.random() * self._step_s)
        self._version = 1 + self.now_s // (6 * _HOURS_S)
        index = int(random.random() * len(self._customers))
        country = self._customers[index][1]
        wanted = 1 + int(random.random() ** 2 * 5)
        articles = dict.fromkeys(int(random.random() * _SKUS) for _ in range(wanted))
        lines = [self._line(country, article) for article in articles]
        voucher = letters(random, 8) if chance(random, 0.08) else None
        return order(
            random,
            number_,
            self.now_s,
            (index, *self._customers[index]),
            (self._version, lines, voucher),
        )

    def _line(self, country: str, index: int) -> dict[str, Any]:
        quantity = 1 + int(self._random.random() ** 3 * 4)
        if self._stock[index] < quantity:
            self._stock[index] += 500  # a delivery came
        self._stock[index] -= quantity
        return line(index, quantity, self._version, country, self._stock[index])


def _customer(random: Random) -> tuple[str, str, str, str]:
    """Name, country, device and postal code of somebody who does not exist."""
    country = pick(random, SHIPS_TO)
    device = f"{random.getrandbits(48):012x}"
    return " ".join(person(random)[:2]), country, device, postal_code(random, country)


def line(index: int, quantity: int, version: int, country: str, left: int) -> dict[str, Any]:
    """A line of an order."""
    article, kind, _ = _GOODS[index % len(_GOODS)]
    cents = price(index, version)
    return {
        "gtin": gtin(index),
        "article": article,
        "quantity": quantity,
        "unit_cents": cents,
        "vat_percent": COUNTRIES[country].vat_percent[kind == "reduced"],
        "total_cents": cents * quantity,
        "stock_after": left,
    }


def order(
    random: Random,
    number_: int,
    now_s: int,
    customer: tuple[int, str, str, str, str],
    basket: tuple[int, list[dict[str, Any]], str | None],
) -> Record:
    """An order whose amounts add up."""
    index, name, country, device, postal = customer
    version, lines, voucher = basket
    goods = sum(one["total_cents"] for one in lines)
    discount = min(goods, goods // 10) if voucher else 0
    shipping = 0 if goods - discount >= 5_000 else 490
    zone = COUNTRIES[country].zone
    paid_s = now_s + between(random, 5, 900)
    shipped_s = paid_s + between(random, 2 * _HOURS_S, 3 * DAY_S)
    return {
        "id": f"ord-{number_:09d}",
        "customer": f"cus-{index:06d}",
        "name": name,
        "country": country,
        "postal_code": postal,
        "currency": "EUR",
        "price_list": version,
        "lines": lines,
        "voucher": voucher,
        "discount_cents": discount,
        "shipping_cents": shipping,
        "vat_cents": _vat(lines, goods, discount),
        "total_cents": goods - discount + shipping,
        "device": device,
        "placed_at": zone.local(now_s),
        "paid_at": zone.local(paid_s),
        "shipped_at": zone.local(shipped_s) if chance(random, 0.9) else None,
    }


def _vat(lines: list[dict[str, Any]], goods: int, discount: int) -> int:
    """Tax contained in the goods; the discount is spread over the lines, in exact fractions."""
    tenths: int = sum(
        one["total_cents"]
        * (goods - discount)
        * round(one["vat_percent"] * 10)
        * 1_000_000
        // (goods * (1_000 + round(one["vat_percent"] * 10)))
        for one in lines
    )
    return (tenths + 500_000) // 1_000_000


def postal_code(random: Random, country: str) -> str:
    """One in the country's form, which need not exist."""
    return "".join(
        str(1 + int(random.random() * 9)) if sign == "9"
        else letters(random, 1, "ABCDEGHJKLM") if sign == "A"
        else sign
        for sign in COUNTRIES[country].postal
    )  # fmt: skip


def _case(
    quantity: int = 1, count: int = 1, now_s: int = 9 * DAY_S, left: int = 10, **members: Any
) -> Make:
    def make(random: Random, number_: int) -> Record:
        lines = [line(index, quantity, 1, "DE", left) for index in range(count)]
        who = (7, "Ada Abara", "DE", "0123456789ab", "94315")
        return {**order(random, number_, now_s, who, (1, lines, members.get("voucher"))), **members}

    return make


_CASES: Final[Mapping[str, Make]] = {
    "twenty_lines": _case(count=20),
    "thousand_pieces": _case(quantity=1_000),
    "last_piece": _case(left=0),
    "with_voucher": _case(voucher="AAAA1111", count=3),
    "before_summer_time": _case(now_s=87 * DAY_S + 3_599),
    "at_summer_time": _case(now_s=87 * DAY_S + 3_600),
    "end_of_year": _case(now_s=365 * DAY_S - 1),
    "not_shipped": _case(shipped_at=None),
    "name_of_120": _case(name="N" * 120),
}


def _abusing(seed: int) -> Iterator[Record]:
    """Vouchers for new customers, taken again and again from one device."""
    random = random_for(seed, "orders", "abuse")
    shop, number_ = Shop(random, 200), 0
    device, left = "", 0
    while True:
        number_ += 1
        record = shop.next(number_)
        if not left and chance(random, 0.05):
            device, left = f"{random.getrandbits(48):012x}", 4 + int(random.random() * 5)
        abused = left > 0 and chance(random, 0.6)
        if abused:
            left -= 1
            name, country, postal = (str(record[n]) for n in ("name", "country", "postal_code"))
            who = (900_000 + number_ % 99_999, name, country, device, postal)
            lines: Any = record["lines"]
            basket = (int(str(record["price_list"])), lines, "WELCOME1")
            again = order(random, number_, shop.now_s, who, basket)
            record = {**again, "placed_at": record["placed_at"]}
        yield {**record, "is_abuse": abused}


def _first_line(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda record: record["lines"][0].update(members)


def _dearer(record: dict[str, Any]) -> None:
    record["total_cents"] += 1


def _other_price(record: dict[str, Any]) -> None:
    record["lines"] = [
        {**record["lines"][0], "unit_cents": 1},
        {**record["lines"][0], "unit_cents": 2},
    ]


PLANTS: Final = (
    Plant(rule="barcodes", change=_first_line(gtin="9520000000001")),
    Plant(rule="sums", change=_dearer),
    Plant(rule="tax", change=setting(vat_cents=999_999)),
    Plant(rule="tax", change=_first_line(vat_percent=16)),
    Plant(rule="postal", change=setting(postal_code="1A")),
    Plant(rule="one_price_list", change=_other_price),
    Plant(
        rule="stock",
        change=lambda record: record.update(lines=[record["lines"][0], record["lines"][0]]),
    ),
    Plant(
        rule="articles",
        change=lambda record: record.update(lines=[record["lines"][0], record["lines"][0]]),
    ),
    Plant(rule="one_customer", change=setting(customer="cus-000001", device="0" * 12)),
    Plant(rule="times", change=setting(paid_at="2025-12-01T00:00:00+01:00")),
)


def _orders(variant: str, customers: int, step_s: int = 60) -> Callable[[int], Iterator[Record]]:
    return stream_of("orders", variant, lambda random: Shop(random, customers, step_s).next)


SCENARIO: Final = DataScenario(
    name="orders",
    about="orders whose amounts, taxes and barcodes are right",
    rules=RULES,
    labels={
        "is_abuse": "detection of abused vouchers",
        "lines": "`stock_after`: nothing is sold twice",
    },
    variants={
        "valid": valid(_orders("valid", 500), SCHEMA, "500 customers in four countries"),
        "boundary": boundary(
            "orders",
            SCHEMA,
            {**_CASES} | unusual_texts(lambda random, n, words: _case(name=words)(random, n)),
        ),
        "abuse": Variant(
            about="vouchers taken again and again from one device, marked by `is_abuse`",
            data_class=DataClass.ADVERSARIAL,
            stream=_abusing,
            schema=extended(SCHEMA, is_abuse=flag("Whether the voucher is abused")),
        ),
        "malformed": malformed(_orders("malformed", 500), SCHEMA, PLANTS),
        "volume": volume(_orders("volume", 5_000, 4), SCHEMA, "5,000 customers"),
    },
)
