"""`AuthInterceptor` and `OrgEnforcementInterceptor` around one piece of work."""

import uuid
from datetime import UTC, datetime

from stageflow import PipelineContext
from stageflow.auth import (
    AuthInterceptor,
    InvalidTokenError,
    MissingClaimsError,
    OrgEnforcementInterceptor,
    TokenExpiredError,
)
from stageflow.pipeline.interceptors import run_with_interceptors
from stageflow.stages.result import StageResult

REFUSED = {"expired": TokenExpiredError, "incomplete": MissingClaimsError}


class Binding:
    errors = {PermissionError: "refused"}
    components = {"request": "stageflow.auth.interceptors.AuthInterceptor"}

    def __init__(self, settings, bench):
        self.bench, self.names, self.gates = bench, {}, [AuthInterceptor(self)]
        if settings["tenants"]:
            self.gates.append(OrgEnforcementInterceptor())

    def id_of(self, name):
        if name is None:
            return None
        id_of_name = self.bench.identifier("name", name)
        self.names[uuid.UUID(id_of_name)] = name
        return id_of_name

    async def validate(self, token):
        given = await self.bench.work("validate", token)
        if "refused" in given:
            raise REFUSED.get(given["refused"], InvalidTokenError)(given["refused"])
        ids = {"user_id": self.id_of(given["user"]), "session_id": self.id_of("session")}
        ids.pop(f"{given.get('lacks')}_id", None)
        return {**ids, "org_id": self.id_of(given["tenant"]), "roles": given["roles"]}

    async def perform(self, operation, arguments):
        async def work():
            begun, auth = datetime.now(UTC), ctx.data.get("_auth_context")
            claims = auth and {
                "user": self.names.get(auth.user_id),
                "tenant": self.names.get(auth.org_id),
                "roles": list(auth.roles),
            }
            who = {"user": self.names.get(ctx.user_id), "tenant": self.names.get(ctx.org_id)}
            data = await self.bench.work("body", {"claims": claims, **who})
            times = {"started_at": begun, "ended_at": datetime.now(UTC)}
            return StageResult(name="work", status="completed", data=data, **times)

        names = "pipeline_run_id request_id session_id user_id org_id interaction_id".split()
        ids = {name: uuid.UUID(self.bench.identifier(name)) for name in names}
        data = {"_auth_token": arguments["token"]}
        if "belongs_to" in arguments:
            data["_resource_org_id"] = self.id_of(arguments["belongs_to"])
        ctx = PipelineContext(**ids, topology="work", execution_mode="test", data=data)
        result = await run_with_interceptors("work", work, ctx, self.gates)
        if result.error:
            raise PermissionError(result.error)
        return dict(result.data)
