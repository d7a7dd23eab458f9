"""docs/benchmarks.md: one section a benchmark, each replaced by the command that measured it."""

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD = """\
# Benchmarks

Every section is written by the command that it names. Figures from one machine do not hold on
another; ratios do, more or less.
"""


def write_section(
    title: str, command: str, text: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Replace the section of that title, or add it, and print it."""
    lines = [f"## {title}", "", f"`{command}`, {_machine()}.", "", text, ""]
    lines += [_row(header), _row("---" for _ in header), *(_row(row) for row in rows)]
    section = "\n".join(lines) + "\n"
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    pattern = re.compile(rf"\n## {re.escape(title)}\n.*?(?=\n## |\Z)", re.DOTALL)
    found = pattern.search(page)
    page = page.replace(found.group(0), "\n" + section) if found else f"{page}\n{section}"
    PAGE.write_text(page, encoding="utf-8")
    print(section)


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _machine() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    day = datetime.now(UTC).date().isoformat()
    python = platform.python_version()
    return f"commit {commit}, {day}, Python {python}, {os.cpu_count()} cores, {platform.machine()}"
