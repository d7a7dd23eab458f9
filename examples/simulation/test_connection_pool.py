"""Three callers share one connection; when they are done, it is free again.

No order of tasks and no latency breaks either pool. What breaks the leaky one is a cancellation at
one of a few moments: `cancel_everywhere` tries all that there are.
"""

import asyncio

import pytest
from connection_pool import LeakyPool, Pool

from production_testers.simulation import Faults, cancel_everywhere, explore


async def query(pool):
    async with pool.connection() as connection:
        await asyncio.sleep(0.01)
        return connection


async def three_callers(kind):
    pool = kind(["c1"])
    calls = [asyncio.create_task(query(pool), name=f"caller-{n}") for n in "abc"]
    await asyncio.wait(calls)
    assert pool.free == ["c1"], f"free: {pool.free}"


async def leaky():
    await three_callers(LeakyPool)


async def repaired():
    await three_callers(Pool)


def test_without_a_cancellation_the_leaky_pool_is_right():
    assert explore(leaky, schedules=200).ok


def test_a_cancelled_caller_takes_the_connection_with_it():
    found = cancel_everywhere(leaky)
    print(found)
    assert found.failures
    for failure in found.failures:
        assert failure.feasible
        assert "when it is about to run" in failure.directives[0]


def test_the_repaired_pool_survives_a_cancellation_at_every_step():
    assert cancel_everywhere(repaired).ok


@pytest.mark.simulate(schedules=200, faults=Faults(cancel=True, at_most=2))
async def test_two_cancellations_and_any_order_leave_the_connection_free():
    await three_callers(Pool)
