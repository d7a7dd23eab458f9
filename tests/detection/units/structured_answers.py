"""Wrong ways to ask a model."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.structured_answers import (
    MisshapenError,
    StructuredAnswers,
)


class OneTooMany(StructuredAnswers):
    """The first attempt counts as a retry."""

    def __init__(self, settings, bench):
        super().__init__({"retries": settings["retries"] + 1}, bench)


class KeepsTheFirstScore(StructuredAnswers):
    """A score of nought is taken for none."""

    async def perform(self, operation, arguments):
        given = await super().perform(operation, arguments)
        return {**given, "answer": {**given["answer"], "score": given["answer"]["score"] or 1}}


class GivesWhatItHas(StructuredAnswers):
    """When the attempts are used up, an empty answer is better than none."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except MisshapenError:
            return {"answer": {"answer": "", "score": 0}, "attempts": self._most}


class OutagesAreMisshapen(StructuredAnswers):
    """A model that cannot be reached has answered badly."""

    async def perform(self, operation, arguments):
        try:
            return await super().perform(operation, arguments)
        except (ConnectionError, TimeoutError):
            raise MisshapenError("no answer") from None


class SharesTheMessages(StructuredAnswers):
    """Whoever asks next goes on with the conversation before."""

    def _first(self, question):
        self.messages = [*getattr(self, "messages", []), *super()._first(question)]
        return self.messages


class AsksTheSame(StructuredAnswers):
    """From the second time on the model is asked the same again."""

    def _correction(self, text):
        return []


PLANTED = (
    PlantedUnit("structured_answers", "agents/answers", "asked-otherwise", OneTooMany),
    PlantedUnit("structured_answers", "agents/answers", "answer-lost", KeepsTheFirstScore),
    PlantedUnit("structured_answers", "agents/answers", "misshapen-given", GivesWhatItHas),
    PlantedUnit("structured_answers", "agents/answers", "failure-hidden", OutagesAreMisshapen),
    PlantedUnit("structured_answers", "agents/answers", "others-question", SharesTheMessages),
    PlantedUnit("structured_answers", "agents/answers", "not-corrected", AsksTheSame),
)
