"""Whether a defect of a team's own application still shows: what its regression tests ask."""

import importlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from production_testers.experiments.worker.client import Worker, pass_on, this_interpreter
from production_testers.model.errors import SutUnavailableError, UsageError
from production_testers.model.verdict import told_of

CONFIG = "ptest.toml"
"""Where a team says how its application is executed."""

_REPLAY = "production_testers.experiments.jobs:replay"


def config_above(folder: Path) -> Path | None:
    """The configuration of the application in whose folder, or below it, somebody is."""
    for place in (folder.resolve(), *folder.resolve().parents):
        if (place / CONFIG).is_file():
            return place / CONFIG
    return None


def table_of(path: Path) -> dict[str, Any]:
    """What a configuration says of the application.

    Raises:
        UsageError: It cannot be read, or has no table of that name.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    table = raw.get("target")
    if not isinstance(table, dict):
        raise UsageError(f"{path} has no table [target].", do="docs/guide/target.md shows one.")
    return dict(table)


def folder_of(table: Mapping[str, Any], config: Path) -> Path:
    """What is put on the import path."""
    return (config.parent / str(table.get("folder", "."))).resolve()


def _worker(table: Mapping[str, Any], folder: Path, sut: str) -> Worker:
    """One beside the framework: where the team says, here, or where `ptest run` has installed it.

    Raises:
        SutUnavailableError: It is nowhere, and cannot be installed.
    """
    if table.get("python"):
        return Worker(Path(folder, table["python"]), sut)
    try:
        return Worker(this_interpreter(), sut)
    except SutUnavailableError:
        # a worker loads this module, and installing needs more than the standard library
        environments = importlib.import_module("production_testers.experiments.environments")
        installed = environments.prepare(environments.Sut.parse(sut))
        return Worker(installed.python, sut)


def seen_in_target(
    scenario: Mapping[str, Any], law: str, outcome_class: str, *, sut: str, near: str
) -> tuple[bool | None, str]:
    """Execute a scenario of the application as it is now, in a process of its own, under guard.

    Args:
        scenario: The smallest that showed the defect, without the application's folder.
        law: Which law it broke.
        outcome_class: In which way.
        sut: The framework that the application is built on.
        near: A file in the application's folder, or below it.

    Returns:
        Whether the law is broken in that way, None where nothing was judged; and why, in words.

    Raises:
        UsageError: There is no `ptest.toml`, or the application cannot be imported.
        SutUnavailableError: The framework is not installed where the application is.
    """
    config = config_above(Path(near).parent)
    if config is None:
        raise UsageError(
            f"No {CONFIG} stands in the folder of {near} or above it.",
            do="Put the test below the application's folder.",
        )
    table = table_of(config)
    folder = folder_of(table, config)
    usage = scenario["usage"]
    target = {**usage["settings"]["target"], "folder": str(folder)}
    here = {**scenario, "usage": {**usage, "settings": {**usage["settings"], "target": target}}}
    pass_on(target["env"])
    with _worker(table, folder, sut) as worker:
        told = worker.call(_REPLAY, {"scenario": here})
    if told["not_offered"]:
        return None, f"not offered here: {', '.join(told['not_offered'])}"
    verdict = told["verdicts"][law]
    if way := told_of(verdict, outcome_class):
        return True, str(way["summary"])
    if verdict["state"] == "unknown":
        return None, verdict["summary"] or "nothing was judged"
    return False, f"{law} holds"
