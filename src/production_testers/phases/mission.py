"""One run from its first second to its last: the phases in order, journalled and resumable.

What a phase decides follows from the run's configuration, so an interrupted run is resumed by
doing again whatever was not completed: same seed, same bytes.
"""

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib import metadata as distributions
from pathlib import Path
from types import FrameType
from typing import Any

from production_testers import __version__
from production_testers.experiments.environments import Environment, Sut, prepare
from production_testers.experiments.exploration import WorkerPool
from production_testers.experiments.recipe import Recipe
from production_testers.experiments.recipes import recipe_for, recipe_for_target
from production_testers.experiments.worker import Worker
from production_testers.experiments.worker.client import pass_on
from production_testers.mocks.datasets import SCENARIOS
from production_testers.model.errors import (
    PtestError,
    RunInterruptedError,
    SutUnavailableError,
    UsageError,
)
from production_testers.model.scenario import Kind
from production_testers.model.target import Target
from production_testers.phases import environment as environment_phase
from production_testers.phases import findings as findings_phase
from production_testers.phases import pictures, probing, ranging, reporting, testing
from production_testers.phases import pipelines as pipelines_phase
from production_testers.phases.configured import sut_of, usable
from production_testers.phases.context import REAL_S, Plan, RunContext
from production_testers.phases.experience import evaluate_experience
from production_testers.phases.hypotheses import hypotheses
from production_testers.phases.machine import describe_machine
from production_testers.phases.target import look_at
from production_testers.phases.target_environment import environment_for
from production_testers.phases.understanding import write_understanding
from production_testers.reports.record import RunRecord
from production_testers.workspace.atomic import is_full, write_error, write_text
from production_testers.workspace.clock import iso, stopwatch, utc_now
from production_testers.workspace.documents import RunConfig, RunParameters, RunStatus
from production_testers.workspace.journal import JournalKind
from production_testers.workspace.roadmap import RoadmapEntry
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.workspace import Workspace

DESCRIBE = "production_testers.experiments.jobs:describe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user can choose about a run.

    Attributes:
        sut: The system under test.
        seed: Where everything is drawn from.
        kinds: The kinds to execute; all five where empty.
        targets: SLO name → value.
        budget_s: Ceiling for exploring, seconds.
        model: The model that takes part; "none" without one.
        target: A team's own application.
    """

    sut: Sut
    target: Target | None = None
    seed: int = 0
    kinds: tuple[Kind, ...] = ()
    targets: Mapping[str, float] = field(default_factory=dict)
    budget_s: float | None = None
    model: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A completed run.

    Attributes:
        context: Everything that was seen.
        record: As it is reported.
        conclusion: Whether the entry was answered.
    """

    context: RunContext
    record: RunRecord
    conclusion: reporting.Conclusion


def start(
    workspace: Workspace, entry: RoadmapEntry, options: Options, tell: Callable[[str], None]
) -> Outcome:
    """Make a run of an entry and take it through all phases.

    Raises:
        SutUnavailableError: It cannot be installed or imported; no run folder is made. Where it
            goes away later, the run's status is blocked.
        RunInterruptedError: The user stopped it; it resumes.
        PtestError: Something of ours failed; the run's status is failed.
    """
    context = scaffold(workspace, entry, options, tell)
    return _mission(context)


def scaffold(
    workspace: Workspace, entry: RoadmapEntry, options: Options, tell: Callable[[str], None]
) -> RunContext:
    """Make the run folder with everything that is there before the first test."""
    workspace.known_findings()  # every earlier finding is needed, and must be readable
    tell(f"Preparing {options.sut}")
    installed = _environment(options.sut, options.target)
    description = describe(options.sut, installed)
    if options.target is not None:
        found = look_at(options.target, installed, options.sut.name)
        options = replace(options, target=found.target)
    plan = _plan(_recipe(entry.id, options.target), options)
    machine = describe_machine(installed)
    started = utc_now()

    def draft(run: RunFolder) -> None:
        config = _config(run, entry, options, description, plan, iso(started))
        run.draft(config=config, environment=machine)
        run.journal.append("run_started", entry=entry.id, sut=str(options.sut), seed=plan.seed)

    run = workspace.new_run(entry.id, started, draft)
    context = RunContext(
        workspace=workspace,
        run=run,
        entry=entry,
        recipe=_recipe(entry.id, options.target),
        sut=options.sut,
        environment=installed,
        description=description,
        plan=plan,
        tell=tell,
        target=options.target,
    )
    tell(f"Run {run.address}, seed {plan.seed}, {sum(plan.schedules.values())} schedules planned")
    with ending(context):
        _build(context)
    return context


def resume(
    workspace: Workspace, run: RunFolder, tell: Callable[[str], None], *, again: bool = False
) -> Outcome:
    """Go on with a run that was interrupted, or execute a completed one again.

    Args:
        workspace: Where it stands.
        run: The run.
        tell: Shows progress.
        again: Execute even when the run has been completed; its files count as they are now.

    Raises:
        UsageError: The run is completed and `again` is not set, or its configuration is broken.
    """
    status = run.read_findings().metadata.status
    if status is RunStatus.COMPLETED and not again:
        raise UsageError(
            f"{run.address} is completed; there is nothing to resume.",
            do=f"`ptest run {run.entry_id} --in {run.address}` executes it again.",
        )
    return _mission(reopen(workspace, run, tell))


