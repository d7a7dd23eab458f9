"""The program that draws: specifications on standard input, pictures on standard output.

It is a process of its own, because the renderer brings a JavaScript engine along and keeps its
memory. In: `{"scale": 2, "specs": {name: specification}, "svg": bool}`. Out:
`{name: {"png": base64, "svg": text}}`, or `{name: {"error": text}}` for one that could not be
drawn. With the argument `bundle`: the script that draws in a page.
"""

import base64
import json
import sys
from typing import Any

import vl_convert

from production_testers.reports.charts.png import smaller


def main() -> None:
    """Draw everything that standard input asks for."""
    if sys.argv[1:] == ["bundle"]:
        sys.stdout.write(vl_convert.javascript_bundle(_GLOBAL))
        return
    asked = json.load(sys.stdin)
    svg = asked.get("svg", False)
    drawn = {n: _draw(spec, asked["scale"], svg=svg) for n, spec in asked["specs"].items()}
    json.dump(drawn, sys.stdout)


_GLOBAL = "window.vegaEmbed = vegaEmbed;"


def _draw(spec: dict[str, Any], scale: float, *, svg: bool) -> dict[str, str]:
    try:
        png = vl_convert.vegalite_to_png(spec, scale=scale, allowed_base_urls=[])
        text = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]) if svg else ""
    except ValueError as error:
        return {"error": (str(error).strip().splitlines() or ["no reason given"])[0]}
    return {"png": base64.b64encode(smaller(png)).decode(), "svg": text}


if __name__ == "__main__":
    main()
