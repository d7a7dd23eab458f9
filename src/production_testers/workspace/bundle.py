"""A run with this package's wheel in one .zip, for somebody who has neither.

The paths within are those of a workspace, so that requirements.txt finds the wheel and the run's
README is right. Equal files give equal bytes.
"""

import io
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from production_testers.model.errors import UsageError
from production_testers.workspace.archive_plan import CACHES, SENSITIVE
from production_testers.workspace.atomic import write_bytes
from production_testers.workspace.documents import RunStatus
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.scaffold import WHEELS
from production_testers.workspace.wheel import PACKAGE, build_wheel, wheel_name

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = CACHES | {".git"}
_PIN = re.compile(r"^production-testers==(?P<version>\S+)", re.MULTILINE)


def bundle(run: RunFolder, wheels: Path, target: Path, *, draft: bool = False) -> Path:
    """Write the bundle of a run to `target`; a file that stands there is replaced.

    Sensitive files, caches and symbolic links are left out.

    Args:
        run: The run.
        wheels: The workspace's wheels; asked when the run pins another version than this one.
        target: The .zip, outside the run's folder.
        draft: Accept a run that is still in progress.

    Returns:
        `target`, absolute.

    Raises:
        UsageError: The run is in progress, `target` lies in its folder or cannot be written, or
            the wheel that the run pins is nowhere.
        InvalidDocumentError: The run's findings.json is broken.
        PtestError: The disk fails, or this package is not installed.
    """
    place = target.resolve()
    if place.is_relative_to(run.path.resolve()):
        raise UsageError(
            f"{target} lies in the run's own folder, and the next bundle would hold it.",
            do="Name a file elsewhere with --out.",
        )
    if run.read_findings().metadata.status is RunStatus.IN_PROGRESS and not draft:
        raise UsageError(
            f"{run.address} is in progress.",
            do=f"`ptest resume {run.address}` ends it; --draft bundles it as it is.",
        )
    members = {f"runs/{run.address}/{name}": path for name, path in _files(run.path, "")}
    with tempfile.TemporaryDirectory() as folder:
        wheel = _wheel(run, wheels, Path(folder))
        write_bytes(place, _zipped({**members, f"{WHEELS}/{wheel.name}": wheel}))
    return place


def _wheel(run: RunFolder, wheels: Path, scratch: Path) -> Path:
    """The wheel that the run's requirements ask for: this package's own, or a kept one."""
    text = run.requirements.read_text(encoding="utf-8") if run.requirements.is_file() else ""
    pin = _PIN.search(text)
    name = wheel_name() if pin is None else f"{PACKAGE}-{pin['version']}-py3-none-any.whl"
    if name == wheel_name():
        return build_wheel(scratch)
    if not (wheels / name).is_file():
        raise UsageError(
            f"{run.requirements} asks for {name}, which is not in {wheels}.",
            do="Put it there, or pin the version that `ptest --version` prints.",
        )
    return wheels / name


def _files(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in folder.iterdir():
        if path.is_symlink() or path.name in _LEFT_OUT or path.name.startswith(SENSITIVE):
            continue
        if path.is_dir():
            yield from _files(path, f"{prefix}{path.name}/")
        elif path.is_file() and not path.name.endswith((".pyc", ".tmp")):
            yield prefix + path.name, path


def _zipped(members: dict[str, Path]) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, path in sorted(members.items()):
            info = ZipInfo(name, date_time=_EARLIEST)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, path.read_bytes())
    return buffer.getvalue()
