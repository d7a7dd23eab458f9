"""Purchases in a game: some are sent again, and the coins of every player add up."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from production_testers.mocks.datasets.attacks.confusion import Plant, malformed, setting
from production_testers.mocks.datasets.draws import chance, pick
from production_testers.mocks.datasets.edges.cases import Make, boundary
from production_testers.mocks.datasets.places import COUNTRIES
from production_testers.mocks.datasets.rules import Memory, rule
from production_testers.mocks.datasets.schema import fields, flag, maybe, moment, text, whole, word
from production_testers.mocks.datasets.shape import DataScenario, Record
from production_testers.mocks.datasets.stamps import stamp
from production_testers.mocks.datasets.streams import stream_of, valid, volume

PACKS: Final = {"coins_100": 100, "coins_550": 550, "coins_1200": 1_200}
"""Pack of coins → coins."""

PRICES: Final = {
    "DE": {"coins_100": 99, "coins_550": 499, "coins_1200": 999},
    "GB": {"coins_100": 89, "coins_550": 449, "coins_1200": 899},
    "US": {"coins_100": 99, "coins_550": 499, "coins_1200": 999},
    "BR": {"coins_100": 590, "coins_550": 2_990, "coins_1200": 5_990},
    "IN": {"coins_100": 8_900, "coins_550": 44_900, "coins_1200": 89_900},
}
"""Country of the store → pack → its price in hundredths of its currency, as stores price."""

ITEMS: Final = {"hat": 80, "cape": 250, "dragon": 900}
"""Thing → its price in coins."""

_STORES: Final = tuple(PRICES)

SCHEMA: Final = fields(
    id=text("Number of the message", pattern="^pur-[0-9]{10}$"),
    idempotency_key=text("The same when the same purchase is sent again", pattern="^[0-9a-f]{32}$"),
    resend_of=maybe(text("Message that this one repeats", pattern="^pur-[0-9]{10}$")),
    player=text("Who buys", pattern="^player-[0-9]{6}$"),
    country=word("Of the player's store", *_STORES),
    kind=word("Money for coins, or coins for a thing", "coins", "item"),
    product=word("What", *PACKS, *ITEMS),
    price_cents=whole("In hundredths of the store's currency; 0 for things", 0, 10**9),
    currency=word("Of the store", *(COUNTRIES[code].currency for code in _STORES)),
    coins_before=whole("Of the player"),
    coins_delta=whole("How many come, negative: go", -10_000, 10_000),
    coins_after=whole("Of the player"),
    bought_at=moment("When it was sent first"),
    granted=flag("Whether this message must grant anything"),
)


@dataclass(slots=True)
class _Player:
    name: str
    country: str
    coins: int


class Store:
    """The stream's state: the players and their coins, and what was bought lately."""

    def __init__(self, random: Random, players: int) -> None:
        self._random, self._now_s = random, 0
        self._recent: list[Record] = []
        self._players = [
            _Player(f"player-{index:06d}", _STORES[index % len(_STORES)], 300)
            for index in range(players)
        ]

    def next(self, number: int) -> Record:
        """The next message."""
        random = self._random
        self._now_s += int(random.random() * 6)
        if self._recent and chance(random, 0.06):
            first = pick(random, self._recent)
            return {**first, "id": f"pur-{number:010d}", "resend_of": first["id"], "granted": False}
        who = pick(random, self._players)
        affordable = [name for name, coins in ITEMS.items() if coins <= who.coins]
        product = pick(random, affordable if affordable and chance(random, 0.7) else tuple(PACKS))
        record = purchase(random, number, who, product, self._now_s)
        who.coins += PACKS[product] if product in PACKS else -ITEMS[product]
        self._recent.append(record)
        del self._recent[:-32]
        return dict(record)


def purchase(random: Random, number: int, who: _Player, product: str, now_s: int) -> Record:
    """A purchase of somebody who can afford it."""
    country, money = COUNTRIES[who.country], product in PACKS
    delta = PACKS[product] if money else -ITEMS[product]
    return {
        "id": f"pur-{number:010d}",
        "idempotency_key": f"{random.getrandbits(128):032x}",
        "resend_of": None,
        "player": who.name,
        "country": who.country,
        "kind": "coins" if money else "item",
        "product": product,
        "price_cents": PRICES[who.country][product] if money else 0,
        "currency": country.currency,
        "coins_before": who.coins,
        "coins_delta": delta,
        "coins_after": who.coins + delta,
        "bought_at": stamp(now_s),
        "granted": True,
    }


def _case(coins: int, product: str, now_s: int = 0, country: str = "DE") -> Make:
    return lambda random, number: purchase(
        random, number, _Player("player-000001", country, coins), product, now_s
    )


