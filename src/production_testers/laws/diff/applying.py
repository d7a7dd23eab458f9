"""Applies what a diff says: JSON Patch (RFC 6902), and the unified format of POSIX `diff -u`."""

import re
from copy import deepcopy
from typing import Any

from production_testers.model.canonical import Json

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
NO_END = "\\ No newline at end of file"


class NotApplicableError(Exception):
    """The diff does not fit the document; the message says where."""


def same(one: Json, other: Json) -> bool:
    """Whether two documents are equal as JSON: a flag is no number, 1 and 1.0 are one number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return (type(one) is type(other) and one == other) or _numbers(one, other)


def _numbers(one: Json, other: Json) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float) and one == other


def patched(document: Json, patch: Json) -> Json:
    """The document after a JSON Patch of add, remove and replace.

    Raises:
        NotApplicableError: An operation names a place that is not there, or is none.
    """
    if not isinstance(patch, list):
        raise NotApplicableError("the patch is no list")
    whole: Any = {"": deepcopy(document)}
    for step in patch:
        if not isinstance(step, dict) or not isinstance(step.get("path"), str):
            raise NotApplicableError(f"{step} is no operation")
        names = ["", *_names(str(step["path"]))]
        parent = whole
        for name in names[:-1]:
            parent = _member(parent, name, step)
        _apply(parent, names[-1], step)
    result: Json = whole[""]
    return result


def _names(path: str) -> list[str]:
    if path and not path.startswith("/"):
        raise NotApplicableError(f"{path!r} is no JSON Pointer")
    return [name.replace("~1", "/").replace("~0", "~") for name in path.split("/")[1:]]


def _member(parent: Any, name: str, step: Json) -> Any:
    if isinstance(parent, dict) and name in parent:
        return parent[name]
    if isinstance(parent, list) and name.isdecimal() and int(name) < len(parent):
        return parent[int(name)]
    raise NotApplicableError(f"{step}: there is no {name!r}")


def _apply(parent: Any, name: str, step: dict[str, Any]) -> None:
    operation = step.get("op")
    if operation in ("remove", "replace"):
        _member(parent, name, step)
    elif operation != "add":
        raise NotApplicableError(f"{step}: no such operation")
    if isinstance(parent, dict):
        if operation == "remove":
            del parent[name]
        else:
            parent[name] = step.get("value")
    elif isinstance(parent, list):
        _apply_to_list(parent, name, step)
    else:
        raise NotApplicableError(f"{step}: there is nothing to hold {name!r}")


def _apply_to_list(parent: list[Any], name: str, step: dict[str, Any]) -> None:
    if name == "-" and step["op"] == "add":
        parent.append(step.get("value"))
        return
    if not name.isdecimal() or int(name) > len(parent):
        raise NotApplicableError(f"{step}: there is no {name!r}")
    place = int(name)
    if step["op"] == "add":
        parent.insert(place, step.get("value"))
    elif step["op"] == "remove":
        del parent[place]
    else:
        parent[place] = step.get("value")


def unified(old: str, output: str) -> str:
    """The text that a unified diff makes of the old one.

    Raises:
        NotApplicableError: The diff is malformed or does not fit.
    """
    lines = _with_ends(old)
    made: list[str] = []
    place = 0
    for start, hunk in _hunks(output):
        if start < place:
            raise NotApplicableError(
                f"a hunk starts at line {start + 1}, before the last one's end"
            )
        made += lines[place:start]
        place = start
        for mark, line in hunk:
            if mark in " -":
                if place >= len(lines) or lines[place] != line:
                    raise NotApplicableError(f"line {place + 1} of the old text is not {line!r}")
                place += 1
            if mark in " +":
                made.append(line)
    return "".join(made + lines[place:])


def _with_ends(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


def _hunks(output: str) -> list[tuple[int, list[tuple[str, str]]]]:
    """First line of the old text, from 0, and the lines of each hunk."""
    hunks: list[tuple[int, list[tuple[str, str]]]] = []
    left = [0, 0]
    for line in _with_ends(output):
        if left == [0, 0]:
            if line.startswith(NO_END) and hunks:
                _endless(hunks[-1][1])
            elif header := HUNK.match(line):
                count = [int(number or 1) for number in header.group(2, 4)]
                hunks.append((int(header.group(1)) - (1 if count[0] else 0), []))
                left = count
            elif not line.startswith(("--- ", "+++ ")) or hunks:
                raise NotApplicableError(f"{line!r} is neither header nor hunk")
        elif line.startswith(NO_END):
            _endless(hunks[-1][1])
        else:
            left = _counted(left, line)
            hunks[-1][1].append((line[0], line[1:]))
    if left != [0, 0]:
        raise NotApplicableError("the last hunk has fewer lines than its header says")
    return hunks


def _counted(left: list[int], line: str) -> list[int]:
    mark = line[0]
    if mark not in " +-":
        raise NotApplicableError(f"{line!r} in a hunk is no line of one")
    counted = [left[0] - (mark in " -"), left[1] - (mark in " +")]
    if min(counted) < 0:
        raise NotApplicableError("a hunk has more lines than its header says")
    return counted


def _endless(hunk: list[tuple[str, str]]) -> None:
    mark, line = hunk[-1]
    hunk[-1] = mark, line.removesuffix("\n")
