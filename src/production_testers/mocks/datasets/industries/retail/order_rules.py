"""What the amounts of an order, its times and the stock say about each other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule


@rule("barcodes", "barcodes are GTIN-13 of the prefix for examples, with a right check digit")
def barcodes(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """GS1 General Specifications."""
    for one in record["lines"]:
        total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(one["gtin"]))
        if len(one["gtin"]) != 13 or total % 10:
            return f"GTIN {one['gtin']} fails its check"
    return None


@rule("sums", "lines, discount and shipping add up to the total")
def sums(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Shipping is free from 50 euros of goods on."""
    for one in record["lines"]:
        if one["quantity"] * one["unit_cents"] != one["total_cents"]:
            return f"{one['quantity']} x {one['unit_cents']} is not {one['total_cents']}"
    goods = sum(one["total_cents"] for one in record["lines"]) - record["discount_cents"]
    if goods + record["shipping_cents"] != record["total_cents"] or goods < 0:
        return f"goods of {goods}, total {record['total_cents']}"
    if (goods >= 5_000) != (record["shipping_cents"] == 0):
        return f"shipping of {record['shipping_cents']} for goods of {goods}"
    if bool(record["discount_cents"]) != (record["voucher"] is not None):
        return f"discount {record['discount_cents']} with voucher {record['voucher']}"
    return None


@rule("tax", "rates are those of the country, and the tax is what the prices contain")
def tax(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Within a cent for each line."""
    known: dict[str, set[float]] = {"DE": {19, 7}, "FR": {20, 5.5}, "NL": {21, 9}, "AT": {20, 10}}
    rates = known[record["country"]]
    goods = sum(one["total_cents"] for one in record["lines"])
    share = 1 - record["discount_cents"] / goods
    wanted = 0.0
    for one in record["lines"]:
        if one["vat_percent"] not in rates:
            return f"{one['vat_percent']} % in {record['country']}"
        wanted += one["total_cents"] * share * one["vat_percent"] / (100 + one["vat_percent"])
    if abs(wanted - record["vat_cents"]) <= len(record["lines"]):
        return None
    return f"tax of {record['vat_cents']}, should be {wanted:.1f}"


@rule("postal", "the postal code has the country's form")
def postal(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Digits and letters where they belong."""
    form = {"DE": "99999", "FR": "99999", "NL": "9999 AA", "AT": "9999"}[record["country"]]
    seen = "".join(
        "9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in record["postal_code"]
    )
    return None if seen == form else f"{record['postal_code']!r} in {record['country']}"


@rule("one_price_list", "all prices of an article in one version of the list are one", across=True)
def one_price_list(record: Mapping[str, Any], memory: Memory) -> str | None:
    """The list changes every six hours."""
    if memory.get("version") != record["price_list"]:
        memory.clear()
        memory["version"] = record["price_list"]
    for one in record["lines"]:
        known = memory.setdefault(one["gtin"], one["unit_cents"])
        if known != one["unit_cents"]:
            return f"{one['gtin']} for {known} and {one['unit_cents']} in one list"
    return None


@rule("stock", "stock goes down by what is sold, and up only by deliveries", across=True)
def stock(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Deliveries are of 500 pieces."""
    for one in record["lines"]:
        before = memory.get(one["gtin"])
        memory[one["gtin"]] = one["stock_after"]
        if before is None:
            continue
        if one["stock_after"] - before + one["quantity"] not in {0, 500}:
            return f"{one['gtin']} from {before} to {one['stock_after']}"
    return None


@rule("articles", "an article stands once in an order")
def articles(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """More of it is a larger quantity."""
    codes = [one["gtin"] for one in record["lines"]]
    twice = {code for code in codes if codes.count(code) > 1}
    return f"{sorted(twice)} twice" if twice else None


@rule(
    "one_customer", "a customer's name, country, postal code and device do not change", across=True
)
def one_customer(record: Mapping[str, Any], memory: Memory) -> str | None:
    """By number; whoever abuses vouchers takes another number."""
    mine = [record[name] for name in ("name", "country", "postal_code", "device")]
    known = memory.setdefault(record["customer"], mine)
    return None if known == mine else f"{record['customer']} was {known}, now {mine}"


@rule("times", "ordered, paid and shipped in this order")
def times(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Moments with their offsets."""
    stages = [record[name] for name in ("placed_at", "paid_at", "shipped_at")]
    moments = [datetime.fromisoformat(one) for one in stages if one is not None]
    return None if moments == sorted(moments) else f"in the order {stages}"


RULES: Final = (
    barcodes,
    sums,
    tax,
    postal,
    one_price_list,
    stock,
    articles,
    one_customer,
    times,
)
