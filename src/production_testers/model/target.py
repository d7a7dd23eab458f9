"""A team's own application as the lab sees it: where it is, what it is given, what it promises."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from production_testers.model.canonical import Json
from production_testers.model.errors import InvalidDocumentError


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpec:
    """Something outside of the application that it calls, replaced while it is tested.

    Attributes:
        factory: Import path of a function without arguments that gives the replacement.
        parameter: Name of the target factory's parameter that takes it; empty: its own name.
        effects: Methods that have an effect in the world: charging, sending, writing.
        deduplicates_by: Name of the argument by which the service knows a call that it has seen:
            such a call has no effect again.
        opens: Methods that give a request something that it must give back: a connection, a lock.
        closes: Methods that take it back. What is entered with `async with` closes at its end.
    """

    factory: str
    parameter: str = ""
    effects: tuple[str, ...] = ()
    deduplicates_by: str = ""
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """What the team says of its application; what it does not say is not judged.

    Attributes:
        timeout_ms: A request ends within so many milliseconds, whatever a service does.
        idempotent: Name of the input's member that names a request: sent again, it acts once.
        tenant: Name of the input's member that names the tenant: nothing of a tenant's requests is
            in what another one's are answered, or ask of a service.
        ordered: Name of the input's member for which effects happen in the order of requests.
        secrets: Names of the input's members that must not be in logs, errors, other requests.
        refuses_bad_answers: An empty or truncated answer of a service never becomes a success.
        free_text: Names of the input's members that may hold any text, of any length; where they
            come out, they come out as they went in.
    """

    timeout_ms: float | None = None
    idempotent: str = ""
    tenant: str = ""
    ordered: str = ""
    secrets: tuple[str, ...] = ()
    refuses_bad_answers: bool = False
    free_text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A team's pipeline or function.

    Attributes:
        object: Import path `module:object` of a pipeline, a built graph, a factory of one, or an
            async function of one request.
        folder: What is put on the import path; relative paths of the other members start here.
        inputs: Path of a JSON-lines file, or import path of a function that gives the requests.
        records: How many there are.
        context: Import path of a function that makes the framework's context of an input.
        services: Name → what stands in for it.
        promises: What is judged beside the general laws.
        invariants: Import paths of functions `(input, output, calls) -> bool | str | None`.
        env: Names of environment variables that it is given.
        allow_hosts: Hosts beside this machine that it may connect to.
        stages: Stage → where its code stands, `file:line`, as found.
        code: Stage → importable name of its code, as found.
        python: Interpreter that has what the application imports; empty: that of the system under
            test.
    """

    object: str
    folder: str = ""
    inputs: str = ""
    records: int = 0
    context: str = ""
    services: Mapping[str, ServiceSpec] = field(default_factory=dict)
    promises: Promises = field(default_factory=Promises)
    invariants: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    stages: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    python: str = ""

    def as_json(self) -> dict[str, Json]:
        """As it stands in a scenario or a file."""
        told: dict[str, Json] = json.loads(json.dumps(asdict(self)))
        return told

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], *, path: str = "target") -> "Target":
        """Read what `as_json` wrote, or what a team's configuration says.

        Raises:
            InvalidDocumentError: A member is unknown, missing or of another type.
        """
        problems = [f"{name}: unknown" for name in sorted(raw.keys() - _names(cls))]
        services = raw.get("services") or {}
        promises = raw.get("promises") or {}
        for name, service in services.items():
            problems += _odd(f"services.{name}", service, ServiceSpec)
        problems += _odd("promises", promises, Promises)
        if not isinstance(raw.get("object"), str) or ":" not in str(raw.get("object")):
            problems.append(f"object: {raw.get('object')!r} is no module:object")
        if problems:
            raise InvalidDocumentError(path, tuple(problems))
        made = {name: _frozen(value) for name, value in raw.items()}
        made["services"] = {
            name: ServiceSpec(**{key: _frozen(value) for key, value in service.items()})
            for name, service in services.items()
        }
        made["promises"] = Promises(**{name: _frozen(value) for name, value in promises.items()})
        return cls(**made)


def _names(cls: type) -> set[str]:
    return {one.name for one in fields(cls)}


def _odd(where: str, raw: Any, cls: type) -> list[str]:
    if not isinstance(raw, Mapping):
        return [f"{where}: {raw!r} is no table"]
    unknown = [f"{where}.{name}: unknown" for name in sorted(raw.keys() - _names(cls))]
    if cls is ServiceSpec and not isinstance(raw.get("factory"), str):
        unknown.append(f"{where}.factory: missing")
    return unknown


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
