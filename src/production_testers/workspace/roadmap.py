"""ROADMAP.md: every test target, read from the tables that people keep.

Tiers are second-level headings, sections third-level ones; a table counts when it has the columns
`ID | Target | Priority | Risk`. Columns `Industry` and `Deployment` are read where they stand;
others are left to people. Every entry knows its line, and is edited in place: an edit changes one
cell or adds one row, and every other byte of the file stays as it is.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from production_testers.model.errors import UsageError
from production_testers.workspace.naming import family_of, is_entry_id

PRIORITIES = ("P0", "P1", "P2", "P3")
RISKS = ("Catastrophic", "Severe", "High", "Moderate", "Low")
COLUMNS = ("id", "target", "priority", "risk")

_INDUSTRIES = {
    "finance": "Finance",
    "financial": "Finance",
    "banking": "Finance",
    "healthcare": "Healthcare",
    "health": "Healthcare",
    "defense": "Defense",
    "defence": "Defense",
    "retail": "Retail",
    "gaming": "Gaming",
    "industrial": "Industrial",
    "manufacturing": "Industrial",
    "telecom": "Telecom",
    "telecommunications": "Telecom",
    "media": "Media",
    "education": "Education",
    "government": "Government",
    "energy": "Energy",
    "biotech": "Biotech",
    "biotechnology": "Biotech",
    "legal": "Legal",
}
# A heading may be numbered (`4.1 Finance`) and may start with the family (`FIN: Finance`).
_HEADING_LEAD = re.compile(r"^(?:[0-9.]+\s+)?(?:[A-Z][A-Z0-9-]*:\s+)?(?P<word>[A-Za-z]+)")
_PIPE = re.compile(r"(?<!\\)\|")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_NONE = {"", "-", "—"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapEntry:
    """One test target.

    Attributes:
        id: As in `CORE-001` or `LLM-REASON-001`.
        title: What is tested.
        priority: P0 to P3.
        risk: Catastrophic, Severe, High, Moderate or Low.
        tier: The second-level heading above it.
        section: The third-level heading above it.
        line: Where it stands in the file, from 1.
        industry: From its column, else from the section's heading, else None.
        deployment_mode: From its column, else None.
        family: The id before its trailing number.
    """

    id: str
    title: str
    priority: str
    risk: str
    tier: str
    section: str
    line: int
    industry: str | None = None
    deployment_mode: str | None = None
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roadmap:
    """The entries of a roadmap, in the order of the file.

    Attributes:
        path: The file, as errors name it.
        text: The file's text, byte for byte.
        entries: Every test target.
    """

    path: str
    text: str
    entries: tuple[RoadmapEntry, ...]

    @classmethod
    def parse(cls, text: str, path: str = "ROADMAP.md") -> "Roadmap":
        """Read a roadmap.

        Raises:
            UsageError: A row cannot be read, or an id stands twice; the line is named.
        """
        return cls._read(_Reader(text, path), text, path)

    @classmethod
    def _read(cls, reader: "_Reader", text: str, path: str) -> "Roadmap":
        entries: dict[str, RoadmapEntry] = {}
        for entry in reader.entries():
            if (first := entries.get(entry.id)) is not None:
                raise UsageError(
                    f"{path}:{entry.line}: {entry.id} stands on line {first.line} already.",
                    do="Give one of them a free number.",
                )
            entries[entry.id] = entry
        return cls(path=path, text=text, entries=tuple(entries.values()))

    def entry(self, entry_id: str) -> RoadmapEntry:
        """The entry of that id.

        Raises:
            UsageError: There is none; the nearest id is suggested.
        """
        for entry in self.entries:
            if entry.id == entry_id:
                return entry
        near = _nearest(entry_id, [entry.id for entry in self.entries])
        do = f"Did you mean {near}?" if near else "`ptest roadmap list` shows every entry."
        raise UsageError(f"{self.path} has no entry {entry_id!r}.", do=do)

    def with_row(self, section: str, entry: RoadmapEntry) -> "Roadmap":
        """The same roadmap with one more row, below the last table of a section.

        Args:
            section: The third-level heading, as `RoadmapEntry.section` has it.
            entry: Gives id, title, priority, risk, and where they are stated industry and
                deployment; the other columns stay empty, tier and line follow from the place.

        Raises:
            UsageError: No such section has a table of entries, several have, the id is taken,
                or a value cannot stand in that table.
        """
        tables = [table for table in self._tables() if table.section == section]
        if len({table.tier for table in tables}) != 1:
            found = "several sections" if tables else "no section with a table of entries"
            raise UsageError(f"{self.path} has {found} of the name {section!r}.")
        table = tables[-1]
        known = {"id": entry.id, "target": entry.title}
        known |= {"priority": entry.priority, "risk": entry.risk}
        known |= {"industry": entry.industry or "", "deployment": entry.deployment_mode or ""}
        lines = _LINE.findall(self.text)
        above = lines[table.last]
        row = f"| {' | '.join(_escaped(known.get(column, '')) for column in table.columns)} |"
        row = above[: len(above) - len(above.lstrip())] + row
        if end := _newline(above):
            lines.insert(table.last + 1, row + end)
        else:  # the file ends in that line, without a newline, and shall go on doing so
            lines[table.last] = above + _newline(lines[table.first]) + row
        edited = self.parse("".join(lines), self.path)
        made = edited.entry(entry.id)
        meant = replace(
            entry,
            tier=table.tier,
            section=section,
            line=table.last + 2,
            family=made.family,
            industry=entry.industry or made.industry,
        )
        if made != meant or len(edited.entries) != len(self.entries) + 1:
            raise self._cannot_stand(entry.id, meant)
        return edited

    def with_cell(self, entry_id: str, column: str, value: str) -> "Roadmap":
        """The same roadmap with another value in one cell, in the cell's own spacing.

        Args:
            entry_id: The row.
            column: Any column of the row's table, in any case.
            value: What the cell says then, less blanks at its ends; pipes are escaped.

        Raises:
            UsageError: There is no such entry or column, or the value cannot stand there.
        """
        line = self.entry(entry_id).line - 1
        table = next(table for table in self._tables() if table.first < line <= table.last)
        name = column.strip().casefold()
        if name not in table.columns:
            do = f"It has {_listed(table.columns)}."
            raise UsageError(f"The table of {entry_id} has no column {column!r}.", do=do)
        index, value = table.columns.index(name), value.strip()
        lines = _LINE.findall(self.text)
        before = _cells(lines[line])
        if before[index] == value:
            return self
        start, end = _spans(lines[line])[index]
        lines[line] = (
            lines[line][:start] + _filled(lines[line][start:end], value) + lines[line][end:]
        )
        edited = self.parse("".join(lines), self.path)
        meant = [*before[:index], value, *before[index + 1 :]]
        places = [entry.line for entry in self.entries]
        after = _LINE.findall(edited.text)[line]
        if _cells(after) != meant or [entry.line for entry in edited.entries] != places:
            raise self._cannot_stand(entry_id, value)
        return edited

    def _tables(self) -> Sequence["_Table"]:
        reader = _Reader(self.text, self.path)
        self._read(reader, self.text, self.path)
        return reader.tables

    def _cannot_stand(self, entry_id: str, value: object) -> UsageError:
        return UsageError(f"{self.path}: {value!r} cannot stand in the row of {entry_id}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table of entries; lines count from 0, columns are in lower case."""

    tier: str
    section: str
    columns: Sequence[str]
    first: int
    last: int


