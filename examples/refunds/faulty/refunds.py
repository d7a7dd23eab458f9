"""The same function with five faults, each marked with its number."""

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


HISTORY = []


async def refund(request, accounts, gateway):
    """Find the customer's account and pay into it; once, however often it is asked."""
    HISTORY.append(dict(request))  # 1: kept for ever
    account = await accounts.find(request["customer"])  # 4: no time-out
    if not account["open"]:
        raise Refused("the account is closed")
    for attempt in (1, 2):
        try:
            paid = await asked(
                gateway.pay(
                    iban=account["iban"],
                    cents=request["cents"],
                    reference=f"{request['refund']}/{attempt}",  # 2: another one for every attempt
                ),
                "state",
                "reference",
            )
            break
        except (TimeoutError, ConnectionError) as error:
            if attempt == 2:
                raise Refused(f"{request} was not paid") from error  # 3: with the passport
    log.info("refund %s is %s", request["refund"], paid["state"])
    note = request["note"][:40].strip()  # 5: cut
    return {"refund": request["refund"], "cents": request["cents"], "note": note}
