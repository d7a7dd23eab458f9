"""A shop's stock, kept in a store that takes a moment to answer.

`HastyStock` reads a level, decides, and writes the new one; in between others do the same.
`Stock` is the repair: one order at a time for each item.
"""

import asyncio
from collections import defaultdict


class SoldOutError(Exception):
    """There is not enough left."""


class Store:
    """Stands for a database: every answer takes two milliseconds."""

    def __init__(self, levels: dict[str, int]) -> None:
        self._levels = dict(levels)

    async def read(self, item: str) -> int:
        """How many there are."""
        await asyncio.sleep(0.002)
        return self._levels[item]

    async def write(self, item: str, level: int) -> None:
        """There are so many from now on."""
        await asyncio.sleep(0.002)
        self._levels[item] = level


class HastyStock:
    """Broken: two orders may read the same level, and both take from it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def take(self, item: str, count: int) -> None:
        """Take `count` of an item, or raise `SoldOutError`."""
        level = await self.store.read(item)
        if level < count:
            raise SoldOutError(item)
        await self.store.write(item, level - count)


class Stock(HastyStock):
    """Repaired: whoever takes from an item holds its lock from the reading to the writing."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, item: str, count: int) -> None:
        """Take `count` of an item, or raise `SoldOutError`."""
        async with self._locks[item]:
            await super().take(item, count)
