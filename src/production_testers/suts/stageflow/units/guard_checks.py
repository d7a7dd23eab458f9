"""The checks of stageflow's guardrails, each on its own."""

import re

from stageflow.helpers.guardrails import (
    ContentFilter,
    ContentLengthCheck,
    InjectionDetector,
    PIIDetector,
)


class Binding:
    errors = {}
    components = {
        "words": "stageflow.helpers.guardrails.ContentFilter",
        "phrases": "stageflow.helpers.guardrails.ContentFilter",
        "length": "stageflow.helpers.guardrails.ContentLengthCheck",
        "injection": "stageflow.helpers.guardrails.InjectionDetector",
        "leakage": "stageflow.helpers.guardrails.InjectionDetector",
        "disguised": "stageflow.helpers.guardrails.ContentFilter",
        "personal": "stageflow.helpers.guardrails.PIIDetector",
    }

    def __init__(self, settings, bench):
        low, high = settings["chars_min"], settings["chars_max"]
        patterns = [re.escape(phrase) for phrase in settings["phrases"]]
        self.checks = {
            "words": ContentFilter(profanity_list=set(settings["words"])),
            "phrases": ContentFilter(block_profanity=False, blocked_patterns=patterns),
            "length": ContentLengthCheck(min_chars=low, max_chars=high),
            "injection": InjectionDetector(),
        }

    async def perform(self, operation, arguments):
        injection = self.checks["injection"]
        if operation == "leakage":
            return [injection.check(text).passed for text in arguments["texts"]]
        text = arguments["text"]
        if operation == "personal":
            told = PIIDetector(redact=True).check(text)
            where = [list(one.location) for one in told.violations]
            return {"passed": told.passed, "text": told.transformed_content, "where": where}
        if operation == "disguised":
            return self.checks["words"].check(text).passed and injection.check(text).passed
        return self.checks[operation].check(text).passed
