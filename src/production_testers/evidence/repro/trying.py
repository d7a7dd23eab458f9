"""Runs a script beside a framework and says what it showed."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS_MAX = 60.0
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How a script ended.

    Attributes:
        exit_code: 1 the defect shows, 0 it does not, 2 cannot tell; whatever else it ended with.
        said: The last line that it printed.
    """

    exit_code: int
    said: str


def try_script(python: Path, script: Path) -> Tried:
    """Run it with another interpreter; one that does not end cannot tell."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            [str(python), "-s", "-P", "-B", str(script)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=environment,
            timeout=SECONDS_MAX,
        )
    except subprocess.TimeoutExpired:
        return Tried(exit_code=2, said=f"no end within {SECONDS_MAX:.0f} s")
    if done.returncode == 1 and not done.stdout.strip():  # as Python ends with a traceback
        return Tried(exit_code=2, said=_last(done.stderr))
    return Tried(exit_code=done.returncode, said=_last(done.stdout or done.stderr))


def _last(text: str) -> str:
    return (text.strip().splitlines()[-1:] or [""])[0]
