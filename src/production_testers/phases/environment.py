"""Phase 2: mock data of the four classes, the mock services, and their fixtures."""

from pathlib import Path
from typing import Any

from production_testers.experiments.copying import copy_templates
from production_testers.mocks.datasets import SCENARIOS, DataFile, Variant
from production_testers.phases.context import RunContext
from production_testers.workspace.atomic import write_json
from production_testers.workspace.data_files import make_data_file

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


def size_of(variant: Variant) -> int:
    """Records of a variant's file in a run folder."""
    return SIZES[variant.data_class] if variant.in_run is None else variant.in_run


def write_data(context: RunContext) -> list[dict[str, Any]]:
    """Write one file for every variant of the recipe's data, each into its class's folder."""
    written = []
    for name, variant in SCENARIOS[context.recipe.data].variants.items():
        size = size_of(variant)
        file = DataFile(
            scenario=context.recipe.data,
            variant=name,
            size=size,
            extension="jsonl" if size > 1_000 else "json",
        )
        path = Path(str(variant.data_class)) / file.name
        manifest = make_data_file(context.run.mock_data / path, file, seed=context.plan.seed)
        written.append({**manifest, "path": f"mocks/data/{path}"})
    return written
