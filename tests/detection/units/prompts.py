"""Wrong libraries of prompts."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.prompts import (
    IncompleteError,
    Prompts,
    UnknownPromptError,
)


class NewestIsDefault(Prompts):
    """The default is what was registered last."""

    def _register(self, name, version, template, default):
        super()._register(name, version, template, default=bool(name) or default)


class RendersTwice(Prompts):
    """A value that looks like a variable is replaced, too."""

    def _render(self, name, version, values):
        shown = super()._render(name, version, values)
        return {**shown, "text": shown["text"].replace("{c}", "")}


class FallsBack(Prompts):
    """Where a version is not there, the default is rendered."""

    def _render(self, name, version, values):
        try:
            return super()._render(name, version, values)
        except UnknownPromptError:
            return super()._render(name, None, values)


class LeavesHoles(Prompts):
    """A value that is missing is left out."""

    def _render(self, name, version, values):
        try:
            return super()._render(name, version, values)
        except IncompleteError:
            return super()._render(name, version, {"role": "", "tools": "", **values})


class ListsDefaultsOnly(Prompts):
    """Three versions are one too many for the list."""

    async def perform(self, operation, arguments):
        answer = await super().perform(operation, arguments)
        return answer[:2] if operation == "versions" else answer


PLANTED = (
    PlantedUnit("prompts", "agents/prompts", "wrong-version", NewestIsDefault),
    PlantedUnit("prompts", "agents/prompts", "wrong-text", RendersTwice),
    PlantedUnit("prompts", "agents/prompts", "unknown-rendered", FallsBack),
    PlantedUnit("prompts", "agents/prompts", "incomplete-rendered", LeavesHoles),
    PlantedUnit("prompts", "agents/prompts", "versions-wrong", ListsDefaultsOnly),
)
