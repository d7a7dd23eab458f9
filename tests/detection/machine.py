"""A machine whose clock goes on only when it is read or somebody waits: loads on it are the same
every time, whoever else uses the real one.
"""

import resource
import selectors
import time
from types import SimpleNamespace

from production_testers.load.worker import paired, sampling

READ_NS = 20_000
"""What reading the clock takes: whoever looks at it until it says something, works."""


class Machine:
    """Stands for the clock, the processor and the waiting of this process."""

    def __init__(self, monkeypatch) -> None:
        self.now_ns, self.cpu_ns = 10**12, 0
        select = selectors.DefaultSelector.select

        def waiting(selector, timeout=None):
            assert timeout is not None, "everybody waits for something outside of this process"
            self.now_ns += max(0, round(timeout * 1e9))
            return select(selector, 0)

        monkeypatch.setattr(selectors.DefaultSelector, "select", waiting)
        monkeypatch.setattr(time, "perf_counter_ns", self.read)
        monkeypatch.setattr(time, "monotonic", lambda: self.read() / 1e9)
        monkeypatch.setattr(time, "sleep", self.sleep)
        monkeypatch.setattr(resource, "getrusage", self.used)
        for module in (paired, sampling):
            monkeypatch.setattr(module, "waited_ns", lambda: 0)

    def read(self) -> int:
        """The moment, nanoseconds."""
        self.now_ns += READ_NS
        self.cpu_ns += READ_NS
        return self.now_ns

    def sleep(self, seconds) -> None:
        """Nothing goes on meanwhile."""
        self.now_ns += round(seconds * 1e9)

    def used(self, _who):
        """Processor time so far."""
        return SimpleNamespace(ru_utime=self.cpu_ns / 1e9, ru_stime=0.0)
