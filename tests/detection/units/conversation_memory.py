"""Wrong conversation memories."""

import asyncio

from detection.units.planting import PlantedUnit
from production_testers.suts.reference.units.conversation_memory import ConversationMemory


class OneSessionForAll(ConversationMemory):
    """System entries are kept for everybody."""

    async def perform(self, operation, arguments):
        if operation == "write" and arguments["role"] == "system":
            for session in "ab":
                await super().perform(operation, {**arguments, "session": session})
            return None
        return await super().perform(operation, arguments)


class OneTooMany(ConversationMemory):
    """The limit is looked at after the entry was added."""

    def _newest(self, session, wanted):
        return super()._newest(
            session, {**wanted, "entries": wanted["entries"] and wanted["entries"] + 1}
        )


class OldestFirst(ConversationMemory):
    """A limit gives the first entries, not the last."""

    def _newest(self, session, wanted):
        found = super()._newest(session, {**wanted, "entries": 0})
        return found[: wanted["entries"]] if wanted["entries"] else found


class LostUpdate(ConversationMemory):
    """A write reads the list, waits, and puts a longer one in its place."""

    async def perform(self, operation, arguments):
        if operation == "write":
            before = list(self._said.get(arguments["session"], []))
            await asyncio.sleep(0)
            self._said[arguments["session"]] = before
        return await super().perform(operation, arguments)


class KeepsEveryCharacter(ConversationMemory):
    """What was said is kept once more, character by character."""

    async def perform(self, operation, arguments):
        if operation == "write":
            self.__dict__.setdefault("kept", []).append(list(arguments["text"]))
        return await super().perform(operation, arguments)


PLANTED = (
    PlantedUnit(
        "conversation_memory",
        "memory/session-size",
        "too-large",
        KeepsEveryCharacter,
        shape="session_turns",
        sizes=(500, 1_000),
    ),
    PlantedUnit("conversation_memory", "memory/conversation", "foreign", OneSessionForAll),
    PlantedUnit("conversation_memory", "memory/conversation", "over-limit", OneTooMany),
    PlantedUnit("conversation_memory", "memory/conversation", "not-as-said", OldestFirst),
    PlantedUnit("conversation_memory", "memory/conversation", "not-as-said", LostUpdate),
)
