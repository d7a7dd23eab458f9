"""Performs what a file of `pipelines/` declares: as a job of a worker, and started by hand.

In a run folder, `python pipelines/chaos.py` performs that file's experiment, shows the figures and
writes `results/metrics/chaos.json`. Exit codes: 0 held, 1 not held, 2 inconclusive, 64 the folder
or the arguments cannot be used, 77 the system under test cannot be imported, 70 our own error.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from production_testers.experiments.five import DEFAULTS, Experiment, Ground, Held
from production_testers.experiments.five.ground import shown
from production_testers.experiments.lab import PYTHON_VARIABLE, read_config
from production_testers.experiments.worker.client import Worker, this_interpreter
from production_testers.model.canonical import Json
from production_testers.model.errors import PtestError, SutUnavailableError, UsageError
from production_testers.model.scenario import Kind
from production_testers.suts.contract import Adapter
from production_testers.workspace.atomic import write_json

PERFORM = "production_testers.experiments.five.playing:perform"
FORMAT = "ptest.experiment/1"
EXIT = {Held.HELD.value: 0, Held.NOT_HELD.value: 1, Held.INCONCLUSIVE.value: 2}
TIMEOUT_S = 600.0
INSTALL = (
    "`pip install -r requirements.txt` in the run folder installs it;"
    f" {PYTHON_VARIABLE} names an interpreter that has it."
)


def perform(
    adapter: Adapter, arguments: dict[str, Any], _emit: Callable[[dict[str, Any]], None]
) -> dict[str, Json]:
    """The experiment of one kind, in a worker that has the run folder on its import path.

    Args of the job: kind, seed, folder.

    Raises:
        UsageError: The file cannot be imported, or declares something that is no experiment.
    """
    kind, sut = Kind(arguments["kind"]), adapter.describe()
    ground = Ground(
        adapter=adapter,
        sut=sut,
        baseline=_module(Kind.BASELINE),
        seed=arguments["seed"],
        paths=(arguments["folder"],),
    )
    measured = _experiment(kind).perform(ground)
    return {
        "format": FORMAT,
        "kind": kind.value,
        "seed": arguments["seed"],
        "sut": {"name": sut.name, "version": sut.version},
        **measured.as_json(),
    }


def _experiment(kind: Kind) -> Experiment:
    declared = getattr(_module(kind), "EXPERIMENT", DEFAULTS[kind])
    if not hasattr(declared, "perform"):
        raise UsageError(
            f"pipelines/{kind.value}.py: EXPERIMENT is a {type(declared).__name__}.",
            do=f"Make it a {type(DEFAULTS[kind]).__name__}(…), or leave it out.",
        )
    found: Experiment = declared
    return found


def _module(kind: Kind) -> Any:
    try:
        return importlib.import_module(f"pipelines.{kind.value}")
    except Exception as error:
        raise UsageError(
            f"pipelines/{kind.value}.py cannot be used: {type(error).__name__}: {error}."
        ) from error


def play(file: str, arguments: list[str] | None = None) -> int:
    """Perform the experiment of a file of a run folder, show it, and keep its figures.

    Args:
        file: The file's own path, `__file__`.
        arguments: The command line; `--json` prints the document instead of words.

    Returns:
        The exit code.
    """
    path = Path(file).resolve()
    given = sys.argv[1:] if arguments is None else arguments
    try:
        _check(given)
        document = played(path.parent.parent, Kind(path.stem))
    except SutUnavailableError as error:
        return _failed(SutUnavailableError(error.what, do=INSTALL), 77)
    except UsageError as error:
        return _failed(error, 64)
    except PtestError as error:
        return _failed(error, 70)
    sys.stdout.write(json.dumps(document, indent=2) + "\n" if given else told(document))
    return EXIT[str(document["held"])]


def _check(arguments: list[str]) -> None:
    for argument in arguments:
        if argument != "--json":
            raise UsageError(f"{argument!r}: unknown.", do="The only option is --json.")


def _failed(error: PtestError, code: int) -> int:
    sys.stderr.write(f"{error.what} {error.do}".strip() + "\n")
    return code


def played(folder: Path, kind: Kind) -> dict[str, Json]:
    """Perform the experiment of a kind for a run folder, and keep its figures there.

    Raises:
        UsageError: The folder cannot be used.
        SutUnavailableError: The system under test cannot be imported.
    """
    config = read_config(folder)
    python = Path(os.environ.get(PYTHON_VARIABLE) or this_interpreter())
    seed = int(config["test_parameters"]["seed"])
    with Worker(python, config["sut"]["name"], (folder,)) as worker:
        document: dict[str, Json] = worker.call(
            PERFORM, asked(kind, seed, folder), timeout_s=TIMEOUT_S
        )
    keep(folder, document)
    return document


def asked(kind: Kind, seed: int, folder: Path) -> dict[str, Any]:
    """The arguments of the job."""
    return {"kind": kind.value, "seed": seed, "folder": str(folder.resolve())}


def keep(folder: Path, document: Mapping[str, Json]) -> None:
    """Write the figures of an experiment where the folder has them."""
    write_json(folder / "results" / "metrics" / f"{document['kind']}.json", dict(document))


def told(document: Mapping[str, Any]) -> str:
    """An experiment in words, for a terminal."""
    sut = document["sut"]
    name = " ".join(part for part in (sut["name"], sut["version"]) if part)
    lines = [f"{document['kind']} on {name}: {document['held']} (seed {document['seed']})"]
    lines += [f"  {reason}" for reason in document["reasons"]]
    lines += [
        f"  {figure.replace('_', ' ')}: {shown(value)}"
        for figure, value in document["figures"].items()
        if figure != "guards"
    ]
    for rows in (document["table"], document["figures"].get("guards", ())):
        lines += _table(rows)
    return "\n".join(lines) + "\n"


def _table(rows: list[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    cells = [list(rows[0]), *([shown(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["", *("  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)]
