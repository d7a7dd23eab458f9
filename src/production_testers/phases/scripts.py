"""repro.py of a finding: written, tried on the release it was found on, and kept if it shows it."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from production_testers.evidence.defect import Defect
from production_testers.evidence.repro.script import (
    SET_ORDERS,
    Claim,
    NoScriptError,
    write_script,
)
from production_testers.evidence.repro.trying import Tried, try_script
from production_testers.model.canonical import Json
from production_testers.workspace.atomic import write_text

FILE = "repro.py"


def keep_script(
    python: Path, folder: Path, defect: Defect, history: str, claim: Claim
) -> Mapping[str, Json]:
    """Put `repro.py` into an evidence folder; a script that does not show the defect is none.

    It has to show it twice: what depends on the order of a set shows now and then.

    Args:
        python: Interpreter that has the release on which the defect was found.
        folder: The evidence folder.
        defect: Minimised.
        history: Of its smallest scenario.
        claim: What the script says above its code.

    Returns:
        `file` and what it `said`, or `why_not`.
    """
    (folder / FILE).unlink(missing_ok=True)
    if "script" in defect.exhibit:  # which every gate has executed
        text = str(defect.exhibit["script"])
        write_text(folder / FILE, text)
        return {"file": FILE, "lines": text.count("\n"), "said": str(defect.verdict["summary"])}
    tried = Tried(exit_code=2, said="it was not executed")
    try:
        with tempfile.TemporaryDirectory(prefix="ptest-repro-") as scratch:
            for attempts in (1, SET_ORDERS):
                text = write_script(defect, history, claim, attempts=attempts)
                path = Path(scratch) / FILE
                write_text(path, text)
                tried = try_script(python, path)
                if tried.exit_code == 1:
                    tried = try_script(python, path, as_pasted=True)
                if tried.exit_code == 1:
                    write_text(folder / FILE, text)
                    return {"file": FILE, "lines": text.count("\n"), "said": tried.said}
    except NoScriptError as none:
        return {"why_not": str(none)}
    return {
        "why_not": f"played for real on the stock event loop, it ends with {tried.exit_code}"
        f" ({tried.said})"
    }
