"""What the members of a transfer say about each other, and about what was sent before."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule


@rule("ibans", "both IBANs have their country's length and pass the mod 97 check")
def ibans(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """ISO 13616."""
    lengths = {"DE": 22, "AT": 20, "NL": 18, "IE": 22, "LU": 20, "BE": 16}
    for name in ("debtor_iban", "creditor_iban"):
        value = record[name]
        moved = "".join(str(int(letter, 36)) for letter in value[4:] + value[:4])
        if len(value) != lengths.get(value[:2]) or int(moved) % 97 != 1:
            return f"{name} {value} fails its check"
    return None


@rule("two_parties", "nobody pays into the account that he pays from")
def two_parties(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Debtor and creditor differ."""
    same = record["debtor_iban"] == record["creditor_iban"]
    return f"{record['debtor_iban']} pays itself" if same else None


@rule("purpose", "who pays and who is paid are those whom the purpose is for")
def purpose(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Taxes go to tax offices and pensions come from funds, nothing else does."""
    debtor, creditor, why = record["debtor_name"], record["creditor_name"], record["purpose"]
    told = creditor.startswith("Tax Office "), debtor.endswith(" Pension Fund")
    if told != (why == "TAXS", why == "PENS"):
        return f"{why} from {debtor} to {creditor}"
    company = (" GmbH", " B.V.", " Ltd", " S.A.", " N.V.")
    if why == "SALA" and (not debtor.endswith(company) or creditor.endswith(company)):
        return f"a salary from {debtor} to {creditor}"
    return None


@rule("period", "what is paid for lies at most half a year before the order, and a month after")
def period(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Where the remittance names a month; only rent is paid before it begins."""
    found = re.fullmatch(r"[a-z]+ (\d\d)/(\d{4})", record["remittance"])
    if found is None:
        return None
    asked = date.fromisoformat(record["requested_at"][:10])
    months = (int(found[2]) - asked.year) * 12 + int(found[1]) - asked.month
    if -6 <= months <= (record["purpose"] == "RENT"):
        return None
    return f"{record['remittance']}, asked for on {asked}"


@rule("business_day", "the day of execution is the first open one after the order")
def executed_in_time(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Not on a week-end, not before the order, and at most five days later."""
    asked = date.fromisoformat(record["requested_at"][:10])
    done = date.fromisoformat(record["execution_date"])
    if done.weekday() > 4:
        return f"{done} is no business day"
    late = record["requested_at"][11:13] >= "15"
    if not timedelta(days=late) <= done - asked <= timedelta(days=5):
        return f"asked for {record['requested_at']}, executed {done}"
    return None


@rule("resends", "what is sent again is what was sent first, with the same key", across=True)
def resends(record: Mapping[str, Any], memory: Memory) -> str | None:
    """A key belongs to one order; a message that repeats none has a key of its own."""
    key, again = record["idempotency_key"], record["resend_of"]
    body = {k: v for k, v in record.items() if k not in {"id", "resend_of"}}
    if (key in memory) != (again is not None):
        return (
            f"{record['id']} repeats {again}, and its key was {'' if key in memory else 'not '}seen"
        )
    if again is not None and memory[key] != body:
        return f"{record['id']} differs from {again}"
    memory[key] = body
    if len(memory) > 4096:
        del memory[next(iter(memory))]
    return None


@rule("screening", "who is listed has an entry, and only he")
def screening(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Label and entry agree."""
    if record["is_listed"] is (record["list_entry"] is not None):
        return None
    return f"listed: {record['is_listed']}, entry {record['list_entry']}"


RULES: Final = (
    ibans,
    two_parties,
    purpose,
    period,
    executed_in_time,
    resends,
    screening,
)