class _Reader:
    """Walks the Markdown's blocks; the parser gives lines and tables, cells come from the line.

    The parser pads short rows and cuts long ones, as GitHub does, so it cannot tell a row with a
    wrong number of cells.
    """

    def __init__(self, text: str, path: str) -> None:
        self._path = path
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._tokens = MarkdownIt().enable("table").parse(text)
        self._tier = ""
        self._section = ""
        self.tables: list[_Table] = []

    def entries(self) -> Iterator[RoadmapEntry]:
        """Every entry, in order."""
        header: Sequence[str] | None = None
        header_line = 0
        for index, token in enumerate(self._tokens):
            if token.type == "heading_open":
                self._enter(token.tag, self._tokens[index + 1].content)
            elif token.type == "paragraph_open":
                self._refuse_loose_rows(token)
            elif token.type == "table_open":
                header_line = _first_line(token)
                header = self._header(header_line)
                if header:
                    self._remember(header, token)
            elif token.type == "tr_open" and header and _first_line(token) != header_line:
                yield self._entry(header, _first_line(token))

    def _remember(self, header: Sequence[str], table: Token) -> None:
        assert table.map is not None, "block tokens know their lines"
        first, end = table.map
        self.tables.append(
            _Table(
                tier=self._tier,
                section=self._section,
                columns=header,
                first=first,
                last=end - 1,
            )
        )

    def _enter(self, tag: str, heading: str) -> None:
        if tag in {"h1", "h2"}:
            self._tier, self._section = (heading if tag == "h2" else ""), ""
        elif tag == "h3":
            self._section = heading

    def _header(self, line: int) -> Sequence[str] | None:
        """The columns of a table of entries, in lower case; None for any other table."""
        columns = [cell.casefold() for cell in self._cells(line)]
        missing = [name.title() for name in COLUMNS if name not in columns]
        if "id" not in columns or len(missing) > len(COLUMNS) - 2:
            return None
        if missing:
            raise self._error(line, f"the table has no column {', '.join(missing)}")
        return columns

    def _entry(self, header: Sequence[str], line: int) -> RoadmapEntry:
        cells = self._cells(line)
        if len(cells) != len(header):
            raise self._error(
                line, f"{len(cells)} cells where the table has {len(header)} columns: {cells}"
            )
        row = dict(zip(header, cells, strict=True))
        self._check(row, line)
        return RoadmapEntry(
            id=row["id"],
            title=row["target"],
            priority=row["priority"],
            risk=row["risk"],
            tier=self._tier,
            section=self._section,
            line=line + 1,
            industry=_stated(row, "industry") or _industry_of(self._section),
            deployment_mode=_stated(row, "deployment"),
            family=family_of(row["id"]),
        )

    def _check(self, row: Mapping[str, str], line: int) -> None:
        if not is_entry_id(row["id"]):
            raise self._error(line, f"{row['id']!r} is no id such as CORE-001 or LLM-REASON-001")
        if not row["target"]:
            raise self._error(line, f"{row['id']} has no target")
        if row["priority"] not in PRIORITIES:
            raise self._error(
                line, f"priority {row['priority']!r} is none of {_listed(PRIORITIES)}"
            )
        if row["risk"] not in RISKS:
            raise self._error(line, f"risk {row['risk']!r} is none of {_listed(RISKS)}")

    def _refuse_loose_rows(self, paragraph: Token) -> None:
        """A row that a blank line or a bad delimiter cut from its table would be lost silently."""
        first, last = paragraph.map or (0, 0)
        for line in range(first, last):
            cells = self._cells(line)
            if len(cells) > 1 and (is_entry_id(cells[0]) or cells[0].casefold() == "id"):
                raise self._error(line, f"a row outside any table: {self._lines[line]!r}")

    def _cells(self, line: int) -> list[str]:
        return _cells(self._lines[line])

    def _error(self, line: int, what: str) -> UsageError:
        return UsageError(f"{self._path}:{line + 1}: {what}.", do="Mend the line.")


