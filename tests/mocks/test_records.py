"""What the records claim is true, by checks that share no code with the generators."""

import math
import re
import unicodedata
from collections import defaultdict
from datetime import date, datetime

import pytest
from production_testers.mocks.datasets.notes import DISGUISES
from production_testers.mocks.datasets.payments import Till

from production_testers.mocks.datasets import fraud_reason, generate
from production_testers.model.seeds import random_for


def passes_luhn(number):
    total = 0
    for position, digit in enumerate(number[::-1]):
        value = int(digit) * (2 if position % 2 else 1)
        total += value // 10 + value % 10
    return total % 10 == 0


def passes_mod_97(account):
    moved = account[4:] + account[:4]
    remainder = 0
    for letter in moved:
        for digit in str(ord(letter) - 55) if letter.isalpha() else letter:
            remainder = (remainder * 10 + int(digit)) % 97
    return remainder == 1


def test_the_checks_themselves_know_published_examples():
    assert passes_luhn("4242424242424242")
    assert not passes_luhn("4242424242424241")
    assert passes_mod_97("GB82WEST12345698765432")
    assert not passes_mod_97("GB82WEST12345698765433")


def seconds(record):
    return datetime.fromisoformat(record["timestamp"]).timestamp()


def km(one, other):
    a, b = (math.radians(r["latitude"]) for r in (one, other))
    turn = math.radians(one["longitude"] - other["longitude"])
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return 6371 * math.acos(min(1.0, cosine))


@pytest.mark.parametrize("variant", ["valid", "boundary", "volume"])
def test_cards_and_accounts_pass_their_checks(variant):
    for record in generate("transactions", variant, 500, 2):
        assert re.fullmatch(r"[0-9]{16}", record["card"])
        assert passes_luhn(record["card"])
        assert passes_mod_97(record["iban"])
        lengths = {"DE": 22, "AT": 20, "CH": 21, "GB": 22, "NL": 18}
        assert len(record["iban"]) == lengths[record["iban"][:2]]


@pytest.mark.parametrize("variant", ["valid", "volume"])
def test_what_a_transaction_says_of_its_card_is_its_cards_history(variant):
    seen = defaultdict(list)
    for record in generate("transactions", variant, 3_000, 2):
        before = seen[record["card"]]
        if before:
            gap = seconds(record) - seconds(before[-1])
            assert gap >= 0
            assert record["seconds_since_last"] == gap
            assert record["km_since_last"] == pytest.approx(km(before[-1], record), abs=1)
        else:
            assert (record["seconds_since_last"], record["km_since_last"]) == (None, 0)
        before.append(record)
        recent = [other for other in before if seconds(other) > seconds(record) - 60]
        assert record["count_60s"] == len(recent)


def test_a_payment_exactly_a_minute_ago_does_not_count():
    till = Till(random_for(1, "busy"), 2)
    till._step_s = 40  # so that a card's payments are often 60 s apart
    records = [till.next(number) for number in range(1_000)]
    for index, record in enumerate(records):
        before = [r for r in records[: index + 1] if r["card"] == record["card"]]
        recent = [r for r in before[-20:] if seconds(r) > seconds(record) - 60]
        assert record["count_60s"] == len(recent)


def reason_by_hand(record):
    gap, far = record["seconds_since_last"], record["km_since_last"]
    if gap is not None and far > 500 and (gap == 0 or far / (gap / 3600) > 900 + 1e-9):
        return "impossible_travel"
    if record["count_60s"] >= 5:
        return "velocity"
    return "amount_jump" if record["amount_cents"] > 20 * record["usual_amount_cents"] else None


@pytest.mark.parametrize("variant", ["valid", "boundary", "volume"])
def test_fraud_is_labelled_by_the_rule_and_every_reason_occurs(variant):
    reasons = set()
    count = 4_000 if variant != "boundary" else 50
    frauds = 0
    for record in generate("transactions", variant, count, 2):
        assert record["fraud_reason"] == reason_by_hand(record) == fraud_reason(record)
        assert record["is_fraud"] is (record["fraud_reason"] is not None)
        reasons.add(record["fraud_reason"])
        frauds += record["is_fraud"]
    assert reasons == {None, "velocity", "impossible_travel", "amount_jump"}
    assert variant == "boundary" or 0.005 < frauds / count < 0.06


def test_the_rule_refuses_what_is_no_number():
    (record,) = generate("transactions", "valid", 1, 2)
    with pytest.raises(TypeError, match="'12' is no number"):
        fraud_reason({**record, "amount_cents": "12"})


