"""One payment of 40, and 40 is what is paid, however late or often messages arrive.

A time-out of 100 ms for work of 30 ms is generous, so by default it does not fire. `late_work`
says that the service may be that late; a port says what may happen to its messages.
"""

import asyncio
from contextlib import suppress

import pytest
from retrying_client import Client, HastyClient, PaymentService

from production_testers.simulation import Faults, explore

HANDLE = "retrying_client:PaymentService.handle"
LATE = Faults(late_work=True)
UNRELIABLE = Faults(ports={HANDLE: ["delay", "drop", "duplicate"]}, late_s=0.5)


async def one_payment(kind):
    service = PaymentService()
    serving = asyncio.create_task(service.serve(), name="service")
    with suppress(TimeoutError):  # three times without an answer: the caller knows that much
        await kind(service).pay(40)
    await asyncio.sleep(1)  # whatever was late has arrived
    serving.cancel()
    assert sum(service.paid) <= 40, f"paid {service.paid}"


async def hasty():
    await one_payment(HastyClient)


def test_a_service_that_is_in_time_is_paid_once():
    assert explore(hasty, schedules=200).ok


@pytest.mark.parametrize("faults", [LATE, UNRELIABLE], ids=["late work", "a port"])
def test_a_hasty_retry_pays_twice(faults):
    found = explore(hasty, schedules=100, faults=faults)
    print(found)
    (failure,) = found.failures
    assert failure.problem.summary.startswith("AssertionError: paid [40, 40")
    assert failure.feasible


@pytest.mark.simulate(schedules=200, faults=LATE)
async def test_a_late_service_is_paid_once():
    await one_payment(Client)


@pytest.mark.simulate(schedules=200, faults=UNRELIABLE)
async def test_lost_late_and_repeated_messages_are_paid_once():
    await one_payment(Client)
