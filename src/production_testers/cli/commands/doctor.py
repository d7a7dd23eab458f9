"""`ptest doctor`."""

import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from production_testers.cli.options import JsonFlag, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json
from production_testers.experiments.environments import Sut, cache_folder, prepare
from production_testers.experiments.worker import Worker
from production_testers.model.errors import PtestError


def doctor(*, json: JsonFlag = False, workspace: WorkspacePath = None) -> int:
    """Check what ptest needs on this machine; exit code 1 when something is missing.

    Args:
        json: Print one JSON document.
        workspace: A workspace to check as well; by default the nearest one, if there is one.
    """
    checks: dict[str, Callable[[], str]] = {
        "interpreter": _interpreter,
        "uv": _uv,
        "cache": _cache,
        "reference": lambda: _sut("reference"),
        "stageflow-core": lambda: _sut("stageflow-core"),
        "workspace": lambda: _workspace(workspace),
    }
    results = {}
    for name, check in checks.items():
        try:
            results[name] = {"ok": True, "detail": check()}
        except (PtestError, OSError) as error:
            results[name] = {"ok": name == "workspace" and workspace is None, "detail": str(error)}
    if json:
        show_json({"checks": results})
    else:
        for name, result in results.items():
            show(f"{'ok     ' if result['ok'] else 'PROBLEM'}  {name}: {result['detail']}")
    return int(not all(result["ok"] for result in results.values()))


def _interpreter() -> str:
    if sys.platform != "linux":
        raise PtestError(f"{sys.platform} is not supported.", do="Use Linux.")
    return f"Python {platform.python_version()} on {platform.system()} {platform.release()}"


def _uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if found is None:
        raise PtestError("uv is not installed.", do="Run pip install uv.")
    return found


def _cache() -> str:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PtestError(f"{folder} cannot be made: {error.strerror}.") from error
    free = shutil.disk_usage(folder).free / 1024**3
    return f"{folder}, {free:.1f} GiB free"


def _sut(name: str) -> str:
    sut = Sut.parse(name)
    environment = prepare(sut)
    with Worker(environment.python, sut.name) as worker:
        version = worker.sut["version"]
    return f"{version or 'built in'}, imported by {environment.python}"


def _workspace(path: Path | None) -> str:
    place = find_workspace(path)
    return f"{place.root}, {len(place.roadmap().entries)} entries, {len(place.all_runs())} runs"
