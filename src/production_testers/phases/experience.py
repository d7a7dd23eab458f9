"""Phase 5 as a run needs it: dx_evaluation/ from what the tests and the installed files show."""

from production_testers.laws import LAWS
from production_testers.phases.context import RunContext
from production_testers.phases.dx import DxEvaluation, Outside, evaluate, measure, write_dx
from production_testers.phases.hypotheses import how_hard
from production_testers.phases.testing import summarise
from production_testers.phases.understanding import installed_sut

SURFACES = "dag/failure-surfaces"


def evaluate_experience(context: RunContext) -> DxEvaluation:
    """Measure, judge by the rubric, write."""
    python = context.environment.python if context.environment.site_packages else None
    measurements = measure(installed_sut(context), python, _outside(context))
    evaluation = evaluate(measurements)
    write_dx(context.run.dx_evaluation, evaluation)
    return evaluation


def _outside(context: RunContext) -> Outside:
    """What this run's experiments measured; None for what nothing exercised."""
    _, exercised, _ = how_hard(context, LAWS[SURFACES])
    seen = {
        outcome_class
        for report in context.reports.values()
        for law, outcome_class in report.broken
        if law == SURFACES
    }
    names = exercised > 0 or None
    overhead = None
    if context.measured is not None:
        figures = summarise(context.measured)
        overhead = figures.cpu_us_per_execution / max(1, figures.stages)
    return Outside(
        error_names_stage=names and "wrong-stage-named" not in seen,
        error_keeps_original=names and "exception-replaced" not in seen,
        overhead_us_per_stage=overhead,
    )