def reopen(workspace: Workspace, run: RunFolder, tell: Callable[[str], None]) -> RunContext:
    """Bring a run back to where its tests can begin; what templates gave it and it lost is back.

    Raises:
        UsageError: Its configuration is broken, or one of its files cannot be used.
        SutUnavailableError: The system under test cannot be installed or imported.
    """
    workspace.known_findings()
    context = open_run(workspace, run, tell)
    run.journal.append("run_resumed")
    _set_status(context, RunStatus.IN_PROGRESS)
    with ending(context):
        _build(context)
    return context


def open_run(workspace: Workspace, run: RunFolder, tell: Callable[[str], None]) -> RunContext:
    """A run that exists, with its system under test prepared.

    Raises:
        UsageError: Its configuration is broken, or the roadmap has no such entry.
        SutUnavailableError: It cannot be installed or imported.
    """
    config = run.read_config()
    sut, plan = sut_of(config), _plan_of(config)
    entry = workspace.roadmap().entry(run.entry_id)
    target = _target_of(config)
    tell(f"Preparing {sut}")
    installed = _environment(sut, target)
    return RunContext(
        workspace=workspace,
        run=run,
        entry=entry,
        recipe=_recipe(entry.id, target),
        sut=sut,
        environment=installed,
        description=describe(sut, installed),
        plan=plan,
        tell=tell,
        target=target,
    )


def _recipe(entry_id: str, target: Target | None) -> Recipe:
    return recipe_for(entry_id) if target is None else recipe_for_target(target)


def _environment(sut: Sut, target: Target | None) -> Environment:
    """Where it is installed; workers are given what the target asks for of the environment."""
    if target is None:
        return prepare(sut)
    pass_on(target.env)
    return environment_for(target, sut)


def _target_of(config: RunConfig) -> Target | None:
    with usable("target"):
        raw: Any = config.as_json().get("target")
        return None if raw is None else Target.from_json(raw, path="config/run_config.json")


def describe(sut: Sut, installed: Environment) -> dict[str, Any]:
    """What the adapter says of the system under test where it is installed.

    Raises:
        SutUnavailableError: It cannot be imported there.
    """
    with Worker(installed.python, sut.name) as worker:
        description: dict[str, Any] = worker.call(DESCRIBE, {})
    return description


def _plan(recipe: Recipe, options: Options) -> Plan:
    chosen = options.kinds or tuple(Kind)
    return Plan(
        seed=options.seed,
        schedules={kind: count for kind, count in recipe.schedules.items() if kind in chosen},
        cost_sizes=recipe.cost_sizes if Kind.STRESS in chosen else {},
        targets=options.targets,
        budget_s=options.budget_s,
        experiments=options.target is None,  # theirs are pipelines, and an application is none
    )


def _config(
    run: RunFolder,
    entry: RoadmapEntry,
    options: Options,
    description: Mapping[str, Any],
    plan: Plan,
    started_at: str,
) -> RunConfig:
    variants = SCENARIOS[recipe_for(entry.id).data].variants.values()
    records = sum(map(environment_phase.size_of, variants))
    parameters = RunParameters.model_validate(
        {
            "concurrency_level": plan.concurrency,
            "duration_seconds": plan.real_s,
            "data_volume": f"{records}_records",
            "seed": plan.seed,
            "schedules": {kind.value: count for kind, count in plan.schedules.items()},
            "cost_sizes": {shape: list(sizes) for shape, sizes in plan.cost_sizes.items()},
            "real": testing.measure_arguments(plan),
            "slo": dict(plan.targets),
            "budget_seconds": plan.budget_s,
            "experiments": plan.experiments,
        }
    )
    sut = options.sut
    is_stageflow = sut.name == "stageflow-core"
    return RunConfig.model_validate(
        {
            "roadmap_entry_id": entry.id,
            "roadmap_entry_title": entry.title,
            "priority": entry.priority,
            "risk_class": entry.risk,
            "industry": entry.industry,
            "deployment_mode": entry.deployment_mode,
            "run_id": run.run_id,
            "started_at": started_at,
            "agent_model": options.model,
            "stageflow_version": description["version"] if is_stageflow else None,
            "test_parameters": parameters.as_json(),
            "sut": {"name": sut.name, "version": description["version"], "source": sut.source},
            **({} if options.target is None else {"target": options.target.as_json()}),
        }
    )


def _plan_of(config: RunConfig) -> Plan:
    with usable("test_parameters"):
        raw: Any = config.as_json()["test_parameters"]
        return Plan(
            seed=int(raw["seed"]),
            schedules={Kind(kind): int(count) for kind, count in raw["schedules"].items()},
            cost_sizes={shape: tuple(sizes) for shape, sizes in raw["cost_sizes"].items()},
            real_s=float(raw["real"].get("seconds", REAL_S)),
            concurrency=int(raw["real"]["concurrency"]),
            targets=raw["slo"],
            budget_s=raw["budget_seconds"],
            experiments=bool(raw.get("experiments", False)),
        )


