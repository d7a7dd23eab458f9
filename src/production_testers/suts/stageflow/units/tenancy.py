"""`TenantIsolationValidator`, and the current tenant."""

import uuid

from stageflow.auth.tenant import (
    TenantIsolationError,
    TenantIsolationValidator,
    get_current_tenant,
    set_current_tenant,
)


class Binding:
    errors = {TenantIsolationError: "foreign"}
    components = {
        "touch": "stageflow.auth.tenant.TenantIsolationValidator.record_access",
        "within": "stageflow.auth.tenant.get_current_tenant",
        "report": "stageflow.auth.tenant.TenantIsolationValidator.get_violations",
    }

    def __init__(self, settings, bench):
        self.bench, self.names = bench, {}
        tenant = self.id_of(settings["tenant"])
        self.validator = TenantIsolationValidator(tenant, strict=settings["strict"])

    def id_of(self, name):
        tenant = name and uuid.UUID(self.bench.identifier("tenant", name))
        self.names[tenant] = name
        return tenant

    async def perform(self, operation, arguments):
        validator = self.validator
        if operation == "report":
            count = len(validator.get_violations())
            return {"violations": count, "isolated": validator.is_isolated()}
        if operation == "touch":
            return validator.record_access(self.id_of(arguments["owner"]), resource_type="file")
        set_current_tenant(self.id_of(arguments["tenant"]))
        await self.bench.work("work", arguments["tenant"])
        return self.names.get(get_current_tenant())
