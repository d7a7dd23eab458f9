"""The page says what the scenarios are, and is up to date."""

from pathlib import Path

from production_testers.mocks.datasets import SCENARIOS
from production_testers.reports.data_reference import data_reference

PAGE = Path(__file__).parents[2] / "docs/reference/data.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == data_reference()


def test_every_scenario_variant_rule_and_label_is_on_it():
    text = data_reference()
    for name, scenario in SCENARIOS.items():
        section = text.partition(f"### `{name}`\n")[2].partition("\n### `")[0]
        for part in (*scenario.variants, *(rule.name for rule in scenario.rules), *scenario.labels):
            assert f"`{part}`" in section, (name, part)
        for variant in scenario.variants.values():
            assert all(f"`{member}`" in section for member in variant.schema["properties"])
