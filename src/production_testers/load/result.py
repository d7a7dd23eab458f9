"""What a load showed: the workers' intervals, merged."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from production_testers.load.histogram import Histogram
from production_testers.load.outliers import Outlier, attribute
from production_testers.load.plan import Plan
from production_testers.load.statistics.confidence import intervals_of, of_mean
from production_testers.load.statistics.steady import settled_at
from production_testers.load.supervisor import Load, WorkerReport

PERCENTS = {"p50_ms": 50.0, "p90_ms": 90.0, "p95_ms": 95.0, "p99_ms": 99.0, "p999_ms": 99.9}
OUTLIERS = 20
_SIGNATURES = 20
_LOG_SUMS = ("levels", "signatures", "starts", "ends")
_EDGE_S = 0.05
"""An interval may end so much later than the load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """All workers during one interval.

    Attributes:
        at_s: Its middle, from the start of the load.
        rate: Operations completed a second.
        failed: Operations that failed.
        p50_ms, p99_ms, max_ms: Their latency; 0 where none completed.
        under_way: Operations under way, on average.
        cpu: CPU seconds a second.
        rss_mb: Resident memory.
        threads, file_descriptors, tasks: How many there were at its end.
        lag_ms: How late the heartbeat was at most.
        gc_ms: The longest garbage collection.
        counts: Whether it lies after the warm-up and before the end.
    """

    at_s: float
    rate: float
    failed: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    under_way: float
    cpu: float
    rss_mb: float
    threads: int
    file_descriptors: int
    tasks: int
    lag_ms: float
    gc_ms: float
    counts: bool


