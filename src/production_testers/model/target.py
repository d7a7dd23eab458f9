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
            such a call has no effect again. Of several names the first one that a call has counts.
        opens: Methods that give a request something that it must give back: a connection, a lock.
        closes: Methods that take it back. What is entered with `async with` closes at its end.
    """

    factory: str
    parameter: str = ""
    effects: tuple[str, ...] = ()
    deduplicates_by: str | tuple[str, ...] = ""
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()


TOLD_TEXT = "text "
"""In histories, what begins the digest of a text that a service told."""

SQLITE = "sqlite"
"""The mock service that is a file."""

PORT = 47_100
"""The mock services of an application listen on ports from here on, on loopback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MockSpec:
    """One of our mock services, or a function of the team's, behind an application's own setting.

    The application speaks HTTP to it with the client that it has, or opens it as a database.

    Attributes:
        service: `llm` (OpenAI's API below /v1), `api` or another of our mock services; `sqlite`.
        factory: Import path of a function without arguments that gives an async function
            `(method, path, headers, body) -> (status, body)`; it answers instead of a service.
        env: Environment variable that takes the address.
        parameter: Name of the target factory's parameter that takes it.
        value: What is put there; `{url}` is `http://127.0.0.1:PORT`, or `sqlite:///PATH` of a
            database, whose `{path}` is the path alone.
        schema: SQL script that makes a database's tables and first rows.
        effects: Requests that act in the world, as `POST /payments`, or statements that change
            rows, as `INSERT payments`.
        deduplicates_by: Header by which the service knows a request that it has seen.
    """

    service: str = ""
    factory: str = ""
    env: str = ""
    parameter: str = ""
    value: str = "{url}"
    schema: str = ""
    effects: tuple[str, ...] = ()
    deduplicates_by: str = ""

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a database in a file, and nothing that listens."""
        return self.service == SQLITE


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
        independent: A request is answered whatever other requests have left behind. False for an
            application that counts, limits or remembers them on purpose.
    """

    timeout_ms: float | None = None
    idempotent: str = ""
    tenant: str = ""
    ordered: str = ""
    secrets: tuple[str, ...] = ()
    refuses_bad_answers: bool = False
    free_text: tuple[str, ...] = ()
    independent: bool = True


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
        mocks: Name → what answers where a setting of the application leads.
        promises: What is judged beside the general laws.
        invariants: Import paths of functions `(input, output)` or `(input, output, history)` that
            give None or True, or assert; False or a text is a break.
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
    mocks: Mapping[str, MockSpec] = field(default_factory=dict)
    promises: Promises = field(default_factory=Promises)
    invariants: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    stages: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    python: str = ""

    @property
    def outside(self) -> tuple[str, ...]:
        """Names of everything outside of it that it calls."""
        return (*self.services, *self.mocks)

    def port_of(self, mock: str) -> int:
        """Where a mock service listens."""
        return PORT + list(self.mocks).index(mock)

    def path_of(self, mock: str, scratch: str) -> str:
        """Where a database is, in the temporary folder of the process."""
        return f"{scratch}/{mock}.sqlite"

    def setting_of(self, mock: str, scratch: str = "") -> str:
        """What stands in the application's setting for a mock service.

        Args:
            mock: Its name.
            scratch: The temporary folder of the process, where databases are.
        """
        path = self.path_of(mock, scratch)
        is_file = self.mocks[mock].is_sqlite
        url = f"sqlite:///{path}" if is_file else f"http://127.0.0.1:{self.port_of(mock)}"
        return self.mocks[mock].value.replace("{url}", url).replace("{path}", path)

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
        problems = _odd("", raw, cls)
        tables: dict[str, dict[str, Any]] = {}
        for member, kind in _TABLES.items():
            tables[member] = {}
            given = raw.get(member) or {}
            if not isinstance(given, Mapping):
                problems.append(f"{member}: {given!r} is no table")
                continue
            for name, one in given.items():
                found = _odd(f"{member}.{name}", one, kind)
                problems += found
                if not found:
                    tables[member][name] = kind(**_frozen_members(one))
        promises = raw.get("promises") or {}
        problems += (promised := _odd("promises", promises, Promises))
        if not isinstance(raw.get("object"), str) or ":" not in str(raw.get("object")):
            problems.append(f"object: {raw.get('object')!r} is no module:object")
        if problems or promised:
            raise InvalidDocumentError(path, tuple(problems))
        made = {**_frozen_members(raw), **tables}
        made["promises"] = Promises(**_frozen_members(promises))
        return cls(**made)


_TABLES: Mapping[str, type] = {"services": ServiceSpec, "mocks": MockSpec}


def _names(cls: type) -> set[str]:
    return {one.name for one in fields(cls)}


def _odd(where: str, raw: Any, cls: type) -> list[str]:
    """What is wrong with a table: members that are unknown, missing or of another type."""
    if not isinstance(raw, Mapping):
        return [f"{where}: {raw!r} is no table"]
    before = f"{where}." if where else ""
    told = [f"{before}{name}: unknown" for name in sorted(raw.keys() - _names(cls))]
    kinds = {one.name: _kind_of(one.type) for one in fields(cls)}
    told += [
        f"{before}{name}: {value!r} is no {_WORDS[kinds[name]]}"
        for name, value in raw.items()
        if name in kinds and not _fits(value, kinds[name])
    ]
    if cls is ServiceSpec and "factory" not in raw:
        told.append(f"{before}factory: missing")
    if cls is MockSpec and not (raw.get("service") or raw.get("factory")):
        told.append(f"{before}service: missing, and so is factory")
    if cls is MockSpec and not (raw.get("env") or raw.get("parameter")):
        told.append(f"{before}env: missing, and so is parameter")
    return told


_WORDS = {
    "str": "text",
    "bool": "true or false",
    "int": "number",
    "float | None": "number",
    "tuple[str, ...]": "list of texts",
    "str | tuple[str, ...]": "text or list of texts",
}


def _kind_of(annotation: Any) -> str:
    plain = isinstance(annotation, type) and not hasattr(annotation, "__args__")
    return annotation.__name__ if plain else str(annotation)


def _fits(value: Any, kind: str) -> bool:
    if kind == "str | tuple[str, ...]" and isinstance(value, str):
        return True
    if kind.endswith("tuple[str, ...]"):
        return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    if kind == "float | None":
        return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    wanted = {"str": str, "bool": bool, "int": int}.get(kind)
    return wanted is None or isinstance(value, wanted)


def _frozen_members(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(one) if isinstance(one, list) else one for name, one in raw.items()}
