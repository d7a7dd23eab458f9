"""Sentences of prose inside source files, each with the lines it stands on."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from production_testers.phases.research.source import SourceFile, SourceModule

_FENCE = re.compile(r"^\s*(```|~~~)")
_BULLET = re.compile(r"^\s*([-*+•]|\d+[.)])\s+")
_SECTION = re.compile(r"^\s*(\w[\w ]*):\s*$")
_NOT_PROSE = re.compile(r"^\s*([|#>┌│├└═─]|\.\. )")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(*])")
_EXAMPLES = frozenset({"example", "examples", "usage", "code", "see also"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence.

    Attributes:
        text: Its words, white space collapsed.
        line_start: Its first line in the file, from 1.
        line_end: Its last line.
        section: The docstring section it stands in, in lower case, such as `args`.
    """

    text: str
    line_start: int
    line_end: int
    section: str = ""


def collapse(text: str) -> str:
    """One space for every run of white space."""
    return " ".join(text.split())


def docstring_sentences(module: SourceModule) -> Iterator[tuple[str, Sentence]]:
    """The sentences of every docstring, each with the qualified name of what it documents."""
    lines = module.file.lines
    for node, name in _documented(module.tree, module.name):
        statement = node.body[0]
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        block = lines[first - 1 : last]
        block[0] = re.sub(r'^\s*[rRuU]?("""|\'\'\'|"|\')', "", block[0])
        block[-1] = re.sub(r'("""|\'\'\'|"|\')[^"\']*$', "", block[-1])
        for sentence in sentences(block, first_line=first):
            yield name, sentence


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _documented(node: ast.AST, name: str) -> Iterator[tuple[Documented, str]]:
    if isinstance(node, Documented) and ast.get_docstring(node, clean=False):
        yield node, name
    for child in ast.iter_child_nodes(node):
        inner = (
            f"{name}.{child.name}"
            if isinstance(child, Documented) and not isinstance(child, ast.Module)
            else name
        )
        yield from _documented(child, inner)


def description_sentences(metadata: SourceFile) -> Iterator[Sentence]:
    """The sentences of the README inside `METADATA`, code and tables left out."""
    lines = metadata.lines
    blank = next((index for index, line in enumerate(lines) if not line.strip()), len(lines))
    yield from sentences(lines[blank + 1 :], first_line=blank + 2)


def sentences(lines: list[str], *, first_line: int) -> Iterator[Sentence]:
    """The sentences of a text whose first line is line `first_line` of its file."""
    for section, block in _paragraphs(lines, first_line):
        joined, starts = "", []
        for number, line in block:
            starts.append((len(joined), number))
            joined += f"{collapse(line)} "
        offset = 0
        for part in _SENTENCE_END.split(joined.rstrip()):
            start = joined.index(part, offset)
            offset = start + len(part)
            yield Sentence(
                text=part,
                line_start=_line_at(starts, start),
                line_end=_line_at(starts, offset - 1),
                section=section,
            )


def _line_at(starts: list[tuple[int, int]], offset: int) -> int:
    return max(number for begin, number in starts if begin <= offset)


Paragraph = list[tuple[int, str]]


def _paragraphs(lines: list[str], first_line: int) -> Iterator[tuple[str, Paragraph]]:
    """Paragraphs and list items with their section; code, tables and headings left out."""
    block: Paragraph = []
    section, in_fence, code_indent = "", False, None
    for number, line in enumerate([*lines, ""], start=first_line):
        indent = len(line) - len(line.lstrip())
        heading = _SECTION.match(line)
        if _FENCE.match(line):
            in_fence = not in_fence
        if code_indent is not None and line.strip() and indent <= code_indent:
            code_indent = None
        is_code = in_fence or code_indent is not None or _FENCE.match(line)
        if heading and not is_code:
            section = heading[1].lower()
            code_indent = indent if section in _EXAMPLES else None
        starts_anew = _BULLET.match(line) or (
            section and re.match(r"^\s*\*{0,2}\w+( \(.*\))?: ", line)
        )
        if is_code or heading or not line.strip() or starts_anew or _NOT_PROSE.match(line):
            if block:
                yield section, block
            block = []
        if not (is_code or heading or not line.strip() or _NOT_PROSE.match(line)):
            block.append((number, _BULLET.sub("", line)))
