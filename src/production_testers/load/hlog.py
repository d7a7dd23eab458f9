"""Standard HdrHistogram logs (format 1.2), written through the library; values in nanoseconds."""

import io
from collections.abc import Iterable

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogWriter

from production_testers.load.histogram import HIGHEST_NS, Histogram, highest_of
from production_testers.load.result import Result

SERIES = {
    "latency": "intended",
    "service": "service",
    "lateness": "lateness",
}
"""Name of the file → what it holds; a closed loop has no `latency` and no `lateness`."""

_NS_PER_MS = 1e6


def logs(result: Result) -> dict[str, str]:
    """File name → its text, for every series that has a value."""
    found = {}
    for name, series in SERIES.items():
        parts = [
            (
                (interval["resources"]["from_ns"] - result.load.start_ns) / 1e9,
                (interval["resources"]["to_ns"] - result.load.start_ns) / 1e9,
                Histogram.unpack(interval[series]),
            )
            for worker in result.load.workers
            for interval in worker.intervals
        ]
        filled = sorted((part for part in parts if part[2].counts), key=lambda part: part[0])
        if filled:
            about = f"{result.plan.words}; {result.plan.load_words}; {series}"
            found[f"{name}.hlog"] = _log(about, result.started_at, filled)
    return found


def _log(about: str, started_at: str, parts: Iterable[tuple[float, float, Histogram]]) -> str:
    text = io.StringIO()
    writer = HistogramLogWriter(text)
    writer.output_comment(f"[Logged with production-testers: {about}]")
    writer.output_log_format_version()
    writer.output_comment(
        f"[Started at {started_at}; timestamps are seconds from there, values ns]"
    )
    writer.output_legend()
    for begin, end, histogram in parts:
        writer.output_interval_histogram(
            standard(histogram),
            start_time_stamp_sec=max(begin, 1e-6),
            end_time_stamp_sec=end,
            max_value_unit_ratio=_NS_PER_MS,
        )
    return text.getvalue()


def standard(histogram: Histogram) -> HdrHistogram:
    """The same counts in the library's own histogram."""
    made = HdrHistogram(1, HIGHEST_NS, 3)
    for bucket, count in histogram.counts.items():
        made.record_value(min(highest_of(bucket), HIGHEST_NS), count)
    return made
