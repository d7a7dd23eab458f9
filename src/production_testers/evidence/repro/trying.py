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


_RUN = """
import os, runpy, sys, traceback

def ends(*error):
    traceback.print_exception(*error)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(2)

sys.excepthook = ends
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Python ends with 1 after an exception that nobody caught, which would mean that it shows."""


def try_script(python: Path, script: Path, *, as_pasted: bool = False) -> Tried:
    """Run it with another interpreter; one that does not end, or that raises, cannot tell.

    Args:
        python: The interpreter.
        script: The file.
        as_pasted: Run it as whoever was sent it does, `python FILE`: what depends on the order of a
            set may need the memory to be as it was.
    """
    runner = () if as_pasted else ("-c", _RUN)
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            [str(python), "-s", "-P", "-B", *runner, str(script)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=environment,
            timeout=SECONDS_MAX,
        )
    except subprocess.TimeoutExpired:
        return Tried(exit_code=2, said=f"no end within {SECONDS_MAX:.0f} s")
    if done.returncode == 1 and not done.stdout.strip():
        return Tried(exit_code=2, said=f"it ended with 1 and did not say why; {_last(done.stderr)}")
    said = [done.stderr, done.stdout]
    if done.returncode in (0, 1):
        said.reverse()
    return Tried(exit_code=done.returncode, said=_last(said[0]) or _last(said[1]))


def _last(text: str) -> str:
    return (text.strip().splitlines()[-1:] or [""])[0]
