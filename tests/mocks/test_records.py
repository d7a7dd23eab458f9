"""What the records of single scenarios claim is true, by checks of their own."""

import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from production_testers.mocks.datasets import fraud_reason, generate
from production_testers.mocks.datasets.industries.finance.payments import Till
from production_testers.mocks.datasets.industries.finance.transfers import business_day
from production_testers.mocks.datasets.industries.government.applications import decided
from production_testers.mocks.datasets.industries.healthcare.notes import DISGUISES
from production_testers.mocks.datasets.industries.legal.contract_rules import read_words
from production_testers.mocks.datasets.industries.legal.contracts import ANOMALIES, in_words
from production_testers.mocks.datasets.places import COUNTRIES
from production_testers.model.seeds import random_for


def seconds(record):
    return datetime.fromisoformat(record["timestamp"]).timestamp()


def test_a_payment_exactly_a_minute_ago_does_not_count():
    till = Till(random_for(1, "busy"), 2, step_s=40)  # so that payments are often 60 s apart
    records = [till.next(number) for number in range(800)]
    gaps = set()
    for index, record in enumerate(records):
        before = [r for r in records[: index + 1] if r["card"] == record["card"]][-20:]
        recent = [r for r in before if seconds(r) > seconds(record) - 60]
        gaps |= {seconds(record) - seconds(r) for r in before}
        assert record["count_60s"] == len(recent)
    assert 60 in gaps


@pytest.mark.parametrize("variant", ["valid", "volume"])
def test_fraud_has_a_share_and_every_reason_occurs(variant):
    reasons = Counter(r["fraud_reason"] for r in generate("transactions", variant, 4_000, 2))
    assert set(reasons) == {
        None,
        "velocity",
        "impossible_travel",
        "amount_jump",
        "card_testing",
    }
    assert 0.005 < 1 - reasons[None] / 4_000 < 0.08


def test_the_rule_refuses_what_is_no_number():
    (record,) = generate("transactions", "valid", 1, 2)
    assert fraud_reason(record) == record["fraud_reason"]
    with pytest.raises(TypeError, match="'12' is no number"):
        fraud_reason({**record, "billing_cents": "12"})


def cases_of(scenario, count=60):
    return {record["case"]: record for record in generate(scenario, "boundary", count, 2)}


def test_the_thresholds_have_a_payment_on_either_side():
    cases = {name: r["fraud_reason"] for name, r in cases_of("transactions").items()}
    assert (cases["amount_at_threshold"], cases["amount_over_threshold"]) == (None, "amount_jump")
    assert (cases["velocity_below"], cases["velocity_at"]) == (None, "velocity")
    assert (cases["testing_below"], cases["testing_at"]) == (None, "card_testing")
    assert (cases["travel_at_speed"], cases["travel_over_speed"]) == (None, "impossible_travel")
    assert (cases["travel_near"], cases["travel_no_time"]) == (None, "impossible_travel")


def test_boundary_payments_have_the_times_that_they_name():
    cases = cases_of("transactions")
    assert cases["leap_day"]["timestamp"].startswith("2028-02-29")
    assert cases["end_of_year"]["timestamp"] == "2026-12-31T23:59:59Z"
    clocks = [cases[name]["local_time"] for name in ("before_summer_time", "at_summer_time")]
    assert clocks == ["2026-03-29T01:59:59+01:00", "2026-03-29T03:00:00+02:00"]
    twice = [cases[f"{name}_of_the_hour_twice"]["local_time"][11:] for name in ("first", "second")]
    assert twice == ["02:30:00+02:00", "02:30:00+01:00"]
    assert cases["half_hour_zone"]["local_time"].endswith("+05:30")


