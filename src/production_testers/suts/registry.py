"""The systems under test by name."""

import importlib

from production_testers.model.errors import UsageError
from production_testers.suts.contract import Adapter

ADAPTERS = {
    "reference": "production_testers.suts.reference:ReferenceAdapter",
    "stageflow-core": "production_testers.suts.stageflow:StageflowAdapter",
}
"""Name as written after `--sut` → import path of its adapter."""

IMPORT_NAMES = {"stageflow-core": "stageflow"}
"""Distribution → its import root, for those who read its source."""


def load_adapter(name: str) -> Adapter:
    """The adapter of that name; imports its framework.

    Raises:
        UsageError: There is none of that name.
        ImportError: The framework is not installed.
    """
    if name not in ADAPTERS:
        raise UsageError(
            f"There is no adapter for {name!r}.", do=f"Known: {', '.join(sorted(ADAPTERS))}."
        )
    module, _, attribute = ADAPTERS[name].partition(":")
    adapter: Adapter = getattr(importlib.import_module(module), attribute)()
    return adapter
