"""What a load run is going to do; validated before anything starts."""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from production_testers.load.arrivals import Shape, bounded
from production_testers.model.errors import UsageError

WARM_UP_SHARE = 0.1
WARM_UP_MAX_S = 10.0
"""By default this share of the duration is cut off at its beginning, at most so many seconds."""

_INTERVALS = 40
_INTERVALS_MAX = 600
_INTERVAL_MAX_S = 1.0
_INTERVAL_MIN_S = 0.1
CONCURRENCY_MAX = 100_000
WORKERS_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One load.

    Attributes:
        target: Kind of target and its arguments, as `worker.process.TARGETS` knows them.
        words: The target in words.
        duration_s: How long operations are started.
        shape: Open loop: when they are meant to start; None for a closed loop.
        concurrency: Closed loop: callers. Open loop: operations under way at most, the others
            wait for their turn; None for no such limit.
        think_s: Closed loop: seconds between the end of an operation and its caller's next one.
        workers: Processes that share the load.
        warm_up_s: Seconds at the beginning that do not count; None for the default.
        timeout_s: An operation that takes longer fails.
        drain_s: How long operations that are under way at the end are waited for.
        under_way_max: Open loop without `concurrency`: arrivals above it are dropped.
        python: The interpreter that the target lives in.
        paths: Folders that it is imported from.
        environment: The worker's environment; None for the user's own.
    """

    target: Mapping[str, Any]
    words: str
    duration_s: float
    shape: Shape | None = None
    concurrency: int | None = None
    think_s: float = 0.0
    workers: int = 1
    warm_up_s: float | None = None
    timeout_s: float | None = None
    drain_s: float = 10.0
    under_way_max: int = 10_000
    python: Path = field(default_factory=lambda: Path(sys.executable))
    paths: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.shape is None and self.concurrency is None:
            raise UsageError("A load needs --rate (or --burst, --replay) or --concurrency.")
        _at_least("--duration", self.duration_s, 0.1)
        _at_least("--think", self.think_s, 0.0)
        if self.think_s and self.shape is not None:
            raise UsageError("--think is for a closed loop, without --rate, --burst or --replay.")
        for name, value, most in (
            ("--concurrency", self.concurrency, CONCURRENCY_MAX),
            ("--workers", self.workers, WORKERS_MAX),
        ):
            if value is not None and not 1 <= value <= most:
                raise UsageError(f"{name} {value}: it must be from 1 to {most:,}.")
        if self.concurrency is not None and self.concurrency < self.workers:
            raise UsageError(
                f"--concurrency {self.concurrency}: with {self.workers} workers it must be"
                f" {self.workers} at least, one for each."
            )
        if self.timeout_s is not None:
            _at_least("--timeout", self.timeout_s, 0.001)
        if self.warm_up_s is not None and not 0 <= self.warm_up_s < self.duration_s:
            raise UsageError(
                f"--warm-up {self.warm_up_s:g}: it must be 0 or more, and less than the duration."
            )

    @property
    def interval_s(self) -> float:
        """Seconds from one sample to the next: a soak has longer ones, so that it is kept whole."""
        usual = min(_INTERVAL_MAX_S, max(_INTERVAL_MIN_S, self.duration_s / _INTERVALS))
        return max(usual, self.duration_s / _INTERVALS_MAX)

    @property
    def cut_s(self) -> float:
        """Seconds at the beginning that do not count."""
        if self.warm_up_s is not None:
            return self.warm_up_s
        return min(WARM_UP_MAX_S, self.duration_s * WARM_UP_SHARE)

    @property
    def load_words(self) -> str:
        """The load in words, for reports."""
        if self.shape is None:
            think = f", {self.think_s:g} s of think time" if self.think_s else ""
            return f"closed loop, {self.concurrency} callers{think}"
        if self.concurrency is None:
            return f"open loop, {self.shape.words}"
        return f"open loop, {self.shape.words}, at most {self.concurrency} under way"

    def job(self, worker: int) -> dict[str, Any]:
        """What one worker is asked to do."""
        shape = None if self.shape is None else bounded(self.shape, self.duration_s).as_json()
        share = None
        if self.concurrency is not None:
            share = (self.concurrency + self.workers - 1 - worker) // self.workers
        return {
            "target": dict(self.target),
            "paths": list(self.paths),
            "shape": shape,
            "concurrency": share,
            "think_s": self.think_s,
            "duration_s": self.duration_s,
            "timeout_s": self.timeout_s,
            "drain_s": self.drain_s,
            "under_way_max": max(1, self.under_way_max // self.workers),
            "interval_s": self.interval_s,
            "worker": worker,
            "workers": self.workers,
        }


def _at_least(name: str, value: float, least: float) -> None:
    if not least <= value < math.inf:
        raise UsageError(f"{name} {value:g}: it must be {least:g} at least, and finite.")