def test_orders_are_executed_on_business_days():
    assert business_day(date(2026, 1, 1)) == date(2026, 1, 2)
    assert business_day(date(2026, 1, 3)) == date(2026, 1, 5)
    assert business_day(date(2026, 4, 3)) == date(2026, 4, 7)  # Good Friday to Easter Monday
    cases = cases_of("transfers", 40)
    days = [cases[name]["execution_date"] for name in ("before_cut_off", "at_cut_off")]
    assert days == ["2026-01-09", "2026-01-12"]


def test_what_is_sent_again_is_marked_in_finance_and_games():
    for scenario, share in (("transfers", 0.04), ("purchases", 0.06)):
        records = list(generate(scenario, "valid", 2_000, 2))
        again = [record for record in records if record["resend_of"]]
        assert share / 2 < len(again) / 2_000 < share * 2
        first = {record["id"]: record["idempotency_key"] for record in records}
        assert all(first[r["resend_of"]] == r["idempotency_key"] for r in again)


def test_listed_names_are_disguised_in_every_way_and_near_names_are_not_listed():
    ways = Counter(record["evasion"] for record in generate("transfers", "evasion", 270, 2))
    assert len(ways) == 10
    assert ways[None] == 90


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
            for text, plain in zip(texts, record["phi_plain"], strict=True):
                assert plain == "".join(
                    str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text
                )
    assert set(shown.values()) == {2}


def test_patients_are_of_all_ages_and_come_with_every_condition():
    records = list(generate("patients", "valid", 400, 2))
    ages = [record["age"] for record in records]
    assert min(ages) == 0
    assert max(ages) > 89
    codes = {r["conditions"][0]["code"]["coding"][0]["code"] for r in records}
    assert len(codes) == 14
    marked = [any(kind == "AGE" for *_, kind in r["phi"]) for r in records]
    assert marked == [age > 89 for age in ages]


def test_boundary_patients_are_as_old_as_they_are_called():
    cases = cases_of("patients", 40)
    wanted = {
        "born_today": 0,
        "just_eighteen": 18,
        "eighty_nine": 89,
        "ninety": 90,
        "oldest": 115,
    }
    for name, age in wanted.items():
        assert cases[name]["age"] in {age, age - (name == "oldest")}
    assert cases["birthday_today"]["age"] == cases["birthday_tomorrow"]["age"] + 1 == 36


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


LABELS = [
    ("ticks", "valid", "anomaly", 0.0005, 0.006),
    ("tracks", "valid", "anomaly", 0.003, 0.02),
    ("telemetry", "valid", "anomaly", 0.005, 0.08),
    ("meters", "valid", "anomaly", 0.002, 0.05),
    ("samples", "valid", "anomaly", 0.004, 0.03),
    ("calls", "valid", "fraud_kind", 0.01, 0.12),
    ("submissions", "valid", "copied_from", 0.005, 0.08),
    ("applications", "valid", "duplicate_of", 0.005, 0.05),
    ("broadcasts", "valid", "refusal", 0.3, 0.95),
]


@pytest.mark.parametrize(("scenario", "variant", "label", "least", "most"), LABELS)
def test_every_label_occurs_about_as_often_as_it_is_said(scenario, variant, label, least, most):
    count = 6_000 if scenario in {"ticks", "meters", "calls"} else 1_500
    seen = Counter(record[label] for record in generate(scenario, variant, count, 2))
    assert least <= 1 - seen[None] / count <= most
    schema_words = {
        "ticks": 3,
        "tracks": 3,
        "telemetry": 5,
        "samples": 3,
        "calls": 3,
        "broadcasts": 5,
    }
    assert len(seen) >= min(schema_words.get(scenario, 2), 4)


def test_chats_are_mostly_fine_and_every_verdict_occurs():
    verdicts = Counter(record["verdict"] for record in generate("chats", "valid", 2_000, 2))
    assert len(verdicts) == 6
    assert 0.86 < verdicts["ok"] / 2_000 < 0.94


