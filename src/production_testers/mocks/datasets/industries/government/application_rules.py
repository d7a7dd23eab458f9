"""What an application, its decision and earlier ones say about each other."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule


@rule("decision", "the decision, its grounds and the amount follow from the act")
def decision_follows(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Judged again in other words."""
    born = date.fromisoformat(record["birth_date"])
    at = date.fromisoformat(record["received_at"][:10])
    of_age = (at.year - born.year, (at.month, at.day)) >= (18, (born.month, born.day))
    of_age = of_age if at.year - born.year <= 18 else True
    people, income, rent = (
        1 + len(record["household"]),
        record["income_cents"],
        record["rent_cents"],
    )
    steps = [
        ("s1-age", None if of_age else "refused"),
        ("s2-register", {"found": None, "unknown": "refused", "unavailable": "pending"}[
            record["register"]]),
        ("s3-income", "refused" if income > 105_000 + 55_000 * people else None),
        ("s4-need", "refused" if rent <= income * 0.3 + 1e-9 else "granted"),
    ]  # fmt: skip
    grounds = []
    outcome: str | None = None
    for name, ends in steps:
        grounds.append(name)
        if ends:
            outcome = ends
            break
    if (record["decision"], record["grounds"]) != (outcome, grounds):
        return f"{record['decision']} by {record['grounds']}, should be {outcome} by {grounds}"
    amount = min(50_000, int((rent * 10 - income * 3) // 20)) if outcome == "granted" else 0
    return None if amount == record["amount_cents"] else f"{record['amount_cents']}, not {amount}"


@rule("arrival", "applications are numbered in the order of their arrival", across=True)
def arrival(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Numbers and moments grow together."""
    now = (record["id"], datetime.fromisoformat(record["received_at"]))
    before = memory.get("last", now)
    memory["last"] = now
    if before[0] <= now[0] and before[1] <= now[1]:
        return None
    return f"{now[0]} at {now[1]} after {before[0]} at {before[1]}"


@rule("decided_later", "what is decided was decided after it arrived, on a working day")
def decided_later(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """What is pending was not."""
    if (record["decided_at"] is None) is not (record["decision"] == "pending"):
        return f"{record['decision']} at {record['decided_at']}"
    if record["decided_at"] is None:
        return None
    done = date.fromisoformat(record["decided_at"][:10])
    if record["decided_at"][:10] <= record["received_at"][:10] or done.weekday() > 4:
        return f"received {record['received_at']}, decided {record['decided_at']}"
    return None


@rule("household", "children are younger than the applicant and all are born")
def household(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """By fourteen years at least; partners are of age."""
    at = record["received_at"][:10]
    mine = int(record["birth_date"][:4])
    for one in record["household"]:
        born, year = one["birth_date"], int(one["birth_date"][:4])
        if born > at:
            return f"a {one['relation']} born {born}"
        if one["relation"] == "child" and year - mine < 14:
            return f"a child of {born}, a parent of {record['birth_date']}"
        if one["relation"] == "partner" and int(at[:4]) - year < 18:
            return f"a partner of {born}"
    return None


@rule("duplicates", "who applies again is marked, with the first application", across=True)
def duplicates(record: Mapping[str, Any], memory: Memory) -> str | None:
    """The same person is one of the same name, birthday and address."""
    who = (record["applicant"], record["birth_date"], record["address"])
    first = memory.get(who)
    memory.setdefault(who, record["id"])
    if len(memory) > 10_000:
        del memory[next(iter(memory))]
    return None if record["duplicate_of"] == first else f"{record['duplicate_of']}, not {first}"


RULES: Final = (
    decision_follows,
    arrival,
    decided_later,
    household,
    duplicates,
)
