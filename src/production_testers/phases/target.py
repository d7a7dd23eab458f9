"""A team's application on the command line's side: its configuration, and what is found of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from production_testers.experiments.environments import Environment
from production_testers.experiments.regression import CONFIG, config_above, table_of
from production_testers.experiments.worker import Worker
from production_testers.experiments.worker.client import pass_on
from production_testers.model.errors import InvalidDocumentError, UsageError
from production_testers.model.target import Target

FIND = "production_testers.experiments.target_finding:find"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A target with what was found of it.

    Attributes:
        target: With its stages, their code, and the number of its requests.
        kind: What its object is, in words.
        parameters: What its factory takes.
        effects: What it may do to the world → where that is imported.
        reads_env: Environment variables that it asks for.
        refused: What it tried to do while it was imported.
    """

    target: Target
    kind: str
    parameters: tuple[str, ...]
    effects: Mapping[str, tuple[str, ...]]
    reads_env: tuple[str, ...]
    refused: tuple[str, ...]


def read_target(named: str | None, folder: Path, allow_hosts: tuple[str, ...] = ()) -> Target:
    """The target that the user names, with what `ptest.toml` says of it.

    Args:
        named: `module:object` of the command line; None for the configuration's own.
        folder: Where the configuration is looked for, and in the folders above it.
        allow_hosts: Hosts that the command line allows beside those of the configuration.

    Raises:
        UsageError: Nobody names one, or the configuration cannot be read.
    """
    config = config_above(folder)
    raw: dict[str, Any] = {} if config is None else table_of(config)
    if named is not None:
        raw["object"] = named
    if "object" not in raw:
        raise UsageError(
            "No target is named.", do=f"Write --target module:object, or object in {CONFIG}."
        )
    base = (config.parent if config is not None else folder).resolve()
    raw["folder"] = str((base / raw.get("folder", ".")).resolve())
    if raw.get("python"):
        raw["python"] = str(Path(raw["folder"], raw["python"]))
    raw["allow_hosts"] = [*raw.get("allow_hosts", ()), *allow_hosts]
    try:
        return Target.from_json(raw, path=str(config or CONFIG))
    except InvalidDocumentError as error:
        raise UsageError(str(error)) from error


def look_at(target: Target, environment: Environment, sut: str) -> Found:
    """Import the target beside its framework, under guard, and see what it is.

    Raises:
        UsageError: It cannot be imported, or executed.
        SutUnavailableError: The framework cannot be imported there.
    """
    pass_on(target.env)
    with Worker(environment.python, sut) as worker:
        told = worker.call(FIND, {"target": target.as_json()})
    return Found(
        target=Target.from_json(told["target"]),
        kind=told["kind"],
        parameters=tuple(told["parameters"]),
        effects={effect: tuple(places) for effect, places in told["effects"].items()},
        reads_env=tuple(told["reads_env"]),
        refused=tuple(told["refused"]),
    )


def missing(found: Found) -> list[str]:
    """What the team could say so that more can be tested."""
    target, promises = found.target, found.target.promises
    told = []
    if not target.inputs:
        told.append("inputs: eight made-up texts are used; name a JSON-lines file or a function")
    unserved = [name for name in found.parameters if name not in given_to(target)]
    told += [
        f"services.{name}: the factory takes it; name what stands in for it" for name in unserved
    ]
    if target.services and not any(service.effects for service in target.services.values()):
        told.append("services.*.effects: which methods act in the world; exactly-once needs it")
    if target.services and not any(service.opens for service in target.services.values()):
        told.append("services.*.opens, closes: which methods give what must be given back")
    if promises.timeout_ms is None:
        told.append("promises.timeout_ms: how long a request may take when a service hangs")
    if not promises.secrets:
        told.append("promises.secrets: which members of a request must stay out of logs and errors")
    if not promises.tenant:
        told.append("promises.tenant: which member of a request names its tenant")
    if not promises.free_text:
        told.append("promises.free_text: which members of a request may hold any text")
    if not promises.idempotent:
        told.append("promises.idempotent: which member names a request that may be sent again")
    if not target.invariants:
        told.append("invariants: what holds of every answer, as plain functions")
    return [*told, *_not_given(found)]


def _not_given(found: Found) -> list[str]:
    """Variables that it asks for and is not given."""
    target = found.target
    given = {*target.env, *(mock.env for mock in target.mocks.values())}
    asked = [name for name in found.reads_env if name not in given]
    told = [f"env: {name} is asked for, and not passed on" for name in asked]
    if asked:
        told.append("mocks.*.env: which of these lead to a service; one of ours can answer there")
    return told


def given_to(target: Target) -> set[str]:
    """Names of the parameters that services come in by."""
    mocked = {mock.parameter for mock in target.mocks.values()}
    return {service.parameter or name for name, service in target.services.items()} | mocked
