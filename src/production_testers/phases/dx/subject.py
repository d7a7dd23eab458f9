"""Runs small programs with the interpreter of the system under test, apart from everything."""

import contextlib
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

OUTPUT_MAX_BYTES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a program ended.

    Attributes:
        code: Its exit code; None when it was stopped for taking too long.
        out: The end of its standard output.
        err: The end of its standard error.
    """

    code: int | None
    out: str
    err: str

    @property
    def last_line(self) -> str:
        """The last line of standard error that says something."""
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        return lines[-1] if lines else ""


def run_program(python: Path, text: str, *, timeout_s: float, cache: Path | None = None) -> Ended:
    """Run `text` as a script in a folder of its own, with no environment of ours.

    The interpreter is isolated (`-I`): neither variables nor the user's site reach it, and it
    writes no bytecode into the environment of the system under test.

    Args:
        python: The interpreter.
        text: The program.
        timeout_s: When it is killed, with everything that it started.
        cache: Where its bytecode goes; None for nowhere.
    """
    with tempfile.TemporaryDirectory(prefix="ptest-dx-") as name:
        folder = Path(name)
        script = folder / "program.py"
        script.write_text(text, encoding="utf-8")
        bytecode = ["-X", f"pycache_prefix={cache}"] if cache else ["-B"]
        out, err = folder / "out", folder / "err"
        with out.open("wb") as out_file, err.open("wb") as err_file:
            process = subprocess.Popen(
                [str(python), "-I", *bytecode, str(script)],
                cwd=folder,
                env={"PATH": "/usr/bin:/bin", "HOME": name, "TMPDIR": name, "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=out_file,
                stderr=err_file,
                start_new_session=True,
            )
            code = _wait(process, timeout_s)
        return Ended(code=code, out=_tail(out), err=_tail(err))


def _wait(process: "subprocess.Popen[bytes]", timeout_s: float) -> int | None:
    try:
        return process.wait(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _tail(path: Path) -> str:
    return path.read_bytes()[-OUTPUT_MAX_BYTES:].decode(errors="replace")
