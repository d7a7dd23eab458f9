"""A file of a run folder's `pipelines/` that is started as a program finds its neighbours."""

import sys
from pathlib import Path


def find_neighbours() -> None:
    """Put the run folder on the import path where the program is one of its pipelines.

    `python pipelines/chaos.py` has `pipelines/` there, and not the folder that `pipelines` is in.
    """
    program = getattr(sys.modules.get("__main__"), "__file__", None)
    if program is None:
        return
    folder = Path(program).resolve().parent
    if folder.name == "pipelines" and (folder.parent / "config" / "run_config.json").is_file():
        sys.path.insert(0, str(folder.parent))
