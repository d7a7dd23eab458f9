"""A log that grows while somebody else's program speaks, with secrets masked."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from production_testers.workspace.atomic import write_error


class Transcript:
    """Appends to a log, unbuffered; a context manager.

    A secret may come in pieces, so the end of what came is held back while it could be the
    beginning of one.

    Args:
        path: The log; its folder is made.
        secrets: Name → value; instead of a value, `[NAME]` is written.

    Raises:
        UsageError: The place cannot be written to.
        PtestError: The disk is full, or fails in another way.
    """

    def __init__(self, path: Path, secrets: Mapping[str, str]) -> None:
        self.path = path
        values = {value.encode(): f"[{name}]".encode() for name, value in secrets.items() if value}
        self._masks = dict(sorted(values.items(), key=lambda mask: -len(mask[0])))
        self._held = b""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise write_error(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: object, _where: TracebackType | None
    ) -> None:
        self._append(self._masked(self._held))
        os.fsync(self._file.fileno())
        self._file.close()

    def write(self, data: bytes) -> None:
        """Add what was said; raises as the constructor does."""
        text = self._masked(self._held + data)
        end = len(text) - self._beginning_of_secret(text)
        self._held = text[end:]
        self._append(text[:end])

    def _append(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise write_error(self.path, error) from error

    def _masked(self, text: bytes) -> bytes:
        for value, mask in self._masks.items():
            text = text.replace(value, mask)
        return text

    def _beginning_of_secret(self, text: bytes) -> int:
        """How many bytes at the end may be the beginning of a secret."""
        longest = max((len(value) for value in self._masks), default=1) - 1
        for length in range(min(longest, len(text)), 0, -1):
            tail = text[-length:]
            if any(value.startswith(tail) for value in self._masks):
                return length
        return 0
