"""How mock data files of a run are made again, as the manifests beside them say."""

import contextlib
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, cast

from pydantic import Field, ValidationError

from production_testers.mocks.datasets import GENERATOR_VERSION, parse_data_file_name, size_text
from production_testers.model.errors import UsageError
from production_testers.workspace.data_files import make_data_file, manifest_of
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.schema import Document

MANIFESTS = "*manifest.json"


class MockRecipe(Document):
    """What a mock data file is made from."""

    file: str
    """Its name, which says scenario, variant, number of records and format."""
    seed: int
    """Same seed, same bytes."""
    generator_version: str
    """Of the generators that made it; others make other bytes."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """Of its bytes."""

    @property
    def command(self) -> str:
        """What makes it by hand, in the current folder."""
        data = parse_data_file_name(self.file)
        return (
            f"ptest data {data.scenario} --variant {data.variant} --size {size_text(data.size)}"
            f" --seed {self.seed} --format {data.extension}"
        )

    def works(self) -> bool:
        """Whether this version makes the same bytes; takes as long as making them, once."""
        return self.generator_version == GENERATOR_VERSION and (
            _checksum_of(self.file, self.seed) == self.sha256
        )

    def make(self, path: Path) -> bool:
        """Make the file at `path`; False, and no file, where this version makes other bytes.

        Raises:
            UsageError: The place cannot be written to.
            PtestError: The disk is full, or fails in another way.
        """
        if not self.works():
            return False
        make_data_file(path, parse_data_file_name(self.file), seed=self.seed)
        return True


def recipes_of(run: RunFolder) -> dict[str, MockRecipe]:
    """Path in the run → recipe, for every file that a readable manifest names."""
    found = {}
    for path in sorted(run.mock_data.rglob(MANIFESTS)):
        for entry in _entries(path):
            with contextlib.suppress(ValidationError):
                recipe = MockRecipe.model_validate(
                    {name: entry.get(name) for name in MockRecipe.model_fields}, strict=True
                )
                beside = path.with_name(recipe.file).relative_to(run.path).as_posix()
                found[str(entry.get("path", beside))] = recipe
    return found


@functools.cache
def _checksum_of(file: str, seed: int) -> object:
    """SHA-256 of what this version makes; None where it makes no such file."""
    try:
        return manifest_of(parse_data_file_name(file), seed=seed)["sha256"]
    except UsageError:
        return None


def _entries(path: Path) -> Iterator[dict[str, object]]:
    """What a manifest of one file, or of several, says; nothing where it is damaged."""
    document: object = None
    with contextlib.suppress(OSError, ValueError, RecursionError):
        document = json.loads(path.read_bytes())
    if isinstance(document, dict):
        listed = document.get("files", [document])
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, dict):
                yield cast("dict[str, object]", entry)
