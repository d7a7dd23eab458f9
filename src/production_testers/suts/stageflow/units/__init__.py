"""Units of stageflow, one a module; a release that lacks one cannot import its module.

A module imports stageflow and the standard library only, and is short: it stands as it is in the
script that shows a defect without this package.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from production_testers.model.semantics import Capability

MODULES: Mapping[str, str] = {"retry": "retry"}
"""Name of the unit → its module in this package."""

CAPABILITIES: Mapping[Capability, str] = {Capability.RETRY: "retry"}
"""What a release offers only if the module of this unit can be imported."""


def binding(name: str) -> Any:
    """The class that binds a unit to this release.

    Raises:
        ImportError: This release does not have it.
    """
    return importlib.import_module(f"{__name__}.{MODULES[name]}").Binding


def is_there(name: str) -> bool:
    """Whether this release has a unit."""
    try:
        binding(name)
    except (ImportError, AttributeError):
        return False
    return True
