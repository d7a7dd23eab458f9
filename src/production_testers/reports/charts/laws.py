"""A picture of how hard every law was tried in every kind, and where it was broken."""

import math
from collections.abc import Mapping
from typing import Any

from production_testers.laws import LAWS
from production_testers.reports.charts.chart import (
    BLACK,
    BLUE,
    FAINT,
    VERMILLION,
    Chart,
    Frame,
    Spec,
    chart,
    rows,
)
from production_testers.reports.markdown import NOTHING

_ROW, _HEAD, _LABEL_LINE = 26, 44, 16
_DARK_FROM = 0.75
"""Cells at this part of the scale are so dark that black text could not be read."""


def laws(exploration: Mapping[str, Mapping[str, Any]]) -> Chart | None:
    """Laws by kinds; None where no schedule was executed.

    Args:
        exploration: Kind → report, as results/exploration.json holds it.
    """
    executed = {kind: report for kind, report in exploration.items() if report["schedules"]}
    judged = {law for report in executed.values() for law in report["laws"]}
    if not judged:
        return None
    known = [law for law in LAWS if law in judged]
    names = [*known, *sorted(judged - set(known))]
    cells = [_cell(law, kind, executed[kind]) for law in names for kind in executed]
    most = max(cell["things"] for cell in cells)
    for cell in cells:
        share = math.log1p(cell["things"]) / math.log1p(most) if most else 0.0
        cell["share"] = round(share, 4)
        cell["light"] = cell["state"] == "broken" or share > _DARK_FROM
    notes = [
        "Blue: how many things the law judged, darker for more. Orange: schedules that broke it,"
        f" of those in which it could tell. {NOTHING}: nothing to judge.",
        *_told_elsewhere(cells),
    ]
    return chart(
        "laws",
        _title(cells, executed),
        notes,
        _layers(cells, names, executed),
        frame=Frame(left=240, right=20, bottom=24, top=_HEAD, plot=_ROW * len(names)),
    )


def _cell(law: str, kind: str, report: Mapping[str, Any]) -> Spec:
    states: Mapping[str, int] = report["laws"].get(law, {})
    broken, things = states.get("broken", 0), states.get("exercised", 0)
    explained = states.get("explained", 0)
    if broken:
        state, told = "broken", f"broken: {broken:,} of {broken + states.get('holds', 0):,}"
    elif explained:
        state, told = "explained", f"{things:,} *"
    elif states.get("crashed", 0):
        state, told = "idle", "failed itself"
    elif things:
        state, told = "judged", f"{things:,}"
    else:
        state, told = "idle", NOTHING
    return {"law": law, "kind": kind, "things": things, "state": state, "told": told}


def _title(cells: list[Spec], executed: Mapping[str, Mapping[str, Any]]) -> str:
    schedules = sum(report["schedules"] for report in executed.values())
    every = {cell["law"] for cell in cells}
    tried = {cell["law"] for cell in cells if cell["things"]}
    broken = {cell["law"] for cell in cells if cell["state"] == "broken"}
    things = sum(cell["things"] for cell in cells)
    begin = f"{len(broken)} of {len(every)} laws were broken" if broken else "No law was broken"
    return (
        f"{begin} in {schedules:,} schedules; {len(tried)} of {len(every)} had something to judge,"
        f" {things:,} things in all"
    )


def _told_elsewhere(cells: list[Spec]) -> list[str]:
    explained = any(cell["state"] == "explained" for cell in cells)
    return ["*: not kept in some schedules, because another law was broken there."] * explained


def _layers(
    cells: list[Spec], names: list[str], executed: Mapping[str, Mapping[str, Any]]
) -> list[Spec]:
    kinds = {kind: f"{kind}|{report['schedules']:,} schedules" for kind, report in executed.items()}
    for cell in cells:
        cell["column"] = kinds[cell["kind"]]
    x = {
        "field": "column",
        "type": "nominal",
        "sort": list(kinds.values()),
        "axis": {
            "orient": "top",
            "title": "Kind of pipeline",
            "labelAngle": 0,
            "ticks": False,
            "domain": False,
            "labelExpr": "split(datum.label, '|')",
            "labelPadding": _LABEL_LINE + 4,
        },
        "scale": {"paddingInner": 0.03},
    }
    y = {
        "field": "law",
        "type": "nominal",
        "sort": names,
        "axis": {"title": "Law", "ticks": False, "domain": False, "labelLimit": 220},
        "scale": {"paddingInner": 0.08},
    }
    colour = {
        "field": "share",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [0, 1], "range": ["#E8F1F8", BLUE]},
        "condition": [
            {"test": "datum.state == 'broken'", "value": VERMILLION},
            {"test": "datum.state == 'idle'", "value": "white"},
        ],
    }
    ink = {"condition": {"test": "datum.light", "value": "white"}, "value": BLACK}
    weight = {"expr": "datum.state == 'broken' ? 'bold' : 'normal'"}
    place = {"x": x, "y": y}
    return [
        {
            "data": rows(cells),
            "mark": {"type": "rect", "stroke": FAINT},
            "encoding": {**place, "color": colour},
        },
        {
            "data": rows(cells),
            "mark": {"type": "text", "fontWeight": weight},
            "encoding": {
                **place,
                "text": {"field": "told", "type": "nominal"},
                "color": ink,
            },
        },
    ]
