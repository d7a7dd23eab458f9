"""One agent at work on one run, from the scaffold to the report.

The agent is any command. It reads the prompt, edits the run folder and proposes findings; the
machine then executes the mission on the folder as it was left, and decides what is a finding.
"""

import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from production_testers.agents import prompt
from production_testers.agents.mending import Kept, mend
from production_testers.agents.process import Call, Ended, run_command
from production_testers.experiments.environments import CACHE_VARIABLE, cache_folder
from production_testers.model.errors import RunInterruptedError, UsageError
from production_testers.phases import mission
from production_testers.phases.context import RunContext
from production_testers.workspace.atomic import write_text
from production_testers.workspace.clock import utc_now
from production_testers.workspace.problems import Problem, ProblemSeverity, Rule
from production_testers.workspace.proposals import Proposal, proposals_of
from production_testers.workspace.roadmap import RoadmapEntry
from production_testers.workspace.run_folder import RunFolder
from production_testers.workspace.transcript import Transcript
from production_testers.workspace.validation import validate_run
from production_testers.workspace.workspace import Workspace

_FILE = re.compile(r"\b(?:config|mocks|pipelines|results|tests)/[\w/.-]*\w")
PASSED_ON = ("PATH", "HOME", "LANG", "TERM", "TMPDIR")
"""What an agent sees of the environment besides our own variables and what the user names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """What the user says of an agent.

    Attributes:
        command: Program and arguments.
        timeout_s: After this time it is ended; None for never.
        secrets: Environment variables that it gets; their values are masked in the transcript.
        model: The model that it is; None where the user names none.
    """

    command: tuple[str, ...]
    timeout_s: float | None = None
    secrets: Mapping[str, str]
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What came of it.

    Attributes:
        run: The run that it worked on.
        ended: How the command ended.
        transcript: What it said.
        mended: Problems that it left and that were put right.
        problems: What is still wrong.
        proposals: Every proposal of the run.
        outcome: The mission's; None where the folder could not be used.
    """

    run: RunFolder
    ended: Ended
    transcript: Path
    mended: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    proposals: tuple[Proposal, ...]
    outcome: mission.Outcome | None

    @property
    def is_damaged(self) -> bool:
        """Whether something is wrong that could not be put right."""
        return any(one.severity is ProblemSeverity.ERROR for one in self.problems)


def start(
    workspace: Workspace,
    entry: RoadmapEntry,
    options: mission.Options,
    agent: Agent,
    tell: Callable[[str], None],
) -> Session:
    """Make a run of an entry and have an agent work on it.

    Raises:
        UsageError: The command cannot be started, or the prompt's template is broken.
        SutUnavailableError: The system under test cannot be installed or imported.
        RunInterruptedError: The user stopped it; it resumes.
        PtestError: Something of ours failed; the run's status is failed.
    """
    _check(agent)
    options = replace(options, model=agent.model or "none")
    return _session(mission.scaffold(workspace, entry, options, tell), agent)


def go_on(
    workspace: Workspace, run: RunFolder, agent: Agent, tell: Callable[[str], None]
) -> Session:
    """Have an agent work on a run that exists; raises as `start` does."""
    _check(agent)
    context = mission.reopen(workspace, run, tell)
    if agent.model is not None:
        _name_model(run, agent.model)
    return _session(context, agent)


def _check(agent: Agent) -> None:
    if shutil.which(agent.command[0], path=_path()) is None:
        raise UsageError(
            f"--command {agent.command[0]!r}: there is no such program.",
            do="Name a program on the PATH, or its absolute path.",
        )


def _name_model(run: RunFolder, model: str) -> None:
    run.write_config(run.read_config().model_copy(update={"agent_model": model}))
    document = run.read_findings()
    metadata = document.metadata.model_copy(update={"agent_model": model})
    run.write_findings(document.model_copy(update={"metadata": metadata}))


def _session(context: RunContext, agent: Agent) -> Session:
    run, workspace = context.run, context.workspace
    log = run.free_log(utc_now(), "agent")
    try:
        with mission.ending(context):
            ended, left = _at_work(context, agent, log)
    except RunInterruptedError as error:
        raise RunInterruptedError(
            error.what,
            do=f"Go on with: ptest agent {run.entry_id} --command … --in {run.address},"
            f" or without an agent: ptest resume {run.address}",
        ) from None
    outcome: mission.Outcome | None = None
    unusable: tuple[Problem, ...] = ()
    try:
        outcome = mission.resume(workspace, run, context.tell, again=True)
    except UsageError as error:  # a mistake in the files that it left
        unusable = (_unusable(error),)
    problems = (*unusable, *_still_wrong(run))
    places = {(one.path, one.rule) for one in problems}
    return Session(
        run=run,
        ended=ended,
        transcript=log,
        mended=tuple(one for one in left if (one.path, one.rule) not in places),
        problems=problems,
        proposals=proposals_of(run) if outcome else (),
        outcome=outcome,
    )


def _at_work(context: RunContext, agent: Agent, log: Path) -> tuple[Ended, tuple[Problem, ...]]:
    """Run the agent; gives how it ended and what was wrong with the folder then."""
    run = context.run
    write_text(run.agent_prompt, prompt.render(context))
    run.journal.append("agent_started", log=log.name)
    kept = Kept.of(run)
    call = Call(
        command=agent.command,
        folder=run.path,
        environment=_environment(context, agent),
        told=run.agent_prompt,
        timeout_s=agent.timeout_s,
    )
    context.tell(f"Agent at work; what it says: {log}")
    problems: tuple[Problem, ...] = ()
    try:
        with Transcript(log, agent.secrets) as transcript:
            ended = run_command(call, transcript)
    finally:  # interrupted or not: what it left must be readable when the run goes on
        problems = _mended(run, kept)
    if run.path.is_dir():
        run.journal.append(
            "agent_ended",
            exit_code=ended.exit_code,
            timed_out=ended.timed_out,
            seconds=round(ended.seconds, 3),
        )
    context.tell(f"Agent ended with {ended.exit_code} after {ended.seconds:.0f} s")
    return ended, problems


def _mended(run: RunFolder, kept: Kept) -> tuple[Problem, ...]:
    try:
        return mend(run, kept)
    except UsageError as error:
        return (_unusable(error),)


def _still_wrong(run: RunFolder) -> tuple[Problem, ...]:
    try:
        return validate_run(run)
    except UsageError as error:
        return (_unusable(error),)


def _unusable(error: UsageError) -> Problem:
    named = _FILE.search(str(error))
    path = named.group() if named else "."
    return Problem(path=path, rule=Rule.UNUSABLE, message=str(error))


def _environment(context: RunContext, agent: Agent) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
        **agent.secrets,
        "PATH": _path(),
        "PTEST_PROMPT": str(context.run.agent_prompt.resolve()),
        "PTEST_RUN": str(context.run.path.resolve()),
        "PTEST_ENTRY": context.entry.id,
        "PTEST_WORKSPACE": str(context.workspace.root.resolve()),
        CACHE_VARIABLE: str(cache_folder().resolve()),
    }


def _path() -> str:
    """The PATH, with `ptest` on it."""
    here = Path(sys.executable).parent
    programs = (str(here),) if (here / "ptest").exists() else ()
    return os.pathsep.join((*programs, os.environ.get("PATH", os.defpath)))
