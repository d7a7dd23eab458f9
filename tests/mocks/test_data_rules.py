"""Records keep the rules of their scenario, and every rule notices what breaks it.

The rules share no code with the generators; libraries that know the formats (python-stdnum,
fhir.resources, jsonschema) judge a sample besides.
"""

import functools
import importlib
from collections import Counter, defaultdict

import pytest
from fhir.resources.R4B import get_fhir_model_class
from jsonschema import Draft202012Validator, FormatChecker
from stdnum import ean, iban, imei, imsi, isin, luhn

from production_testers.mocks.datasets import (
    GENERAL,
    SCENARIOS,
    Keeps,
    Rule,
    generate,
    inconsistencies,
    industry_of,
)

NAMES = list(SCENARIOS)
PLANTED = [name for name in NAMES if name != "values"]
"""`values` has no malformed members but malformed bytes; its rules are broken by hand below."""

KEPT = [
    (name, variant)
    for name in NAMES
    for variant, found in SCENARIOS[name].variants.items()
    if found.keeps is not Keeps.NONE
]
LARGE = {("documents", "huge"), ("values", "sizes"), ("prompts", "boundary")}


def module_of(name):
    folder = GENERAL if industry_of(name) == GENERAL else f"industries.{industry_of(name)}"
    return importlib.import_module(f"production_testers.mocks.datasets.{folder}.{name}")


@pytest.mark.parametrize("seed", [5, 6])
@pytest.mark.parametrize("name", NAMES)
def test_records_keep_the_rules(name, seed):
    found = SCENARIOS[name]
    for variant in [variant for scenario, variant in KEPT if scenario == name]:
        size = 30 if (name, variant) in LARGE else 200
        rules = found.variants[variant].keeps.among(found.rules)
        assert rules
        broken = inconsistencies(generate(name, variant, size, seed), rules)
        assert [(variant, one.number, one.rule, one.what) for one in broken] == []


@functools.cache
def malformed(name):
    """Three rounds of every way to be broken, and which rules each record breaks."""
    ways = len({record["defect"] for record in generate(name, "malformed", 400, 2)})
    records = list(generate(name, "malformed", 3 * ways, 2))
    broken = defaultdict(set)
    for one in inconsistencies(records, SCENARIOS[name].rules):
        broken[one.number].add(one.rule)
    return records, broken


@pytest.mark.parametrize("name", PLANTED)
def test_every_rule_has_a_plant_and_notices_it(name):
    rules = {rule.name: rule for rule in SCENARIOS[name].rules}
    assert {plant.rule for plant in module_of(name).PLANTS} == set(rules)
    records, broken = malformed(name)
    noticed, planted = Counter(), Counter()
    for number, record in enumerate(records, start=1):
        kind, _, rule = record["defect"].partition(":")
        if kind == "rule":
            planted[rule] += 1
            noticed[rule] += rule in broken[number]
    for rule, count in planted.items():
        # What contradicts earlier records only is noticed once there are earlier ones.
        least = count - count // 3 - 2 if rules[rule].across else count
        assert noticed[rule] >= max(1, least), rule


@pytest.mark.parametrize("name", PLANTED)
def test_every_malformed_record_breaks_the_schema_or_a_rule(name):
    schema = SCENARIOS[name].variants["valid"].schema
    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    records, broken = malformed(name)
    kinds = set()
    for number, record in enumerate(records[: len(records) // 3], start=1):
        defect = record["defect"]
        plain = {key: value for key, value in record.items() if key != "defect"}
        kinds.add(defect.partition(":")[0])
        if defect.startswith("rule:"):
            continue
        assert broken[number] or not validator.is_valid(plain), defect
    assert {"rule", "missing", "renamed", "null", "wrapped", "nested", "extra"} <= kinds


def test_a_plant_breaks_no_schema_so_that_only_the_rules_can_notice():
    validator = Draft202012Validator(SCENARIOS["meters"].variants["valid"].schema)
    for record in malformed("meters")[0]:
        if record["defect"].startswith("rule:"):
            assert validator.is_valid({k: v for k, v in record.items() if k != "defect"})


@pytest.mark.parametrize(
    ("rule", "variant", "members"),
    [
        ("counts", "unicode", {"code_points": 999}),
        ("counts", "unicode", {"utf_8_bytes": -1}),
        ("literals", "numbers", {"value": 17, "literal": "18"}),
        ("moments", "times", {"exists": "no", "utc": "2026-01-01T00:00:00Z"}),
        ("moments", "times", {"exists": "yes", "utc": None}),
    ],
)
def test_the_rules_of_values_notice_what_breaks_them(rule, variant, members):
    (record,) = generate("values", variant, 1, 1)
    broken = list(inconsistencies([{**record, **members}], SCENARIOS["values"].rules))
    assert [one.rule for one in broken] == [rule]


def test_a_rule_that_cannot_read_a_record_is_broken():
    rule = Rule(name="r", about="", breach=lambda record, _memory: record["missing"])
    (broken,) = inconsistencies([{"id": 1}], [rule])
    assert (broken.number, broken.rule) == (1, "r")
    assert "cannot be read: KeyError" in broken.what


def test_rules_of_two_scenarios_share_no_memory():
    rules = SCENARIOS["calls"].rules
    records = list(generate("calls", "valid", 5, 1))
    assert not list(inconsistencies(records, rules))
    assert not list(inconsistencies(records, rules))


def many(name, variant="volume", count=300):
    return generate(name, variant, count, 11)


def test_what_others_know_of_the_formats_agrees():
    for record in many("transactions"):
        assert luhn.is_valid(record["card"])
        assert iban.is_valid(record["iban"], check_country=False)
    for record in many("transfers"):
        for name in ("debtor_iban", "creditor_iban"):
            account = record[name]
            assert iban.is_valid(account, check_country=False)  # no bank of theirs exists
            if account.startswith("BE"):
                assert int(account[4:14]) % 97 in {int(account[14:]), int(account[14:]) - 97}
    assert all(isin.is_valid(record["isin"]) for record in many("ticks"))
    for record in many("calls"):
        assert imei.is_valid(record["imei"])
        assert imsi.is_valid(record["imsi"])
    for record in many("orders"):
        assert all(ean.is_valid(line["gtin"]) for line in record["lines"])


def test_the_formats_are_not_judged_by_libraries_that_accept_anything():
    assert not luhn.is_valid("4242424242424241")
    assert not iban.is_valid("GB82WEST12345698765433")
    assert not isin.is_valid("US0378331004")
    assert not imei.is_valid("490154203237517")
    assert not ean.is_valid("9520000000001")


@pytest.mark.slow
def test_fhir_resources_accepts_every_resource():
    resources = {
        kind: get_fhir_model_class(kind)
        for kind in ("Patient", "Encounter", "Condition", "Observation")
    }
    for record in many("patients", "valid", 30):
        parts = [record["patient"], record["encounter"], *record["conditions"]]
        for part in [*parts, *record["observations"]]:
            resources[part["resourceType"]].model_validate(part)
