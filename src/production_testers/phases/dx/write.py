"""Fills `dx_evaluation/`."""

from pathlib import Path

from production_testers.phases.dx.documents import friction_document, suggestions_document
from production_testers.phases.dx.evaluation import DxEvaluation
from production_testers.workspace.atomic import write_json, write_text


def write_dx(folder: Path, evaluation: DxEvaluation) -> tuple[str, ...]:
    """Write the three files of `dx_evaluation/` into `folder`; their names are returned."""
    write_json(folder / "scores.json", evaluation.as_json())
    write_text(folder / "friction_points.md", friction_document(evaluation))
    write_text(folder / "suggestions.md", suggestions_document(evaluation))
    return ("scores.json", "friction_points.md", "suggestions.md")
