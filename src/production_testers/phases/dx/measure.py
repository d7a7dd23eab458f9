"""Takes the measurements: reads the installed files, and runs what has to be run."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from production_testers.phases.dx.failures import measure_failures
from production_testers.phases.dx.measurements import (
    BlockOutcome,
    BlockResult,
    Measurements,
    Outside,
)
from production_testers.phases.dx.readme import execute_blocks, readme_blocks
from production_testers.phases.dx.subject import run_program
from production_testers.phases.dx.surface import measure_surface
from production_testers.phases.research.inventory import requirements
from production_testers.phases.research.prose import description_sentences
from production_testers.phases.research.scan import scan
from production_testers.phases.research.source import InstalledSut, SutSource, read_source

IMPORTS = 3
"""How often the import is timed; the quickest counts, the first one compiles."""
NO_DEPENDENCIES = re.compile(
    r"\b(?:zero|no)(?: external| runtime| third-party)* dependenc(?:y|ies)\b", re.IGNORECASE
)
LATEST = re.compile(r"\blatest (?:release|version)\W+v?(\d+(?:\.\w+)+)", re.IGNORECASE)
DOCUMENTS = (".md", ".rst", ".txt", ".ipynb", ".html")


def measure(sut: InstalledSut, python: Path | None, extra: Outside | None = None) -> Measurements:
    """Measure one installed release.

    Args:
        sut: Where it is installed; its files are read, never imported here.
        python: Its own interpreter, to run README examples and time the import; None runs nothing.
        extra: What was measured elsewhere; what it holds goes before what is measured here.
    """
    source = read_source(sut)
    blocks = readme_blocks(source.description)
    results = execute_blocks(python, blocks) if python else ()
    seconds = import_seconds(python, sut.import_name) if python else None
    return measured(source, blocks, results, completed(extra or Outside(), results, seconds))


def measured(
    source: SutSource, blocks: Sequence[str], results: tuple[BlockResult, ...], outside: Outside
) -> Measurements:
    """The measurements, from what was read and what was run."""
    return Measurements(
        distribution=source.sut.distribution,
        version=source.sut.version,
        lines=source.line_count,
        surface=measure_surface(source),
        failures=measure_failures(source, scan(source)),
        readme_lines=len(source.description.strip().splitlines()),
        readme_code_blocks=len(blocks) if blocks or _is_markdown(source) else None,
        readme_results=results,
        doc_files=sum(path.endswith(DOCUMENTS) for path in source.other_files),
        contradictions=tuple(contradictions(source)),
        outside=outside,
    )


def _is_markdown(source: SutSource) -> bool:
    """Whether the README says so; without a word it is reStructuredText, as registries read it."""
    return "markdown" in str(source.headers.get("Description-Content-Type") or "")


def completed(extra: Outside, results: tuple[BlockResult, ...], seconds: float | None) -> Outside:
    """`extra` with what was run here, where it holds nothing itself."""
    if results and extra.readme_blocks_total is None:
        extra = replace(
            extra,
            readme_blocks_total=len(results),
            readme_blocks_ok=sum(r.outcome is BlockOutcome.OK for r in results),
            readme_blocks_fragments=sum(r.outcome is BlockOutcome.FRAGMENT for r in results),
        )
    return extra if extra.import_seconds is not None else replace(extra, import_seconds=seconds)


def import_seconds(python: Path, import_name: str, timeout_s: float = 30) -> float | None:
    """The quickest of a few imports in fresh interpreters; None when it cannot be imported."""
    program = (
        "import time\n"
        "start = time.perf_counter()\n"
        f"import {import_name}\n"
        "print(time.perf_counter() - start)\n"
    )
    with tempfile.TemporaryDirectory(prefix="ptest-pyc-") as cache:
        runs = [
            run_program(python, program, timeout_s=timeout_s, cache=Path(cache))
            for _ in range(IMPORTS)
        ]
    if any(run.code != 0 for run in runs):
        return None
    return min(float(run.out.split()[-1]) for run in runs)


def contradictions(source: SutSource) -> Iterator[str]:
    """What the README says and the metadata of the same release contradict."""
    if source.metadata is None:
        return
    needs = requirements(source)
    for sentence in description_sentences(source.metadata):
        where = f"{source.metadata.path}:{sentence.line_start}"
        if needs and NO_DEPENDENCIES.search(sentence.text):
            listed = ", ".join(needs)
            yield f"“{sentence.text}” ({where}), but the metadata requires {listed}"
        named = LATEST.search(sentence.text)
        if named and named[1].rstrip(".") != source.sut.version:
            yield f"“{sentence.text}” ({where}), but this is release {source.sut.version}"
