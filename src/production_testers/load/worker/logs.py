"""What the target logs while it is under load: counted off the hot path, never written to disk.

Writing every line would cost more than many targets do; a line is noted as it comes (its template,
not its text) and looked at once an interval.
"""

import logging
import re
from collections import Counter
from itertools import pairwise
from typing import Any, Self

KEPT_MAX = 20_000
"""Lines of an interval that are looked at; more are only counted."""

SIGNATURES_MAX = 50
_SIGNATURE_CHARACTERS = 160
_VARYING = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}", re.IGNORECASE)
_STARTS = re.compile(r"\b(start(ed|ing)?|begin(ning)?|enter(ed|ing)?)\b", re.IGNORECASE)
_ENDS = re.compile(
    r"\b(complet(ed?|ing)|finish(ed|ing)?|end(ed|ing)?|done|fail(ed)?|stopp?(ed|ing)?|exit(ed)?)\b",
    re.IGNORECASE,
)
_IDS = frozenset(
    {"request_id", "correlation_id", "trace_id", "run_id", "pipeline_run_id", "session_id"}
)


class LogCapture(logging.Handler):
    """Notes every line of the root logger; levels stay as the target sets them."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[float, int, str, str, bool]] = []
        self._lost = 0

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_exc: object) -> None:
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Part of the interface of `logging`."""
        if len(self._lines) >= KEPT_MAX:
            self._lost += 1
            return
        template = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        has_id = not _IDS.isdisjoint(record.__dict__)
        self._lines.append((record.created, record.levelno, record.name, template, has_id))

    def take(self) -> dict[str, Any]:
        """What was logged since the last call."""
        lines, lost = self._lines, self._lost
        self._lines, self._lost = [], 0
        levels: Counter[str] = Counter(logging.getLevelName(level) for _, level, *_ in lines)
        signatures: Counter[str] = Counter()
        starts: Counter[str] = Counter()
        ends: Counter[str] = Counter()
        correlated = 0
        for _, level, name, template, has_id in lines:
            signature = _VARYING.sub("#", template)[:_SIGNATURE_CHARACTERS]
            signatures[f"{logging.getLevelName(level)} {name}: {signature}"] += 1
            starts[name] += bool(_STARTS.search(template))
            ends[name] += bool(_ENDS.search(template))
            correlated += has_id or bool(_UUID.search(template))
        times = sorted(created for created, *_ in lines)
        gaps = [later - earlier for earlier, later in pairwise(times)]
        return {
            "levels": dict(levels),
            "signatures": dict(signatures.most_common(SIGNATURES_MAX)),
            "starts": {name: count for name, count in starts.items() if count},
            "ends": {name: count for name, count in ends.items() if count},
            "correlated": correlated,
            "gap_s": max(gaps, default=0.0),
            "lost": lost,
        }
