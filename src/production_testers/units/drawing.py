"""Pieces that usages are drawn from."""

from collections.abc import Mapping, Sequence
from random import Random

from production_testers.model.canonical import Json
from production_testers.model.scenario import Kind
from production_testers.model.usage import LAST, Call, Usage, Work

CLIENTS: Mapping[Kind, tuple[int, int]] = {
    Kind.BASELINE: (1, 1),
    Kind.STRESS: (4, 8),
    Kind.CHAOS: (1, 4),
    Kind.ADVERSARIAL: (1, 3),
    Kind.RECOVERY: (1, 3),
}
"""How many clients call at the same time, at least and at most."""


def clients(random: Random, kind: Kind) -> int:
    """A number of clients for a kind."""
    return random.randint(*CLIENTS[kind])


def gives_up(random: Random, kind: Kind, within_ms: float) -> float | None:
    """When a client gives up: never in baselines, now and then under chaos."""
    share = {Kind.CHAOS: 0.2, Kind.RECOVERY: 0.2}.get(kind, 0.0)
    return round(random.uniform(0.1, within_ms), 1) if random.random() < share else None


def work(random: Random, errors: Sequence[str], share: float) -> Work:
    """Some milliseconds of work, of which a share fails with one of the errors."""
    failing = bool(errors) and random.random() < share
    return Work(
        ms=round(random.uniform(0.5, 20), 1), raises=random.choice(errors) if failing else ""
    )


def call(  # noqa: PLR0913 - a call has that many parts
    client: int,
    number: int,
    operation: str,
    arguments: Mapping[str, Json] | None = None,
    *,
    after_ms: float = 0.0,
    cancel_after_ms: float | None = None,
    works: Mapping[str, tuple[Work, ...]] | None = None,
) -> Call:
    """Call `number` of client `client`; its key is made of both."""
    return Call(
        key=f"c{client}.{number}",
        client=f"c{client}",
        operation=operation,
        arguments=arguments or {},
        after_ms=after_ms,
        cancel_after_ms=cancel_after_ms,
        works=works or {},
    )


def last(
    number: int, operation: str, *, works: Mapping[str, tuple[Work, ...]] | None = None
) -> Call:
    """A call that is made when all clients have made theirs."""
    return Call(key=f"{LAST}.{number}", client=LAST, operation=operation, works=works or {})


def closes_last(usage: Usage, operation: str) -> bool:
    """Whether the last thing that happens is one call of that operation, by the last client."""
    closing = [call for call in usage.calls if call.client == LAST]
    return [call.operation for call in closing] == [operation] and usage.calls[-1].client == LAST
