"""`ptest data`."""

import io
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from production_testers.cli.options import JsonFlag, Seed
from production_testers.cli.output import show, show_json
from production_testers.mocks import DataFile, write
from production_testers.mocks.datasets import parse_size
from production_testers.workspace.atomic import write_json, write_text


def data(
    scenario: str,
    *,
    variant: str = "valid",
    size: str = "100",
    seed: Seed = 0,
    format_: Annotated[str, Parameter(name="--format")] = "json",
    out: Path = Path(),
    json: JsonFlag = False,
) -> int:
    """Write a mock data file and its manifest.

    Args:
        scenario: Which records: requests, transactions, patients, tenants.
        variant: Which variant of them.
        size: How many, such as 100, 10k or 1m.
        seed: Same seed, same bytes.
        format_: json (an array) or jsonl (an object a line).
        out: Folder to write to.
        json: Print one JSON document.
    """
    file = DataFile(scenario=scenario, variant=variant, size=parse_size(size), extension=format_)
    text = io.StringIO()
    manifest = write(file, text, seed=seed)
    write_text(out / file.name, text.getvalue())
    write_json(out / f"{file.name}.manifest.json", manifest)
    path = (out / file.name).resolve()
    if json:
        show_json({**manifest, "path": str(path)})
    else:
        show(f"{path}: {manifest['records']} records, sha256 {manifest['sha256']}")
    return 0
