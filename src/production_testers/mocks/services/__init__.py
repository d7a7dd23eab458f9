"""Four services that a pipeline may call, and the contract that they keep."""

from production_testers.mocks.services.api import ApiRequest, Endpoint, MockApi
from production_testers.mocks.services.contract import Service, ServiceError
from production_testers.mocks.services.db import MockDatabase
from production_testers.mocks.services.infra import InfrastructureLimits, MockInfrastructure
from production_testers.mocks.services.llm import MockLlm, ToolCall
from production_testers.mocks.services.prices import Ledger, Price
from production_testers.mocks.services.tokens import count_tokens

__all__ = [
    "ApiRequest",
    "Endpoint",
    "InfrastructureLimits",
    "Ledger",
    "MockApi",
    "MockDatabase",
    "MockInfrastructure",
    "MockLlm",
    "Price",
    "Service",
    "ServiceError",
    "ToolCall",
    "count_tokens",
]
