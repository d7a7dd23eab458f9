"""Wrong documentation."""

from dataclasses import replace

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.documentation import Documentation


class DeliversHalf(Documentation):
    """A module imports another one that was forgotten."""

    modules = (*Documentation.modules, f"{Documentation.__module__}.forgotten")


class RenamesAParameter(Documentation):
    """A parameter was renamed, and its documentation was not."""

    pages = (*Documentation.pages, replace(Documentation.pages[0], parameters=("name", "shout")))


class ShowsTheOldCall(Documentation):
    """An example shows a call as it was once."""

    pages = (*Documentation.pages, replace(Documentation.pages[1], example=(1, ("count",))))


class ForgetsAScript(Documentation):
    """A command executes a script that stands in the repository only."""

    commands = (*Documentation.commands, ("repeat", "scripts/repeat.py"))


LAW = "documentation/true"

PLANTED = (
    PlantedUnit("documentation", LAW, "module-broken", DeliversHalf),
    PlantedUnit("documentation", LAW, "parameter-unknown", RenamesAParameter),
    PlantedUnit("documentation", LAW, "example-wrong", ShowsTheOldCall),
    PlantedUnit("documentation", LAW, "command-broken", ForgetsAScript),
)
