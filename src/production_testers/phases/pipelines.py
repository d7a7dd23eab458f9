"""Phase 3: the five pipelines and the stages of the run, and what is used on its own in it."""

from production_testers.experiments.copying import copy_pipelines
from production_testers.phases.context import RunContext


def build_pipelines(context: RunContext) -> None:
    """Write pipelines/: the recipe's own files, and the general ones for the rest."""
    copy_pipelines(
        context.workspace.templates, context.recipe, context.run.pipelines, context.target
    )