def test_every_alert_occurs_and_most_readings_raise_none():
    alerts = Counter(record["alert"] for record in generate("vitals", "valid", 3_000, 2))
    assert set(alerts) == {"none", "ward", "urgent", "emergency"}
    assert alerts["none"] > 2_500


def test_late_reports_are_out_of_order_and_still_possible():
    reports = list(generate("tracks", "valid", 1_000, 2))
    late = sum(a["observed_at"] > b["observed_at"] for a, b in pairwise(reports))
    assert late > 50
    marks = {report["classification"] for report in reports}
    assert marks == {"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}


def test_a_day_of_clock_change_has_92_or_100_quarters():
    quarters = Counter()
    for record in generate("meters", "volume", 10, 2):
        assert record["interval"] == 0  # all houses first
    zone_days = {"2026-03-29": 92, "2026-10-25": 100, "2026-06-01": 96}
    for quarter in range(366 * 96):
        quarters[COUNTRIES["DE"].zone.local(quarter * 900)[:10]] += 1
    assert {day: quarters[day] for day in zone_days} == zone_days


def test_storms_have_one_cause_and_many_followers():
    sizes = Counter(record["root"] for record in generate("alarms", "valid", 2_000, 2))
    assert max(sizes.values()) > 15
    assert min(sizes.values()) == 1


@pytest.mark.parametrize(
    ("arguments", "decision", "grounds"),
    [
        ((17, "found", 1, 0, 50_000), "refused", 1),
        ((18, "unknown", 1, 0, 50_000), "refused", 2),
        ((18, "unavailable", 1, 0, 50_000), "pending", 2),
        ((18, "found", 1, 160_001, 90_000), "refused", 3),
        ((18, "found", 2, 160_001, 90_000), "granted", 4),
        ((18, "found", 1, 100_000, 30_000), "refused", 4),
        ((18, "found", 1, 100_000, 30_001), "granted", 4),
    ],
)
def test_the_invented_act_decides(arguments, decision, grounds):
    found, judged, amount = decided(*arguments)
    assert (found, len(judged)) == (decision, grounds)
    assert amount == 0 or decision == "granted"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7, "seven"),
        (19, "nineteen"),
        (42, "forty-two"),
        (100, "one hundred"),
        (1_001, "one thousand and one"),
        (19_019, "nineteen thousand and nineteen"),
        (120_500, "one hundred and twenty thousand five hundred"),
        (999_999, "nine hundred and ninety-nine thousand nine hundred and ninety-nine"),
    ],
)
def test_amounts_are_written_and_read_in_words(number, words):
    assert in_words(number) == words
    assert read_words(words) == number


def test_words_that_are_no_number_are_refused():
    with pytest.raises(ValueError, match="'dozen'"):
        read_words("two dozen")


def test_every_anomaly_is_planted_and_a_third_of_the_contracts_hold_none():
    records = list(generate("contracts", "anomalous", 120, 2))
    kinds = Counter(one["kind"] for record in records for one in record["anomalies"])
    assert set(kinds) == set(ANOMALIES)
    assert sum(not record["anomalies"] for record in records) == 40
    assert not any(record["anomalies"] for record in generate("contracts", "valid", 60, 2))


def test_a_planted_anomaly_is_where_it_is_said():
    for record in generate("contracts", "anomalous", 60, 2):
        for one in record["anomalies"]:
            words = record["text"][one["start"] : one["end"]]
            if one["kind"] == "dangling_reference":
                assert words == "Section 9.7"
            if one["kind"] == "undefined_term":
                assert words == "the Guarantor"


def test_a_class_begins_its_exam_within_a_minute():
    begun = defaultdict(list)
    for record in generate("submissions", "valid", 200, 2):
        opened = datetime.fromisoformat(record["opened_at"])
        begun[record["exam"]].append(opened - datetime.fromisoformat(record["starts_at"]))
    assert all(max(times) < timedelta(minutes=1) for times in begun.values())
    assert max(map(len, begun.values())) >= 18
