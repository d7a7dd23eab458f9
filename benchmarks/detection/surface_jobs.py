"""Which functions of the framework some schedules enter; a worker job."""

import sys
from types import FrameType
from typing import Any

from production_testers.experiments import jobs
from production_testers.suts.contract import Adapter


def entered(adapter: Adapter, arguments: dict[str, Any], emit: jobs.Emit) -> dict[str, Any]:
    """Args of the job as `jobs.explore`. Gives module → functions that were entered."""
    root = adapter.import_roots[0]
    found: dict[str, set[str]] = {}

    def note(frame: FrameType, event: str, _argument: object) -> None:
        name = frame.f_globals.get("__name__", "") if event == "call" else ""
        if name == root or name.startswith(f"{root}."):
            code = frame.f_code
            found.setdefault(name, set()).add(f"{code.co_qualname}:{code.co_firstlineno}")

    sys.setprofile(note)
    try:
        jobs.explore(adapter, arguments, emit)
    finally:
        sys.setprofile(None)
    return {module: sorted(functions) for module, functions in found.items()}