def _cells(line: str) -> list[str]:
    """What the cells of a row say, pipes unescaped."""
    return [line[start:end].strip().replace(r"\|", "|") for start, end in _spans(line)]


def _spans(line: str) -> list[tuple[int, int]]:
    """Where the cells of a row stand in its line, their padding included."""
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    if line[start:end].startswith("|"):
        start += 1
    if line[start:end].endswith("|") and not line[start:end].endswith(r"\|"):
        end -= 1
    pipes = [start + match.start() for match in _PIPE.finditer(line[start:end])]
    return list(zip([start, *(pipe + 1 for pipe in pipes)], [*pipes, max(start, end)], strict=True))


def _filled(cell: str, value: str) -> str:
    """The raw cell with another value and the padding it has; an empty one gets one blank each."""
    old = cell.strip()
    text = _escaped(value)
    if not old:
        return f" {text} "
    before, _, after = cell.partition(old)
    # A backslash right before the closing pipe would escape that.
    return before + text + (after or (" " if text.endswith("\\") else ""))


def _escaped(value: str) -> str:
    return value.strip().replace("|", r"\|")


def _newline(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _first_line(token: Token) -> int:
    assert token.map is not None, "block tokens know their lines"
    return token.map[0]


def _nearest(wrong: str, known: Sequence[str]) -> str | None:
    """The id that was probably meant: the same number in three digits, else the closest text."""
    family, _, number = wrong.upper().rpartition("-")
    if number.isdecimal() and (padded := f"{family}-{int(number):03d}") in known:
        return padded
    return next(iter(difflib.get_close_matches(wrong.upper(), known, n=1)), None)


def _stated(row: Mapping[str, str], column: str) -> str | None:
    value = row.get(column, "")
    return None if value in _NONE else value


def _industry_of(section: str) -> str | None:
    match = _HEADING_LEAD.match(section)
    return _INDUSTRIES.get(match["word"].casefold()) if match else None


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
