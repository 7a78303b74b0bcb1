"""Draws packs/isla-prueba/certificates.csv: certificates in every state, of the invented people who completed the sample's cohorts.

    python tools/sample_certificates.py

The cohort of `WITHOUT` gets none, so that there is one to be certified. The same files give the same rows."""

from __future__ import annotations

import csv
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from floreo.certificates.logic import expiry  # noqa: E402 -- after the path

PACK = ROOT / "packs" / "isla-prueba"
COLUMNS = (
    "serial",
    "origin",
    "name",
    "language",
    "enrolment",
    "course",
    "cohort",
    "title",
    "cohort_title",
    "criteria",
    "hours",
    "issuer",
    "issuer_name",
    "signed_name",
    "signed_post",
    "issued_on",
    "expires_on",
    "renews",
    "revoked_on",
    "revoked_reason",
    "is_name_hidden",
    "is_erased",
    "wants_renewal_on",
    "source",
)
TODAY = date(2026, 11, 24)
WITHOUT = "officials-2026-05"
RENEWED = 14  # of the first cohort, whose certificates ended
EARLIER = (
    ("Delroy Arrecife", "Basic network defence", "Harbour College", date(2023, 6, 30), date(2026, 6, 29), "40"),
    ("Marisol Bahía", "Basic network defence", "Harbour College", date(2024, 7, 5), date(2027, 7, 4), "40"),
    ("Kenrick Palmar", "Teaching safe use of the Internet", "Regional Teachers’ Union", date(2022, 2, 11), None, "12"),
    (
        "Aurelia Manglar",
        "Digital evidence for investigators",
        "Regional Police Academy",
        date(2024, 10, 18),
        date(2026, 12, 31),
        "60",
    ),
)


def text_in(row: dict[str, Any], name: str, language: str) -> str:
    return str(row.get(language, {}).get(name) or row.get(name, ""))


def drawn() -> list[dict[str, Any]]:
    training = tomllib.loads((PACK / "training.toml").read_text(encoding="utf-8"))
    terms = {
        each["course"]: each
        for each in tomllib.loads((PACK / "certificates.toml").read_text(encoding="utf-8"))["terms"]
    }
    bodies = {
        each["code"]: each
        for each in tomllib.loads((PACK / "organisations.toml").read_text(encoding="utf-8"))["organisation"]
    }
    courses = {each["code"]: each for each in training["course"]}
    programmes = {each["code"]: each for each in training["programme"]}
    rows: list[dict[str, Any]] = []

    def add(**facts: Any) -> dict[str, Any]:
        row = dict.fromkeys(COLUMNS, "") | {"serial": len(rows) + 1} | facts
        rows.append(row)
        return row

    with (PACK / "training_enrolments.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    cohorts = sorted(
        (
            c
            for c in training["cohort"]
            if c.get("state") == "closed" and c["code"] != WITHOUT and not c.get("is_history")
        ),
        key=lambda c: c["closed_on"],
    )
    for cohort in cohorts:
        course = courses[cohort["course"]]
        term = terms[course["code"]]
        issuer = bodies[term.get("issuer") or programmes[course["programme"]]["organisation"]]
        issued = cohort["closed_on"] + timedelta(days=3)
        for each in people:
            if each["cohort"] != cohort["code"] or not each["completed_on"] or each["passed"] == "no":
                continue
            if each["state"] != "confirmed":
                continue
            language = each["language"] or "en"
            add(
                origin="cohort",
                name=each["name"],
                language=language,
                enrolment=f"{each['cohort']}/{each['number']}",
                course=course["code"],
                cohort=cohort["code"],
                title=text_in(course, "title", language),
                cohort_title=text_in(cohort, "title", language),
                criteria=text_in(term, "criteria", language),
                hours=course.get("hours", ""),
                issuer=issuer["code"],
                issuer_name=text_in(issuer, "name", language),
                signed_name=term.get("signed_name", ""),
                signed_post=text_in(term, "signed_post", language),
                issued_on=issued.isoformat(),
                expires_on=_day(expiry(issued, term.get("months"))),
            )
    _renew(rows, terms, add)
    _revoke(rows)
    _withhold(rows)
    for name, title, issuer_name, issued_on, expires_on, hours in EARLIER:
        add(
            origin="entered",
            name=name,
            language="en",
            title=title,
            hours=hours,
            issuer_name=issuer_name,
            issued_on=issued_on.isoformat(),
            expires_on=_day(expires_on),
            source="Certificate on paper, seen by the secretariat (invented)",
        )
    return rows


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _renew(rows: list[dict[str, Any]], terms: dict[str, Any], add: Any) -> None:
    """Some of those whose certificates ended came to a refresher; two ask for one now."""
    ended = [row for row in rows if row["expires_on"] and row["expires_on"] < TODAY.isoformat()]
    for old in ended[:RENEWED]:
        issued = date(2026, 9, 8)
        kept = {
            name: old[name] for name in COLUMNS if name not in {"serial", "enrolment", "revoked_on", "revoked_reason"}
        }
        end = expiry(issued, terms[old["course"]].get("months"))
        add(
            **kept
            | {"origin": "renewal", "renews": old["serial"], "issued_on": issued.isoformat(), "expires_on": _day(end)}
        )
    soon = [
        row for row in rows if TODAY <= date.fromisoformat(row["expires_on"] or "1900-01-01") <= TODAY + timedelta(60)
    ]
    for row in soon[:2]:
        row["wants_renewal_on"] = "2026-11-20"


def _revoke(rows: list[dict[str, Any]]) -> None:
    current = [row for row in rows if row["origin"] == "cohort" and row["expires_on"] > TODAY.isoformat()]
    reasons = (
        "Issued by mistake: the holder did not sit the final test.",
        "The certificate was shown by somebody else.",
        "Issued twice to the same person.",
    )
    for row, reason in zip(current[5::17], reasons, strict=False):
        row["revoked_on"], row["revoked_reason"] = "2026-10-12", reason


def _withhold(rows: list[dict[str, Any]]) -> None:
    current = [row for row in rows if row["origin"] == "cohort" and not row["revoked_on"]]
    for row in current[9:60:25]:
        row["is_name_hidden"] = "yes"
    erased = current[33]
    erased["name"], erased["is_erased"], erased["is_name_hidden"] = "", "yes", "yes"


def main() -> None:
    rows = drawn()
    with (PACK / "certificates.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} certificates")


if __name__ == "__main__":
    main()
