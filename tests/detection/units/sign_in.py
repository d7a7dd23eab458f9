"""Wrong gates."""

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.sign_in import RefusedError, SignIn

NOBODY = {"user": "", "tenant": None, "roles": []}


class ExpiredIsEnough(SignIn):
    """A token that has expired was valid once."""

    async def _claims(self, token):
        try:
            return await super()._claims(token)
        except RefusedError as error:
            if str(error) == "expired":
                return NOBODY
            raise


class TrustsWhatIsThere(SignIn):
    """A token that says nothing of its session is as good as any other."""

    async def _claims(self, token):
        try:
            return await super()._claims(token)
        except RefusedError as error:
            if "says nothing" in str(error):
                return NOBODY
            raise


class FailsOpen(SignIn):
    """While the provider cannot be reached, everybody is let in."""

    async def _claims(self, token):
        try:
            return await super()._claims(token)
        except ConnectionError:
            return NOBODY


class AdminsGoAnywhere(SignIn):
    """An editor may work on what belongs to any tenant."""

    async def _claims(self, token):
        claims = await super()._claims(token)
        self.trusted = "editor" in claims["roles"]
        return claims

    def _is_foreign(self, owner, tenant):
        return super()._is_foreign(owner, tenant) and not self.trusted


class NeedsATenant(SignIn):
    """Who has no tenant may work on nothing that belongs to one."""

    def _is_foreign(self, owner, tenant):
        return owner is not None and owner != tenant


class SharesTheIdentity(SignIn):
    """The identity is kept in the gate, where the next request replaces it."""

    async def _claims(self, token):
        self.claims = await super()._claims(token)
        return self.claims

    async def _body(self, claims):
        await self._bench.work("look-up")
        return await super()._body(self.claims)


class ForgetsTheTenant(SignIn):
    """The context of the work is told the user only."""

    async def _body(self, claims):
        return await self._bench.work("body", {"claims": claims, "user": claims["user"]})


PLANTED = (
    PlantedUnit("sign_in", "auth/sign-in", "invalid-let-in", ExpiredIsEnough),
    PlantedUnit("sign_in", "auth/sign-in", "invalid-let-in", TrustsWhatIsThere),
    PlantedUnit("sign_in", "auth/sign-in", "unknown-let-in", FailsOpen),
    PlantedUnit("sign_in", "auth/sign-in", "foreign-let-in", AdminsGoAnywhere),
    PlantedUnit("sign_in", "auth/sign-in", "valid-kept-out", NeedsATenant),
    PlantedUnit("sign_in", "auth/sign-in", "another-identity", SharesTheIdentity),
    PlantedUnit("sign_in", "auth/sign-in", "identity-not-set", ForgetsTheTenant),
)
