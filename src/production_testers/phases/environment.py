"""Phase 2: mock data of the four classes, the mock services, and their fixtures."""

import io
from pathlib import Path
from typing import Any

from production_testers.mocks import DataFile, write
from production_testers.mocks.datasets import SCENARIOS
from production_testers.phases.context import RunContext
from production_testers.workspace.atomic import write_json, write_text
from production_testers.workspace.copying import copy_templates

SIZES = {"happy_path": 100, "edge_cases": 100, "adversarial": 100, "scale": 10_000}
"""Records by class of data."""


def build_environment(context: RunContext) -> None:
    """Write mocks/."""
    run = context.run
    templates = context.workspace.templates / "test_utilities"
    copy_templates([templates / "services"], run.mock_services)
    copy_templates([templates / "fixtures"], run.mock_fixtures)
    context.data_files.extend(write_data(context))
    write_json(run.mock_data / "manifest.json", {"files": context.data_files})


def write_data(context: RunContext) -> list[dict[str, Any]]:
    """Write one file for every variant of the recipe's data, each into its class's folder."""
    written = []
    for name, variant in SCENARIOS[context.recipe.data].variants.items():
        size = SIZES[variant.data_class]
        file = DataFile(
            scenario=context.recipe.data,
            variant=name,
            size=size,
            extension="jsonl" if size > 1_000 else "json",
        )
        text = io.StringIO()
        manifest = write(file, text, seed=context.plan.seed)
        path = Path(str(variant.data_class)) / file.name
        write_text(context.run.mock_data / path, text.getvalue())
        written.append({**manifest, "class": str(variant.data_class), "path": f"mocks/data/{path}"})
    return written
