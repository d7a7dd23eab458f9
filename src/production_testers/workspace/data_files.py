"""Mock data on disk: streamed, put in place as a whole, with the manifest beside it."""

import contextlib
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from production_testers.mocks.datasets import (
    TEXT_EXTENSIONS,
    DataFile,
    Record,
    batches,
    describe,
    encoder_of,
    manifest,
    write,
)
from production_testers.model.canonical import Json
from production_testers.model.errors import UsageError
from production_testers.workspace.atomic import write_json, writing
from production_testers.workspace.parquet import EXTENSION, write_parquet, writer_name

EXTENSIONS = (*TEXT_EXTENSIONS, EXTENSION)

Watch = Callable[[int], object]
"""Is told how many records have been made so far."""


def manifest_path(path: Path) -> Path:
    """Where the manifest of a data file stands."""
    return path.with_name(f"{path.name}.manifest.json")


def write_data_file(
    folder: Path,
    file: DataFile,
    *,
    seed: int,
    watch: Watch = lambda _made: None,
    more: Mapping[str, Json] = MappingProxyType({}),
) -> dict[str, Json]:
    """Write a data file and its manifest; what stood there is replaced, as a whole or not at all.

    Args:
        folder: Where to.
        file: Which file.
        seed: What its records are made from.
        watch: Is told how far the work has come.
        more: What else the manifest says.

    Returns:
        The manifest.

    Raises:
        UsageError: No such scenario, variant or format; or the place cannot be written to.
        PtestError: The disk is full, or fails in another way.
    """
    made = {**make_data_file(folder / file.name, file, seed=seed, watch=watch), **more}
    write_json(manifest_path(folder / file.name), made)
    return made


def make_data_file(
    path: Path, file: DataFile, *, seed: int, watch: Watch = lambda _made: None
) -> dict[str, Json]:
    """The file alone, at any path; raises as `write_data_file` does."""
    check(file)
    with writing(path) as out:
        made = _written(file, out, seed, watch)
        # A manifest must not stand beside other bytes than its own, should this be interrupted.
        with contextlib.suppress(FileNotFoundError):
            manifest_path(path).unlink()
    return made


def manifest_of(file: DataFile, *, seed: int) -> dict[str, Json]:
    """The manifest of a file without keeping the file; takes as long as writing it.

    Raises:
        UsageError: No such scenario, variant or format.
    """
    check(file)
    if file.extension != EXTENSION:
        return manifest(file, seed=seed)
    return _written(file, _Nowhere(), seed, lambda _made: None)


def check(file: DataFile) -> None:
    """Refuse what cannot be written before anything is.

    Raises:
        UsageError: No such scenario, variant or format, or a format that cannot hold the variant.
    """
    variant = file.found
    if file.extension not in EXTENSIONS:
        raise UsageError(
            f"There is no format {file.extension!r}.", do=f"Say {' or '.join(EXTENSIONS)}."
        )
    if file.extension == EXTENSION:
        writer_name()
        if not variant.columns:
            raise UsageError(
                f"{file.scenario} {file.variant} cannot be written as Parquet: its members are of"
                " several types.",
                do="Say json or jsonl; Parquet is for the happy path and for scale.",
            )


def _written(file: DataFile, out: BinaryIO, seed: int, watch: Watch) -> dict[str, Json]:
    if file.extension != EXTENSION:
        text = io.TextIOWrapper(out, encoding="ascii", newline="\n", write_through=True)
        try:
            return write(file, text, seed=seed, watch=watch)
        finally:
            text.detach()
    counted = _Counted(out)
    lines = hashlib.sha256()
    write_parquet(_watched(file, seed, lines.update, watch), file.found.schema, counted)
    return describe(
        file,
        seed=seed,
        size_bytes=counted.size,
        sha256=counted.checksum.hexdigest(),
        records_sha256=lines.hexdigest(),
        writer=writer_name(),
    )


def _watched(
    file: DataFile, seed: int, digest: Callable[[bytes], object], watch: Watch
) -> Iterator[tuple[Sequence[Record], bytes]]:
    encode, made = encoder_of(file), 0
    for batch in batches(file, seed=seed):
        lines = ("\n".join(map(encode, batch)) + "\n").encode("ascii")
        digest(lines)
        yield batch, lines
        made += len(batch)
        watch(made)


class _Counted(io.RawIOBase, BinaryIO):
    """Hands bytes on, and counts and sums them; Parquet is written from front to back."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out, self.size, self.checksum = out, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._out.write(piece)
        self.checksum.update(piece)
        self.size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self.size


class _Nowhere(io.RawIOBase, BinaryIO):
    """Where bytes go that nobody keeps."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)
