"""Gives money back: one async function, no framework, over two services."""

import asyncio
import logging

log = logging.getLogger("refunds")
PATIENCE = 2.0  # seconds that a service has


class Refused(Exception):
    """A refund that is not made, and why."""


async def asked(call, *members):
    """A service's answer, in time and whole."""
    answer = await asyncio.wait_for(call, PATIENCE)
    if not isinstance(answer, dict) or any(name not in answer for name in members):
        raise Refused("a service gave an answer that is not whole")
    return answer


async def refund(request, accounts, gateway):
    """Find the customer's account and pay into it; once, however often it is asked."""
    account = await asked(accounts.find(request["customer"]), "iban", "open")
    if not account["open"]:
        raise Refused("the account is closed")
    for attempt in (1, 2):
        try:
            paid = await asked(
                gateway.pay(
                    iban=account["iban"],
                    cents=request["cents"],
                    reference=request["refund"],
                ),
                "state",
                "reference",
            )
            break
        except (TimeoutError, ConnectionError) as error:
            if attempt == 2:
                raise Refused("the gateway does not answer") from error
    log.info("refund %s is %s", request["refund"], paid["state"])
    return {"refund": request["refund"], "cents": request["cents"], "note": request["note"]}
