"""Phase 3: the five pipelines and the stages of the run."""

from production_testers.phases.context import RunContext
from production_testers.workspace.copying import copy_templates


def build_pipelines(context: RunContext) -> None:
    """Write pipelines/: the recipe's own files, and the general ones for the rest."""
    templates = context.workspace.templates / "pipeline_templates"
    sources = [templates / "general"]
    if context.recipe.name != "general":
        sources.append(templates / context.recipe.name)
    copy_templates(sources, context.run.pipelines)