def test_the_thresholds_have_a_record_on_either_side():
    cases = {r["case"]: r["fraud_reason"] for r in generate("transactions", "boundary", 19, 2)}
    assert (cases["amount_at_threshold"], cases["amount_over_threshold"]) == (None, "amount_jump")
    assert (cases["velocity_below"], cases["velocity_at"]) == (None, "velocity")
    assert (cases["travel_at_speed"], cases["travel_over_speed"]) == (None, "impossible_travel")
    assert (cases["travel_near"], cases["travel_no_time"]) == (None, "impossible_travel")


def test_boundary_transactions_have_the_days_they_name():
    days = {r["case"]: r["timestamp"] for r in generate("transactions", "boundary", 19, 2)}
    assert days["leap_day"].startswith("2028-02-29")
    assert days["end_of_year"] == "2026-12-31T23:59:59Z"


CURRENCIES = {"EUR", "GBP", "CHF", "USD", "CAD", "BRL", "NGN", "INR", "SGD", "AUD"}


def sound(record, seen):
    """Whether a transaction is one, by hand."""
    try:
        when = datetime.fromisoformat(record["timestamp"])
        return (
            record["id"] not in seen
            and re.fullmatch(r"[0-9]{16}", record["card"]) is not None
            and passes_luhn(record["card"])
            and len(record["iban"]) >= 15
            and passes_mod_97(record["iban"])
            and type(record["amount_cents"]) is int
            and record["amount_cents"] > 0
            and record["currency"] in CURRENCIES
            and record["country"] != "ZZ"
            and abs(record["latitude"]) <= 90
            and when.tzinfo is not None
            and isinstance(record["is_fraud"], bool)
        )
    except (KeyError, TypeError, ValueError):
        return False


def test_every_malformed_transaction_is_broken_and_no_valid_one_is():
    for variant, wanted in (("valid", True), ("malformed", False)):
        seen, defects = set(), set()
        for record in generate("transactions", variant, 120, 4):
            assert sound(record, seen) is wanted, record.get("defect")
            seen.add(record.get("id"))
            defects.add(record.get("defect"))
        assert len(defects) == (1 if wanted else 23)


@pytest.mark.parametrize("variant", ["valid", "volume"])
def test_the_amount_of_a_request_is_the_sum_of_its_items(variant):
    for record in generate("requests", variant, 300, 2):
        total = sum(item["quantity"] * item["unit_cents"] for item in record["items"])
        assert record["amount"] == total > 0


def test_boundary_requests_reach_the_limits():
    records = {r["case"]: r for r in generate("requests", "boundary", 29, 2)}
    assert len(records) == 29
    assert records["text_empty"]["text"] == ""
    assert "\x00" in records["text_nul"]["text"]
    assert len(records["text_very_long"]["text"]) > 65_536
    assert records["amount_over_int64"]["amount"] > 2**63
    combined = records["text_combining"]["text"]
    assert unicodedata.normalize("NFC", combined) != combined
    bidi = {unicodedata.bidirectional(sign) for sign in records["text_right_to_left"]["text"]}
    assert {"R", "AL", "RLO"} <= bidi
    assert max(map(ord, records["text_astral"]["text"])) > 0xFFFF
    depth, value = 0, records["metadata_deep"]["metadata"]
    while isinstance(value, dict):
        depth, value = depth + 1, value["below"]
    assert depth == 100


def test_a_malicious_request_carries_its_own_canary_where_it_says():
    canaries, kinds = set(), set()
    for record in generate("requests", "malicious", 300, 2):
        assert re.fullmatch(r"CANARY-[0-9a-f]{16}", record["canary"])
        place = record[record["attack_field"]]
        assert record["canary"] in (place["note"] if isinstance(place, dict) else place)
        canaries.add(record["canary"])
        kinds.add((record["attack"], record["attack_field"]))
    assert len(canaries) == 300
    assert len(kinds) == 30


@pytest.mark.parametrize("variant", ["valid", "boundary", "phi_evasion", "volume"])
def test_the_marked_spans_are_the_patients_own_data(variant):
    for record in generate("patients", variant, 200, 2):
        patient, spans = record["patient"], record["phi"]
        meant = record.get("phi_plain") or [record["note"][a:b] for a, b, _ in spans]
        by_type = defaultdict(list)
        for (_, _, kind), text in zip(spans, meant, strict=True):
            by_type[kind].append(text)
        name, address = patient["name"][0], patient["address"][0]
        assert by_type["NAME"] == [f"{name['given'][0]} {name['family']}"]
        assert by_type["DATE"] == [patient["birthDate"], record["note_date"]]
        assert by_type["MRN"] == [patient["identifier"][0]["value"]]
        assert by_type["PHONE"] == [patient["telecom"][0]["value"]]
        assert by_type["EMAIL"] == [patient["telecom"][1]["value"]]
        assert by_type["ADDRESS"][0].startswith(address["line"][0])
        assert re.fullmatch(r"\d{3}-\d{2}-\d{4}", by_type["SSN"][0])


