"""Pictures of one load: latency, throughput, memory, and what else went on in the process."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from production_testers.reports.charts.chart import (
    BLUE,
    GREY,
    ORANGE,
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

_NAMED = {50: "p50", 95: "p95", 99: "p99", 99.9: "p99.9"}
_KEYS = {50: "p50_ms", 95: "p95_ms", 99: "p99_ms", 99.9: "p999_ms"}
_LOGARITHMIC_FROM = 50.0
"""Latencies this many times apart need a logarithmic axis."""

_SPAN_MIN_MB = 4.0
"""Smaller changes of memory are not stretched over the whole height."""

_LOWEST_MS = 1e-6


def latency(document: Mapping[str, Any]) -> Chart | None:
    """Percentiles of metrics/latency.json; None where it has none."""
    points = _curve(document.get("percentiles", ()))
    if not points:
        return None
    count = max(document["count"], 1)
    named = [
        {"behind": 1 / (1 - percent / 100), "ms": ms, "told": f"{name} {_ms(ms)}"}
        for percent, name in _NAMED.items()
        if (ms := document.get(_KEYS[percent])) and count * (1 - percent / 100) >= 1
    ]
    send = _curve(document.get("percentiles_from_send", ()))
    lowest = max(min(point["ms"] for point in (*points, *send)), _LOWEST_MS)
    highest = document["max_ms"]
    wide = highest / lowest > _LOGARITHMIC_FROM
    scale: Spec = {"type": "log"} if wide else {"domain": [0, highest * 1.2]}
    shown = [{**p, "ms": max(p["ms"], lowest)} for p in points]
    x = number(
        "behind",
        "Share of the executions that took no longer (logarithmic towards 100 %)",
        scale={"type": "log", "domain": [1, max(100.0, points[-1]["behind"]) * 3]},
        axis={
            "values": [1, 2, 4, 10, 20, 100, 1_000, 10_000, 100_000, 1_000_000],
            "labelExpr": "format(100 * (1 - 1 / datum.value), '~g') + ' %'",
        },
    )
    y = number("ms", "Latency of one execution, milliseconds", scale=scale)
    line = {"type": "line", "color": BLUE, "strokeWidth": 2.5, "interpolate": "step-before"}
    dots = {"type": "point", "filled": True, "size": 90, "color": VERMILLION, "opacity": 1}
    drops = {"type": "rule", "strokeDash": [4, 4], "color": GREY}
    layers = [
        *_from_send(send, lowest, x, y),
        {"data": rows(shown), "mark": line, "encoding": {"x": x, "y": y}},
        {"data": rows(named), "mark": drops, "encoding": {"x": x}},
        {"data": rows(named), "mark": dots, "encoding": {"x": x, "y": y}},
        *_flags(named, x),
    ]
    longest = f"The longest took {_ms(highest)}, the mean is {_ms(document['mean_ms'])}."
    since = "Latency counts from the intended start" if send else "Latency counts from the send"
    beside = "; the dashed line counts from the send." if send else "."
    return chart(
        "latency", _title(document), [_conditions(document), f"{since}{beside} {longest}"], layers
    )


def _title(document: Mapping[str, Any]) -> str:
    """What half took; those that never ended are in it with the time for which they had waited."""
    half, most = _ms(document["p50_ms"]), _ms(document["p99_ms"])
    count, waited = document["count"], document.get("lower_bounds", 0)
    if not waited:
        return f"Half of {count:,} executions took at most {half}, 99 of 100 at most {most}"
    return (
        f"{count:,} of {count + waited:,} executions ended: half of all took, or had waited,"
        f" {half} or more"
    )


def _curve(pairs: Sequence[Sequence[float]]) -> list[dict[str, float]]:
    return [
        {"behind": 1 / (1 - percent / 100), "ms": ms, "percent": percent}
        for percent, ms in pairs
        if percent < 100
    ]


def _from_send(send: list[dict[str, float]], lowest: float, x: Spec, y: Spec) -> list[Spec]:
    if not send:
        return []
    shown = [{**point, "ms": max(point["ms"], lowest)} for point in send]
    line = {"type": "line", "color": ORANGE, "strokeWidth": 2, "strokeDash": [6, 4]}
    line["interpolate"] = "step-before"
    return [{"data": rows(shown), "mark": line, "encoding": {"x": x, "y": y}}]


def _flags(named: list[dict[str, Any]], x: Spec) -> list[Spec]:
    """Every second name one line lower: neighbours would lie on each other."""
    text = {"align": "left", "dx": 6, "fontWeight": "bold", "fontSize": 13}
    return [
        {"data": rows([one]), **words("told", x, {"value": 8 + 18 * (place % 2)}, **text)}
        for place, one in enumerate(named)
    ]


def throughput(document: Mapping[str, Any]) -> Chart | None:
    """Executions per second over the time of metrics/throughput.json; None where it has none."""
    parts = document.get("over_time", ())
    if not parts:
        return None
    bars = [
        {"from": begin, "to": end, "rate": part["rate"], "counts": part["counts"]}
        for (begin, end), part in zip(_edges(parts), parts, strict=True)
    ]
    counted = [bar["rate"] for bar in bars if bar["counts"]] or [bar["rate"] for bar in bars]
    average = document["throughput_tps"]
    x = _time(bars[-1]["to"], "from")
    highest = max(*(bar["rate"] for bar in bars), average)
    y = number("rate", "Executions per second", scale={"domain": [0, highest * 1.15]})
    title = (
        f"{average:,.0f} executions per second on average; between {min(counted):,.0f} and"
        f" {max(counted):,.0f} while they were measured"
    )
    failed = document["failed"]
    notes = [
        _conditions(document),
        f"Each bar is one of {len(parts)} intervals; pale ones belong to the warm-up and do not"
        f" count. {failed:,} of {document['executions'] + failed:,} executions did not complete.",
    ]
    mean = [{"rate": average, "told": f"average {average:,.0f}", "from": bars[-1]["to"]}]
    pale = {"condition": {"test": "datum.counts", "value": 1}, "value": 0.35}
    layers: list[Spec] = [
        {
            "data": rows(bars),
            "mark": {"type": "rect", "color": SKY, "stroke": "white", "strokeWidth": 1},
            "encoding": {
                "x": x,
                "x2": {"field": "to"},
                "y": y,
                "y2": {"datum": 0},
                "opacity": pale,
            },
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
    """Resident memory over the time of resource_usage.json; None where it has none."""
    samples = [
        {"at_s": point["at_s"], "mb": point["rss_mb"]} for point in document.get("over_time", ())
    ]
    if len(samples) < 2:
        return None
    sizes = [sample["mb"] for sample in samples]
    grown = sizes[-1] - sizes[0]
    middle = (max(sizes) + min(sizes)) / 2
    half = max(_SPAN_MIN_MB, (max(sizes) - min(sizes)) * 1.3) / 2
    x = _time(samples[-1]["at_s"], "at_s")
    y = number(
        "mb",
        "Resident memory of the processes, megabytes",
        scale={"domain": [max(0.0, middle - half), middle + half], "zero": False},
    )
    executions = document["executions"]
    title = f"Memory {_change(grown)} over {executions:,} executions, to {sizes[-1]:,.1f} MB"
    notes = [
        _conditions(document),
        f"CPU time of one execution {document['cpu_us_per_operation']:,.0f} µs;"
        f" {document['file_descriptors_max']} open files at most and {document['tasks_left']}"
        f" tasks left afterwards. {_slope(document)}The vertical axis does not begin at 0.",
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


_SERIES = {
    "latency p99": (VERMILLION, "p99_ms", [1, 0]),
    "latency p50": (BLUE, "p50_ms", [1, 0]),
    "loop late by": (ORANGE, "lag_ms", [6, 4]),
    "garbage collection": (GREY, "gc_ms", [2, 3]),
}


def timeline(throughput_: Mapping[str, Any], usage: Mapping[str, Any]) -> Chart | None:
    """Latency over time beside what held the event loop up; None without intervals."""
    pairs = list(zip(throughput_.get("over_time", ()), usage.get("over_time", ()), strict=False))
    points = [
        {"at_s": one["at_s"], "ms": value, "what": name}
        for one, two in pairs
        for name, (_, key, _) in _SERIES.items()
        if (value := one.get(key, two.get(key, 0.0))) > 0
    ]
    if len(pairs) < 2 or not points:
        return None
    present = [name for name in _SERIES if any(point["what"] == name for point in points)]
    lag = max(two["lag_ms"] for _, two in pairs)
    collected = max(two["gc_ms"] for _, two in pairs)
    title = (
        f"The event loop was late by {_ms(lag)} at most, garbage was collected for"
        f" {_ms(collected)} at most"
        if collected
        else f"The event loop was late by {_ms(lag)} at most; garbage collection held nothing up"
    )
    x = _time(pairs[-1][0]["at_s"], "at_s")
    y = number("ms", "Milliseconds in each interval", scale={"type": "log"})
    legend = {"orient": "bottom", "direction": "horizontal", "title": None}
    scale = {"domain": present, "range": [_SERIES[name][0] for name in present]}
    dashes = {"domain": present, "range": [_SERIES[name][2] for name in present]}
    layers = [
        {
            "data": rows(points),
            "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 25}},
            "encoding": {
                "x": x,
                "y": y,
                "color": {"field": "what", "type": "nominal", "scale": scale, "legend": legend},
                "strokeDash": {
                    "field": "what",
                    "type": "nominal",
                    "scale": dashes,
                    "legend": {**legend, "symbolType": "stroke", "symbolSize": 500},
                },
            },
        }
    ]
    notes = [
        _conditions(throughput_),
        "Where the latency peaks together with another line, this process was held up, and not the"
        " target alone. The vertical axis is logarithmic.",
    ]
    return chart("timeline-of-load", title, notes, layers, frame=Frame(bottom=110))


def _time(until: float, field: str) -> Spec:
    return number(
        field,
        "Time since the load began, seconds",
        scale={"domain": [0, until], "nice": False},
        axis={"tickCount": 8, "grid": False},
    )


def _edges(parts: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Where each interval begins and ends, from their middles."""
    middles = [part["at_s"] for part in parts]
    inner = [(a + b) / 2 for a, b in pairwise(middles)]
    half = (inner[0] if inner else 2 * middles[0]) - middles[0]
    edges = [max(0.0, middles[0] - half), *inner, middles[-1] + half]
    return list(pairwise(edges))


def _slope(document: Mapping[str, Any]) -> str:
    slope = document.get("memory_slope") or {}
    if "interval_95" not in slope:
        return ""
    low, high = slope["interval_95"]
    return (
        f"{slope['mb_per_1000']:+.3f} MB for 1,000 executions (95 %: {low:+.3f} to {high:+.3f}):"
        f" {slope['verdict']}. "
    )


def _ms(value: float) -> str:
    return f"{value:,.1f} ms" if value >= 10 else f"{value:,.3g} ms"


def _change(grown: float) -> str:
    if abs(grown) < 0.05:
        return "did not change"
    return f"{'grew' if grown > 0 else 'shrank'} by {abs(grown):,.1f} MB"


def _conditions(document: Mapping[str, Any]) -> str:
    workers = "" if document["workers"] == 1 else f", {document['workers']} processes"
    return f"{document['sut']}: {document['load']}{workers}."
