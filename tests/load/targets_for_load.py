"""Targets that the tests put under load."""

import asyncio
import logging
import time

left_behind = []


async def trivial():
    return None


async def wait_2_ms():
    await asyncio.sleep(0.002)


async def every_tenth_fails(number):
    await asyncio.sleep(0.001)
    if number % 10 == 9:
        raise ValueError("the tenth")


async def hangs():
    await asyncio.sleep(60)


async def stalls():
    """Stalls for 0.1 s in every second: the true 99th percentile is 90 ms."""
    left = 0.1 - time.perf_counter() % 1
    if left > 0:
        await asyncio.sleep(left)


async def leaves_a_task():
    if not left_behind:
        left_behind.append(asyncio.ensure_future(asyncio.sleep(60)))


async def blocks_the_loop(number):
    if number == 30:
        time.sleep(0.2)  # noqa: ASYNC251 - on purpose


async def cancels_itself():
    raise asyncio.CancelledError


async def two(_one, _two):
    return None


def blocking():
    return None


value = 1


async def logs_a_start(number):
    logging.getLogger("shop").warning("order %s started", number)
    if number % 2:
        logging.getLogger("shop").warning("order %s finished", number)
