"""`BackpressureMonitor`."""

import time

from stageflow.pipeline.failure_tolerance import BackpressureConfig, BackpressureMonitor

_MONITOR = "stageflow.pipeline.failure_tolerance.BackpressureMonitor"


class ShedError(Exception):
    pass


class Binding:
    errors = {ShedError: "turned-away"}
    components = {"execute": f"{_MONITOR}.acquire", "ask": f"{_MONITOR}.get_metrics"}

    def __init__(self, settings, bench):
        self.bench = bench
        config = BackpressureConfig(
            max_active_stages=settings["most"],
            high_watermark=settings["high_share"],
            latency_threshold_ms=settings["slow_ms"],
            queue_size_limit=settings["queue"],
            shed_on_overload=settings["sheds"],
        )
        self.monitor = BackpressureMonitor(config)

    async def perform(self, operation, arguments):
        if operation == "ask":
            told = self.monitor.get_metrics()
            names = {
                "active": "active_count",
                "waiting": "queued_count",
                "too_much": "is_overloaded",
            }
            return {name: told[theirs] for name, theirs in names.items()}
        if not await self.monitor.acquire():
            raise ShedError("acquire() gave False")
        begun = time.perf_counter()
        try:
            return await self.bench.work("work")
        finally:
            took = {"latency_ms": (time.perf_counter() - begun) * 1000}
            self.monitor.release(**(took if arguments["tells"] else {}))
