"""Phase 5, developer experience: eight scores from recorded measurements and a written rubric."""

from production_testers.phases.dx.evaluation import (
    CategoryScore,
    DxEvaluation,
    Friction,
    evaluate,
)
from production_testers.phases.dx.measure import measure
from production_testers.phases.dx.measurements import (
    BlockOutcome,
    BlockResult,
    Measurements,
    Outside,
    Share,
)
from production_testers.phases.dx.readme import execute_blocks, readme_blocks
from production_testers.phases.dx.rubric import Category
from production_testers.phases.dx.write import write_dx

__all__ = [
    "BlockOutcome",
    "BlockResult",
    "Category",
    "CategoryScore",
    "DxEvaluation",
    "Friction",
    "Measurements",
    "Outside",
    "Share",
    "evaluate",
    "execute_blocks",
    "measure",
    "readme_blocks",
    "write_dx",
]