@pytest.mark.parametrize("variant", ["valid", "boundary", "phi_evasion", "volume"])
def test_spans_are_in_order_and_nothing_identifying_stands_outside(variant):
    for record in generate("patients", variant, 200, 2):
        note, rest, at = record["note"], "", 0
        for start, end, _ in record["phi"]:
            assert at <= start < end <= len(note)
            rest, at = rest + note[at:start] + "|", end
        rest += note[at:]
        assert "@" not in rest
        assert re.sub(r"\d+ years old", "", rest.replace("type 2", "")).isascii()
        assert not re.search(r"\d", re.sub(r"\d+ years old", "", rest.replace("type 2", "")))


@pytest.mark.parametrize("variant", ["valid", "boundary", "volume"])
def test_ages_follow_from_the_dates(variant):
    for record in generate("patients", variant, 300, 2):
        born = date.fromisoformat(record["patient"]["birthDate"])
        seen = date.fromisoformat(record["note_date"])
        assert born <= seen
        years = record["age"]
        try:
            birthday = born.replace(year=born.year + years)
        except ValueError:  # 29 February
            birthday = date(born.year + years, 3, 1)
        assert birthday <= seen
        assert (seen - birthday).days < 366
        assert f"{years} years old" in record["note"]


def test_an_evasion_hides_from_a_simple_pattern_and_keeps_its_meaning():
    shown = dict.fromkeys(DISGUISES, 0)
    for record in generate("patients", "phi_evasion", 18, 2):
        texts = [record["note"][a:b] for a, b, _ in record["phi"]]
        assert texts != record["phi_plain"]
        shown[record["evasion"]] += 1
        hidden = {"spaced", "full_width_digits", "arabic_indic_digits", "spelled_out_digits"}
        if record["evasion"] in hidden | {"zero_width", "line_breaks"}:
            assert not re.search(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", record["note"])
        if record["evasion"] in {"full_width_digits", "arabic_indic_digits"}:
            folded = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in texts[4])
            assert folded == record["phi_plain"][4]
    assert set(shown.values()) == {2}


def test_every_malformed_patient_differs_from_a_sound_one():
    def is_sound(record):
        patient = record["patient"]
        try:
            born = date.fromisoformat(patient["birthDate"])
            return (
                patient["resourceType"] == "Patient"
                and born <= date.fromisoformat(record["note_date"])
                and patient["name"][0]["family"] != ""
                and patient["identifier"][0]["value"] != ""
                and patient["telecom"][0]["system"] == "phone"
                and patient["gender"] in {"female", "male", "other", "unknown"}
                and patient["address"][0]["line"] != []
                and record["age"] >= 0
                and all(0 <= a < b <= len(record["note"]) for a, b, _ in record["phi"])
            )
        except (TypeError, ValueError, LookupError):
            return False

    defects = set()
    for record in generate("patients", "malformed", 64, 2):
        assert not is_sound(record), record["defect"]
        defects.add(record["defect"])
    assert len(defects) == 16
    assert all(is_sound(record) for record in generate("patients", "valid", 64, 2))


@pytest.mark.parametrize("variant", ["valid", "boundary", "confusable", "volume"])
def test_each_tenant_has_one_canary_and_each_canary_one_tenant(variant):
    owner, uuid = {}, {}
    for record in generate("tenants", variant, 3_000, 2):
        assert record["canary"] in record["text"]
        assert owner.setdefault(record["canary"], record["tenant"]) == record["tenant"]
        assert uuid.setdefault(record["tenant_uuid"], record["tenant"]) == record["tenant"]
    assert len(set(owner.values())) == len(owner) == len(uuid) > 7


def test_tenants_share_user_names():
    users = defaultdict(set)
    for record in generate("tenants", "valid", 2_000, 2):
        users[record["tenant"]].add(record["user"])
    assert len({frozenset(names) for names in users.values()}) == 1


def test_confusable_tenants_become_equal_under_the_named_confusion():
    groups = defaultdict(set)
    for record in generate("tenants", "confusable", 40, 2):
        groups[record["confusion"]].add(record["tenant"])
    folds = {
        "case": str.lower,
        "normalisation": lambda text: unicodedata.normalize("NFC", text),
        "prefix": lambda text: text[:5],
        "blank": str.strip,
        "width": lambda text: unicodedata.normalize("NFKC", text),
        "folding": str.casefold,
        "zero_width": lambda text: text.replace("\u200b", ""),
        "number": float,
    }
    for confusion, fold in folds.items():
        assert len(groups[confusion]) > 1
        assert len({fold(text) for text in groups[confusion]}) == 1, confusion
    assert len(set().union(*groups.values())) == sum(map(len, groups.values()))
