"""This package's own wheel, built from the package as it is installed.

A workspace carries it, so that its runs can be executed after the repository is gone. It works
from an editable install and from a normal one, because it reads the files that Python imports;
equal files give equal bytes.
"""

import stat
import tempfile
from collections.abc import Iterator
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipInfo

from wheel.wheelfile import WheelFile  # type: ignore[import-untyped]

from production_testers.model.errors import PtestError
from production_testers.workspace.atomic import write_bytes

DISTRIBUTION = "production-testers"
PACKAGE = "production_testers"

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_NOT_SHIPPED = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
_TAGS = f"""\
Wheel-Version: 1.0
Generator: {DISTRIBUTION}
Root-Is-Purelib: true
Tag: py3-none-any
"""


class _FixedWheel(WheelFile):  # type: ignore[misc] # the library carries no types
    """A wheel whose members carry no time and no permissions of this machine."""

    def writestr(self, member: str, data: bytes | str, _compress_type: int | None = None) -> None:
        """Add one member; the library's own `close` writes RECORD through this, too."""
        info = ZipInfo(member, date_time=_EARLIEST)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = (stat.S_IFREG | 0o644) << 16
        super().writestr(info, data)


def wheel_name() -> str:
    """The file name of this package's wheel.

    Raises:
        PtestError: The package is not installed, only on the path.
    """
    return f"{PACKAGE}-{_distribution().version}-py3-none-any.whl"


def build_wheel(target_dir: Path) -> Path:
    """Build the wheel into `target_dir`, which is made; a file of that name is replaced.

    Raises:
        PtestError: The package is not installed, only on the path; or the disk fails.
        UsageError: The folder cannot be written to.
    """
    path = target_dir / wheel_name()
    data = _wheel_bytes(path.name)
    if not path.is_file() or path.read_bytes() != data:
        write_bytes(path, data)
    return path


def _wheel_bytes(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        with _FixedWheel(path, "w") as wheel:
            for member, data in sorted(_files(resources.files(PACKAGE), PACKAGE)):
                wheel.writestr(member, data)
            for member, text in _metadata().items():
                wheel.writestr(f"{wheel.dist_info_path}/{member}", text)
        return path.read_bytes()


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.name in _NOT_SHIPPED or item.name.endswith((".pyc", ".tmp")):
            continue
        if item.is_dir():
            yield from _files(item, f"{path}/{item.name}")
        else:
            yield f"{path}/{item.name}", item.read_bytes()


def _metadata() -> dict[str, str]:
    """The metadata folder's files; RECORD is written by the wheel itself."""
    distribution = _distribution()
    files = {"METADATA": distribution.read_text("METADATA"), "WHEEL": _TAGS}
    files["entry_points.txt"] = distribution.read_text("entry_points.txt")
    files["licenses/LICENSE"] = distribution.read_text("licenses/LICENSE")
    return {name: text for name, text in sorted(files.items()) if text}


def _distribution() -> metadata.Distribution:
    try:
        return metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError as error:
        raise PtestError(
            f"{DISTRIBUTION} is on the path but not installed, so its wheel cannot be built.",
            do="Install it, for example with `make setup`.",
        ) from error
