"""Pictures of several loads: latency against rate, throughput against concurrency, cost by size."""

from collections.abc import Mapping, Sequence
from typing import Any

from production_testers.load.analysis.usl import Law
from production_testers.reports.charts.chart import (
    BLUE,
    ORANGE,
    VERMILLION,
    Chart,
    Frame,
    Spec,
    chart,
    number,
    rows,
    words,
)

_STEPS = 60
_MET, _MISSED = "met", "missed"


def rate(document: Mapping[str, Any]) -> Chart | None:
    """Latency against rate, from a search; None with fewer than two trials."""
    trials = [trial for trial in document["trials"] if trial["p99_ms"] > 0]
    if len(trials) < 2:
        return None
    points = [
        {
            "rate": trial["rate"],
            "ms": trial[key],
            "line": name,
            "state": _MET if trial["met"] else _MISSED,
        }
        for trial in trials
        for key, name in (("p50_ms", "p50"), ("p99_ms", "p99"))
    ]
    best, missed = document["sustainable_tps"], document["missed_from_tps"]
    wanted = ", ".join(f"{name} = {value:g}" for name, value in document["targets"].items())
    title = (
        f"No rate met {wanted}"
        if best is None
        else f"{best:,.0f} a second met {wanted}"
        + ("" if missed is None else f"; {missed:,.0f} did not")
    )
    x = number("rate", "Operations offered per second", scale={"zero": False})
    y = number("ms", "Latency from the intended start, milliseconds", scale={"type": "log"})
    legend = {"orient": "bottom", "direction": "horizontal", "title": None}
    colour = {
        "field": "line",
        "type": "nominal",
        "scale": {"domain": ["p50", "p99"], "range": [BLUE, VERMILLION]},
        "legend": legend,
    }
    shape = {
        "field": "state",
        "type": "nominal",
        "scale": {"domain": [_MET, _MISSED], "range": ["circle", "cross"]},
        "legend": legend,
    }
    layers = [
        {
            "data": rows(points),
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "data": rows(points),
            "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
            "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
        },
    ]
    notes = [f"{document['target']}: open loops, one for every mark.", "Logarithmic vertical axis."]
    return chart("rate", title, notes, layers, frame=Frame(bottom=110))


def scaling(document: Mapping[str, Any]) -> Chart | None:
    """Throughput against concurrency with the fitted law; None with fewer than two points."""
    points = [
        {"n": point["concurrency"], "tps": value}
        for point in document["points"]
        for value in point["throughput_tps"]
    ]
    if len(document["points"]) < 2:
        return None
    x = number("n", "Callers at a time", scale={"type": "log", "nice": False})
    y = number("tps", "Operations completed per second", scale={"zero": True})
    dots = {"type": "point", "filled": True, "size": 80, "color": BLUE, "opacity": 0.8}
    layers: list[Spec] = [{"data": rows(points), "mark": dots, "encoding": {"x": x, "y": y}}]
    law, note = document["law"], "Too few points for a law."
    if law is not None:
        layers.insert(0, _curve(_fitted(law, document["points"]), "n", x, "tps", y))
        note = (
            f"Line: Universal Scalability Law, contention {law['contention']:.4f}, coherency"
            f" {law['coherency']:.2e}, off by {law['error_percent']:.1f} % on average."
        )
    knee = document["knee"]
    layers.append(
        {
            "data": rows([{"n": knee, "told": f"knee {knee}"}]),
            "mark": {"type": "rule", "color": VERMILLION, "strokeDash": [5, 4], "strokeWidth": 2},
            "encoding": {"x": x},
        }
    )
    layers.append(
        {
            "data": rows([{"n": knee, "told": f"knee {knee}"}]),
            **words("told", x, {"value": 8}, align="left", dx=6, fontWeight="bold", fontSize=13),
        }
    )
    most = max(point["tps"] for point in points)
    title = f"Throughput reaches {most:,.0f} a second; throughput per latency is best at {knee}"
    notes = [f"{document['target']}: closed loops, each round one mark.", note]
    return chart("scaling", title, notes, layers, frame=Frame(right=110))


def growth(document: Mapping[str, Any]) -> Chart | None:
    """Cost by size with the fit of the smaller sizes; None with fewer than two sizes."""
    points = [
        {"size": point["size"], "us": value}
        for point in document["points"]
        for value in point["cost_us"]
    ]
    if len(document["points"]) < 2:
        return None
    quantity = str(document["quantity"]).replace("_", "-")
    last = document["exponents"][-1]
    low, high = last["interval"]
    x = number("size", f"Size: {quantity}", scale={"type": "log", "nice": False})
    y = number("us", "CPU time of one operation, microseconds", scale={"type": "log"})
    dots = {"type": "point", "filled": True, "size": 80, "color": BLUE, "opacity": 0.8}
    layers: list[Spec] = [{"data": rows(points), "mark": dots, "encoding": {"x": x, "y": y}}]
    said, note = document.get("prediction"), "Too few sizes to test a prediction."
    if said is not None:
        fit = said["fit"]
        sizes = [point["size"] for point in document["points"]]
        line = [
            {
                "size": size,
                "us": fit["constant"] + fit["linear"] * size + fit["square"] * size**2,
            }
            for size in _spread(sizes[0], sizes[-1])
        ]
        layers.insert(0, _curve(line, "size", x, "us", y))
        word = "confirmed" if said["confirmed"] else "not confirmed"
        note = (
            f"The line is fitted without the largest size, for which it predicts"
            f" {said['predicted_us']:,.0f} µs; measured {said['measured_us']:,.0f} µs: {word}."
        )
    title = (
        f"Between {last['from']:,} and {last['to']:,} ({quantity}) the cost of one operation grows"
        f" like n^{last['exponent']:.2f} (95 %: {low:.2f} to {high:.2f})"
    )
    notes = [f"{document['target']}: each round one mark. Both axes are logarithmic.", note]
    return chart("growth", title, notes, layers, frame=Frame(left=110))


def _fitted(law: Mapping[str, Any], points: Sequence[Mapping[str, Any]]) -> list[Spec]:
    fitted = Law(alone=law["alone_tps"], contention=law["contention"], coherency=law["coherency"])
    sizes = [point["concurrency"] for point in points]
    return [{"n": n, "tps": fitted.throughput(n)} for n in _spread(sizes[0], sizes[-1])]


def _spread(low: float, high: float) -> list[float]:
    return [low * (high / low) ** (step / _STEPS) for step in range(_STEPS + 1)]


def _curve(points: Sequence[Spec], across: str, x: Spec, up: str, y: Spec) -> Spec:
    assert all(across in point and up in point for point in points)
    line = {"type": "line", "color": ORANGE, "strokeWidth": 2.5}
    return {"data": rows(points), "mark": line, "encoding": {"x": x, "y": y}}
