"""Wrong checks of texts."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.guard_checks import GuardChecks


class ListAsWritten(GuardChecks):
    """Only the text is made small, the list is not."""

    def _words(self, text):
        return not any(word in text.lower().split() for word in self._settings["words"])


class FirstPhrase(GuardChecks):
    """A phrase is looked for as it is written."""

    def _phrases(self, text):
        return not any(one in text for one in self._settings["phrases"])


class OneSpace(GuardChecks):
    """An injection is looked for with single spaces."""

    def _injection(self, text):
        return super()._injection(text.replace("\n", "_"))


class BlocksLookalikes(GuardChecks):
    """A word that sounds like an attack is one."""

    def _injection(self, text):
        return super()._injection(text) and "report" not in text


class CountsBytes(GuardChecks):
    """The largest length is one too large."""

    def _length(self, text):
        return self._settings["chars_min"] <= len(text) <= self._settings["chars_max"] + 1


class KnowsNoPrompts(GuardChecks):
    """Requests for the system prompt are not looked for."""

    async def perform(self, operation, arguments):
        if operation == "leakage":
            return [True for _ in arguments["texts"]]
        return await super().perform(operation, arguments)


class ReadsNoDigits(GuardChecks):
    """Digits stay digits."""

    def _letters(self, text):
        return text


class KeepsTheInvisible(GuardChecks):
    """Invisible characters stay."""

    def _visible(self, text):
        return text


class KeepsWideLetters(GuardChecks):
    """Wide letters stay wide."""

    def _narrow(self, text):
        return text


class KeepsOtherScripts(GuardChecks):
    """Letters of other scripts stay."""

    def _same_script(self, text):
        return text


class PassesWhatItHid(GuardChecks):
    """What was hidden need not be reported as a failure."""

    def _personal(self, text):
        return {**super()._personal(text), "passed": True}


class HidesTheLine(GuardChecks):
    """Everything after the first personal datum is hidden."""

    def _hidden(self, text, where):
        return text[: where[0][0]] + "***" if where else text


class HidesNoCards(GuardChecks):
    """What is longer than sixteen characters is reported and not hidden."""

    def _hidden(self, text, where):
        return super()._hidden(text, [place for place in where if place[1] - place[0] < 16])


class LooksBackAtEveryWord(GuardChecks):
    """Each word is compared with all words before it."""

    def _words(self, text):
        words = text.split()
        for number, word in enumerate(words):
            if word in self._settings["words"] and words.index(word) < number:
                return False
            words[:number].count(word)
        return super()._words(text)


PLANTED = (
    PlantedUnit(
        "guard_checks",
        "guard/keeps-up",
        "falls-behind",
        LooksBackAtEveryWord,
        shape="guarded_words",
        sizes=(5_000, 40_000),
    ),
    PlantedUnit("guard_checks", "guard/checks", "word-missed", ListAsWritten),
    PlantedUnit("guard_checks", "guard/checks", "phrase-missed", FirstPhrase),
    PlantedUnit("guard_checks", "guard/checks", "injection-missed", OneSpace),
    PlantedUnit("guard_checks", "guard/checks", "plain-blocked", BlocksLookalikes),
    PlantedUnit("guard_checks", "guard/checks", "length-wrong", CountsBytes),
    PlantedUnit("guard_checks", "guard/leakage", "none-found", KnowsNoPrompts),
    PlantedUnit("guard_checks", "guard/disguises", "leet-missed", ReadsNoDigits),
    PlantedUnit("guard_checks", "guard/disguises", "invisible-missed", KeepsTheInvisible),
    PlantedUnit("guard_checks", "guard/disguises", "wide-missed", KeepsWideLetters),
    PlantedUnit("guard_checks", "guard/disguises", "lookalike-missed", KeepsOtherScripts),
    PlantedUnit("guard_checks", "guard/redaction-exact", "passed-wrong", PassesWhatItHid),
    PlantedUnit("guard_checks", "guard/redaction-exact", "rest-changed", HidesTheLine),
    PlantedUnit("guard_checks", "guard/redaction-exact", "reported-readable", HidesNoCards),
)
