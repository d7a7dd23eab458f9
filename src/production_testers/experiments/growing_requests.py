"""What an application keeps of requests that are over: many of them, for real, and then a count.

As in `experiments.growing`, memory is counted in blocks of the interpreter's own allocator after a
full collection. The same few requests are made again and again, so what is kept of each different
one is full after the first round.
"""

import asyncio
import gc
import itertools
import logging
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from production_testers.experiments import safety
from production_testers.experiments.target_mocks import put_into_settings, serve_for_real
from production_testers.experiments.target_sql import serve_databases
from production_testers.laws.target.keeps_nothing import REQUESTS
from production_testers.model.canonical import Json
from production_testers.model.observation import CostPoint
from production_testers.model.target import Target
from production_testers.suts.contract import Adapter, BoundUnit, HasUnits
from production_testers.suts.plain_bench import PlainBench

DIFFERENT = 20
"""So many different requests are made."""

AT_ONCE = 8
SECONDS_MAX = 20.0
"""An application that computes for longer is not judged."""

WAITED_S_MAX = 60.0
"""Nor is one that takes longer than this: its services take their time for real here."""


def kept(
    adapter: Adapter,
    target: Target,
    sizes: Sequence[int],
    emit: Callable[[dict[str, Any]], None],
    *,
    control: bool = False,
) -> tuple[CostPoint, ...]:
    """Blocks of memory in use after so many requests; nothing where it takes too long.

    Args:
        adapter: Of its framework.
        target: The application.
        sizes: Numbers of requests, ascending; those of the smaller ones count.
        emit: Told of every size.
        control: Execute its stages without the framework.
    """
    assert isinstance(adapter, HasUnits), "its adapter found the target's stages"
    safety.guard_in_child(target.allow_hosts)
    settings: dict[str, Json] = {"target": target.as_json(), "control": control}
    logging.disable(logging.CRITICAL)
    try:
        return asyncio.run(_points(adapter, settings, target, sizes, emit))
    finally:
        logging.disable(logging.NOTSET)


async def _points(
    adapter: HasUnits,
    settings: dict[str, Json],
    target: Target,
    sizes: Sequence[int],
    emit: Callable[[dict[str, Any]], None],
) -> tuple[CostPoint, ...]:
    bench = PlainBench()
    put_into_settings(target)
    serve_databases(target, bench)
    servers = await serve_for_real(target, bench)
    unit = adapter.unit("target", settings, bench)
    numbers = itertools.cycle(range(min(target.records, DIFFERENT)))
    made, points = 0, []
    ends, computed = time.perf_counter() + WAITED_S_MAX, time.process_time() + SECONDS_MAX
    for size in sizes:
        while made < size:
            if time.perf_counter() > ends or time.process_time() > computed:
                return ()
            together = min(AT_ONCE, size - made)
            await asyncio.gather(*(_made(unit, next(numbers)) for _ in range(together)))
            made += together
        gc.collect()
        points.append(CostPoint(size=size, operations=sys.getallocatedblocks(), what=REQUESTS))
        emit({"size": size})
    for server in servers:
        server.close()
    return tuple(points)


async def _made(unit: BoundUnit, number: int) -> None:
    """One request; one that fails counts as well."""
    try:
        await unit.perform("handle", {"record": number})
    except Exception:  # noqa: BLE001 - the application's own error is its answer
        return
