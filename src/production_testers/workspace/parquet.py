"""Records as Parquet: columns of one type, written in row groups, in constant memory.

Needs pyarrow, which is an extra. Its bytes depend on its version, which the manifest names.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from production_testers.mocks.datasets import Record, Schema
from production_testers.model.canonical import canonical_json
from production_testers.model.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

EXTENSION = "parquet"
ROWS_IN_GROUP = 65_536
COMPRESSION = "zstd"


def writer_name() -> str:
    """What writes the bytes, with its version.

    Raises:
        UsageError: pyarrow is not installed.
    """
    return f"pyarrow {_pyarrow().__version__}"


def write_parquet(batches: Iterable[Sequence[Record]], schema: Schema, out: BinaryIO) -> None:
    """Write records that keep `schema`, in batches of any size.

    A member that may be of several types, or is an object of any keys, becomes a column of JSON
    text, marked by the field's metadata `encoding: json`.

    Raises:
        UsageError: pyarrow is not installed.
    """
    pa = _pyarrow()
    from pyarrow import parquet  # noqa: PLC0415 - as late as pyarrow itself

    fields = [_field(pa, name, member) for name, member in _properties(schema).items()]
    arrow = pa.schema(fields)
    group: list[Record] = []
    with parquet.ParquetWriter(out, arrow, compression=COMPRESSION) as writer:
        for batch in batches:
            group.extend(batch)
            if len(group) >= ROWS_IN_GROUP:
                writer.write_table(_table(pa, group, arrow))
                group = []
        if group:
            writer.write_table(_table(pa, group, arrow))


def _table(pa: Any, group: Sequence[Record], arrow: "pa.Schema") -> "pa.Table":
    columns = []
    for field in arrow:
        values: list[Any] = [record[field.name] for record in group]
        if field.metadata:
            values = [canonical_json(value) for value in values]
        columns.append(pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=arrow)


def _field(pa: Any, name: str, schema: Schema) -> "pa.Field":
    kind = _column(pa, schema)
    if kind is None:
        return pa.field(name, pa.string(), metadata={"encoding": "json"})
    return pa.field(name, kind)


def _properties(schema: Schema) -> Mapping[str, Schema]:
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}  # type: ignore[return-value]


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
    members = {name: _column(pa, member) for name, member in _properties(schema).items()}
    if not members or None in members.values():
        return None
    return pa.struct(list(members.items()))


def _pyarrow() -> Any:
    try:
        import pyarrow  # noqa: PLC0415 - an extra, and half a second
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow, which is not installed.",
            do="Install production-testers[parquet], or say --format jsonl.",
        ) from None
    return pyarrow
