"""Playbooks that come with the product, rules of clocks, and what a pack may say of incidents."""

from __future__ import annotations

import pytest

from floreo.incidents.models import ClockRule, Playbook, Report
from tests.packs.conftest import SmallPack

pytestmark = pytest.mark.django_db

RULE = """
[[clock_rule]]
code = "notification"
title = "Notification"
law = "An act"
holds_from = 2025-01-01
rule = { origin = { moment = "aware" }, period = { hours = 72 }, met_by = { submission = "notification" } }
"""
OWN = """
[[playbook]]
code = "phishing"
title = "Phishing, as we do it"

[[playbook.step]]
code = "call"
phase = "assess"
title = "Call the bank"
"""


def test_nine_playbooks_come_with_every_pack_and_a_pack_replaces_one(small: SmallPack) -> None:
    small.load()
    codes = set(Playbook.objects.values_list("code", flat=True))
    named = {"ransomware", "phishing", "account-takeover", "defacement", "data-leak", "ddos", "online-harassment"}
    assert codes == named | {"fraud", "outage"}
    assert {6 <= len(book.steps) <= 10 for book in Playbook.objects.all()} == {True}
    assert {bool(step["es"]["title"]) for book in Playbook.objects.all() for step in book.steps} == {True}
    small.put("playbooks.toml", OWN)
    small.load()
    phishing = Playbook.objects.get(code="phishing")
    assert (phishing.title, [step["title"] for step in phishing.steps], Playbook.objects.count()) == (
        "Phishing, as we do it",
        ["Call the bank"],
        9,
    )


@pytest.mark.long
def test_a_rule_that_cannot_be_read_is_named_with_its_file_and_row(small: SmallPack) -> None:
    small.put("clock_rules.toml", RULE.replace("hours = 72", "fortnights = 1"))
    assert small.problems() == [
        "clock_rules.toml, clock rule “notification”: Rule notification: 'fortnights' is not a valid Unit"
    ]
    small.put("clock_rules.toml", RULE)
    small.load()
    assert ClockRule.objects.get().rule["period"] == {"hours": 72}


@pytest.mark.long
def test_reports_of_a_csv_file_are_rows_of_the_pack(small: SmallPack) -> None:
    small.put(
        "incident_reports.csv",
        "reference,channel,received_at,decided_at,kind,state\n"
        "REP-2026-AAAAAA,phone,2026-07-01T09:00:00-06:00,2026-07-01T10:00:00-06:00,money,passed\n"
        "REP-2026-AAAAAB,form,2026-07-02T09:00:00-06:00,,message,new\n",
    )
    small.load()
    assert list(Report.objects.order_by("reference").values_list("reference", "channel", "state")) == [
        ("REP-2026-AAAAAA", "phone", "passed"),
        ("REP-2026-AAAAAB", "form", "new"),
    ]
    small.put("incident_reports.csv", "reference,channel,received_at\nREP-2026-AAAAAA,pigeon,yesterday\n")
    assert small.problems() == [
        (
            "incident_reports.csv, report number 1, channel: “pigeon” is not one of: form, phone, paper, mail, xarf, api, "
            "feed, import"
        ),
        "incident_reports.csv, report number 1, received_at: “yesterday” is not a moment like 2026-03-31T09:00:00-06:00",
    ]


def test_a_real_country_has_no_cases_in_its_files(small: SmallPack) -> None:
    small.edit("pack.toml", "is_sample = true\ncalendar_day = 2026-11-25\n", "")
    small.put("incident_reports.csv", "reference,channel,received_at\n")
    assert any(p.startswith("incident_reports.csv: cases and reports of a real country") for p in small.problems())
