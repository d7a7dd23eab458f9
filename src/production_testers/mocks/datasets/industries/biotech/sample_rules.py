"""What custody, cycles and result of a sample say about each other."""

from collections.abc import Mapping
from typing import Any, Final

from production_testers.mocks.datasets.rules import Memory, rule


@rule("custody", "what was done to a sample is in order, and complete")
def custody_in_order(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Controls begin on the plate."""
    wanted = ["collected", "received", "extracted", "plated", "measured"]
    wanted = wanted if record["kind"] == "sample" else wanted[3:]
    steps = [one["step"] for one in record["custody"]]
    moments = [one["at"] for one in record["custody"]]
    if steps == wanted and moments == sorted(moments):
        return None
    return f"{steps} at {moments}"


@rule("clinic_hours", "samples are collected while the clinic is open")
def clinic_hours(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """From 7 to 18."""
    first = record["custody"][0]
    if first["step"] != "collected" or "07" <= first["at"][11:13] < "18":
        return None
    return f"collected at {first['at']}"


@rule("reagent", "the lot had not expired when the plate was made")
def reagent(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """The last day counts."""
    plated = next(one["at"] for one in record["custody"] if one["step"] == "plated")
    if plated[:10] <= record["reagent_expires"]:
        return None
    return f"plated {plated}, expired {record['reagent_expires']}"


@rule("index", "the share of G and C is that of the index sequence")
def index_sequence(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """In per cent, one decimal."""
    share = 100 * (record["barcode"].count("G") + record["barcode"].count("C")) / 12
    return None if abs(share - record["gc_percent"]) < 0.06 else f"{share:.1f} %"


@rule("result", "result and copies follow from the cycles")
def result_follows(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Ten copies at cycle 35, twice as many for each cycle less; straight between two cycles."""
    target, internal = record["ct_target"], record["ct_internal"]
    found = target is not None and target < 35
    wanted = "detected" if found else "not_detected"
    if not found and internal is None and record["kind"] == "sample":
        wanted = "invalid"
    if record["result"] != wanted:
        return f"{record['result']}, should be {wanted} at {target}"
    amount = 0.0 if target is None or target > 35 else 10 * 2 ** (35 - target)
    if amount * 0.93 - 1 <= record["copies_per_ul"] <= amount * 1.07 + 1:
        return None
    return f"{record['copies_per_ul']} copies at cycle {target}"


@rule("controls", "controls have no donor; the positive one is found, the empty one is not")
def controls(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Otherwise the plate is void."""
    donor = record["subject"] is not None
    if donor is not (record["kind"] == "sample") or donor is not (
        record["subject_sex"] is not None
    ):
        return f"{record['kind']} of {record['subject']}"
    wanted = {"positive_control": "detected", "no_template_control": "not_detected"}
    if record["result"] != wanted.get(record["kind"], record["result"]):
        return f"{record['kind']} {record['result']}"
    return None


@rule("sex", "the marker is that of the donor's sex, except in swapped samples")
def sex(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Swaps are labelled."""
    if record["y_marker"] is None:
        return (
            None if record["anomaly"] == "degraded" or record["kind"] != "sample" else "no marker"
        )
    agrees = (record["y_marker"] == "present") is (record["subject_sex"] == "male")
    if agrees is not (record["anomaly"] == "swapped"):
        return None
    return f"marker {record['y_marker']}, donor {record['subject_sex']}, {record['anomaly']}"


@rule("integrity", "degraded RNA is labelled, and only such")
def integrity(record: Mapping[str, Any], _memory: Memory) -> str | None:
    """Below 5 an assay is not reliable."""
    if (record["rna_integrity"] < 5) is (record["anomaly"] == "degraded"):
        return None
    return f"integrity {record['rna_integrity']} with anomaly {record['anomaly']}"


@rule("wells", "every well of a plate is used once", across=True)
def wells(record: Mapping[str, Any], memory: Memory) -> str | None:
    """Plates come one after the other."""
    if memory.get("plate") != record["plate"]:
        memory.clear()
        memory["plate"] = record["plate"]
    if record["well"] in memory:
        return f"well {record['well']} of {record['plate']} twice"
    memory[record["well"]] = True
    return None


RULES: Final = (
    custody_in_order,
    clinic_hours,
    reagent,
    index_sequence,
    result_follows,
    controls,
    sex,
    integrity,
    wells,
)
