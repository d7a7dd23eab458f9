"""Phase 1 as a run needs it: research/ about whatever system is under test."""

from pathlib import Path

import production_testers
from production_testers.model.semantics import Citation
from production_testers.phases.context import RunContext
from production_testers.phases.research import (
    HypothesisResult,
    InstalledSut,
    Mission,
    Result,
    write_research,
)
from production_testers.reports.record import HypothesisOutcome
from production_testers.suts.registry import IMPORT_NAMES


def installed_sut(context: RunContext) -> InstalledSut:
    """Where the system under test's own files are; the reference stands in this package."""
    site_packages = context.environment.site_packages
    if site_packages is None:
        return InstalledSut(
            distribution="production-testers",
            version=production_testers.__version__,
            import_name="production_testers",
            site_packages=Path(production_testers.__file__).parents[1],
        )
    return InstalledSut(
        distribution=context.sut.name,
        version=str(context.description["version"]),
        import_name=IMPORT_NAMES[context.sut.name],
        site_packages=site_packages,
    )


def write_understanding(context: RunContext, found: tuple[HypothesisOutcome, ...]) -> None:
    """Write research/ with the hypotheses as they stand."""
    entry = context.entry
    write_research(
        context.run.research,
        sut=installed_sut(context),
        mission=Mission(
            id=entry.id,
            title=entry.title,
            priority=entry.priority,
            risk=entry.risk,
            industry=entry.industry,
            deployment_mode=entry.deployment_mode,
        ),
        hypotheses=tuple(_result(context, one) for one in found),
    )


def _result(context: RunContext, one: HypothesisOutcome) -> HypothesisResult:
    file, _, line = one.source.rpartition(":")
    return HypothesisResult(
        id=one.id,
        statement=one.statement,
        law=one.law,
        kinds=tuple(kind.value for kind in context.plan.schedules),
        result=Result(one.result),
        evidence=one.evidence,
        finding_ids=one.finding_ids,
        source=Citation(quote=one.promise, file=file, line=int(line)) if one.promise else None,
    )
