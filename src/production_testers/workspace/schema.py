"""What every JSON document of a workspace shares: strict reading, and errors that name places.

Documents are read strictly (`"5"` is no number) but keep keys they do not know, so a document
that passed through this tool has lost nothing.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.workspace.clock import parse_iso
from production_testers.workspace.naming import ENTRY_PATTERN, FINDING_PATTERN, RUN_PATTERN

_LONGEST_VALUE_SHOWN = 80


def _stamp(text: str) -> str:
    parse_iso(text)
    return text


Stamp = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$",
        json_schema_extra={"format": "date-time"},
    ),
    AfterValidator(_stamp),
]
"""A moment in UTC, as `clock.iso` writes it."""

EntryId = Annotated[str, Field(pattern=f"^{ENTRY_PATTERN}$")]
RunId = Annotated[str, Field(pattern=f"^{RUN_PATTERN}$")]
FindingIdText = Annotated[str, Field(pattern=f"^{FINDING_PATTERN}$")]


class Document(BaseModel):
    """A frozen JSON object that keeps the keys it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="allow", allow_inf_nan=False, use_attribute_docstrings=True
    )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the document at `path`.

        Raises:
            InvalidDocumentError: It is no JSON, or breaks the schema; every problem is listed.
            UsageError: The file cannot be read.
        """
        return cls.parse(read_bytes(path), str(path))

    @classmethod
    def parse(cls, data: bytes | str, path: str) -> Self:
        """Read a document whose bytes are at hand; `path` names it in errors.

        Raises:
            InvalidDocumentError: It is no JSON, or breaks the schema; every problem is listed.
        """
        _refuse_nan(data, path)
        try:
            return cls.model_validate_json(data, strict=True)
        except ValidationError as error:
            raise InvalidDocumentError(path, tuple(_problems(error))) from error

    def as_json(self) -> dict[str, object]:
        """The document as it stands in a file: every field, then the keys it does not know."""
        return self.model_dump(mode="json")


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        UsageError: It is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror or error}.") from error


def _refuse_nan(data: bytes | str, path: str) -> None:
    """Keys that the schema does not know could hold NaN or Infinity, which JSON cannot say."""
    text = data if isinstance(data, str) else data.decode(errors="replace")
    if "NaN" not in text and "Infinity" not in text:
        return

    def refuse(constant: str) -> None:
        raise InvalidDocumentError(path, (f"$: {constant} is no JSON value",))

    with contextlib.suppress(json.JSONDecodeError, RecursionError):
        json.loads(text, parse_constant=refuse)


def _problems(broken: ValidationError) -> Iterator[str]:
    for error in broken.errors():
        # Pydantic says "Value error, …" before what a validator of ours says.
        message = re.sub(r"^Value error, ", "", error["msg"])
        if error["type"] in {"missing", "json_invalid"}:
            yield f"{json_path(error['loc'])}: {message}"
        else:
            seen = repr(error["input"])
            if len(seen) > _LONGEST_VALUE_SHOWN:
                seen = f"{seen[:_LONGEST_VALUE_SHOWN]}…"
            yield f"{json_path(error['loc'])}: {message}, saw {seen}"


def json_path(location: tuple[int | str, ...]) -> str:
    """`findings[0].severity` for a place in a document; `$` for the whole of it."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".") or "$"