@dataclass(frozen=True, kw_only=True)
class Result:
    """One load's figures; everything after the warm-up counts.

    Attributes:
        load: What the workers told.
        started_at: Wall-clock stamp of the start, for people.
    """

    load: Load
    started_at: str = ""
    seed: int = 0

    @property
    def plan(self) -> Plan:
        """What was asked for."""
        return self.load.plan

    @property
    def is_open(self) -> bool:
        """Whether latencies count from the intended start."""
        return self.plan.shape is not None

    @cached_property
    def partial(self) -> tuple[str, ...]:
        """Why the figures are not those of the whole load; empty where they are."""
        reasons = [
            f"worker {worker.number} (pid {worker.pid}) of {len(self.load.workers)}: {worker.ended}"
            f" {self._lived(worker)}"
            for worker in self.load.workers
            if worker.ended
        ]
        if self.load.interrupted:
            reasons.insert(0, "stopped by the user")
        return tuple(reasons)

    def _lived(self, worker: WorkerReport) -> str:
        if not worker.intervals:
            return "before it had recorded anything"
        seconds = (worker.intervals[-1]["resources"]["to_ns"] - self.load.start_ns) / 1e9
        return f"and told of its first {seconds:.1f} of {self.plan.duration_s:g} s"

    def _counted(self, *, drained: bool) -> Iterator[tuple[WorkerReport, dict[str, Any]]]:
        """The intervals after the warm-up; with `drained`, also what ended after the load."""
        since = self.load.start_ns + round((self.plan.cut_s - _EDGE_S) * 1e9)
        until = self.load.start_ns + round((self.plan.duration_s + _EDGE_S) * 1e9)
        for worker in self.load.workers:
            for interval in worker.intervals:
                resources = interval["resources"]
                if resources["from_ns"] < since and not self._is_all(worker):
                    continue
                if drained or resources["to_ns"] <= until or self._is_all(worker):
                    yield worker, interval

    def _is_all(self, worker: WorkerReport) -> bool:
        """A load so short that nothing would be left counts as a whole."""
        since = self.load.start_ns + round((self.plan.cut_s - _EDGE_S) * 1e9)
        until = self.load.start_ns + round((self.plan.duration_s + _EDGE_S) * 1e9)
        return not any(
            since <= interval["resources"]["from_ns"] and interval["resources"]["to_ns"] <= until
            for interval in worker.intervals
        )

    def _sum(self, series: str) -> Histogram:
        found = Histogram()
        for _, interval in self._counted(drained=True):
            found.add(Histogram.unpack(interval[series]))
        return found

    @cached_property
    def service(self) -> Histogram:
        """Latency from the send."""
        return self._sum("service")

    @cached_property
    def latency(self) -> Histogram:
        """Latency from the intended start in an open loop, from the send in a closed one."""
        return self._sum("intended") if self.is_open else self.service

    @cached_property
    def lateness(self) -> Histogram:
        """How long after their intended start operations were sent."""
        return self._sum("lateness")

    @cached_property
    def failed_latency(self) -> Histogram:
        """Latency of operations that failed."""
        return self._sum("failed")

    @cached_property
    def expected_interval_ns(self) -> float:
        """Closed loop: how often a caller would start, were nothing ever slow."""
        return self.service.percentile(50) + self.plan.think_s * 1e9

    @cached_property
    def corrected(self) -> Histogram | None:
        """Closed loop: corrected for coordinated omission; None for an open one."""
        return None if self.is_open else self.service.corrected(self.expected_interval_ns)

    def _total(self, name: str) -> int:
        return sum(interval[name] for _, interval in self._counted(drained=True))

    @cached_property
    def completed(self) -> int:
        """Operations that completed."""
        return self.service.total - self.unfinished

    @property
    def failures(self) -> int:
        """Operations that raised."""
        return self.failed_latency.total

    @cached_property
    def dropped(self) -> int:
        """Arrivals that were not sent, because too many operations were under way."""
        return self._total("dropped")

    @cached_property
    def not_sent(self) -> int:
        """Arrivals that waited for their turn until the load was over."""
        return self._total("not_sent")

    @cached_property
    def unfinished(self) -> int:
        """Operations that had not ended when waiting for them was given up."""
        return self._total("unfinished")

    @property
    def failed_percent(self) -> float:
        """The share of what was meant to be done that was not."""
        bad = self.failures + self.dropped + self.not_sent + self.unfinished
        return 100 * bad / max(1, bad + self.completed)

    @cached_property
    def errors(self) -> Counter[str]:
        """What failed operations raised, the most frequent first."""
        found: Counter[str] = Counter()
        for _, interval in self._counted(drained=True):
            found.update(interval["errors"])
        return Counter(dict(found.most_common()))

    @cached_property
    def window_s(self) -> float:
        """How long counted: the longest time that a worker measured."""
        spans: Counter[int] = Counter()
        for worker, interval in self._counted(drained=False):
            resources = interval["resources"]
            spans[worker.number] += resources["to_ns"] - resources["from_ns"]
        return max(spans.values(), default=0) / 1e9

    @cached_property
    def throughput(self) -> float:
        """Operations completed a second; a worker that died contributes what it did."""
        done = sum(
            Histogram.unpack(i["service"]).total - i["unfinished"]
            for _, i in self._counted(drained=False)
        )
        return done / self.window_s if self.window_s else 0.0

    @cached_property
    def cpu_s(self) -> tuple[float, float]:
        """CPU seconds of all workers during the counted time: user, system."""
        resources = [interval["resources"] for _, interval in self._counted(drained=False)]
        user = sum(one["cpu_user_s"] for one in resources)
        return user, sum(one["cpu_system_s"] for one in resources)

    @cached_property
    def waited_share(self) -> float:
        """The share of the counted time in which a worker could run and others had its core."""
        waited = measured = 0.0
        for _, interval in self._counted(drained=False):
            resources = interval["resources"]
            waited += resources.get("waited_s", 0.0)
            measured += (resources["to_ns"] - resources["from_ns"]) / 1e9
        return min(1.0, waited / measured) if measured else 0.0

    @property
    def cpu_us_per_operation(self) -> float:
        """CPU time of the workers, driver and target in one, for each operation that ended."""
        ended = sum(
            Histogram.unpack(i["service"]).total + Histogram.unpack(i["failed"]).total
            for _, i in self._counted(drained=False)
        )
        return sum(self.cpu_s) * 1e6 / ended if ended else 0.0

    @cached_property
    def little(self) -> dict[str, float] | None:
        """Little's law: operations under way, counted, against rate times latency.

        None where the heartbeat was never asked. The second is what latencies say; where the two
        differ, latencies are not what operations really took.
        """
        seen = beats = busy = 0.0
        for _, interval in self._counted(drained=False):
            seen += interval["under_way"][0]
            beats += interval["under_way"][1]
            busy += interval["busy_ns"]
        if not beats or not self.window_s:
            return None
        counted = seen / beats * len(self.load.workers)
        product = busy / 1e9 / self.window_s
        ratio = product / counted if counted else 0.0
        return {"under_way": counted, "rate_times_latency": product, "ratio": ratio}

    @cached_property
    def stages(self) -> dict[str, Histogram]:
        """Latency by stage, where the target is a pipeline."""
        found: dict[str, Histogram] = {}
        for _, interval in self._counted(drained=True):
            for name, packed in interval.get("stages", {}).items():
                found.setdefault(name, Histogram()).add(Histogram.unpack(packed))
        return found

    @cached_property
    def traces(self) -> list[dict[str, Any]]:
        """Sampled executions of a pipeline."""
        return [
            traced
            for _, interval in self._counted(drained=True)
            for traced in interval.get("traces", ())
        ]

    @cached_property
    def logs(self) -> dict[str, Any]:
        """What the target logged; see `worker.logs`."""
        sums: dict[str, Counter[str]] = {name: Counter() for name in _LOG_SUMS}
        correlated = lost = 0
        gap = 0.0
        for _, interval in self._counted(drained=True):
            logged = interval["logs"]
            for name, found in sums.items():
                found.update(logged[name])
            correlated += logged["correlated"]
            lost += logged["lost"]
            gap = max(gap, logged["gap_s"])
        lines = sums["levels"].total()
        without_end = sums["starts"] - sums["ends"]
        return {
            "lines": lines + lost,
            "levels": dict(sums["levels"]),
            "signatures": dict(sums["signatures"].most_common(_SIGNATURES)),
            "starts_without_end": {name: n for name, n in without_end.items() if n},
            "correlated_percent": round(100 * correlated / lines, 1) if lines else None,
            "longest_gap_s": round(gap, 3),
            "only_counted": lost,
        }

    def pauses(self, kind: str) -> Histogram:
        """How long the loop was late (`lag`), or garbage was collected (`gc`)."""
        found = Histogram()
        for _, interval in self._counted(drained=False):
            found.add(Histogram.unpack(interval["resources"][kind]["histogram"]))
        return found

    @cached_property
    def outliers(self) -> list[Outlier]:
        """The slowest operations, each with where its time went."""
        slow = sorted(
            (
                (tuple(one), worker)
                for worker, interval in self._counted(drained=True)
                for one in interval["slowest"]
            ),
            key=lambda pair: -pair[0][0],
        )[:OUTLIERS]
        return [
            attribute(
                one,
                _stretches(worker, "gc"),
                _stretches(worker, "lag"),
                self.load.start_ns,
                _spent(worker),
            )
            for one, worker in slow
        ]

    @cached_property
    def blocks(self) -> list[Histogram]:
        """One histogram of the latency for every interval that counts, over all workers."""
        series = "intended" if self.is_open else "service"
        found: dict[int, Histogram] = {}
        for _, interval in self._counted(drained=False):
            place = self._place(interval)
            found.setdefault(place, Histogram()).add(Histogram.unpack(interval[series]))
        return [found[place] for place in sorted(found)]

    @cached_property
    def confidence(self) -> Mapping[str, tuple[float, float]]:
        """95 % intervals of the percentiles and of the throughput; empty for a short load."""
        found = dict(intervals_of(self.blocks, PERCENTS, seed=self.seed))
        rates = [point.rate for point in self.series if point.counts]
        if (of_rate := of_mean(rates, seed=self.seed)) is not None:
            found["throughput_tps"] = of_rate
        return found

    @cached_property
    def settled_s(self) -> float:
        """When the latency had settled, by the rule of `steady`, from the start of the load."""
        means = [point.p50_ms for point in self.series]
        return settled_at(means) * self.plan.interval_s

    @property
    def is_settled(self) -> bool:
        """Whether the warm-up that was cut off was long enough."""
        return self.settled_s <= self.plan.cut_s + self.plan.interval_s

    def _place(self, interval: dict[str, Any]) -> int:
        resources = interval["resources"]
        middle = (resources["from_ns"] + resources["to_ns"]) / 2 - self.load.start_ns
        return int(middle / 1e9 / self.plan.interval_s)

    @cached_property
    def series(self) -> list[Point]:
        """The load over time."""
        until = self.load.start_ns + round((self.plan.duration_s + _EDGE_S) * 1e9)
        groups: dict[int, list[dict[str, Any]]] = {}
        for worker in self.load.workers:
            for interval in worker.intervals:
                if interval["resources"]["to_ns"] <= until:
                    groups.setdefault(self._place(interval), []).append(interval)
        return [self._point(groups[place]) for place in sorted(groups)]

    def _point(self, intervals: Sequence[dict[str, Any]]) -> Point:
        resources = [interval["resources"] for interval in intervals]
        seconds = [(one["to_ns"] - one["from_ns"]) / 1e9 for one in resources]
        middle = sum(one["to_ns"] + one["from_ns"] for one in resources) / 2 / len(resources)
        at_s = (middle - self.load.start_ns) / 1e9
        series = "intended" if self.is_open else "service"
        latency = _merged(interval[series] for interval in intervals)
        done = [Histogram.unpack(i["service"]).total - i["unfinished"] for i in intervals]
        return Point(
            at_s=round(at_s, 3),
            rate=round(sum(n / s for n, s in zip(done, seconds, strict=True)), 2),
            failed=sum(sum(interval["errors"].values()) for interval in intervals),
            p50_ms=latency.percentile(50) / 1e6,
            p99_ms=latency.percentile(99) / 1e6,
            max_ms=latency.max_ns / 1e6,
            under_way=sum(i["under_way"][0] / max(1, i["under_way"][1]) for i in intervals),
            cpu=round(
                sum(
                    (one["cpu_user_s"] + one["cpu_system_s"]) / s
                    for one, s in zip(resources, seconds, strict=True)
                ),
                3,
            ),
            rss_mb=sum(one["rss_kb"] for one in resources) / 1024,
            threads=sum(one["threads"] for one in resources),
            file_descriptors=sum(one["file_descriptors"] for one in resources),
            tasks=sum(one["tasks"] for one in resources),
            lag_ms=_merged(one["lag"]["histogram"] for one in resources).max_ns / 1e6,
            gc_ms=_merged(one["gc"]["histogram"] for one in resources).max_ns / 1e6,
            counts=at_s >= self.plan.cut_s,
        )


