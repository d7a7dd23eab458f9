"""A picture of the smallest schedule that breaks a law: what ran when, and where it broke."""

from collections.abc import Sequence

from production_testers.evidence.defect import Defect
from production_testers.model.history import Event, History
from production_testers.reports.charts.chart import (
    BLACK,
    DARK,
    FAINT,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    WIDTH,
    Chart,
    Frame,
    Spec,
    chart,
    number,
    rows,
)
from production_testers.reports.charts.lanes import NS_PER_MS, Ending, Lane, chosen, lanes
from production_testers.reports.charts.squeezing import Axis

_LANE = 26
_LEFT, _RIGHT, _BOTTOM, _HEAD = 160, 215, 104, 16
_COLOURS = {
    Ending.WELL: SKY,
    Ending.FAILED: VERMILLION,
    Ending.STOPPED: ORANGE,
    Ending.OTHERWISE: PURPLE,
    Ending.NEVER: GREY,
}
_POINTED, _FAULT, _CANCELLED, _CALL = (
    *("event that shows the break", "fault fires", "caller cancels the run", "service call"),
)
_CIRCLE = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z"
_MARKS = {
    _POINTED: f"{_CIRCLE}M-.76,0A.76,.76,0,1,0,.76,0A.76,.76,0,1,0,-.76,0Z",  # a ring
    _FAULT: "triangle-down",
    _CANCELLED: "M-1,-.6L-.6,-1L0,-.4L.6,-1L1,-.6L.4,0L1,.6L.6,1L0,.4L-.6,1L-1,.6L-.4,0Z",
    _CALL: "M-1.3,-.25L1.3,-.25L1.3,.25L-1.3,.25Z",  # a stroke
}
_NAME_MAX, _WORDS_MAX = 22, 34
_BAR_MIN = 0.003
"""Of the axis: what takes no virtual time is still seen."""


def timeline(finding_id: str, defect: Defect, history: History) -> Chart | None:
    """Runs and stages as lanes over virtual time; None where there is no scenario to show."""
    scenario = defect.exhibit.get("scenario")
    if scenario is None or not history.events:
        return None
    verdict = defect.verdict
    every = lanes(scenario, history, verdict["events"])
    shown = chosen(every)
    axis = Axis.over([_ms(event) for event in history])
    bars = _bars(shown, axis, history.events[-1])
    notes = [f"Broken law {defect.law}: {defect.declared.title}.", *_left_out(every, shown)]
    return chart(
        f"timeline_{finding_id}",
        f"{finding_id}: {verdict['summary']}",
        notes,
        _layers(shown, bars, axis, history),
        subject="timeline",
        frame=Frame(left=_LEFT, right=_RIGHT, bottom=_BOTTOM, top=_HEAD, plot=_LANE * len(shown)),
    )


def _left_out(every: Sequence[Lane], shown: Sequence[Lane]) -> list[str]:
    missing = len(every) - len(shown)
    return [f"{missing} of {len(every)} lanes are left out."] if missing else []


def _bars(shown: Sequence[Lane], axis: Axis, last: Event) -> list[Spec]:
    least = _BAR_MIN * (axis.at(axis.last) - axis.at(axis.first))
    found = []
    for place, lane in enumerate(shown):
        half = 0.34 if lane.stage else 0.16
        for bar in lane.bars:
            begin, end = axis.at(_ms(bar.start)), axis.at(_ms(bar.end or last))
            found.append(
                {
                    "from": begin,
                    "to": max(end, begin + least),
                    "top": place + 0.5 - half,
                    "bottom": place + 0.5 + half,
                    "ending": bar.ending.value,
                }
            )
    return found


def _layers(
    shown: Sequence[Lane], bars: Sequence[Spec], axis: Axis, history: History
) -> list[Spec]:
    x, y = _axes(shown, axis)
    return [
        _bands(shown, y),
        *_wait(axis, x),
        {
            "data": rows(bars),
            "mark": {"type": "rect", "stroke": DARK, "strokeWidth": 0.6},
            "encoding": {
                "x": x,
                "x2": {"field": "to"},
                "y": {**y, "field": "top"},
                "y2": {"field": "bottom"},
                "color": _colour(bars),
            },
        },
        *_never_started(shown, axis, history, x, y),
        *_marks(shown, axis, x, y),
        *_columns(shown, y),
    ]


def _axes(shown: Sequence[Lane], axis: Axis) -> tuple[Spec, Spec]:
    begin, end = axis.at(axis.first), axis.at(axis.last)
    margin = 0.02 * (end - begin) or 1.0
    x = number(
        "from",
        "Virtual time since the start, milliseconds",
        scale={"domain": [min(0.0, begin), end + margin], "nice": False},
        axis={"labelExpr": axis.label, "tickCount": 8, "values": axis.ticks},
    )
    y = number("middle", None, scale={"domain": [len(shown), 0], "nice": False})
    return x, y


def _colour(bars: Sequence[Spec]) -> Spec:
    present = [ending for ending in Ending if any(bar["ending"] == ending for bar in bars)]
    return {
        "field": "ending",
        "type": "nominal",
        "scale": {
            "domain": [ending.value for ending in present],
            "range": [_COLOURS[ending] for ending in present],
        },
        "legend": _legend("A bar, by how it ended:"),
    }


def _legend(title: str) -> Spec:
    return {
        "title": title,
        "titleOrient": "left",
        "orient": "bottom",
        "direction": "horizontal",
        "offset": 4,
        "symbolSize": 140,
    }


