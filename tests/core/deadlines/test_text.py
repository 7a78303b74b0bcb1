"""Each clock says in a sentence when it is due, why, and by which section of the law; in English and in Spanish."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone, translation

from floreo.core.deadline_text import sentence, title_text
from floreo.core.deadlines import Facts, Pause, Rule, Submission, clocks, parts_of
from tests.core.deadlines.rules import ACT, BELIZE, EARLY_WARNING, FINAL, INTERMEDIATE, NOTIFICATION, OFFICE, REPLY, at

AWARE = {"aware": at("2026-12-02 14:05")}
REAL = replace(EARLY_WARNING, is_example=False)
LAW = "Example Act, 23(4)(a)."


def said(rule: Rule, facts: Facts, now: str, language: str = "en") -> str:
    parts = parts_of(clocks([rule], facts, OFFICE, at(now))[0])
    with translation.override(language), timezone.override(BELIZE):
        return sentence(parts)


@pytest.mark.parametrize(
    ("rule", "facts", "now", "words"),
    [
        (
            REAL,
            Facts(AWARE, (), {"significant": True}),
            "2026-12-02 15:00",
            f"Due 3 Dec 2026, 14:05: 24 hours after the organisation became aware (2 Dec 2026, 14:05). {LAW}",
        ),
        (
            REAL,
            Facts(AWARE),
            "2026-12-02 15:00",
            (
                "Not known yet whether it applies. Not recorded: whether the incident is significant. If it applies, it is due "
                f"3 Dec 2026, 14:05: 24 hours after the organisation became aware (2 Dec 2026, 14:05). {LAW}"
            ),
        ),
        (
            REAL,
            Facts(AWARE, (), {"significant": False}),
            "2026-12-02 15:00",
            f"Does not apply to this case. Decided by: whether the incident is significant. {LAW}",
        ),
        (
            replace(REAL, holds_from=date(2026, 12, 3)),
            Facts(AWARE, (), {"significant": True}),
            "2026-12-04 15:00",
            f"Does not apply: the rule holds from 3 December 2026, and this began before. {LAW}",
        ),
        (
            REAL,
            Facts(AWARE, (Submission("early_warning", at("2026-12-03 15:00")),), {"significant": True}),
            "2026-12-04 15:00",
            (
                "Met late, on 3 Dec 2026, 15:00. It was due 3 Dec 2026, 14:05: 24 hours after the organisation became aware "
                f"(2 Dec 2026, 14:05). {LAW}"
            ),
        ),
        (
            REPLY,
            Facts(AWARE),
            "2026-12-04 15:00",
            (
                "Not started. It will be due 24 hours after the early warning was received, which is not recorded yet. The team "
                "set this deadline itself; no law does."
            ),
        ),
        (
            INTERMEDIATE,
            Facts({}, (Submission("request", at("2026-12-30 10:00")),)),
            "2026-12-30 11:00",
            (
                "Due at the end of 4 January 2027: 3 working days after the request was received (30 Dec 2026, 10:00). Example Act, "
                "23(4)(c). The holidays until then are not recorded, so it may be due later. This rule is an example and not a "
                "law of this country."
            ),
        ),
        (
            replace(NOTIFICATION, pauses=frozenset({"case"}), is_example=False),
            Facts(AWARE, (), {"significant": True}, (Pause("case", at("2026-12-03 00:00")),)),
            "2026-12-03 12:00",
            (
                "Paused: it is due 72 hours after the organisation became aware (2 Dec 2026, 14:05), and time does not count while "
                "it is paused. Example Act, 23(4)(b). It was paused for 12 hours, which do not count."
            ),
        ),
    ],
)
def test_a_clock_explains_itself(rule: Rule, facts: Facts, now: str, words: str) -> None:
    assert said(rule, facts, now) == words


def test_in_spanish_too() -> None:
    facts = Facts(AWARE, (), {"significant": True})
    assert said(EARLY_WARNING, facts, "2026-12-04 15:00", "es") == (
        "Vencido. Vencía el 3 dic 2026, 14:05: 24 horas después de que la organización tuvo conocimiento (2 dic 2026, 14:05). "
        "Ley de ejemplo, 23(4)(a). Esta regla es un ejemplo y no una ley de este país."
    )


def test_a_progress_report_says_which_one_it_is_and_why() -> None:
    notified = (Submission("notification", at("2026-12-31 10:00")),)
    found = clocks(
        [replace(FINAL, law=ACT)], Facts({}, notified, {"significant": True}), OFFICE, at("2027-02-10 12:00")
    )
    with timezone.override(BELIZE):
        assert [(title_text(parts_of(c)), sentence(parts_of(c)).split(". ")[:3]) for c in found[1:]] == [
            (
                "final: progress report 2",
                [
                    "Due at the end of 28 February 2027: 1 calendar month after the report before it was due (31 Jan 2027, 23:59)",
                    "Example Act, 23(4)(d)",
                    "A progress report is due because the incident was not resolved",
                ],
            ),
            (
                "final",
                [
                    "Not started",
                    "It will be due 1 calendar month after the incident was resolved, which is not recorded yet",
                    "Example Act, 23(4)(d)",
                ],
            ),
        ]
