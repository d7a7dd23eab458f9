"""How commands print: one JSON document or plain lines on standard output, the rest on error."""

import json
import sys
from collections.abc import Iterable, Sequence


def tell(line: str) -> None:
    """Progress, on standard error."""
    print(line, file=sys.stderr, flush=True)


def show(text: str) -> None:
    """A result, on standard output."""
    print(text)


def show_json(document: object) -> None:
    """The one JSON document of a command."""
    print(json.dumps(document, indent=2, default=str))


def table(rows: Iterable[Sequence[object]], header: Sequence[str]) -> str:
    """Left-aligned columns, as wide as they need to be."""
    lines = [tuple(header), *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
