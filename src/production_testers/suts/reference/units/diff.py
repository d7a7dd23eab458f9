"""The simplest diffs that are right: all of the old goes, all of the new comes."""

import re
from collections.abc import Mapping
from typing import Any

from production_testers.laws.diff.applying import NO_END, same
from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench


class Diff:
    """See `production_testers.units.diff`."""

    errors: Mapping[type[BaseException], str] = {}

    def __init__(self, _settings: Mapping[str, Any], _bench: Bench) -> None:
        pass

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        old, new = arguments["old"], arguments["new"]
        return self._text(old, new) if operation == "text" else self._patch(old, new)

    def _patch(self, old: Json, new: Json) -> Json:
        return [] if same(old, new) else [{"op": "replace", "path": "", "value": new}]

    def _text(self, old: str, new: str) -> Json:
        gone, come = self._lines(old), self._lines(new)
        changes = [["remove", line] for line in gone] + [["add", line] for line in come]
        changes = [] if old == new else changes
        return {
            "changes": changes,
            "output": self._output(changes, len(gone), len(come)),
            "additions": sum(kind == "add" for kind, _ in changes),
            "deletions": sum(kind == "remove" for kind, _ in changes),
        }

    def _lines(self, text: str) -> list[str]:
        return re.findall(r"[^\n]*\n|[^\n]+$", text)

    def _output(self, changes: list[list[str]], gone: int, come: int) -> str:
        if not changes:
            return ""
        head = f"--- a\n+++ b\n@@ -{int(bool(gone))},{gone} +{int(bool(come))},{come} @@\n"
        return head + "".join(
            ("-" if kind == "remove" else "+")
            + (line if line.endswith("\n") else f"{line}\n{NO_END}\n")
            for kind, line in changes
        )
