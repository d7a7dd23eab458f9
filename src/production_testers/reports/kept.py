"""results/record.json: what a report was made of, so that it can be made again."""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from production_testers.model.errors import InvalidDocumentError
from production_testers.reports.record import RunRecord
from production_testers.workspace.schema import json_path, read_bytes

_RECORD = TypeAdapter(RunRecord)


def dump(record: RunRecord) -> dict[str, Any]:
    """The record as it stands in the file."""
    dumped: dict[str, Any] = _RECORD.dump_python(record, mode="json")
    return dumped


def load(path: Path) -> RunRecord:
    """Read what `dump` gave.

    Raises:
        InvalidDocumentError: It is no such file, or another version wrote it.
        UsageError: It cannot be read.
    """
    try:
        return _RECORD.validate_json(read_bytes(path))
    except ValidationError as error:
        problems = tuple(f"{json_path(one['loc'])}: {one['msg']}" for one in error.errors())
        raise InvalidDocumentError(str(path), problems) from error
