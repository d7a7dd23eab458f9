"""The reference page of the laws says what the laws say."""

from pathlib import Path

from production_testers.laws import LAWS
from production_testers.reports.law_reference import law_reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "laws.md"


def test_the_page_is_what_make_docs_writes():
    assert PAGE.read_text(encoding="utf-8") == law_reference()


def test_every_way_of_breaking_stands_on_it():
    text = law_reference()
    assert all(f"## `{law}`" in text for law in LAWS)
    assert all(f"| `{name}` |" in text for law in LAWS.values() for name in law.classes)