def _merged(packed: Iterator[Any]) -> Histogram:
    found = Histogram()
    for one in packed:
        found.add(Histogram.unpack(one))
    return found


def _spent(worker: WorkerReport) -> list[tuple[int, int, int, int]]:
    return [
        (took, start, in_stages, in_services)
        for interval in worker.intervals
        for took, start, in_stages, in_services in interval.get("slowest_spent", ())
    ]


def _stretches(worker: WorkerReport, kind: str) -> list[tuple[int, int]]:
    return [
        (since, to)
        for interval in worker.intervals
        for since, to in interval["resources"][kind]["long"]
    ]


def percentiles_ms(histogram: Histogram) -> dict[str, float]:
    """The usual percentiles, the largest and the mean, in milliseconds."""
    values = histogram.percentiles(PERCENTS.values())
    found = {name: ns / 1e6 for name, ns in zip(PERCENTS, values, strict=False)}
    found = {name: found.get(name, 0.0) for name in PERCENTS}
    return {**found, "max_ms": histogram.max_ns / 1e6, "mean_ms": histogram.mean_ns / 1e6}


def curve_ms(histogram: Histogram) -> list[tuple[float, float]]:
    """Percent of the operations, and the milliseconds that they took at most; closer at the end."""
    total = histogram.total
    percents, step = [], 0
    while total and 10 ** (step / 10) <= total:
        percents.append(round(100 * (1 - 10 ** (-step / 10)), 6))
        step += 1
    return [
        (p, round(ns / 1e6, 6))
        for p, ns in zip(percents, histogram.percentiles(percents), strict=True)
    ]
