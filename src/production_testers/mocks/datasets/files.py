"""Mock data as text, and the manifest that lets it be made again."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Final, TextIO

from production_testers.mocks.datasets.naming import DataFile
from production_testers.mocks.datasets.registry import find_variant, generate
from production_testers.mocks.datasets.shape import Fields
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.errors import UsageError

GENERATOR_VERSION: Final = "1"
"""Changes whenever the same seed gives other bytes."""

MANIFEST_FORMAT: Final = "ptest.dataset/1"
EXTENSIONS: Final = ("json", "jsonl")


def write(file: DataFile, out: TextIO, *, seed: int) -> dict[str, Json]:
    """Write the records of a file: one object a line, in a JSON array for `json`.

    The text is ASCII and its lines end in a line feed, which `out` must not translate. Memory
    does not grow with the size.

    Returns:
        The manifest of what was written.

    Raises:
        UsageError: No such scenario or variant, or the extension is neither json nor jsonl.
    """
    return _streamed(file, seed, out.write)


def manifest(file: DataFile, *, seed: int) -> dict[str, Json]:
    """The manifest of a file without writing it, to compare with one that was kept.

    Raises:
        UsageError: As `write`.
    """
    return _streamed(file, seed, len)


def record_schema(fields: Fields) -> dict[str, Json]:
    """The JSON schema of a record; a field that may be anything may also be missing."""
    properties: dict[str, Json] = {}
    for name, kinds in fields.items():
        types = kinds.split("|")
        properties[name] = (
            {} if kinds == "any" else {"type": types[0] if len(types) == 1 else types}
        )
    required = [name for name, kinds in fields.items() if kinds != "any"]
    return {"type": "object", "properties": properties, "required": required}


def _streamed(file: DataFile, seed: int, sink: Callable[[str], object]) -> dict[str, Json]:
    checksum, size_bytes = hashlib.sha256(), 0
    for chunk in _chunks(file, seed):
        sink(chunk)
        encoded = chunk.encode("ascii")
        checksum.update(encoded)
        size_bytes += len(encoded)
    found = find_variant(file.scenario, file.variant)
    return {
        "format": MANIFEST_FORMAT,
        "file": file.name,
        "scenario": file.scenario,
        "variant": file.variant,
        "class": found.data_class.value,
        "seed": seed,
        "generator_version": GENERATOR_VERSION,
        "records": file.size,
        "size_bytes": size_bytes,
        "sha256": checksum.hexdigest(),
        "schema": record_schema(found.fields),
    }


def _chunks(file: DataFile, seed: int) -> Iterator[str]:
    if file.extension not in EXTENSIONS:
        raise UsageError(
            f"{file.name!r} cannot be written.",
            do=f"Its extension may be {' or '.join(EXTENSIONS)}.",
        )
    records = generate(file.scenario, file.variant, file.size, seed)
    if file.extension == "jsonl":
        for record in records:
            yield canonical_json(record) + "\n"
        return
    before = "[\n"
    for record in records:
        yield before + canonical_json(record)
        before = ",\n"
    yield "\n]\n" if file.size else "[]\n"
