"""`TypedLLMOutput.generate`."""

from pydantic import BaseModel
from stageflow.agent import LLMOutputValidationError, TypedLLMOutput


class Answer(BaseModel):
    answer: str
    score: int


class Binding:
    errors = {LLMOutputValidationError: "misshapen"}
    components = {"ask": "stageflow.agent.validation.TypedLLMOutput.generate"}

    def __init__(self, settings, bench):
        self.bench, self.retries = bench, settings["retries"]
        self.output = TypedLLMOutput(Answer, strict=True)

    async def chat(self, *, messages, model, **options):
        return await self.bench.work("model", [dict(message) for message in messages])

    async def perform(self, operation, arguments):
        messages = [{"role": "user", "content": arguments["question"]}]
        options = {"model": "model", "max_retries": self.retries}
        result = await self.output.generate(self, messages, **options)
        return {"answer": result.parsed.model_dump(), "attempts": result.attempts}
