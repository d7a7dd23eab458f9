import pytest

from production_testers.phases.research.promises import Topic, find_promises, topic_of
from production_testers.phases.research.prose import Sentence, sentences


def texts(text, first_line=1):
    return [s.text for s in sentences(text.split("\n"), first_line=first_line)]


def test_sentences_keep_their_lines_over_line_breaks():
    found = list(
        sentences(["One is short. Two runs", "over a line. Three", "", "- Four"], first_line=7)
    )
    assert [(s.text, s.line_start, s.line_end) for s in found] == [
        ("One is short.", 7, 7),
        ("Two runs over a line.", 7, 8),
        ("Three", 8, 8),
        ("Four", 10, 10),
    ]


def test_code_tables_and_headings_are_no_prose():
    text = "# Title\n\n```python\nIt must not.\n```\n\n| It must | not |\n\nBut this.\n"
    assert texts(text) == ["But this."]


def test_examples_of_a_docstring_are_no_prose():
    text = "Runs.\n\nExample:\n    It must not.\n\n    Nor this.\n\nAfter it."
    assert texts(text) == ["Runs.", "After it."]


@pytest.mark.parametrize(
    ("text", "section", "topic"),
    [
        ("Stages never see each other.", "", Topic.GUARANTEE),
        ("The snapshot is immutable for stages.", "", Topic.ISOLATION),
        ("Cancels every stage that still runs.", "", Topic.CANCELLATION),
        ("Enforces time-outs on each stage.", "", Topic.TIMEOUT),
        ("Each stage is retried three times.", "", Topic.RETRY),
        ("timeout: Seconds to wait for it.", "args", None),
        ("name: Must be unique in the pipeline.", "args", Topic.GUARANTEE),
        ("Check if the run was cancelled.", "", None),
        ("Once the run ends, results appear.", "", None),
        ("Always on.", "", None),
        ("Runs a pipeline of many stages.", "", None),
    ],
)
def test_a_promise_is_told_from_a_description(text, section, topic):
    assert topic_of(Sentence(text=text, line_start=1, line_end=1, section=section)) is topic


def test_promises_come_from_the_readme_and_from_docstrings(source):
    found = {promise.quote: promise for promise in find_promises(source)}
    readme = found["Stages never see each other's inputs."]
    assert (readme.subject, readme.file.path) == ("README", "toy_flow-1.2.0.dist-info/METADATA")
    assert readme.file.lines[readme.line_start - 1].startswith("Stages never")
    docstring = found[
        "A run is isolated from every other run, and its stages are executed exactly once."
    ]
    assert docstring.subject == "toyflow.engine.Engine"
    assert docstring.line_end == docstring.line_start + 1
    assert docstring.topic is Topic.ISOLATION
