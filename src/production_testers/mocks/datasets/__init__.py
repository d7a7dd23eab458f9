"""Seeded records in four classes: happy path, edge cases, adversarial, scale."""

from production_testers.mocks.datasets.draws import canary
from production_testers.mocks.datasets.files import (
    GENERATOR_VERSION,
    TEXT_EXTENSIONS,
    batches,
    describe,
    encoder_of,
    manifest,
    write,
)
from production_testers.mocks.datasets.industries.finance.fraud import fraud_reason
from production_testers.mocks.datasets.naming import (
    DataFile,
    data_file_name,
    parse_data_file_name,
    parse_size,
    size_text,
)
from production_testers.mocks.datasets.registry import (
    GENERAL,
    INDUSTRIES,
    SCENARIOS,
    find_scenario,
    find_variant,
    generate,
    industry_of,
)
from production_testers.mocks.datasets.rules import Inconsistency, Keeps, Rule, inconsistencies
from production_testers.mocks.datasets.schema import Schema
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant

__all__ = [
    "GENERAL",
    "GENERATOR_VERSION",
    "INDUSTRIES",
    "SCENARIOS",
    "TEXT_EXTENSIONS",
    "DataClass",
    "DataFile",
    "DataScenario",
    "Inconsistency",
    "Keeps",
    "Record",
    "Rule",
    "Schema",
    "Variant",
    "batches",
    "canary",
    "data_file_name",
    "describe",
    "encoder_of",
    "find_scenario",
    "find_variant",
    "fraud_reason",
    "generate",
    "inconsistencies",
    "industry_of",
    "manifest",
    "parse_data_file_name",
    "parse_size",
    "size_text",
    "write",
]
