"""Fault plans as files that a user wrote."""

import json
from pathlib import Path

from production_testers.mocks.faults import Way, checked
from production_testers.model import fault_plan_format
from production_testers.model.errors import UsageError
from production_testers.model.fault_plan import FaultPlan


def read_plan(path: Path, way: Way | None = None) -> FaultPlan:
    """The plan in a file.

    Args:
        path: The file.
        way: How the pipeline runs; None for either.

    Raises:
        UsageError: It cannot be read, or is no JSON.
        InvalidDocumentError: It is no plan, or one that cannot happen.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}.", do="Name a plan.") from error
    except ValueError as error:
        do = "`ptest faults plan` makes one."
        raise UsageError(f"{path} is no JSON: {error}.", do=do) from error
    return checked(fault_plan_format.from_json(raw, path=str(path)), way, path=str(path))
