"""Records as Parquet: columns of one type, written in row groups, in constant memory.

Needs pyarrow, which is an extra. Its bytes depend on its version, which the manifest names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from production_testers.mocks.datasets import Record, Schema
from production_testers.mocks.datasets.schema import members
from production_testers.model.canonical import canonical_json
from production_testers.model.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

EXTENSION = "parquet"
ROWS_IN_GROUP = 65_536
TEXT_IN_GROUP = 32 * 1024 * 1024
"""Bytes of JSON: a group of large records has fewer rows, so that memory stays the same."""

COMPRESSION = "zstd"


def writer_name() -> str:
    """What writes the bytes, with its version.

    Raises:
        UsageError: pyarrow is not installed.
    """
    return f"pyarrow {_pyarrow().__version__}"


def write_parquet(
    batches: Iterable[tuple[Sequence[Record], bytes]], schema: Schema, out: BinaryIO
) -> None:
    """Write records that keep `schema`, in batches of any size.

    A member that may be of several types, or is an object of any keys, becomes a column of JSON
    text, marked by the field's metadata `encoding: json`.

    Args:
        batches: Records, and the same records as JSON lines: columns are read from the text,
            which costs half of what picking members out of the records does.
        schema: That they keep.
        out: Where to.

    Raises:
        UsageError: pyarrow is not installed.
    """
    pa = _pyarrow()
    from pyarrow import parquet  # noqa: PLC0415 - as late as pyarrow itself

    arrow = pa.schema([_field(pa, name, member) for name, member in members(schema).items()])
    with parquet.ParquetWriter(out, arrow, compression=COMPRESSION) as writer:
        for group in _groups(batches, arrow):
            writer.write_table(_table(pa, group, arrow), row_group_size=group.rows)


@dataclass(slots=True)
class _Group:
    """Rows that are written together: their lines, and the members that stay JSON text."""

    rows: int = 0
    size: int = 0
    lines: list[bytes] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)


def _groups(
    batches: Iterable[tuple[Sequence[Record], bytes]], arrow: "pa.Schema"
) -> Iterator[_Group]:
    """Batches put together; no record is kept, text is lighter."""
    names = [column.name for column in arrow if column.metadata]
    group = _Group()
    for records, lines in batches:
        group.rows += len(records)
        group.size += len(lines)
        group.lines.append(lines)
        for name in names:
            kept = group.texts.setdefault(name, [])
            kept.extend(canonical_json(record[name]) for record in records)
        if group.rows >= ROWS_IN_GROUP or group.size >= TEXT_IN_GROUP:
            yield group
            group = _Group()
    if group.rows:
        yield group


def _table(pa: Any, group: _Group, arrow: "pa.Schema") -> "pa.Table":
    from pyarrow import json  # noqa: PLC0415 - as late as pyarrow itself

    read = pa.schema([column for column in arrow if not column.metadata])
    found = json.read_json(
        pa.BufferReader(b"".join(group.lines)),
        # Blocks are longer than any line; one thread, like all the rest.
        read_options=json.ReadOptions(use_threads=False, block_size=group.size),
        parse_options=json.ParseOptions(explicit_schema=read, unexpected_field_behavior="ignore"),
    )
    columns = [
        pa.array(group.texts[column.name]) if column.metadata else found[column.name]
        for column in arrow
    ]
    return pa.Table.from_arrays(columns, schema=arrow)


def _field(pa: Any, name: str, schema: Schema) -> "pa.Field":
    kind = _column(pa, schema)
    if kind is None:
        return pa.field(name, pa.string(), metadata={"encoding": "json"})
    return pa.field(name, kind)


def _column(pa: Any, schema: Schema) -> "pa.DataType | None":
    """The type of a column; None where only JSON text can hold it."""
    kinds = schema.get("type", ())
    named = [kinds] if isinstance(kinds, str) else list(kinds)  # type: ignore[arg-type]
    rest = [kind for kind in named if kind != "null"]
    if len(rest) != 1:
        return None
    simple = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
    }
    if rest[0] in simple:
        return simple[str(rest[0])]
    return _nested(pa, str(rest[0]), schema)


def _nested(pa: Any, kind: str, schema: Schema) -> "pa.DataType | None":
    items = schema.get("items")
    if kind == "array" and isinstance(items, Mapping):
        inner = _column(pa, items)
        return None if inner is None else pa.list_(inner)
    types = {name: _column(pa, member) for name, member in members(schema).items()}
    if not types or None in types.values():
        return None
    return pa.struct(list(types.items()))


def _pyarrow() -> Any:
    try:
        import pyarrow  # noqa: PLC0415 - an extra, and half a second
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow, which is not installed.",
            do="Install production-testers[parquet], or say --format jsonl.",
        ) from None
    return pyarrow
