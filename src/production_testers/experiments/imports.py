"""Functions by import path, and what a run folder names."""

import importlib
import importlib.util
from collections.abc import Callable
from functools import cache
from typing import Any

from production_testers.model.errors import UsageError


@cache
def load(path: str) -> Callable[..., Any]:
    """The function at `package.module:name`.

    Raises:
        UsageError: The path has another form, or nothing callable is there.
    """
    module_name, _, name = path.partition(":")
    if not module_name or not name:
        raise UsageError(f"{path!r} is no import path.", do="Write it as package.module:name.")
    try:
        found = getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"Cannot import {path!r}: {error}.") from error
    if not callable(found):
        raise UsageError(f"{path!r} is a {type(found).__name__}, not a function.")
    return found  # type: ignore[no-any-return]


def units_module() -> Any:
    """The run folder's own `pipelines/units.py`; None in a folder that uses no unit on its own.

    The run folder is on the import path.
    """
    try:
        there = importlib.util.find_spec("pipelines.units")
    except ModuleNotFoundError:  # no pipelines at all
        there = None
    return None if there is None else importlib.import_module("pipelines.units")
