"""How commands print: one JSON document or plain lines on standard output, the rest on error."""

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from production_testers.model.errors import PtestError

NOBODY_READS = 128 + 13
"""What a shell gives for a program that SIGPIPE ended, as `head` does when it has enough."""


def tell(line: str) -> None:
    """Progress, on standard error; the work goes on when nobody reads it any more."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        _give_up(sys.stderr)


def show(text: str) -> None:
    """A result, on standard output; what its encoding cannot say, as backslash escapes.

    Raises:
        SystemExit: Nobody reads it any more.
        PtestError: It goes to a file, and the disk is full or fails.
    """
    with _standard_output():
        encoding = sys.stdout.encoding or "utf-8"
        print(text.encode(encoding, "backslashreplace").decode(encoding))


def show_json(document: object) -> None:
    """The one JSON document of a command; raises as `show` does."""
    show(json.dumps(document, indent=2, default=str))


def finish() -> None:
    """Write out what is still on its way to standard output; raises as `show` does."""
    with _standard_output():
        sys.stdout.flush()


@contextlib.contextmanager
def _standard_output() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _give_up(sys.stdout)
        raise SystemExit(NOBODY_READS) from None
    except OSError as error:
        _give_up(sys.stdout)
        raise PtestError(
            f"Cannot write to standard output: {error.strerror}.", do="Write it elsewhere."
        ) from error


def _give_up(stream: TextIO) -> None:
    """Send the rest nowhere; Python would try again at its end, and complain."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def table(rows: Iterable[Sequence[object]], header: Sequence[str]) -> str:
    """Left-aligned columns, as wide as they need to be."""
    lines = [tuple(header), *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
