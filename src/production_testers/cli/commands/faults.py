"""`ptest faults`: the catalogue, plans, what they would do, and doing it to a command."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from production_testers.cli.options import JsonFlag, Seed
from production_testers.cli.output import show, show_json, table, tell
from production_testers.mocks.faults import CATALOGUE, Kind, Layer, Way, checked, kind_of
from production_testers.mocks.faults.dry_run import Foreseen, Load, foresee
from production_testers.mocks.faults.words import rule_in_words
from production_testers.mocks.stock import stock_services
from production_testers.model import fault_plan_format
from production_testers.model.errors import UsageError
from production_testers.model.fault_plan import FaultPlan, Place, Rule, Target, When
from production_testers.workspace.atomic import write_json
from production_testers.workspace.plans import read_plan

INCONCLUSIVE = 2
STANDARD_ERROR = 2
SHOWN_MAX = 5


def list_faults(
    *,
    layer: Layer | None = None,
    place: Place | None = None,
    way: Way | None = None,
    json: JsonFlag = False,
) -> int:
    """List every kind of fault.

    Args:
        layer: Only those of a layer.
        place: Only those that can be at a place.
        way: Only those that can be in a way to run.
        json: Print one JSON document.
    """
    found = [
        kind
        for kind in CATALOGUE.values()
        if (layer is None or kind.layer is layer)
        and (place is None or place in kind.places)
        and (way is None or way in (kind.places[place] if place else kind.ways))
    ]
    if json:
        show_json({"faults": [_as_json(kind) for kind in found]})
        return 0
    rows = [(kind.name, kind.layer.value, ", ".join(kind.places), _ways(kind)) for kind in found]
    show(table(rows, ("FAULT", "LAYER", "AT", "RUNS")))
    return 0


def show_fault(kind: str, *, json: JsonFlag = False) -> int:
    """Show one kind of fault: what it does, where, with which parameters, and when it ends.

    Args:
        kind: Its name.
        json: Print one JSON document.
    """
    found = kind_of(kind)
    if json:
        show_json(_as_json(found))
        return 0
    show(f"{found.name} ({found.layer.value})\n{found.what}\nIt ends: {found.ends}")
    for place, ways in found.places.items():
        at = f" ({', '.join(found.at)})" if place is Place.SERVICE and found.at else ""
        show(f"  at a {place.value}{at}: {', '.join(sorted(ways))}")
    for name, param in found.params.items():
        choices = f"; one of {', '.join(param.choices)}" if param.choices else ""
        show(f"  {name} = {param.default}: {param.what}{choices}")
    return 0


def plan_faults(
    *kinds: str,
    share: float = 1.0,
    seed: Seed = 0,
    out: Path | None = None,
    json: JsonFlag = False,
) -> int:
    """Write a plan of some kinds to start from; without --out, print it.

    Args:
        kinds: Names of kinds; each becomes a rule, at the first place where it can be.
        share: Of the occasions at which each fires.
        seed: Where every choice comes from.
        out: File to write.
        json: Print one JSON document; with --out, besides writing the file.
    """
    if not kinds:
        raise UsageError("No kind of fault is named.", do="`ptest faults list` shows every kind.")
    if not 0 <= share <= 1:
        raise UsageError(f"--share {share:g} is not from 0 to 1.", do="Write it like 0.1.")
    rules = tuple(_rule_of(kind_of(name), number, share) for number, name in enumerate(kinds))
    plan = checked(FaultPlan(seed=seed, rules=rules))
    document = fault_plan_format.to_json(plan)
    if out is not None:
        write_json(out, document)
    if out is None or json:
        show_json(document)
    else:
        show(f"{out.resolve()}: {len(rules)} rules")
    return 0


def dry_run(
    plan: Path,
    *,
    calls: int = 100,
    seconds: float = 60.0,
    caller: Annotated[list[str] | None, Parameter(name="--caller")] = None,
    json: JsonFlag = False,
) -> int:
    """Tell what a plan would do, without doing it: 0 something, 2 nothing at all.

    Args:
        plan: File of the plan.
        calls: Imagined calls of each operation, executions of each stage, connections.
        seconds: In which they come.
        caller: Who calls, as RUN/STAGE; may be said several times. Each makes all the calls.
        json: Print one JSON document.
    """
    if calls < 1 or seconds <= 0:
        raise UsageError(f"--calls {calls} in --seconds {seconds:g} is no load.", do="Say more.")
    operations = {name: s.operations for name, s in stock_services(0).items()}
    load = Load(operations=operations, calls=calls, seconds=seconds, callers=caller or [""])
    found = foresee(read_plan(plan), load)
    fires = sum(len(one.firings) for one in found)
    code = 0 if fires else INCONCLUSIVE
    if json:
        rules = [_foreseen_json(one) for one in found]
        show_json({"plan": str(plan), "fires": fires, "rules": rules, "exit_code": code})
        return code
    for one in found:
        show(rule_in_words(one.rule))
        show(f"  {one.rule.id}: {len(one.firings)} times at {one.occasions} occasions")
        for firing in one.firings[:SHOWN_MAX]:
            given = ", ".join(f"{name} {value}" for name, value in firing.params.items())
            show(f"    {firing.at_ms:.0f} ms  {firing.at}  {given}".rstrip())
        if len(one.firings) > SHOWN_MAX:
            show(f"    … and {len(one.firings) - SHOWN_MAX} more")
    if not fires:
        tell("None of its faults would happen.")
    return code


def run_under(
    plan: Path,
    *command: str,
    folder: Annotated[Path | None, Parameter(name="--in")] = None,
    proxy: Annotated[list[str] | None, Parameter(name="--proxy")] = None,
    tls: Annotated[list[str] | None, Parameter(name="--tls")] = None,
    small_disk: Annotated[str | None, Parameter(name="--small-disk")] = None,
    seed: Seed = 0,
    json: JsonFlag = False,
) -> int:
    """Run a command under a plan: 0 it ended well, 1 it did not, 2 no fault happened.

    The mock services run as servers meanwhile; the command finds them by PTEST_SERVICES_URL,
    OPENAI_BASE_URL, PTEST_SQL_PORT, PTEST_NAMES_PORT and PTEST_PORT_NAME. It is the process `app`
    of the plan. Everything is undone at the end, also when this command is killed.

    Args:
        plan: File of the plan.
        command: Program and arguments, after `--`.
        folder: Run folder whose mocks/services are served.
        proxy: NAME=HOST:PORT, a proxy that the plan knows as a port; may be said several times.
        tls: Names of proxies that speak TLS; may be said several times.
        small_disk: FOLDER=BYTES, a small file system that only the command sees; `disk-full`
            fills it.
        seed: Of the services.
        json: Print one JSON document.
    """
    from production_testers.mocks.servers.under import Outcome, Subject, under  # noqa: PLC0415

    if not command:
        raise UsageError("No command is named.", do="Say it after `--`.")
    subject = Subject(
        command=command,
        proxies={name: _address(value) for name, value in map(_named, proxy or ())},
        speak_tls=tuple(tls or ()),
        small_disk=None if small_disk is None else _sized(small_disk),
        output=STANDARD_ERROR if json else None,  # ours is for the one document
    )
    services = stock_services(seed) if folder is None else _services_of(folder, seed)
    outcome: Outcome = under(read_plan(plan, Way.REAL), subject, services, seed=seed, tell=tell)
    code = outcome.exit_code
    counts = outcome.counts()
    if json:
        show_json(
            {
                "plan": str(plan),
                "command": list(command),
                "command_exit_code": outcome.code,
                "starts": outcome.starts,
                "fired": counts,
                "firings": [firing.as_json() for firing in outcome.firings],
                "ledger": outcome.ledger,
                "exit_code": code,
            }
        )
        return code
    for rule, count in counts.items():
        show(f"{rule}: {count} times")
    ended = f"ended with {outcome.code}, after {outcome.starts} start(s)"
    verdict = {0: "It held.", 1: "It did not hold.", 2: "No fault happened: inconclusive."}[code]
    show(f"{command[0]} {ended}. {verdict}")
    return code


def undo_faults(journal: Path, *, json: JsonFlag = False) -> int:
    """Undo what a journal says is not undone, when neither the run nor its watchdog could.

    Args:
        journal: Its file.
        json: Print one JSON document.
    """
    from production_testers.mocks.servers.undo import undo_all  # noqa: PLC0415

    undone = undo_all(journal)
    if json:
        show_json({"journal": str(journal), "undone": undone})
    else:
        show(f"{journal}: {undone} undone")
    return 0


def _as_json(kind: Kind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "layer": kind.layer.value,
        "what": kind.what,
        "ends": kind.ends,
        "places": {place.value: sorted(ways) for place, ways in kind.places.items()},
        "operations": list(kind.at),
        "params": {
            name: {
                "default": param.default,
                "what": param.what,
                "low": param.low,
                "high": param.high,
                "choices": list(param.choices),
            }
            for name, param in kind.params.items()
        },
    }


def _ways(kind: Kind) -> str:
    return ", ".join(sorted(kind.ways, reverse=True))


_EXAMPLES = {Place.PORT: "app", Place.PROCESS: "app"}


def _rule_of(kind: Kind, number: int, share: float) -> Rule:
    place = next(iter(kind.places))
    at = Target(place=place, name=_EXAMPLES.get(place, "*"))
    if place is Place.SERVICE and kind.at:
        service, _, operation = kind.at[0].partition(".")
        at = Target(place=place, name=service, operation=operation)
    return Rule(id=f"{number}-{kind.name}", fault=kind.name, at=at, when=When(share=share))


def _foreseen_json(one: Foreseen) -> dict[str, Any]:
    return {
        "rule": fault_plan_format.rule_to_json(one.rule),
        "words": rule_in_words(one.rule),
        "occasions": one.occasions,
        "fires": len(one.firings),
        "firings": [firing.as_json() for firing in one.firings],
    }


def _named(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals or not value:
        raise UsageError(f"{text!r} cannot be read.", do="Write NAME=VALUE.")
    return name, value


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f"{text!r} is no address.", do="Write HOST:PORT.")
    return host, int(port)


def _sized(text: str) -> tuple[str, int]:
    folder, size = _named(text)
    if not size.isdecimal() or not int(size):
        raise UsageError(f"--small-disk {text!r}: {size!r} is no size.", do="Write FOLDER=BYTES.")
    if not Path(folder).is_dir():
        raise UsageError(f"--small-disk {text!r}: there is no such folder.", do="Make it first.")
    return str(Path(folder).resolve()), int(size)


def _services_of(folder: Path, seed: int) -> dict[str, Any]:
    from production_testers.experiments.hosted import services_of  # noqa: PLC0415

    return services_of(folder, seed)
