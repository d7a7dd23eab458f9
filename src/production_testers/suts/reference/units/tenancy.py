"""A comparison, a count, and a context variable."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.tenancy import WORK

CURRENT: ContextVar[str] = ContextVar("reference_tenant", default="")


class ForeignError(Exception):
    """This belongs to another tenant."""


class Tenancy:
    """See `production_testers.units.tenancy`."""

    errors: Mapping[type[BaseException], str] = {ForeignError: "foreign"}

    def __init__(self, settings: Mapping[str, Any], bench: Bench) -> None:
        self._settings = settings
        self._bench = bench
        self._violations = 0

    async def perform(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        if operation == "report":
            return {"violations": self._violations, "isolated": self._violations == 0}
        if operation == "within":
            return await self._within(arguments["tenant"])
        owner = arguments["owner"]
        if self._is_ours(owner):
            return True
        self._violations += 1
        if self._settings["strict"]:
            raise ForeignError(owner)
        return False

    def _is_ours(self, owner: str | None) -> bool:
        return owner is None or owner == self._settings["tenant"]

    async def _within(self, tenant: str) -> str:
        CURRENT.set(tenant)
        await self._bench.work(WORK, tenant)
        return CURRENT.get()
