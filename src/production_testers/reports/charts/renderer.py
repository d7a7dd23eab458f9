"""The program that draws: specifications on standard input, pictures on standard output.

It is a process of its own, because the renderer brings a JavaScript engine along and keeps its
memory. In: `{"scale": 2, "specs": {name: specification}}`. Out: `{name: {"png": base64}}`, or
`{name: {"error": text}}` for one that could not be drawn.
"""

import base64
import json
import sys
from typing import Any

import vl_convert

from production_testers.reports.charts.png import smaller


def main() -> None:
    """Draw everything that standard input asks for."""
    asked = json.load(sys.stdin)
    drawn = {name: _draw(spec, asked["scale"]) for name, spec in asked["specs"].items()}
    json.dump(drawn, sys.stdout)


def _draw(spec: dict[str, Any], scale: float) -> dict[str, str]:
    try:
        png = vl_convert.vegalite_to_png(spec, scale=scale, allowed_base_urls=[])
    except ValueError as error:
        return {"error": (str(error).strip().splitlines() or ["no reason given"])[0]}
    return {"png": base64.b64encode(smaller(png)).decode()}


if __name__ == "__main__":
    main()
