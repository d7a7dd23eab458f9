"""The infrastructure of this run: queues, a disk, memory, clocks and leases.

Edit LIMITS to make it run out of something: `disk_full`, `out_of_memory`, `queue_full`.
"""

from production_testers.mocks.services import InfrastructureLimits, MockInfrastructure, Service

LIMITS = InfrastructureLimits(
    disk_bytes=1_000_000,
    memory_bytes=64_000_000,
    queue_depth=1_000,
    clock_skew_ms=250,
)


def service(seed: int) -> Service:
    """Infrastructure within LIMITS; operations: queue_*, disk_*, memory_*, clock_skew, lease_*."""
    return MockInfrastructure(seed, LIMITS)
