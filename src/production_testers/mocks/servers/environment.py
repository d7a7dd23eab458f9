"""Everything that a real run calls, and what goes wrong with it, for as long as it runs."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from production_testers.mocks.faults.deciding import Firing
from production_testers.mocks.host import Host
from production_testers.mocks.servers.dns import serving_names
from production_testers.mocks.servers.http import serving
from production_testers.mocks.servers.mysql import serving_mysql
from production_testers.mocks.servers.proxy import TcpProxy, proxied
from production_testers.mocks.services.infra import InfrastructureLimits
from production_testers.model.fault_plan import FaultPlan


@dataclass(slots=True)
class Environment:
    """What there is to call.

    Attributes:
        url: Of the services over HTTP.
        sql_port: Of the database over MySQL's protocol; None without a `db`.
        names_port: Of the name server, UDP.
        proxies: Name → port of the proxy in front of it.
        firings: Every fault that happened, in order, whoever did it.
    """

    url: str = ""
    sql_port: int | None = None
    names_port: int = 0
    proxies: dict[str, int] = field(default_factory=dict)
    firings: list[Firing] = field(default_factory=list)

    def variables(self) -> dict[str, str]:
        """Where everything is, as a command finds it in its environment."""
        said = {
            "PTEST_SERVICES_URL": self.url,
            "OPENAI_BASE_URL": f"{self.url}/v1",
            "OPENAI_API_KEY": "mock",
            "PTEST_NAMES_PORT": str(self.names_port),
        }
        if self.sql_port is not None:
            said["PTEST_SQL_PORT"] = str(self.sql_port)
        for name, port in self.proxies.items():
            said[f"PTEST_PORT_{name.upper().replace('-', '_')}"] = str(port)
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the servers listen; 0 for a free port.

    Attributes:
        http: The services.
        sql: The database.
        names: The name server.
    """

    http: int = 0
    sql: int = 0
    names: int = 0


@asynccontextmanager
async def running(
    host: Host,
    plan: FaultPlan | None = None,
    *,
    ports: Ports | None = None,
    proxies: Mapping[str, tuple[str, int]] | None = None,
    speak_tls: Sequence[str] = (),
) -> AsyncIterator[Environment]:
    """Run every server in the running loop; afterwards nothing of them is left.

    Args:
        host: The services; it has the plan already.
        plan: What goes wrong at ports and names.
        ports: Where they listen.
        proxies: Name → host and port that a proxy is put in front of.
        speak_tls: The proxies that speak TLS to their clients.

    Raises:
        UsageError: A port cannot be had, or a fault cannot be at it.
        InvalidDocumentError: The plan cannot happen in a real run.
    """
    chosen = ports or Ports()
    made = Environment(firings=host.firings)
    async with AsyncExitStack() as stack:
        made.url = await stack.enter_async_context(serving(host, port=chosen.http))
        if "db" in host.services:
            made.sql_port = await stack.enter_async_context(serving_mysql(host, port=chosen.sql))
        names = serving_names(
            InfrastructureLimits().zone, plan=plan, told=made.firings.append, port=chosen.names
        )
        made.names_port = await stack.enter_async_context(names)
        for name, target in (proxies or {}).items():
            proxy = TcpProxy(name, target, plan, told=made.firings.append, tls=name in speak_tls)
            await stack.enter_async_context(proxied(proxy))
            made.proxies[name] = proxy.port
        yield made
