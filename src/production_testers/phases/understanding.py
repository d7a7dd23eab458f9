"""Phase 1 as a run needs it: research/ about whatever system is under test."""

from pathlib import Path

import production_testers
from production_testers.phases.context import RunContext
from production_testers.phases.research import (
    Hazard,
    HypothesisResult,
    InstalledSut,
    Mission,
    read_source,
    scan,
    write_research,
)
from production_testers.suts.registry import IMPORT_NAMES

_REFERENCE = "production_testers/suts/reference/"


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


def hazards_of(context: RunContext) -> tuple[Hazard, ...]:
    """What the static scan finds in the system under test; a run scans once."""
    if context.hazards is None:
        found = scan(read_source(installed_sut(context)))
        if context.environment.site_packages is None:  # the rest of the package is not under test
            found = tuple(hazard for hazard in found if hazard.file.startswith(_REFERENCE))
        context.hazards = found
    return context.hazards


def write_understanding(context: RunContext, found: tuple[HypothesisResult, ...]) -> None:
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
        hypotheses=found,
        hazards=hazards_of(context),
    )
