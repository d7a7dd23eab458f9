"""A flame graph of the first worker, where py-spy is installed and may look at it."""

import shutil
import subprocess
from pathlib import Path

_RATE = 100
_SECONDS_MIN = 1


class Flame:
    """Records a process from outside while a load runs.

    Args:
        path: Where the SVG goes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process: subprocess.Popen[str] | None = None
        self.missing = ""

    def start(self, pid: int, seconds: float) -> None:
        """Begin, once; where that cannot be done, `missing` says why."""
        if self._process is not None or self.missing:
            return
        program = shutil.which("py-spy")
        if program is None:
            self.missing = "py-spy is not installed"
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        duration = str(max(_SECONDS_MIN, int(seconds)))
        asked = ["--rate", str(_RATE), "--duration", duration, "--output", str(self._path)]
        self._process = subprocess.Popen(
            [program, "record", "--nonblocking", "--pid", str(pid), *asked],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self) -> Path | None:
        """The picture; None where there is none."""
        if self._process is None:
            self.missing = self.missing or "the load was too short"
            return None
        try:
            _, told = self._process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            _, told = self._process.communicate()
        if self._path.is_file() and self._path.stat().st_size:
            return self._path
        self.missing = (told.strip().splitlines() or ["py-spy said nothing"])[-1]
        return None
