"""`ptest agent`."""

import math
import os
import shlex
from typing import Annotated, Any

from cyclopts import Parameter

from production_testers.agents import session
from production_testers.cli.commands import run as run_command
from production_testers.cli.options import JsonFlag, Seed, WorkspacePath, find_workspace
from production_testers.cli.output import show, show_json, tell
from production_testers.experiments.environments import Sut
from production_testers.model.errors import UsageError
from production_testers.phases import mission
from production_testers.workspace.documents import Severity
from production_testers.workspace.problems import Problem

DAMAGED = 1
"""Exit code when the folder that the agent left is not in order."""


def agent(
    entry: str,
    *,
    command: str,
    timeout: float | None = None,
    pass_env: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    model: str | None = None,
    sut: str | None = None,
    seed: Seed | None = None,
    in_: Annotated[str | None, Parameter(name="--in")] = None,
    json: JsonFlag = False,
    workspace: WorkspacePath = None,
) -> int:
    """Have any command-line agent work on a run; the machine judges what it leaves.

    Args:
        entry: Id of the roadmap entry.
        command: The agent: a program with its arguments, started without a shell.
        timeout: Seconds after which the agent and all that it started are ended.
        pass_env: Environment variables that the agent gets; masked in what it says.
        model: The model that the agent is, for the run's documents.
        sut: The system under test; stageflow-core.
        seed: Where everything is drawn from, 0 by default.
        in_: Work on this run instead of a new one.
        json: Print one JSON document.
        workspace: The workspace; by default the nearest one.
    """
    chosen = session.Agent(
        command=_words(command),
        timeout_s=_seconds(timeout),
        secrets=_secrets(pass_env),
        model=model,
    )
    place = find_workspace(workspace)
    found = place.roadmap().entry(entry)
    if in_ is None:
        options = mission.Options(sut=Sut.parse(sut or run_command.DEFAULT_SUT), seed=seed or 0)
        done = session.start(place, found, options, chosen, tell)
    else:
        again = run_command.run_of(place, found, in_, changed=(sut, seed))
        done = session.go_on(place, again, chosen, tell)
    return _finish(done, json=json)


def _words(command: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"--command {command!r} cannot be read: {error}.") from None
    if not words:
        raise UsageError("--command is empty.", do="Name the agent's program with its arguments.")
    return words


def _seconds(timeout: float | None) -> float | None:
    if timeout is not None and not 0 < timeout < math.inf:
        raise UsageError(f"--timeout {timeout:g}: it must be more than 0 seconds, and finite.")
    return timeout


def _secrets(names: tuple[str, ...]) -> dict[str, str]:
    for name in names:
        if name not in os.environ:
            raise UsageError(
                f"--pass-env {name!r}: it is not set.", do="Export it, or leave it out."
            )
    return {name: os.environ[name] for name in names}


def _finish(done: session.Session, *, json: bool) -> int:
    code = DAMAGED if done.outcome is None else run_command.exit_code(done.outcome, Severity.HIGH)
    code = DAMAGED if done.is_damaged else code
    if json:
        show_json(_as_json(done, code))
        return code
    for problem in done.mended:
        tell(f"put right: {problem}")
    for problem in done.problems:
        tell(str(problem))
    if done.outcome is not None:
        show(run_command.told(done.outcome))
        for proposal in done.proposals:
            named = f" {proposal.finding}" if proposal.finding else ""
            show(f"{proposal.id}: {proposal.state.value}{named}: {proposal.reason}.")
    elif done.run.path.is_dir():
        show(f"Mend {done.run.path}, then: ptest resume {done.run.address}")
    return code


def _as_json(done: session.Session, code: int) -> dict[str, Any]:
    run = done.run
    of_the_run = (
        {
            "entry": run.entry_id,
            "run_id": run.run_id,
            "run_dir": str(run.path.resolve()),
            "status": "in_progress",
            "findings": [],
            "exit_code": code,
        }
        if done.outcome is None
        else run_command.as_json(done.outcome, code)
    )
    return {
        **of_the_run,
        "agent": {
            "exit_code": done.ended.exit_code,
            "timed_out": done.ended.timed_out,
            "seconds": round(done.ended.seconds, 3),
            "left_behind": done.ended.left_behind,
            "transcript": str(done.transcript),
        },
        "proposals": [
            {
                "id": one.id,
                "source": one.source.value,
                "law": one.law,
                "title": one.title,
                "state": one.state.value,
                "reason": one.reason,
                "finding": one.finding,
            }
            for one in done.proposals
        ],
        "mended": [_told(problem) for problem in done.mended],
        "problems": [_told(problem) for problem in done.problems],
    }


def _told(problem: Problem) -> dict[str, str]:
    return {
        "path": problem.path,
        "rule": problem.rule.value,
        "severity": problem.severity.value,
        "message": problem.message,
    }
