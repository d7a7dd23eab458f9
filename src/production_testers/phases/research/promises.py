"""What the framework's own words promise: sentences that a test can hold it to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from production_testers.phases.research.prose import (
    Sentence,
    description_sentences,
    docstring_sentences,
)
from production_testers.phases.research.source import SourceFile, SutSource


class Topic(StrEnum):
    """What a promise is about, the strongest first."""

    GUARANTEE = "Guarantees"
    ISOLATION = "Isolation and immutability"
    CANCELLATION = "Cancellation and clean-up"
    TIMEOUT = "Time-outs"
    RETRY = "Retries and repeated execution"


WORDS = {
    Topic.ISOLATION: r"immutable|immutability|isolat(?:ed?|es|ion)|thread-safe|atomic(?:ally)?"
    r"|frozen|cannot modify",
    Topic.CANCELLATION: r"cancel(?:s|led|ed|lation|ling)?|clean-?ups?",
    Topic.TIMEOUT: r"time-?outs?|timed out|deadline",
    Topic.RETRY: r"retr(?:y|ies|ied|ying)|idempoten(?:t|cy)|exactly once|at most once|only once",
    Topic.GUARANTEE: r"must|always|never|ensur(?:es?|ing)|guarantee[sd]?|exactly|once|as soon as"
    r"|enforc(?:es?|ed|ing)|prevents?|zero",
}
PROMISING = re.compile(
    r"\b(?:must|always|never|ensur(?:es?|ing)|guarantee[sd]?|exactly|immutable|thread-safe"
    r"|isolat(?:ed|es|ion)|atomic(?:ally)?|only once|at most once|cannot|frozen)\b",
    re.IGNORECASE,
)
DESCRIBING = re.compile(
    r"(?:get|check|whether|raised|emitted|create|register|unregister|base|number|list|true|mark"
    r"|registry|names?|human-readable|return)\b",
    re.IGNORECASE,
)
"""First words of sentences that say what something is, not what it does."""
PARAMETER_SECTIONS = frozenset(
    {"args", "arguments", "parameters", "attributes", "raises", "params"}
)
WORDS_MIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One sentence of the framework, and where it stands.

    Attributes:
        topic: What it is about.
        quote: The sentence, white space collapsed.
        subject: What it documents: a qualified name, or the README.
        file: The file it stands in.
        line_start: Its first line, from 1.
        line_end: Its last line.
    """

    topic: Topic
    quote: str
    subject: str
    file: SourceFile
    line_start: int
    line_end: int


def find_promises(source: SutSource) -> tuple[Promise, ...]:
    """The promises of README and docstrings, README first, then by module and line."""
    found: dict[str, Promise] = {}
    for subject, file, sentence in _sentences(source):
        topic = topic_of(sentence)
        if topic is not None and sentence.text not in found:
            found[sentence.text] = Promise(
                topic=topic,
                quote=sentence.text,
                subject=subject,
                file=file,
                line_start=sentence.line_start,
                line_end=sentence.line_end,
            )
    return tuple(found.values())


def topic_of(sentence: Sentence) -> Topic | None:
    """What a sentence promises something about; None when it promises nothing.

    A description promises only by a strong word: `timeout: Seconds to wait` says what the
    parameter is, not what the framework does.
    """
    if len(sentence.text.split()) < WORDS_MIN or sentence.text.endswith((":", "?")):
        return None
    is_strong = bool(PROMISING.search(sentence.text))
    describes = sentence.section in PARAMETER_SECTIONS or DESCRIBING.match(sentence.text)
    if describes and not is_strong:
        return None
    for topic, words in WORDS.items():
        match = re.search(rf"\b(?:{words})\b", sentence.text, re.IGNORECASE)
        if match and not (match[0] == "Once" and match.start() == 0):
            return topic
    return None


def _sentences(source: SutSource) -> Iterator[tuple[str, SourceFile, Sentence]]:
    if source.metadata is not None:
        for sentence in description_sentences(source.metadata):
            yield "README", source.metadata, sentence
    for name in sorted(source.modules):
        module = source.modules[name]
        for subject, sentence in docstring_sentences(module):
            if not subject.rpartition(".")[2].startswith("_") or subject.endswith("__"):
                yield subject, module.file, sentence
