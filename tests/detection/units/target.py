"""Wrong applications: the sample with one thing wrong each."""

import asyncio
import logging
import uuid
from collections import defaultdict

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.target import PlainTarget
from production_testers.units.sample import asked, written

log = logging.getLogger("sample")


async def done(order, model, ledger, key=None):
    """What a right application does."""
    rating = await asked(model.rate(text=order["text"]), "rating", "about")
    entry = {"account": order["account"], "amount": order["amount"]}
    await written(ledger, entry, key or order["order"])
    return {"order": order["order"], "note": order["note"], "rating": rating["rating"], **entry}


def in_line(work):
    """A factory whose requests of one account wait for each other."""

    def build(model, ledger):
        lines = defaultdict(asyncio.Lock)

        async def handle(order):
            async with lines[order["account"]]:
                return await work(order, model, ledger)

        return handle

    return build


def shared(model, ledger):
    now = {}

    async def handle(order):
        now["order"] = order
        rating = await asked(model.rate(text=order["text"]), "rating", "about")
        return {
            "order": now["order"]["order"],
            "rating": rating["rating"],
            "amount": order["amount"],
        }

    return handle


def one_at_a_time(model, ledger):
    busy = []

    async def handle(order):
        if busy:
            raise RuntimeError("busy")
        busy.append(order)
        try:
            return await done(order, model, ledger)
        finally:
            busy.clear()

    return handle


def never_again(model, ledger):
    failed = []

    async def handle(order):
        if failed:
            raise RuntimeError("given up")
        try:
            return await done(order, model, ledger)
        except (TimeoutError, ConnectionError, RuntimeError) as error:
            failed.append(error)
            raise

    return handle


def remembers(model, ledger):
    ratings = {}

    async def handle(order):
        if order["text"] not in ratings:
            try:
                found = await asked(model.rate(text=order["text"]), "rating", "about")
                ratings[order["text"]] = found["rating"]
            except (TimeoutError, ConnectionError, RuntimeError):
                ratings[order["text"]] = -1
        return {
            "order": order["order"],
            "rating": ratings[order["text"]],
            "amount": order["amount"],
        }

    return handle


def no_timeout(model, ledger):
    async def handle(order):
        await model.rate(text=order["text"])
        return {"order": order["order"], "amount": order["amount"]}

    return handle


def long_timeout(model, ledger):
    async def handle(order):
        for _ in range(9):
            try:
                await asyncio.wait_for(model.rate(text=order["text"]), 29)
                break
            except (TimeoutError, ConnectionError, RuntimeError):
                await asyncio.sleep(20)
        return {"order": order["order"], "amount": order["amount"]}

    return handle


@in_line
async def other_keys(order, model, ledger):
    return await done(order, model, ledger, key=str(uuid.uuid4()))


@in_line
async def logs_cards(order, model, ledger):
    log.warning("order %s", order)
    return await done(order, model, ledger)


@in_line
async def cards_in_errors(order, model, ledger):
    try:
        return await done(order, model, ledger)
    except Exception as error:
        raise RuntimeError(f"order {order} failed") from error


def last_card(model, ledger):
    last = {}

    async def handle(order):
        seen = dict(last)
        last.update(card=order["card"])
        await done(order, model, ledger)
        return {"amount": order["amount"], "before": seen}

    return handle


@in_line
async def rounds(order, model, ledger):
    answer = await done(order, model, ledger)
    return {**answer, "amount": order["amount"] // 10 * 10}


@in_line
async def falls_back(order, model, ledger):
    try:
        return await done(order, model, ledger)
    except (TimeoutError, ConnectionError, RuntimeError, ValueError):
        return {"order": order["order"], "amount": 0}


@in_line
async def takes_anything(order, model, ledger):
    try:
        rating = await asked(model.rate(text=order["text"]), "rating")
    except ValueError:
        rating = {"rating": 0}
    return {"order": order["order"], "rating": rating["rating"], "amount": order["amount"]}


def unordered(model, ledger):
    async def handle(order):
        await asked(model.rate(text=order["text"]), "rating", "about")
        await asyncio.sleep(0.05 if order["amount"] > 40 else 0)  # large orders take time
        return await done(order, model, ledger)

    return handle


@in_line
async def keeps_connections(order, model, ledger):
    connection = await asyncio.wait_for(ledger.connect(), 1)
    await asked(
        connection.write(account=order["account"], amount=order["amount"], key=order["order"]),
        "key",
    )
    await ledger.release(connection)
    return {"order": order["order"]}


def one_for_all(model, ledger):
    ratings = {}

    async def handle(order):
        if order["amount"] // 20 not in ratings:
            rating = await asked(model.rate(text=order["text"]), "rating", "about")
            ratings[order["amount"] // 20] = f"{order['account']}: {rating['rating']}"
        return {"order": order["order"], "rating": ratings[order["amount"] // 20]}

    return handle


@in_line
async def ascii_only(order, model, ledger):
    answer = await done(order, model, ledger)
    return {**answer, "note": order["note"].encode("ascii", "replace").decode()[:100]}


class Wrong(PlainTarget):
    """The application at `at` instead of the sample."""

    at = ""

    def __init__(self, settings, bench):
        target = {**settings["target"], "object": f"{__name__}:{self.at}"}
        super().__init__({**settings, "target": target}, bench)


def wrong(factory, law, outcome_class, within=150):
    made = type(factory, (Wrong,), {"at": factory, "__doc__": f"`{factory}` of this module."})
    return PlantedUnit("target", f"target/{law}", outcome_class, made, within)


PLANTED = (
    wrong("shared", "as-alone", "answer-differs"),
    wrong("one_at_a_time", "as-alone", "fails-beside-others"),
    wrong("never_again", "as-alone", "stays-broken"),
    wrong("remembers", "as-alone", "stays-different", 400),
    wrong("no_timeout", "in-time", "never"),
    wrong("long_timeout", "in-time", "too-late"),
    wrong("other_keys", "effects-once", "repeated"),
    wrong("logs_cards", "secrets-kept", "in-log"),
    wrong("cards_in_errors", "secrets-kept", "in-error"),
    wrong("last_card", "secrets-kept", "of-another"),
    wrong("rounds", "invariants", "broken"),
    wrong("falls_back", "invariants", "broken-by-failure"),
    wrong("takes_anything", "bad-answers", "taken"),
    wrong("keeps_connections", "gives-back", "kept"),
    wrong("one_for_all", "tenants-apart", "mixed"),
    wrong("ascii_only", "any-text", "changed"),
    wrong("unordered", "ordered", "overtaken", 300),
)
