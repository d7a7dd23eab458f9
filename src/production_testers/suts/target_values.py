"""Values of a team's application as they may be kept: as JSON, or as digests of their members.

Standard library only.
"""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json, digest
from production_testers.model.target import TOLD_TEXT

DEPTH_MAX = 6
"""Members of answers that stand deeper are compared as a whole."""


def plain(value: Any) -> Json:
    """A value as JSON, whatever it is: what JSON does not know stands by its text."""
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    told = repr(value)
    return type(value).__qualname__ if " at 0x" in told else told


def flattened(value: Any) -> dict[str, str]:
    """Path of every member → digest of its value: an answer that can be compared and not read."""
    return {path: digest(plain(member)) for path, member in _members(value, "", 0)}


def told(value: Any) -> dict[str, str]:
    """The same of what a service told, where digests of texts say that they are of texts."""
    return {
        path: f"{TOLD_TEXT if isinstance(member, str) else ''}{digest(plain(member))}"
        for path, member in _members(value, "", 0)
    }


def _members(value: Any, prefix: str, depth: int) -> list[tuple[str, Any]]:
    if not isinstance(value, Mapping) or not value or depth >= DEPTH_MAX:
        return [(prefix or "answer", value)]
    return [
        one
        for key, member in value.items()
        for one in _members(member, f"{prefix}.{key}" if prefix else str(key), depth + 1)
    ]
