"""The framework's own words about a defect."""

from collections.abc import Iterator, Mapping
from typing import Any

from production_testers.evidence.defect import Defect
from production_testers.laws import LAWS
from production_testers.model.semantics import Capability
from production_testers.units import UNITS

Cited = Mapping[str, Any]
"""`quote`, `file` and `line`."""


def promised(
    defect: Defect, capabilities: Mapping[str, Cited | None], words: Mapping[str, Cited]
) -> Cited | None:
    """The words nearest to what is broken; None where the framework says nothing.

    Args:
        defect: What is broken.
        capabilities: What the release offers, each with the words that say so.
        words: `law: way` → words that are nearer than the capability's.
    """
    nearest = words.get(f"{defect.law}: {defect.outcome_class}")
    cited = (capabilities.get(capability.value) for capability in _about(defect))
    return nearest or next(filter(None, cited), None)


def _about(defect: Defect) -> Iterator[Capability]:
    """What a defect is about, the closest first."""
    law = LAWS[defect.law]
    if defect.declared.capability is not None:
        yield defect.declared.capability
    usage = defect.exhibit.get("scenario", {}).get("usage")
    if law.capability is Capability.UNITS and usage:
        yield UNITS[usage["unit"]].capability
    yield law.capability
