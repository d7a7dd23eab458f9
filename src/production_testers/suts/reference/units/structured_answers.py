"""A loop that asks a model."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.structured_answers import MODEL, shape_of


class MisshapenError(Exception):
    """No answer was in shape."""


class StructuredAnswers:
    """See `production_testers.units.structured_answers`."""

    errors: Mapping[type[BaseException], str] = {MisshapenError: "misshapen"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._most = settings["retries"] + 1
        self._bench = bench

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        messages = self._first(arguments["question"])
        for attempt in range(1, self._most + 1):
            text = await self._bench.work(MODEL, list(messages))
            shape = self._shape(text)
            if shape is not None:
                answer = {"answer": shape["answer"], "score": shape["score"]}
                return {"answer": answer, "attempts": attempt}
            messages += self._correction(str(text))
        raise MisshapenError(f"after {self._most} attempts")

    def _first(self, question: str) -> list[Json]:
        return [{"role": "user", "content": question}]

    def _shape(self, text: Json) -> dict[str, Any] | None:
        return shape_of(text)

    def _correction(self, text: str) -> list[Json]:
        wrong = "This was not the wanted shape."
        return [{"role": "assistant", "content": text}, {"role": "user", "content": wrong}]