def _build(context: RunContext) -> None:
    """Research, environment, pipelines and tests, before anything is executed."""
    with _phase(context, "research", "Research: reading the system under test"):
        write_understanding(context, hypotheses(context, tested=False))
    with _phase(context, "environment", "Environment: mock data and services"):
        environment_phase.build_environment(context)
    with _phase(context, "pipelines", "Pipelines: five kinds"):
        pipelines_phase.build_pipelines(context)
    testing.build_tests(context)
    write_text(context.run.requirements, _requirements(context))


def _requirements(context: RunContext) -> str:
    """What `pip install -r` needs in the folder: this package's wheel, the SUT, pytest."""
    lines = [
        "# The wheel of production-testers stands in the workspace.",
        "--find-links ../../../.wheels",
        f"production-testers=={__version__}",
        f"pytest=={distributions.version('pytest')}",
    ]
    if context.sut.name != "reference":
        lines.append(context.sut.requirement)
    return "\n".join(lines) + "\n"


def _mission(context: RunContext) -> Outcome:
    with ending(context):
        paths, spent = (context.folder,), stopwatch()
        with (
            _phase(context, "tests", "Tests: exploring schedules"),
            WorkerPool(context.environment.python, context.sut.name, paths) as workers,
        ):
            testing.execute(context, workers)
            context.tell("Findings: minimising, reproducing, attributing, verifying")
            findings_phase.find(context, workers)
            if context.target is None:  # an application is no release of the framework
                context.tell("Releases: which of them have each finding")
                ranging.range_findings(context, spent)
                context.tell("  recording which of the flagged lines are executed")
                probing.probe(context, workers)
            context.tell("  running the folder's own tests")
            tests = testing.run_folder_tests(context)
        with _phase(context, "dx", "Developer experience"):
            dx = evaluate_experience(context)
        with _phase(context, "report", "Report"):
            write_understanding(context, hypotheses(context, tested=True))
            _state_what_was_used(context)
            pictures.draw_pictures(context)
            record, conclusion = reporting.report(context, tests, dx)
        context.workspace.aggregate()
        reporting.close(context, record)
    return Outcome(context=context, record=record, conclusion=conclusion)


def _state_what_was_used(context: RunContext) -> None:
    """`duration_seconds` is how long the real executions lasted."""
    config = context.run.read_config()
    if context.measured is not None:
        seconds = round(2 * context.measured["seconds"], 3)
        parameters = config.test_parameters.model_copy(update={"duration_seconds": seconds})
        context.run.write_config(config.model_copy(update={"test_parameters": parameters}))


@contextmanager
def _phase(context: RunContext, name: str, title: str) -> Iterator[None]:
    context.tell(title)
    context.run.journal.append("phase_started", phase=name)
    yield
    context.run.journal.append("phase_completed", phase=name)


@contextmanager
def ending(context: RunContext) -> Iterator[None]:
    """Journal how the run ends, if it does not end well; errors say how to go on."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        _note_interruption(context)
        raise RunInterruptedError(
            f"Interrupted; {context.run.address} is kept.",
            do=f"Go on with: ptest resume {context.run.address}",
        ) from None
    except UsageError as error:  # a mistake in the folder's own files: mended, the run goes on
        _note_interruption(context)
        raise UsageError(
            f"{error.what} {error.do}".strip(),
            do=f"Then go on with: ptest resume {context.run.address}",
        ) from error
    except SutUnavailableError:
        _end(context, JournalKind.RUN_BLOCKED, RunStatus.BLOCKED)
        raise
    except PtestError as error:
        _end(context, JournalKind.RUN_FAILED, RunStatus.FAILED)
        raise PtestError(
            f"{error.what} {error.do}".strip(),
            do=f"Then go on with: ptest resume {context.run.address}",
        ) from error
    except Exception as error:
        _end(context, JournalKind.RUN_FAILED, RunStatus.FAILED)
        if isinstance(error, OSError) and is_full(error):
            raise write_error(Path(error.filename or context.folder), error) from error
        raise PtestError(
            f"{type(error).__name__}: {error}.",
            do=f"This is an error of ptest; {context.run.address} has the status failed.",
        ) from error
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _note_interruption(context: RunContext) -> None:
    """A run in progress is resumed with or without this line, so a full disk may prevent it."""
    with suppress(PtestError):
        context.run.journal.append("run_interrupted")


def _end(context: RunContext, kind: JournalKind, status: RunStatus) -> None:
    """State how the run ended; where that cannot be written, it stays in progress."""
    with suppress(PtestError):
        _set_status(context, status)
        context.run.journal.append(kind)


def _set_status(context: RunContext, status: RunStatus) -> None:
    ended = None if status is RunStatus.IN_PROGRESS else iso(utc_now())
    document = context.run.read_findings()
    metadata = document.metadata.model_copy(update={"status": status, "completed_at": ended})
    context.run.write_state(document.model_copy(update={"metadata": metadata}))
