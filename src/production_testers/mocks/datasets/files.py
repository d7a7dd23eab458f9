"""Mock data as text, and the manifest that lets it be made again."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, TextIO

from production_testers.mocks.datasets.lines import line_encoder
from production_testers.mocks.datasets.naming import DataFile
from production_testers.mocks.datasets.registry import industry_of
from production_testers.mocks.datasets.schema import DIALECT
from production_testers.mocks.datasets.shape import DataClass, Record
from production_testers.model.canonical import Json, canonical_json
from production_testers.model.errors import UsageError

GENERATOR_VERSION: Final = "3"
"""Changes whenever the same seed gives other bytes."""

MANIFEST_FORMAT: Final = "ptest.dataset/1"
TEXT_EXTENSIONS: Final = ("json", "jsonl")
_AT_ONCE: Final = 512
_LARGE_AT_ONCE: Final = 8

Watch = Callable[[int], object]
"""Is told how many records have been made so far."""


def write(
    file: DataFile, out: TextIO, *, seed: int, watch: Watch = lambda _made: None
) -> dict[str, Json]:
    """Write the records of a file: one object a line, in a JSON array for `json`.

    The text is ASCII and its lines end in a line feed, which `out` must not translate. Memory
    does not grow with the size.

    Returns:
        The manifest of what was written.

    Raises:
        UsageError: No such scenario or variant, or the extension is neither json nor jsonl.
    """
    return _streamed(file, seed, out.write, watch)


def manifest(file: DataFile, *, seed: int) -> dict[str, Json]:
    """The manifest of a file without writing it, to compare with one that was kept.

    Raises:
        UsageError: As `write`.
    """
    return _streamed(file, seed, len, lambda _made: None)


def batches(file: DataFile, *, seed: int) -> Iterator[list[Record]]:
    """The records of a file, some hundred at a time; fewer of those that may be huge.

    Raises:
        UsageError: No such scenario or variant.
    """
    large = file.data_class in {DataClass.EDGE_CASES, DataClass.ADVERSARIAL}
    records = islice(file.found.stream(seed), file.size)
    while batch := list(islice(records, _LARGE_AT_ONCE if large else _AT_ONCE)):
        yield batch


def encoder_of(file: DataFile) -> Callable[[Record], str]:
    """What writes one record of a file as a line of JSON, without its line feed."""
    return line_encoder(file.found.schema) if file.found.columns else canonical_json


def describe(file: DataFile, *, seed: int, **bytes_: Json) -> dict[str, Json]:
    """The manifest of a file, whose bytes somebody else has counted.

    Args:
        file: The file.
        seed: That it was made from.
        bytes_: `size_bytes`, `sha256` and `records_sha256`, and what else belongs to the bytes.
    """
    found = file.found
    return {
        "format": MANIFEST_FORMAT,
        "file": file.name,
        "scenario": file.scenario,
        "variant": file.variant,
        "class": found.data_class.value,
        "industry": industry_of(file.scenario),
        "seed": seed,
        "generator_version": GENERATOR_VERSION,
        "records": file.size,
        **bytes_,
        "schema": {"$schema": DIALECT, **found.schema},
    }


def _streamed(
    file: DataFile, seed: int, sink: Callable[[str], object], watch: Watch
) -> dict[str, Json]:
    whole, lines = hashlib.sha256(), hashlib.sha256()
    size_bytes = 0
    for text, inner, made in _chunks(file, seed):
        sink(text)
        encoded = text.encode("ascii")
        whole.update(encoded)
        size_bytes += len(encoded)
        if inner is not text:
            lines.update(inner.encode("ascii"))
        watch(made)
    checksum = whole.hexdigest()
    return describe(
        file,
        seed=seed,
        size_bytes=size_bytes,
        sha256=checksum,
        records_sha256=checksum if file.extension == "jsonl" else lines.hexdigest(),
    )


def _chunks(file: DataFile, seed: int) -> Iterator[tuple[str, str, int]]:
    """The text of the file, the same as JSON lines, and the number of records so far."""
    if file.extension not in TEXT_EXTENSIONS:
        raise UsageError(
            f"{file.name!r} cannot be written.",
            do=f"Its extension may be {' or '.join(TEXT_EXTENSIONS)}.",
        )
    encode, made = encoder_of(file), 0
    before = "[\n"
    for batch in batches(file, seed=seed):
        made += len(batch)
        text = "\n".join(map(encode, batch))
        lines = text + "\n"
        if file.extension == "jsonl":
            yield lines, lines, made
        else:
            yield before + text.replace("\n", ",\n"), lines, made
            before = ",\n"
    if file.extension == "json":
        yield "\n]\n" if file.size else "[]\n", "", made
