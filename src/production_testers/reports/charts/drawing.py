"""Has charts drawn as PNG; a renderer that is missing or fails is told, never raised."""

import base64
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from production_testers.reports.charts.chart import SCALE, Chart

RENDERER = (sys.executable, "-P", "-m", "production_testers.reports.charts.renderer")
TIMEOUT_S = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What came of it.

    Attributes:
        images: Chart's name → PNG.
        vectors: Chart's name → SVG, where that was asked for.
        missing: Why pictures are missing, as part of a sentence; empty where none is.
    """

    images: Mapping[str, bytes] = field(default_factory=dict)
    vectors: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""


def draw(
    charts: Sequence[Chart], renderer: Sequence[str] = RENDERER, *, svg: bool = False
) -> Drawn:
    """Draw all charts in one process; the same charts give the same bytes.

    Args:
        charts: What to draw.
        renderer: The program that draws, as `renderer.py` describes it.
        svg: Draw them as SVG, too.
    """
    if not charts:
        return Drawn()
    specs = {chart.name: chart.spec for chart in charts}
    asked = {"scale": SCALE, "specs": specs, "svg": svg}
    try:
        done = subprocess.run(
            list(renderer),
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Drawn(missing=f"the renderer cannot be used: {error}")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Drawn(missing=f"the renderer ended with {done.returncode}: {last}")
    return _read(done.stdout)


def bundle() -> str:
    """The script that draws charts in a page; empty where there is none."""
    try:
        done = subprocess.run(
            [*RENDERER, "bundle"], capture_output=True, text=True, check=False, timeout=TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _read(answer: str) -> Drawn:
    try:
        told: dict[str, dict[str, str]] = json.loads(answer)
    except ValueError as error:
        return Drawn(missing=f"the renderer's answer cannot be read: {error}")
    failed = [f"{name}: {one['error']}" for name, one in told.items() if "error" in one]
    return Drawn(
        images={n: base64.b64decode(one["png"]) for n, one in told.items() if "png" in one},
        vectors={n: one["svg"] for n, one in told.items() if one.get("svg")},
        missing="; ".join(failed),
    )