_CASES: Final[Mapping[str, Make]] = {
    "first_coins": _case(0, "coins_100"),
    "last_coin": _case(80, "hat"),
    "one_left": _case(81, "hat"),
    "many_coins": _case(2**31, "coins_1200"),
    "double_limit": _case(2**53 - 1_201, "coins_1200"),
    "end_of_year": _case(900, "dragon", 365 * 86_400 - 1),
    "other_currency": _case(0, "coins_550", country="IN"),
}


@rule("coins", "coins before and after differ by what the product costs or gives")
def coins(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Nobody has less than none."""
    given = {"coins_100": 100, "coins_550": 550, "coins_1200": 1_200, "hat": -80, "cape": -250,
             "dragon": -900}[record["product"]]  # fmt: skip
    after = record["coins_before"] + given
    if (record["coins_delta"], record["coins_after"]) == (given, after) and after >= 0:
        return None
    return f"{record['coins_before']} {record['coins_delta']:+} = {record['coins_after']}"


@rule("price", "coins cost money of the store's country, things cost none")
def price(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """The kind of purchase says which."""
    wanted = {"DE": "EUR", "GB": "GBP", "US": "USD", "BR": "BRL", "IN": "INR"}[record["country"]]
    money = record["product"].startswith("coins")
    if record["currency"] != wanted or (record["price_cents"] > 0) is not money:
        return f"{record['price_cents']} {record['currency']} for {record['product']}"
    return (
        None if (record["kind"] == "coins") is money else f"{record['kind']} of {record['product']}"
    )


@rule("price_list", "a pack costs the same in one store, and more coins cost more", across=True)
def price_list(record: Mapping[str, Any], memory: Memory) -> str | None:
    """By country; prices end as stores let them end."""
    if record["kind"] != "coins":
        return None
    listed = memory.setdefault(record["country"], {})
    cents = listed.setdefault(record["coins_delta"], record["price_cents"])
    if record["price_cents"] % 10 not in {0, 9}:
        return f"a price of {record['price_cents']}"
    if cents != record["price_cents"]:
        return f"{record['product']} costs {record['price_cents']}, and cost {cents}"
    by_coins = [listed[coins] for coins in sorted(listed)]
    return None if by_coins == sorted(by_coins) else f"{record['country']}: {listed}"


@rule("ledger", "what a player has is what he had after his last purchase", across=True)
def ledger(record: Mapping[str, Any], memory: Memory) -> str | None:
    """What is sent again changes nothing."""
    if not record["granted"]:
        return None
    before = memory.get(record["player"], record["coins_before"])
    memory[record["player"]] = record["coins_after"]
    if before == record["coins_before"]:
        return None
    return f"{record['player']} had {before}, now starts with {record['coins_before']}"


@rule("once", "a purchase is granted the first time it is sent, and only then", across=True)
def once(record: Mapping[str, Any], memory: Memory) -> str | None:
    """By its idempotency key."""
    key = record["idempotency_key"]
    first = key not in memory
    memory[key] = True
    if len(memory) > 4_096:
        del memory[next(iter(memory))]
    if first is record["granted"] is (record["resend_of"] is None):
        return None
    return f"{record['id']} repeats {record['resend_of']}, granted: {record['granted']}"


def _richer(record: dict[str, Any]) -> None:
    record["coins_after"] += 1


def _dearer(record: dict[str, Any]) -> None:
    record.update(kind="coins", product="coins_550", coins_delta=550, price_cents=4_321)


def _had_more(record: dict[str, Any]) -> None:
    record.update(
        coins_before=record["coins_before"] + 5_000,
        coins_after=record["coins_after"] + 5_000,
        granted=True,
    )


PLANTS: Final = (
    Plant(rule="coins", change=_richer),
    Plant(rule="price", change=setting(currency="EUR", country="GB")),
    Plant(rule="price_list", change=_dearer),
    Plant(rule="ledger", change=_had_more),
    Plant(rule="once", change=setting(resend_of="pur-0000000001")),
)


def _purchases(variant: str, players: int) -> Callable[[int], Iterator[Record]]:
    return stream_of("purchases", variant, lambda random: Store(random, players).next)


SCENARIO: Final = DataScenario(
    name="purchases",
    about="purchases in a game, some sent again; coins add up",
    rules=(coins, price, price_list, ledger, once),
    labels={"granted": "granted once: what repeats a purchase must grant nothing"},
    variants={
        "valid": valid(_purchases("valid", 100), SCHEMA, "100 players; 6 % sent again"),
        "boundary": boundary("purchases", SCHEMA, _CASES),
        "malformed": malformed(_purchases("malformed", 100), SCHEMA, PLANTS),
        "volume": volume(_purchases("volume", 5_000), SCHEMA, "5,000 players"),
    },
)
