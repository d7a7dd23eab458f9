"""Wrong ways to mark what is not to be trusted."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.untrusted_text import UntrustedText
from production_testers.units.guard_checks import INJECTIONS


class LooksAtTheStart(UntrustedText):
    """An injection stands at the start of a text."""

    def _injects(self, text):
        return text.startswith(INJECTIONS)


class RefusesQuestions(UntrustedText):
    """Who asks where something is wants to know too much."""

    def _injects(self, text):
        return super()._injects(text) or "where" in text


class CleansTagsOnly(UntrustedText):
    """Square brackets are harmless."""

    def _cleaned(self, text):
        return text.replace("<", "·")


class CleansSystemOnly(UntrustedText):
    """The marks of instructions are taken out, others are left."""

    def _cleaned(self, text):
        kept = text.replace("<untrusted>", "").replace("</untrusted>", "\0")
        return super()._cleaned(kept).replace("\0", "</untrusted>")


class CountsWords(UntrustedText):
    """The limit is taken for one of words."""

    def _cut(self, text):
        return " ".join(text.split(" ")[: self._limit])


PLANTED = (
    PlantedUnit("untrusted_text", "agents/untrusted", "injection-passes", LooksAtTheStart),
    PlantedUnit("untrusted_text", "agents/untrusted", "plain-refused", RefusesQuestions),
    PlantedUnit("untrusted_text", "agents/untrusted", "mark-left", CleansTagsOnly),
    PlantedUnit("untrusted_text", "agents/untrusted", "ends-early", CleansSystemOnly),
    PlantedUnit("untrusted_text", "agents/untrusted", "limit-exceeded", CountsWords),
)
