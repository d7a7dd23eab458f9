"""Seeded records in four classes: happy path, edge cases, adversarial, scale."""

from production_testers.mocks.datasets.files import (
    GENERATOR_VERSION,
    manifest,
    record_schema,
    write,
)
from production_testers.mocks.datasets.fraud import fraud_reason
from production_testers.mocks.datasets.naming import (
    DataFile,
    data_file_name,
    parse_data_file_name,
    parse_size,
    size_text,
)
from production_testers.mocks.datasets.registry import SCENARIOS, find_variant, generate
from production_testers.mocks.datasets.shape import DataClass, DataScenario, Record, Variant, canary

__all__ = [
    "GENERATOR_VERSION",
    "SCENARIOS",
    "DataClass",
    "DataFile",
    "DataScenario",
    "Record",
    "Variant",
    "canary",
    "data_file_name",
    "find_variant",
    "fraud_reason",
    "generate",
    "manifest",
    "parse_data_file_name",
    "parse_size",
    "record_schema",
    "size_text",
    "write",
]
