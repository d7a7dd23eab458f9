"""A command under a fault plan, with the mock services beside it, from its start to its end."""

import asyncio
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from production_testers.mocks.faults.deciding import Firing
from production_testers.mocks.host import Host
from production_testers.mocks.servers.conductor import Conductor
from production_testers.mocks.servers.environment import running
from production_testers.mocks.servers.processes import ManagedProcess
from production_testers.mocks.servers.undo import FOLDER_OF_A_RUN, Journal
from production_testers.mocks.services.contract import Service
from production_testers.model.canonical import Json
from production_testers.model.errors import RunInterruptedError
from production_testers.model.fault_plan import FaultPlan

APP = "app"
"""The command's name as a process of the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is run.

    Attributes:
        command: Program and arguments.
        proxies: Name → host and port that a proxy is put in front of.
        speak_tls: Proxies that speak TLS to their clients.
        small_disk: Folder and bytes of a small file system that only the command sees.
        output: Descriptor that its standard output goes to; None for ours.
    """

    command: Sequence[str]
    proxies: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    speak_tls: Sequence[str] = ()
    small_disk: tuple[str, int] | None = None
    output: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it ended.

    Attributes:
        code: The command's own, as `subprocess` says it.
        starts: How often it was started.
        firings: Every fault that happened, in order.
        ledger: What calls of models cost.
        planned: How many rules the plan has.
    """

    code: int
    starts: int
    firings: tuple[Firing, ...]
    ledger: Mapping[str, Json]
    planned: int

    @property
    def exit_code(self) -> int:
        """1 where the command ended badly, 2 where no fault of a plan happened, else 0."""
        if self.code != 0:
            return 1
        return 2 if self.planned and not self.firings else 0

    def counts(self) -> dict[str, int]:
        """Rule → how often it fired, in the order in which they began."""
        return dict(Counter(firing.rule for firing in self.firings))


def under(
    plan: FaultPlan,
    subject: Subject,
    services: Mapping[str, Service],
    *,
    seed: int = 0,
    tell: Callable[[str], None] = lambda _line: None,
) -> Outcome:
    """Run a command to its end; everything that was done is undone then.

    Args:
        plan: A plan that can happen in a real run.
        subject: What to run.
        services: What it can call.
        seed: Of the services' host.
        tell: Told where the services are, and each fault when it happens.

    Raises:
        UsageError: The command cannot be started, or a fault cannot be done here.
        RunInterruptedError: The user stopped it; everything was undone.
    """
    with tempfile.TemporaryDirectory(prefix=FOLDER_OF_A_RUN) as folder:
        journal = Path(folder) / "journal"
        try:
            host = Host(services, seed=seed, plan=plan)
            return asyncio.run(_under(plan, subject, host, (journal, tell)))
        except (KeyboardInterrupt, asyncio.CancelledError) as error:
            raise RunInterruptedError(
                "Interrupted.", do="Every fault was undone; start again."
            ) from error


async def _under(
    plan: FaultPlan, subject: Subject, host: Host, told: tuple[Path, Callable[[str], None]]
) -> Outcome:
    path, tell = told
    tell(f"What is done is written to {path} until it is undone.")
    everything = running(host, plan, proxies=subject.proxies, speak_tls=subject.speak_tls)
    async with everything as environment:
        variables = environment.variables()
        for name, value in variables.items():
            tell(f"{name}={value}")
        process = ManagedProcess(
            APP,
            subject.command,
            environment={**os.environ, **variables},
            output=subject.output,
            small_disk=subject.small_disk,
        )
        with Journal(path) as journal:
            firings = environment.firings

            def fired(firing: Firing) -> None:
                firings.append(firing)
                tell(f"{firing.at_ms:.0f} ms  {firing.fault}  {firing.at}")

            process.start()
            conducting = asyncio.create_task(Conductor(plan, [process], journal, fired).conduct())
            try:
                code = await _finished(process, conducting)
            finally:
                conducting.cancel()
                await asyncio.wait({conducting})
                await process.end()
        return Outcome(
            code=code,
            starts=process.starts,
            firings=tuple(firings),
            ledger=host.ledger.as_json(),
            planned=len(plan.rules),
        )


async def _finished(process: ManagedProcess, conducting: "asyncio.Task[None]") -> int:
    """Wait for the command; what keeps the faults from being done ends it at once."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None, "it is awaited"
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    finished = asyncio.create_task(process.finished())
    try:
        await asyncio.wait({finished, conducting}, return_when=asyncio.FIRST_COMPLETED)
        if conducting.done():
            conducting.result()
        return await finished
    finally:
        finished.cancel()
        loop.remove_signal_handler(signal.SIGTERM)
