"""The pictures of `ptest load`: SVG, PNG, and one interactive page."""

from collections.abc import Callable, Sequence
from pathlib import Path

from production_testers.reports.charts.chart import Chart
from production_testers.reports.charts.drawing import draw
from production_testers.reports.charts.page import page
from production_testers.workspace.atomic import write_bytes, write_text


def keep_pictures(
    charts: Sequence[Chart], folder: Path, title: str, tell: Callable[[str], None]
) -> list[str]:
    """Draw charts into a folder; gives the files, none where they cannot be drawn.

    Args:
        charts: What to draw.
        folder: Where to.
        title: The page's heading.
        tell: Told why a picture is missing.
    """
    drawn = draw(charts, svg=True)
    if drawn.missing:
        tell(f"  pictures are missing: {drawn.missing}")
    if not drawn.vectors:
        return []
    files = []
    for name, text in drawn.vectors.items():
        write_text(folder / f"{name}.svg", text)
        write_bytes(folder / "screenshots" / f"{name}.png", drawn.images[name])
        files += [folder / f"{name}.svg", folder / "screenshots" / f"{name}.png"]
    write_text(folder / "load.html", page(title, [], charts, drawn))
    return [str(path.resolve()) for path in (*files, folder / "load.html")]
