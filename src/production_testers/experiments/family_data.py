"""Which mock data an entry of the roadmap is tested with, by its family, or by itself."""

import re
from collections.abc import Mapping
from typing import Final

FAMILIES: Final[Mapping[str, str]] = {
    "CORE": "requests",
    "DAG": "requests",
    "CONTRACT": "requests",
    "TRANSFORM": "values",
    "ENRICH": "documents",
    "ROUTE": "requests",
    "GUARD": "messages",
    "WORK": "transfers",
    "AGENT": "conversations",
    "OBS": "tenants",
    "LLM-REASON": "documents",
    "LLM-OUTPUT": "extractions",
    "LLM-STREAM": "conversations",
    "LLM-CONTEXT": "conversations",
    "LLM-OPS": "prompts",
    "FIN": "transactions",
    "HEALTH": "patients",
    "DEFENSE": "tracks",
    "RETAIL": "orders",
    "GAMING": "chats",
    "INDUSTRIAL": "telemetry",
    "TELECOM": "calls",
    "MEDIA": "broadcasts",
    "EDU": "submissions",
    "GOV": "applications",
    "ENERGY": "meters",
    "BIO": "samples",
    "LEGAL": "contracts",
}
"""Family of the roadmap → scenario of the mock data."""

ENTRIES: Final[Mapping[str, str]] = {
    "CORE-006": "tenants",
    "CORE-009": "values",
    "CORE-010": "tenants",
    "TRANSFORM-003": "requests",
    "GUARD-004": "prompts",
    "GUARD-006": "prompts",
    "FIN-002": "transfers",
    "FIN-003": "ticks",
    "FIN-005": "transfers",
    "HEALTH-003": "vitals",
    "GAMING-002": "purchases",
    "TELECOM-001": "alarms",
}
"""Entries whose titles ask for other data than their family's."""


def data_for(entry_id: str) -> str:
    """The scenario that fits an entry; generic requests for families that nobody knows."""
    family = re.sub(r"-[0-9]+\Z", "", entry_id)
    return ENTRIES.get(entry_id) or FAMILIES.get(family, "requests")
