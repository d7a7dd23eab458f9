"""Charts as one page that needs no network: interactive, light or dark as the reader likes."""

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from production_testers.reports.charts.chart import (
    BLACK,
    BLUE,
    DARK,
    FAINT,
    VERMILLION,
    Chart,
)
from production_testers.reports.charts.drawing import Drawn, bundle

_DARK = {
    "white": "#16181c",
    BLACK: "#f2f2f2",
    DARK: "#d8d8d8",
    FAINT: "#3a3d42",
    BLUE: "#5fb4ee",
    VERMILLION: "#ff8a3d",
}
"""What each colour is on a dark ground; the others are light enough."""

_STYLE = """
:root { color-scheme: light dark; --ground: #ffffff; --ink: #222222; --line: #d0d0d0; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181c; --ink: #e4e4e4; --line: #3a3d42; }
}
body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  max-width: 940px; margin: 2rem auto; padding: 0 1rem; }
figure { margin: 2rem 0; overflow-x: auto; }
table { border-collapse: collapse; }
td, th { border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
"""

_SCRIPT = """
const specs = %s;
const dark = matchMedia("(prefers-color-scheme: dark)");
const draw = () => specs.forEach((pair, place) => vegaEmbed("#chart" + place,
  dark.matches ? pair[1] : pair[0],
  { renderer: "svg", actions: { export: true, source: false, editor: false } }));
dark.addEventListener("change", draw);
draw();
"""

_TOOLTIP = {"content": "data"}


def dark(spec: Any) -> Any:
    """The same picture for a dark ground."""
    if isinstance(spec, Mapping):
        return {key: dark(value) for key, value in spec.items()}
    if isinstance(spec, list):
        return [dark(value) for value in spec]
    return _DARK.get(spec, spec) if isinstance(spec, str) else spec


def page(
    title: str, figures: Sequence[tuple[str, str]], charts: Sequence[Chart], drawn: Drawn
) -> str:
    """The page.

    Args:
        title: Its heading.
        figures: Names and values of the table at its top.
        charts: What is drawn, in order.
        drawn: The charts as SVG, for those who run no scripts.
    """
    specs = [[_pointed(chart.spec), _pointed(dark(chart.spec))] for chart in charts]
    listed = "".join(
        f"<tr><td>{html.escape(name)}</td><td class=number>{html.escape(value)}</td></tr>"
        for name, value in figures
    )
    shown = "".join(
        f'<figure><div id="chart{place}" role="img" aria-label="{html.escape(chart.title)}"></div>'
        f"<noscript>{drawn.vectors.get(chart.name, '')}</noscript></figure>"
        for place, chart in enumerate(charts)
    )
    data = _inside(json.dumps(specs, ensure_ascii=False))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{html.escape(title)}</h1><table>{listed}</table>{shown}"
        f"<script>{_inside(bundle())}</script><script>{_SCRIPT % data}</script>"
        "</body></html>\n"
    )


def _inside(script: str) -> str:
    """A script that no tag inside of it can end."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _pointed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """With the data of whatever the pointer is on."""
    layers = [{**layer, "mark": {**layer["mark"], "tooltip": _TOOLTIP}} for layer in spec["layer"]]
    return {**spec, "layer": layers}
