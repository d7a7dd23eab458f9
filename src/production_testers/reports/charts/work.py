"""A picture of the work that one execution takes, by number of stages."""

from collections.abc import Mapping
from typing import Any

from production_testers.laws.cost.operations_per_stage import (
    EXPONENT_MAX,
    LAW,
    SHAPES,
    SIZE_MIN,
    local_exponent,
)
from production_testers.model.observation import CostPoint
from production_testers.reports.charts.chart import (
    BLUE,
    VERMILLION,
    Chart,
    Frame,
    Spec,
    chart,
    number,
    rows,
    words,
)

_COUNTED, _ALLOWED = "counted", f"growth that the law allows, n^{EXPONENT_MAX:g}"
_LOOKS = {"chain": (VERMILLION, "circle"), "fan-out": (BLUE, "square")}


def work(costs: Mapping[str, Mapping[str, Any]]) -> Chart | None:
    """Executed lines by number of stages; None where no shape has two sizes.

    Args:
        costs: Shape → points and verdicts, as metrics/cost.json holds them.
    """
    shapes = {
        shape.replace("_", "-"): sorted(cost["points"])
        for shape, cost in costs.items()
        if shape in SHAPES
        and len(cost["points"]) > 1
        and all(lines > 0 for _, lines in cost["points"])
    }
    if not shapes:
        return None
    growth = {shape: _exponent(points) for shape, points in shapes.items()}
    told = " and ".join(f"n^{exponent:.2f} ({shape})" for shape, exponent in growth.items())
    title = f"The work of one execution grows like {told}: {_compared(costs)}"
    notes = [
        "Executed lines of the framework's own code for one execution of a pipeline of n stages"
        " that do nothing.",
        "The exponent is the one between the two largest sizes; the dashed lines start at the last"
        " but one. Both axes are logarithmic.",
    ]
    return chart(
        "work",
        title,
        notes,
        _layers(shapes, growth),
        frame=Frame(left=110, right=210, bottom=120),
    )


def _compared(costs: Mapping[str, Mapping[str, Any]]) -> str:
    """The law's own word, so that picture and verdict cannot differ."""
    states = {
        costs[shape]["verdicts"].get(LAW.id, {}).get("state") for shape in costs.keys() & SHAPES
    }
    if "broken" in states:
        return f"more than the n^{EXPONENT_MAX:g} that is allowed"
    if states == {"holds"}:
        return f"within the n^{EXPONENT_MAX:g} that is allowed"
    return f"too small to judge, which the law does from {SIZE_MIN} stages on"


def _exponent(points: list[list[int]]) -> float:
    small, large = (CostPoint(size=size, operations=lines) for size, lines in points[-2:])
    return local_exponent(small, large)


def _layers(shapes: Mapping[str, list[list[int]]], growth: Mapping[str, float]) -> list[Spec]:
    counted = [
        {"shape": shape, "stages": size, "lines": lines, "line": _COUNTED}
        for shape, points in shapes.items()
        for size, lines in points
    ]
    allowed = [
        {"shape": shape, "stages": size, "lines": lines, "line": _ALLOWED}
        for shape, points in shapes.items()
        for size, lines in _bound(points)
    ]
    looks = {shape: _LOOKS.get(shape, ("#009E73", "triangle-up")) for shape in shapes}
    x = number(
        "stages",
        "Number of stages (n)",
        scale={"type": "log", "nice": False},
        axis={"values": [size for size, _ in next(iter(shapes.values()))]},
    )
    y = number(
        "lines",
        "Executed lines",
        scale={"type": "log", "domain": _around(shapes)},
        axis={"format": ",~f", "tickCount": 5},
    )
    below = {"orient": "bottom", "direction": "horizontal", "title": None, "offset": 6}
    dashes = {**below, "symbolType": "stroke", "symbolSize": 900, "symbolStrokeWidth": 2.5}
    colour = _by_shape(looks, 0, below)
    drawn = {
        "x": x,
        "y": y,
        "color": colour,
        "strokeDash": {
            "field": "line",
            "type": "nominal",
            "legend": dashes,
            "scale": {"domain": [_COUNTED, _ALLOWED], "range": [[1, 0], [6, 5]]},
        },
    }
    dots = {"x": x, "y": y, "color": colour, "shape": _by_shape(looks, 1, below)}
    ends = _ends(shapes, growth)
    return [
        {
            "data": rows([*counted, *allowed]),
            "mark": {"type": "line", "strokeWidth": 2.5},
            "encoding": drawn,
        },
        {
            "data": rows(counted),
            "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
            "encoding": dots,
        },
        *(
            {
                "data": rows([end]),
                **words("told", x, y, align="left", dx=12, dy=shift, fontWeight="bold"),
            }
            for end, shift in zip(ends, _shifts(ends), strict=True)
        ),
    ]


def _around(shapes: Mapping[str, list[list[int]]]) -> list[float]:
    lines = [n for points in shapes.values() for _, n in (*points, *_bound(points))]
    return [min(lines) * 0.8, max(lines) * 1.25]


def _bound(points: list[list[int]]) -> list[tuple[int, float]]:
    (small, lines), (large, _) = points[-2:]
    return [(small, lines), (large, lines * (large / small) ** EXPONENT_MAX)]


def _ends(shapes: Mapping[str, list[list[int]]], growth: Mapping[str, float]) -> list[Spec]:
    """The largest size of every shape, the one with most lines first."""
    ends = [
        {
            "stages": points[-1][0],
            "lines": points[-1][1],
            "told": f"{shape}: {points[-1][1]:,} lines, n^{growth[shape]:.2f}",
        }
        for shape, points in shapes.items()
    ]
    return sorted(ends, key=lambda end: -float(str(end["lines"])))


def _shifts(ends: list[Spec]) -> list[int]:
    """The labels of lines that end near each other are moved apart."""
    return [0] if len(ends) == 1 else [-10, *(10 + 18 * place for place in range(len(ends) - 1))]


def _by_shape(looks: Mapping[str, tuple[str, str]], which: int, legend: Spec) -> Spec:
    scale = {"domain": list(looks), "range": [look[which] for look in looks.values()]}
    return {"field": "shape", "type": "nominal", "scale": scale, "legend": legend}
