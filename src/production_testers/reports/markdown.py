"""Filters of the report's template: foreign text cannot break a table, a heading or the page."""

import re
from collections.abc import Iterable
from urllib.parse import quote

NOTHING = "—"
"""Stands in a cell that has no value."""

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}(?=[^`]*$)|~{3,})")


def cell(value: object) -> str:
    """A table's cell: one line, pipes escaped; a dash for nothing."""
    return text(value).replace("|", "\\|") or NOTHING


def text(value: object) -> str:
    """One line of prose, in which no HTML begins; code spans stay as they are."""
    line = " ".join(str("" if value is None else value).split())
    parts: list[str] = []
    at = 0
    for span in _CODE_SPAN.finditer(line):
        parts += [line[at : span.start()].replace("<", "&lt;"), span[0]]
        at = span.end()
    return "".join([*parts, line[at:].replace("<", "&lt;")])


def code(value: object) -> str:
    """Inline code, whatever backticks it holds; empty for nothing."""
    line = " ".join(str("" if value is None else value).split())
    if not line:
        return ""
    fence = "`" * (1 + _longest_run(line))
    pad = " " if "`" in line else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def codes(values: Iterable[object]) -> str:
    """Inline code, one after the other; a dash for none."""
    return ", ".join(code(value) for value in values) or NOTHING


def quoted(value: object) -> str:
    """A block quote of several paragraphs: headings and fences inside it end with it."""
    lines = str(value).strip().splitlines()
    escaped: list[str] = []
    fence = ""
    for line in lines:
        stripped = line.rstrip()
        fence = _fence_after(stripped, fence)
        shown = stripped if fence else _without_html(stripped)
        if shown or (escaped and escaped[-1]):
            escaped.append(shown)
    return "\n".join(f"> {line}".rstrip() for line in escaped)


def fenced(value: object, language: str = "") -> str:
    """A block of code."""
    body = str(value).strip("\n")
    fence = "`" * max(3, 1 + _longest_run(body))
    return f"{fence}{language}\n{body}\n{fence}"


def picture(path: object, title: object) -> str:
    """An image, with its title for those who cannot see it."""
    alternative = re.sub(r"([\\\[\]])", r"\\\1", text(title))
    return f"![{alternative}]({quote(str(path))})"


def tidy(document: str) -> str:
    """At most one empty line in a row, except inside code; one line break at the end."""
    lines: list[str] = []
    fence = ""
    for line in document.strip().splitlines():
        fence = _fence_after(line, fence)
        if fence or line.strip() or (lines and lines[-1].strip()):
            lines.append(line)
    return "\n".join(lines) + "\n"


def _without_html(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return indent + line.lstrip().replace("<", "&lt;") if "`" not in line else indent + text(line)


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open after `line`; empty for none."""
    match = _FENCE.match(line)
    if match is None:
        return fence
    if not fence:
        return match["fence"]
    closes = match["fence"].startswith(fence) and line.strip() == match["fence"]
    return "" if closes else fence


def _longest_run(value: str) -> int:
    return max((len(run) for run in re.findall("`+", value)), default=0)
