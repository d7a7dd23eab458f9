from dataclasses import replace

import pytest

from production_testers.model.semantics import Citation
from production_testers.phases.research.citations import SourceCitation, locate, verify_citations
from production_testers.phases.research.source import read_source

QUOTE = "A run is isolated from every other run, and its stages are executed exactly once."


@pytest.fixture
def cited(source):
    file, start, end = locate(Citation(quote=QUOTE, file="toyflow/engine.py", line=1), source)
    return SourceCitation(
        id="C001",
        title="docstring",
        file=file.path,
        line_start=start,
        line_end=end,
        sha256=file.sha256,
        quote=QUOTE,
        release="toy.flow==1.2.0",
    )


def test_a_quote_over_two_lines_is_found_and_stands(cited, toyflow):
    assert cited.line_end == cited.line_start + 1
    assert verify_citations([cited], toyflow.site_packages) == ()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"quote": "A run is isolated."}, "does not stand at"),
        ({"quote": "  "}, "does not stand at"),
        ({"line_start": 1, "line_end": 2}, "does not stand at"),
        ({"line_end": 10_000}, "is not a range"),
        ({"line_start": 0}, "is not a range"),
        ({"sha256": "0"}, "has changed since it was read"),
        ({"file": "toyflow/none.py"}, "does not exist"),
        ({"file": "../outside.py"}, "is not below site-packages"),
        ({"file": "/etc/passwd"}, "is not below site-packages"),
    ],
)
def test_a_wrong_citation_is_named(cited, toyflow, change, problem):
    problems = verify_citations([cited, replace(cited, **change)], toyflow.site_packages)
    assert len(problems) == 1
    assert problems[0].startswith("C001: ")
    assert problem in problems[0]


def test_words_that_a_release_lacks_are_not_located(source):
    assert locate(Citation(quote="It never breaks.", file="toyflow/engine.py"), source) is None
    assert locate(Citation(quote=QUOTE, file="toyflow/none.py"), source) is None
    assert locate(Citation(quote="", file="toyflow/engine.py"), source) is None


def test_words_in_a_comment_over_two_lines_are_located(install):
    sut = install({"toyflow/__init__.py": "x = 1\n# Retries are\n# never repeated.\n"})
    found = locate(
        Citation(quote="Retries are never repeated.", file="toyflow/__init__.py", line=9),
        read_source(sut),
    )
    assert found[1:] == (2, 3)
