"""What a pipeline is fed with and what it calls: seeded data, and services that answer by rule.

Standard library only: the worker loads this package beside any release of any framework.
"""

from production_testers.mocks.datasets import (
    DataClass,
    DataFile,
    data_file_name,
    generate,
    manifest,
    parse_data_file_name,
    write,
)
from production_testers.mocks.services import (
    MockApi,
    MockDatabase,
    MockInfrastructure,
    MockLlm,
    Service,
    ServiceError,
)

__all__ = [
    "DataClass",
    "DataFile",
    "MockApi",
    "MockDatabase",
    "MockInfrastructure",
    "MockLlm",
    "Service",
    "ServiceError",
    "data_file_name",
    "generate",
    "manifest",
    "parse_data_file_name",
    "write",
]
