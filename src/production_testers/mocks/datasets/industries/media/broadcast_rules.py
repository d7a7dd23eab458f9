"""What a request to play, its rights and its captions say about each other."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule


@rule("decision", "who may see it follows from moderation, rights, time and age")
def decision(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Moderation first, then rights, then age."""
    here = [one for one in record["rights"] if one["territory"] == record["territory"]]
    at, reason = record["requested_at"], None
    open_ = [one for one in here if one["begins_at"] <= at < one["ends_at"]]
    if record["moderation"] == "blocked":
        reason = "moderated"
    elif not here:
        reason = "no_rights"
    elif not open_:
        reason = "not_yet" if all(at < one["begins_at"] for one in here) else "expired"
    elif record["viewer_age"] < record["rated_age"]:
        reason = "too_young"
    if (record["refusal"], record["may_play"]) == (reason, reason is None):
        return None
    return f"{record['refusal']}, should be {reason}"


@rule("windows", "rights end after they begin and do not overlap in one territory")
def windows(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Ends are excluded."""
    for one in record["rights"]:
        if one["begins_at"] >= one["ends_at"]:
            return f"rights from {one['begins_at']} to {one['ends_at']}"
    ordered = sorted(record["rights"], key=lambda one: (one["territory"], one["begins_at"]))
    for one, other in pairwise(ordered):
        same = one["territory"] == other["territory"]
        if same and other["begins_at"] < one["ends_at"]:
            return f"rights in {one['territory']} overlap at {other['begins_at']}"
    return None


@rule("captions", "captions are in order, without overlap, inside the broadcast, and readable")
def readable(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """At most 42 signs a line and 20 signs a second."""
    at = 0
    for cue in record["captions"]:
        if not at <= cue["start_ms"] < cue["end_ms"] <= record["duration_ms"]:
            return f"a cue from {cue['start_ms']} to {cue['end_ms']} after {at}"
        at = cue["end_ms"]
        signs = sum(map(len, cue["lines"]))
        if max(map(len, cue["lines"])) > 42:
            return f"a line of {max(map(len, cue['lines']))} signs"
        if signs * 1_000 > 20 * (cue["end_ms"] - cue["start_ms"]) + 1_000:
            return f"{signs} signs in {cue['end_ms'] - cue['start_ms']} ms"
    return None


@rule("rating", "what moderation found is no film for children, and no cue says a line twice")
def rating(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Violence and strong language from twelve years on; what is blocked may be rated anyhow."""
    least = {"clean": 0, "language": 12, "violence": 12, "blocked": 0}[record["moderation"]]
    if record["rated_age"] < least:
        return f"{record['moderation']}, rated {record['rated_age']}"
    twice = [
        one["lines"] for one in record["captions"] if len(set(one["lines"])) < len(one["lines"])
    ]
    return f"the cue {twice[0]}" if twice else None


@rule("one_asset", "an asset is the same whoever asks for it", across=True)
def one_asset(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Title, length, size, rating and rights."""
    mine = [record[name] for name in ("title", "duration_ms", "bytes", "rated_age", "rights")]
    known = memory.setdefault(record["asset"], mine)
    return None if known == mine else f"{record['asset']} was {known[0]!r}, now {mine[0]!r}"


@rule("order", "requests come in the order of their time", across=True)
def order(record: Mapping[str, Any], memory: Memory) -> str | None:
    """By `requested_at`."""
    before = memory.get("last", "")
    memory["last"] = max(before, record["requested_at"])
    return None if record["requested_at"] >= before else f"{record['requested_at']} after {before}"


RULES: Final = (
    decision,
    windows,
    readable,
    rating,
    one_asset,
    order,
)
