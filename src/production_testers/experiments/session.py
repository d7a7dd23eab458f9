"""One run a session of pytest: run folders hold packages of the same names."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_CONFIG = "config/run_config.json"
_CONFTEST = "tests/conftest.py"


def one_run_a_session(plugin: Any) -> None:
    """End the session of pytest with one sentence where it was started over several run folders.

    Args:
        plugin: What `pytest_plugin_registered` of a run's `tests/conftest.py` was called with.
    """
    config = plugin
    if not hasattr(config, "known_args_namespace"):  # only the configuration has the arguments
        return
    start = config.invocation_params.dir
    paths = [start / text.partition("::")[0] for text in config.known_args_namespace.file_or_dir]
    runs = sorted({run for path in paths or [start] for run in _runs_at(path.resolve())})
    if len(runs) > 1:
        _end(config, _sentence(runs))


def _runs_at(path: Path) -> Iterator[Path]:
    """The run that `path` lies in, else every run below it."""
    above = [folder for folder in (path, *path.parents) if _is_run(folder)]
    if above:
        yield above[0]
    elif path.is_dir():
        yield from (p.parents[1] for p in path.rglob(_CONFTEST) if _is_run(p.parents[1]))


def _is_run(folder: Path) -> bool:
    return (folder / _CONFIG).is_file() and (folder / _CONFTEST).is_file()


def _sentence(runs: Iterable[Path]) -> str:
    named = ", ".join(str(run) for run in runs)
    return (
        "One run a session: pytest was started over several run folders, whose packages have the"
        f" same names; start it once in each: {named}"
    )


def _end(config: Any, sentence: str) -> None:
    session = config.pluginmanager.get_plugin("session")
    if session is None:
        import pytest  # noqa: PLC0415 - workers load this module too, and have no pytest

        raise pytest.UsageError(sentence)
    session.shouldfail = sentence  # while it collects, pytest would tell an error as a traceback