def _bands(shown: Sequence[Lane], y: Spec) -> Spec:
    """Every other run stands on grey, so that its lanes are seen as one."""
    runs = list(dict.fromkeys(lane.run for lane in shown))
    found = [
        {"top": place, "bottom": place + 1, "fill": FAINT if runs.index(lane.run) % 2 else "white"}
        for place, lane in enumerate(shown)
    ]
    return {
        "data": rows(found),
        "mark": {"type": "rect", "opacity": 0.6},
        "encoding": {
            "x": {"value": -_LEFT + 10},
            "x2": {"value": WIDTH - _LEFT - 10},
            "y": {**y, "field": "top"},
            "y2": {"field": "bottom"},
            "fill": {"field": "fill", "type": "nominal", "scale": None},
        },
    }


def _wait(axis: Axis, x: Spec) -> list[Spec]:
    """Where nothing happens for long, and the axis says so."""
    if axis.wait is None:
        return []
    begin, end = axis.wait
    place = {
        "from": axis.at(begin),
        "to": axis.at(end),
        "told": f"{end - begin:,.6g} ms pass (not to scale)",
        "centre": (axis.at(begin) + axis.at(end)) / 2,
    }
    box = {"type": "rect", "color": "white", "stroke": GREY, "strokeDash": [2, 4], "opacity": 0.8}
    label = {"type": "text", "dy": -6, "fontStyle": "italic", "baseline": "bottom"}
    return [
        {"data": rows([place]), "mark": box, "encoding": {"x": x, "x2": {"field": "to"}}},
        {
            "data": rows([place]),
            "mark": label,
            "encoding": {
                "x": {**x, "field": "centre"},
                "y": {"value": 0},
                "text": {"field": "told", "type": "nominal"},
            },
        },
    ]


def _never_started(
    shown: Sequence[Lane], axis: Axis, history: History, x: Spec, y: Spec
) -> list[Spec]:
    """An outline where a stage could have been executed: as long as its run lasted."""
    last = history.events[-1]
    whole = {
        lane.run: (axis.at(_ms(lane.bars[0].start)), axis.at(_ms(lane.bars[0].end or last)))
        for lane in shown
        if not lane.stage and lane.bars
    }
    found = [
        {
            "from": whole[lane.run][0],
            "to": whole[lane.run][1],
            "top": place + 0.16,
            "bottom": place + 0.84,
        }
        for place, lane in enumerate(shown)
        if lane.stage and not lane.bars and lane.run in whole
    ]
    if not found:
        return []
    outline = {"type": "rect", "fillOpacity": 0, "stroke": VERMILLION, "strokeDash": [4, 3]}
    return [
        {
            "data": rows(found),
            "mark": {**outline, "strokeWidth": 1.5},
            "encoding": {
                "x": x,
                "x2": {"field": "to"},
                "y": {**y, "field": "top"},
                "y2": {"field": "bottom"},
            },
        }
    ]


def _marks(shown: Sequence[Lane], axis: Axis, x: Spec, y: Spec) -> list[Spec]:
    calls, points = [], []
    for place, lane in enumerate(shown):
        for call, back in lane.calls:
            calls.append(
                {
                    "from": axis.at(_ms(call)),
                    "to": axis.at(_ms(back)),
                    "middle": place + 0.7,
                    "mark": _CALL,
                }
            )
        for mark, events, height in (
            (_FAULT, lane.faults, 0.2),
            (_CANCELLED, lane.cancelled, 0.5),
            (_POINTED, lane.pointed, 0.5),
        ):
            points += [
                {"from": axis.at(_ms(event)), "middle": place + height, "mark": mark}
                for event in events
            ]
    present = [mark for mark in _MARKS if any(one["mark"] == mark for one in (*points, *calls))]
    shape = {
        "field": "mark",
        "type": "nominal",
        "legend": _legend("Marks:"),
        "scale": {"domain": present, "range": [_MARKS[mark] for mark in present]},
    }
    large = {"test": f"datum.mark === '{_POINTED}'", "value": 420}
    point = {"type": "point", "stroke": None, "fill": BLACK, "opacity": 1}
    found: list[Spec] = []
    if calls:
        found.append(
            {
                "data": rows(calls),
                "mark": {"type": "rule", "color": BLACK, "strokeWidth": 2.5},
                "encoding": {"x": x, "x2": {"field": "to"}, "y": y},
            }
        )
    if points:
        found.append(
            {
                "data": rows(points),
                "mark": point,
                "encoding": {
                    "x": x,
                    "y": y,
                    "shape": shape,
                    "size": {"condition": large, "value": 90},
                },
            }
        )
    return found


def _columns(shown: Sequence[Lane], y: Spec) -> list[Spec]:
    """The lanes' names on the left, and how each ended on the right."""
    width = WIDTH - _LEFT - _RIGHT
    names = [
        {
            "middle": place + 0.5,
            "name": _short(f"run {lane.run}" if not lane.stage else lane.stage, _NAME_MAX),
            "words": _short(lane.words, _WORDS_MAX),
            "run": not lane.stage,
        }
        for place, lane in enumerate(shown)
    ]
    heads = [{"middle": 0, "name": "Run and its stages", "words": "How it ended"}]
    of_lanes = {"fontWeight": {"expr": "datum.run ? 'bold' : 'normal'"}}
    return [
        layer
        for data, mark in ((names, of_lanes), (heads, {"dy": -14, "color": BLACK}))
        for layer in (
            _column(data, y, "name", -_LEFT + 18, mark),
            _column(data, y, "words", width + 12, mark),
        )
    ]


def _column(data: Sequence[Spec], y: Spec, field: str, x: int, mark: Spec) -> Spec:
    indented = {"expr": "datum.run === false ? 14 : 0"}
    return {
        "data": rows(data),
        "mark": {"type": "text", "align": "left", "dx": indented, **mark},
        "encoding": {"x": {"value": x}, "y": y, "text": {"field": field, "type": "nominal"}},
    }


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _ms(event: Event) -> float:
    return event.time_ns / NS_PER_MS
