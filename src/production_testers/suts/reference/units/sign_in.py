"""A gate in front of the work."""

from collections.abc import Mapping
from typing import Any

from production_testers.model.canonical import Json
from production_testers.suts.contract import Bench
from production_testers.units.sign_in import BODY, VALIDATE


class RefusedError(Exception):
    """The token is not valid, or what is asked for belongs to another tenant."""


class SignIn:
    """See `production_testers.units.sign_in`."""

    errors: Mapping[type[BaseException], str] = {RefusedError: "refused"}

    def __init__(self, _settings: Mapping[str, Any], bench: Bench) -> None:
        self._bench = bench

    async def perform(self, _operation: str, arguments: Mapping[str, Any]) -> Json:
        """Do one operation."""
        claims = await self._claims(arguments["token"])
        owner = arguments.get("belongs_to")
        if self._is_foreign(owner, claims["tenant"]):
            raise RefusedError(f"this belongs to {owner}")
        return await self._body(claims)

    async def _claims(self, token: str) -> dict[str, Any]:
        if not token:
            raise RefusedError("there is no token")
        claims: Any = await self._bench.work(VALIDATE, token)
        if "refused" in claims:
            raise RefusedError(claims["refused"])
        if "lacks" in claims:
            raise RefusedError(f"the token says nothing of the {claims['lacks']}")
        return dict(claims)

    def _is_foreign(self, owner: str | None, tenant: str | None) -> bool:
        return owner is not None and tenant is not None and owner != tenant

    async def _body(self, claims: dict[str, Any]) -> Json:
        who = {"user": claims["user"], "tenant": claims["tenant"]}
        return await self._bench.work(BODY, {"claims": claims, **who})
