"""Does a job in a folder of its own: one worker serves many run folders, each job in a fresh child.

Two folders have modules of the same names (`pipelines.baseline`), which one process could not
import both. A child imports from one of them and ends with its job.
"""

import importlib
import sys
from collections.abc import Callable
from typing import Any

from production_testers.suts.contract import Adapter

IN_FOLDER = f"{__name__}:perform"


def in_folder(folder: str, job: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments for the job `IN_FOLDER`, to do another job with `folder` first on the path."""
    return {"folder": folder, "job": job, "arguments": arguments}


def perform(
    adapter: Adapter, arguments: dict[str, Any], emit: Callable[[dict[str, Any]], None]
) -> Any:
    """Args of the job: folder, job, arguments."""
    sys.path.insert(0, arguments["folder"])
    module, _, name = arguments["job"].partition(":")
    return getattr(importlib.import_module(module), name)(adapter, arguments["arguments"], emit)
