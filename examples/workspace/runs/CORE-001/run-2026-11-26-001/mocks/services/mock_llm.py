"""The language model of this run.

Edit ANSWERS: a regular expression that is searched in the last message → what the model says,
or the tool that it calls. Where none fits it answers from the earlier messages, or echoes.
"""

from production_testers.mocks.services import MockLlm, Service, ToolCall

ANSWERS: dict[str, str | ToolCall] = {
    r"\bweather\b": ToolCall(name="get_weather", arguments={"city": "Berlin"}),
    r"\b(hello|good morning)\b": "Hello. What can I do for you?",
    r"\bclassify\b": '{"label": "routine", "confidence": 0.93}',
    r"\bsummarise\b": "The text describes one order and asks for nothing unusual.",
}


def service(seed: int) -> Service:
    """A model that answers by ANSWERS; operations: chat, embed."""
    return MockLlm(seed, ANSWERS, context_window=32_000)
