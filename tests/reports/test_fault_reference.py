"""The reference page of the faults says what the catalogue says."""

from pathlib import Path

from production_testers.mocks.faults import CATALOGUE
from production_testers.reports.fault_reference import fault_reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"


def test_the_page_is_what_make_docs_writes():
    assert PAGE.read_text(encoding="utf-8") == fault_reference()


def test_every_kind_stands_on_it_with_its_parameters():
    rows = {
        line.split("`")[1]: line
        for line in fault_reference().splitlines()
        if line.startswith("| `")
    }
    assert set(rows) == set(CATALOGUE)
    for name, kind in CATALOGUE.items():
        assert kind.what in rows[name]
        assert all(f"`{param}`" in rows[name] for param in kind.params)
