"""Phase 3: the five pipelines and the stages of the run."""

from production_testers.phases.context import RunContext
from production_testers.phases.copying import copy_pipelines


def build_pipelines(context: RunContext) -> None:
    """Write pipelines/: the recipe's own files, and the general ones for the rest."""
    copy_pipelines(context.workspace.templates, context.recipe, context.run.pipelines)
