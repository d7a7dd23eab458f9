"""`ptest target check`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from production_testers.cli.options import JsonFlag
from production_testers.cli.output import show, show_json
from production_testers.experiments.environments import Sut
from production_testers.laws import LAWS
from production_testers.phases.target import Found, look_at, missing, read_target
from production_testers.phases.target_environment import environment_for
from production_testers.units.target import TARGET


def check(
    object_: Annotated[str | None, Parameter(name="TARGET")] = None,
    /,
    *,
    sut: str = "stageflow-core",
    json: JsonFlag = False,
) -> int:
    """Say what was found, what can be tested, what it may do, and what is missing to test more.

    Args:
        object_: module:object; by default the one that ptest.toml names.
        sut: The framework that it is built on.
        json: Print one JSON document.
    """
    target = read_target(object_, Path.cwd())
    found = look_at(target, environment_for(target, Sut.parse(sut)), Sut.parse(sut).name)
    if json:
        show_json(
            {
                "target": found.target.as_json(),
                "kind": found.kind,
                "parameters": list(found.parameters),
                "effects": {effect: list(places) for effect, places in found.effects.items()},
                "reads_env": list(found.reads_env),
                "refused": list(found.refused),
                "laws": laws_for(found),
                "missing": missing(found),
            }
        )
        return 0
    show("\n".join(_told(found)))
    return 0


def laws_for(found: Found) -> list[str]:
    """The laws that can say something about it as it is described."""
    promises = found.target.promises
    needs = {
        "target/as-alone": promises.independent,
        "target/in-time": promises.timeout_ms is not None,
        "target/effects-once": bool(promises.idempotent),
        "target/secrets-kept": bool(promises.secrets),
        "target/invariants": bool(found.target.invariants),
        "target/bad-answers": promises.refuses_bad_answers and bool(found.target.outside),
        "target/ordered": bool(promises.ordered),
        "target/tenants-apart": bool(promises.tenant),
        "target/any-text": bool(promises.free_text),
        "target/gives-back": any(one.opens for one in found.target.services.values()),
    }
    about = [law.id for law in LAWS.values() if law.units and law.concerns((TARGET,))]
    return [law for law in about if needs.get(law, True)]


def _told(found: Found) -> list[str]:
    target = found.target
    lines = [f"{target.object}: {found.kind}, {target.records} requests", "", "Stages:"]
    lines += [f"  {name}  {place}" for name, place in target.stages.items()]
    lines += ["", "Services that are replaced:"]
    lines += [
        f"  {name}  {service.factory}{_effects(service.effects)}"
        for name, service in target.services.items()
    ]
    lines += [
        f"  {name}  {mock.factory or mock.service} at {target.setting_of(name, '$TMPDIR')}, in"
        f" {mock.env or mock.parameter}"
        for name, mock in target.mocks.items()
    ]
    lines += [] if target.outside else ["  none"]
    lines += ["", "What it may do to the world (refused while it is tested, but for this machine):"]
    lines += [
        f"  {effect}: {', '.join(places[:3])}" for effect, places in found.effects.items()
    ] or ["  nothing that its imports show"]
    lines += [f"  refused while it was imported: {what}" for what in found.refused]
    lines += ["", "Laws that can be judged:", *(f"  {law}" for law in laws_for(found))]
    lines += ["", "To test more, say in ptest.toml:"]
    lines += [f"  {what}" for what in missing(found)] or ["  nothing is missing"]
    return lines


def _effects(methods: tuple[str, ...]) -> str:
    return f", acts in the world: {', '.join(methods)}" if methods else ""
