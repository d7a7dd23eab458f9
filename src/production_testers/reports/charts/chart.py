"""What every picture shares: its size, its title that says the point, colours and type."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]
"""A part of a Vega-Lite specification."""

WIDTH = 900
HEIGHT = 500
SCALE = 2
"""Pixels of the PNG for one unit of the specification."""

# Okabe and Ito's palette: told apart by people with any kind of colour vision.
BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#999999"
DARK = "#333333"
FAINT = "#E6E6E6"

FONT = "Liberation Sans"
"""Comes with the renderer, so that a picture does not depend on the machine's fonts."""

_TITLE_SIZE, _SUBTITLE_SIZE = 17, 12
_TITLE_LINE, _SUBTITLE_LINE = 22, 16
_TITLE_COLUMNS, _SUBTITLE_COLUMNS = 98, 145
_TITLE_LINES_MAX = 3
_LEFT_EDGE = 16

_CONFIG: Spec = {
    "font": FONT,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelColor": DARK,
        "titleColor": DARK,
        "gridColor": FAINT,
        "titlePadding": 10,
    },
    "legend": {
        "labelFontSize": 12,
        "labelLimit": 300,
        "labelColor": DARK,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleColor": DARK,
        "layout": {"bottom": {"direction": "vertical", "anchor": "start"}},
    },
    "text": {"font": FONT, "fontSize": 12, "color": DARK},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The plot and the room around it.

    Attributes:
        left: For the axis, or the names of lanes.
        right: For labels at the ends of lines.
        bottom: For the axis and the legend.
        top: Between title and plot, for an axis.
        plot: The plot's height; what is left of the usual one where None.
    """

    left: int = 90
    right: int = 40
    bottom: int = 70
    top: int = 0
    plot: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One picture, not drawn yet.

    Attributes:
        name: The file's name, without its ending.
        subject: What it is about; the report's template chooses pictures by it.
        title: What it shows, with the value seen.
        spec: The Vega-Lite specification.
    """

    name: str
    subject: str
    title: str
    spec: Mapping[str, Any]


def chart(
    name: str,
    title: str,
    notes: Sequence[str],
    layers: Sequence[Spec],
    *,
    subject: str = "",
    frame: Frame | None = None,
) -> Chart:
    """A picture of a fixed size, its title over the whole width.

    Args:
        name: The file's name, without its ending.
        title: What it shows, with the value seen.
        notes: Lines below the title: how to read it, and under which conditions it holds.
        layers: What is drawn, the lowest first.
        subject: What it is about; its name where empty.
        frame: The plot and the room around it.
    """
    room = frame or Frame()
    titles = textwrap.wrap(title, _TITLE_COLUMNS, max_lines=_TITLE_LINES_MAX, placeholder=" …")
    subtitles = [line for note in notes for line in textwrap.wrap(note, _SUBTITLE_COLUMNS)]
    top = 24 + _TITLE_LINE * len(titles) + _SUBTITLE_LINE * len(subtitles) + 24 + room.top
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH - room.left - room.right,
        "height": HEIGHT - top - room.bottom if room.plot is None else room.plot,
        "padding": {"left": room.left, "right": room.right, "top": top, "bottom": room.bottom},
        "autosize": {"type": "none"},
        "title": {
            "text": titles,
            "fontSize": _TITLE_SIZE,
            "lineHeight": _TITLE_LINE,
            "subtitle": subtitles,
            "subtitleFontSize": _SUBTITLE_SIZE,
            "subtitleLineHeight": _SUBTITLE_LINE,
            "subtitlePadding": 6,
            "font": FONT,
            "color": BLACK,
            "subtitleFont": FONT,
            "subtitleColor": DARK,
            "anchor": "start",
            "frame": "group",
            "align": "left",
            "dx": _LEFT_EDGE - room.left,
            "offset": 18,
        },
        "layer": list(layers),
        "config": _CONFIG,
    }
    return Chart(name=name, subject=subject or name, title=title, spec=spec)


def rows(values: Sequence[Mapping[str, Any]]) -> Spec:
    """Data that stands in the specification itself."""
    return {"values": [dict(value) for value in values]}


def number(field: str, title: str | None, **more: Any) -> Spec:
    """A field on a linear scale; with an axis only where it has a title.

    Args:
        field: The field.
        title: The axis's name with its unit.
        more: `scale` and `axis`, where they are not the usual ones.
    """
    axis = None if title is None else {"title": title, **more.pop("axis", {})}
    return {"field": field, "type": "quantitative", "axis": axis, **more}


def words(field: str, x: Spec, y: Spec, **mark: Any) -> Spec:
    """A layer of text."""
    text = {"field": field, "type": "nominal"}
    return {"mark": {"type": "text", **mark}, "encoding": {"x": x, "y": y, "text": text}}
