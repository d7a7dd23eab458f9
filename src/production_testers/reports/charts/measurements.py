"""Pictures of real executions: latency, throughput, memory."""

from collections.abc import Mapping
from typing import Any

from production_testers.reports.charts.chart import (
    BLUE,
    GREY,
    SKY,
    VERMILLION,
    Chart,
    Frame,
    Spec,
    chart,
    number,
    rows,
    words,
)

_NAMED = {50: "p50", 95: "p95", 99: "p99"}
_LOGARITHMIC_FROM = 50.0
"""Latencies this many times apart need a logarithmic axis."""

_SPAN_MIN_MB = 4.0
"""Smaller changes of memory are not stretched over the whole height."""


def latency(document: Mapping[str, Any]) -> Chart | None:
    """Percentiles of metrics/latency.json; None where it has none."""
    points = [
        {"behind": 1 / (1 - percent / 100), "ms": ms, "percent": percent}
        for percent, ms in document.get("percentiles", ())
    ]
    if not points:
        return None
    named = [
        {"behind": 1 / (1 - percent / 100), "ms": ms, "told": f"{name} {_ms(ms)}"}
        for percent, name in _NAMED.items()
        if (ms := document[f"{name}_ms"])
    ]
    lowest, highest = max(points[0]["ms"], 0.001), document["max_ms"]
    wide = highest / lowest > _LOGARITHMIC_FROM
    scale: Spec = {"type": "log"} if wide else {"domain": [0, highest * 1.2]}
    x = number(
        "behind",
        "Share of the executions that took no longer (logarithmic towards 100 %)",
        scale={"type": "log", "domain": [1, max(100.0, points[-1]["behind"]) * 3]},
        axis={
            "values": [1, 2, 4, 10, 20, 100, 1_000, 10_000, 100_000],
            "labelExpr": "format(100 * (1 - 1 / datum.value), '~g') + ' %'",
        },
    )
    y = number("ms", "Latency of one execution, milliseconds", scale=scale)
    title = (
        f"Half of {document['count']:,} executions took at most {_ms(document['p50_ms'])},"
        f" 99 of 100 at most {_ms(document['p99_ms'])}"
    )
    line = {"type": "line", "color": BLUE, "strokeWidth": 2.5, "interpolate": "step-before"}
    dots = {"type": "point", "filled": True, "size": 90, "color": VERMILLION, "opacity": 1}
    drops = {"type": "rule", "strokeDash": [4, 4], "color": GREY}
    layers = [
        {"data": rows(points), "mark": line, "encoding": {"x": x, "y": y}},
        {"data": rows(named), "mark": drops, "encoding": {"x": x}},
        {"data": rows(named), "mark": dots, "encoding": {"x": x, "y": y}},
        {
            "data": rows(named),
            **words("told", x, {"value": 8}, align="left", dx=6, fontWeight="bold", fontSize=13),
        },
    ]
    longest = f"The longest took {_ms(highest)}, the mean is {_ms(document['mean_ms'])}."
    return chart("latency", title, [_conditions(document), longest], layers)


def throughput(document: Mapping[str, Any]) -> Chart | None:
    """Executions per second over the time of metrics/throughput.json; None where it has none."""
    parts = document.get("over_time", ())
    if not parts:
        return None
    ends = [0.0, *(end for end, _ in parts)]
    bars = [
        {"from": begin, "to": end, "rate": rate}
        for begin, (end, rate) in zip(ends, parts, strict=False)
    ]
    rates = [bar["rate"] for bar in bars]
    average = document["throughput_tps"]
    x = number(
        "from",
        "Time since the first execution began, seconds",
        scale={"domain": [0, ends[-1]], "nice": False},
        axis={"tickCount": 8, "grid": False},
    )
    y = number("rate", "Executions per second", scale={"domain": [0, max(*rates, average) * 1.15]})
    title = (
        f"{average:,.0f} executions per second on average; between {min(rates):,.0f} and"
        f" {max(rates):,.0f} while they were measured"
    )
    failed = document["failed"]
    notes = [
        _conditions(document),
        f"Each bar is one part of {len(parts)}, with equally many executions; its width is how long"
        f" they took. {failed:,} of {document['executions']:,} executions did not complete.",
    ]
    mean = [{"rate": average, "told": f"average {average:,.0f}", "from": ends[-1]}]
    layers: list[Spec] = [
        {
            "data": rows(bars),
            "mark": {"type": "rect", "color": SKY, "stroke": "white", "strokeWidth": 1.5},
            "encoding": {"x": x, "x2": {"field": "to"}, "y": y, "y2": {"datum": 0}},
        },
        {
            "data": rows(mean),
            "mark": {"type": "rule", "color": VERMILLION, "strokeWidth": 2, "strokeDash": [6, 4]},
            "encoding": {"y": y},
        },
        {
            "data": rows(mean),
            **words("told", x, y, align="left", dx=8, fontWeight="bold", fontSize=13),
        },
    ]
    return chart("throughput", title, notes, layers, frame=Frame(right=130))


def memory(document: Mapping[str, Any]) -> Chart | None:
    """Resident memory over the executions of resource_usage.json; None where it has none."""
    samples = [
        {"executions": executions, "mb": mb}
        for executions, mb in document.get("memory_over_executions", ())
    ]
    if len(samples) < 2:
        return None
    sizes = [sample["mb"] for sample in samples]
    grown, executions = sizes[-1] - sizes[0], samples[-1]["executions"]
    middle = (max(sizes) + min(sizes)) / 2
    half = max(_SPAN_MIN_MB, (max(sizes) - min(sizes)) * 1.3) / 2
    x = number("executions", "Executions that have ended")
    y = number(
        "mb",
        "Resident memory of the process, megabytes",
        scale={"domain": [max(0.0, middle - half), middle + half], "zero": False},
    )
    title = f"Memory {_change(grown)} over {executions:,} executions, to {sizes[-1]:,.1f} MB"
    notes = [
        _conditions(document),
        f"CPU time of one execution {document['cpu_us_per_execution']:,.0f} µs;"
        f" {document['file_descriptors']} open files and {document['tasks_left']} tasks left"
        " afterwards. The vertical axis does not begin at 0.",
    ]
    line = {"type": "line", "color": BLUE, "strokeWidth": 2.5, "interpolate": "monotone"}
    dots = {"type": "point", "filled": True, "color": BLUE, "size": 30, "opacity": 1}
    layers = [
        {"data": rows(samples), "mark": line, "encoding": {"x": x, "y": y}},
        {"data": rows(samples), "mark": dots, "encoding": {"x": x, "y": y}},
        *(
            {
                "data": rows([{**sample, "told": f"{sample['mb']:,.1f} MB"}]),
                **words("told", x, y, dy=-16, align=side, fontWeight="bold", fontSize=13),
            }
            for side, sample in (("left", samples[0]), ("right", samples[-1]))
        ),
    ]
    return chart("memory", title, notes, layers)


def _ms(value: float) -> str:
    return f"{value:,.1f} ms" if value >= 10 else f"{value:,.3g} ms"


def _change(grown: float) -> str:
    if abs(grown) < 0.05:
        return "did not change"
    return f"{'grew' if grown > 0 else 'shrank'} by {abs(grown):,.1f} MB"


def _conditions(document: Mapping[str, Any]) -> str:
    return (
        f"{document['sut']}: {document['stages']} stages that do nothing,"
        f" {document['concurrency']} callers in a closed loop, on the stock event loop."
    )
