"""`ptest serve`: the mock services as real servers."""

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from production_testers.cli.options import JsonFlag, Seed
from production_testers.cli.output import finish, show, show_json
from production_testers.experiments.hosted import services_of
from production_testers.mocks.faults import Way
from production_testers.mocks.host import Host
from production_testers.mocks.stock import stock_services
from production_testers.model.fault_plan import FaultPlan
from production_testers.workspace.plans import read_plan


def serve(
    *,
    folder: Annotated[Path | None, Parameter(name="--in")] = None,
    plan: Path | None = None,
    port: int = 0,
    sql_port: int = 0,
    names_port: int = 0,
    seed: Seed = 0,
    webhooks: str | None = None,
    seconds: float | None = None,
    json: JsonFlag = False,
) -> int:
    """Serve the mock services until Ctrl-C or `kill`; first it prints where they are.

    Args:
        folder: Run folder whose mocks/services are served; without one, a little of each.
        plan: Fault plan; its faults at services and names happen.
        port: Of the services over HTTP; 0 for a free one.
        sql_port: Of the database over MySQL's protocol; likewise.
        names_port: Of the name server, UDP; likewise.
        seed: Same seed, same answers.
        webhooks: Address that the API's webhooks are delivered to.
        seconds: Stop after so many.
        json: Print one JSON document.
    """
    services = stock_services(seed) if folder is None else services_of(folder, seed)
    wrong = None if plan is None else read_plan(plan, Way.REAL)
    host = Host(services, seed=seed, plan=wrong)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(host, wrong, (port, sql_port, names_port), (webhooks, seconds, json)))
    return 0


async def _serve(
    host: Host,
    plan: FaultPlan | None,
    ports: tuple[int, int, int],
    told: tuple[str | None, float | None, bool],
) -> None:
    from production_testers.mocks.servers.environment import Ports, running  # noqa: PLC0415
    from production_testers.mocks.servers.webhooks import delivering  # noqa: PLC0415

    http, sql, names = ports
    webhooks, seconds, json = told
    listening = Ports(http=http, sql=sql, names=names)
    unwanted, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs ignore the first
        loop.add_signal_handler(number, unwanted.set)
    async with contextlib.AsyncExitStack() as stack:
        environment = await stack.enter_async_context(running(host, plan, ports=listening))
        if webhooks is not None:
            await stack.enter_async_context(delivering(host, webhooks))
        variables = environment.variables()
        if json:
            show_json(variables)
        else:
            show("\n".join(f"{name}={value}" for name, value in variables.items()))
        finish()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await unwanted.wait()
