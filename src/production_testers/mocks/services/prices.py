"""What calls of a language model cost: tokens by model, and a price for each million of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from production_testers.model.canonical import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Of a million tokens, in micro-units of a currency (1,000,000 is one dollar, say).

    Attributes:
        prompt_micros: Of the prompt.
        completion_micros: Of the answer.
    """

    prompt_micros: int
    completion_micros: int


@dataclass(slots=True)
class Spent:
    """What one model was asked.

    Attributes:
        calls: Answers that told their usage.
        prompt_tokens: In all prompts.
        completion_tokens: In all answers.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class Ledger:
    """Adds up usage as the caller sees it, whoever answers.

    Attributes:
        prices: Model → price; `*` for any other. A model without a price costs nothing.
        models: Model → what it was asked.
    """

    prices: Mapping[str, Price] = field(default_factory=dict)
    models: dict[str, Spent] = field(default_factory=dict)

    def add(self, answer: Json) -> None:
        """Count an answer that tells its usage, whole or streamed; any other is no model's."""
        if isinstance(answer, list) and answer:
            answer = answer[-1]
        if not isinstance(answer, dict):
            return
        usage: Any = answer.get("usage")
        if not isinstance(usage, dict):
            return
        model = str(answer.get("model"))
        spent = self.models.get(model)
        if spent is None:
            spent = self.models[model] = Spent()
        spent.calls += 1
        spent.prompt_tokens += int(usage.get("prompt_tokens") or 0)
        spent.completion_tokens += int(usage.get("completion_tokens") or 0)

    def cost_micros(self, model: str) -> int:
        """What a model has cost, in micro-units, rounded down once at the end."""
        price = self.prices.get(model) or self.prices.get("*")
        spent = self.models.get(model)
        if price is None or spent is None:
            return 0
        prompt = spent.prompt_tokens * price.prompt_micros
        return (prompt + spent.completion_tokens * price.completion_micros) // 1_000_000

    def as_json(self) -> dict[str, Json]:
        """Model → calls, tokens and cost."""
        return {
            model: {
                "calls": spent.calls,
                "prompt_tokens": spent.prompt_tokens,
                "completion_tokens": spent.completion_tokens,
                "cost_micros": self.cost_micros(model),
            }
            for model, spent in sorted(self.models.items())
        }
