"""What the benchmark of minimising measures, inside the worker."""

import time
from collections.abc import Callable
from typing import Any

from production_testers.evidence import jobs
from production_testers.suts.contract import Adapter

Emit = Callable[[dict[str, Any]], None]


def minimise(adapter: Adapter, arguments: dict[str, Any], emit: Emit) -> dict[str, Any]:
    """The job of that name, with the CPU seconds that it took."""
    started = time.process_time()
    answer = jobs.minimise(adapter, arguments, emit)
    return {**answer, "cpu_s": time.process_time() - started}
