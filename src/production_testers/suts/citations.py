"""Finds the words that a framework is quoted with in the files that are installed.

A capability is claimed only where its quotation stands in the release under test: what a release
does not promise is not offered, and no law is broken by its absence.
"""

from dataclasses import replace
from functools import cache
from importlib import metadata

from production_testers.model.semantics import Citation


def locate(distribution: str, citation: Citation) -> Citation | None:
    """The citation with its line, or None when this release does not say that.

    Args:
        distribution: Name of the installed distribution.
        citation: Quote and file, `METADATA` for the distribution's own description.

    Raises:
        importlib.metadata.PackageNotFoundError: It is not installed.
    """
    text, name = _read(distribution, citation.file)
    if text is None or citation.quote not in text:
        return None
    return replace(citation, file=name, line=text[: text.index(citation.quote)].count("\n") + 1)


@cache
def _read(distribution: str, file: str) -> tuple[str | None, str]:
    """A file's text, None where there is no such file, and its path below site-packages."""
    found = metadata.distribution(distribution)
    if file != "METADATA":
        return found.read_text(f"../{file}"), file
    name = f"{found.name.replace('-', '_')}-{found.version}.dist-info/METADATA"
    return found.read_text("METADATA"), name
