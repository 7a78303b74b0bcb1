"""The minister's page: one A4, whatever there is."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from floreo.core.access import SYSTEM
from floreo.core.documents.blocks import StatusBar
from floreo.core.documents.pdf import pages_of, to_pdf
from floreo.core.figures import Period
from floreo.meetings.models import Decision
from floreo.organisations.models import Country
from floreo.reports.documents import minister_document
from floreo.reports.presenters import ReportSummary
from floreo.reports.queries import summary_now
from floreo.strategy.models import Action, Edition, Milestone
from tests.factories.strategy import make_action

pytestmark = pytest.mark.django_db
Q3 = Period(date(2026, 7, 1), date(2026, 9, 30))
LONG = "A very long title that goes on and on about what is to be done by whom and where and why " * 3


def page_of(summary: ReportSummary) -> str:
    pdf = to_pdf(minister_document(summary, today=date(2026, 11, 24)))
    assert pages_of(pdf) == 1
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def late_plan(edition: Edition, many: int) -> None:
    first = make_action(edition, "1.1.1", starts_on=date(2026, 1, 1), due_on=date(2026, 8, 1))
    same = {"edition": edition, "objective": first.objective, "starts_on": date(2026, 1, 1), "due_on": date(2026, 8, 1)}
    made = Action.objects.bulk_create(
        [
            Action(code=f"1.1.{n}", title=LONG[:300], late_reason=(LONG * 2)[:500], position=n, **same)
            for n in range(2, many + 1)
        ]
    )
    Milestone.objects.bulk_create(
        [
            Milestone(action=a, code="m", title=LONG[:300], due_on=date(2026, 8, 20), reached_on=date(2026, 8, 20))
            for a in made
        ]
        + [Milestone(action=a, code="n", title=LONG[:300], due_on=date(2026, 12, 20)) for a in made]
    )


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "es"])
def test_sixty_late_actions_with_very_long_titles_are_one_page(edition: Edition, language: str) -> None:
    late_plan(edition, 60)
    for n in range(9):
        Decision.objects.create(
            number=f"D-{n}",
            edition=edition,
            title=LONG[:300],
            text=LONG * 3,
            addressed_to="Minister of everything",
            state="asked",
            asked_on=date(2026, 9, 1),
            is_public=True,
        )
    with override(language):
        words = page_of(summary_now(edition, Q3, SYSTEM))
    if language == "en":
        for expected in (
            "None of 60 actions is on schedule. Nine need your decision to continue.",
            "And 54 more, in the report.",
        ):
            assert expected in words, expected


@pytest.mark.long
def test_the_heading_says_what_needs_a_decision(edition: Edition, acts: list[Action]) -> None:
    Decision.objects.create(
        number="D-1",
        edition=edition,
        title="Sign the protocol",
        text="It waits for signature (action 1.1.2).",
        addressed_to="Minister of Digital Affairs",
        about=f"strategy.action:{acts[1].pk}",
        state="asked",
        is_public=True,
    )
    words = page_of(summary_now(edition, Q3, None))
    for expected in (
        "Two of 3 actions are on schedule. One needs your decision to continue.",
        "For: Minister of Digital Affairs",
        "1. Sign the protocol. It waits for signature (action 1.1.2).",
        "Late 30 days",
        "Not frozen",
    ):
        assert expected in words, expected


@pytest.mark.long
def test_a_limit_is_told_as_a_limit(isla: Country) -> None:
    """Beside a value, "2" alone would read as a target that was reached."""
    edition = Edition.objects.get(code="2025-2028")
    assert "at most 2" in page_of(summary_now(edition, Q3, SYSTEM))
    with override("es"):
        assert "máximo 2" in page_of(summary_now(edition, Q3, SYSTEM))


def test_an_empty_edition_says_so(edition: Edition) -> None:
    words = page_of(summary_now(edition, Q3, None))
    for text in (
        "No actions are recorded for this strategy.",
        "No actions are recorded.",
        "No indicators are recorded.",
    ):
        assert text in words, text


@pytest.mark.long
def test_the_sample_and_the_first_real_country_fit_too(isla: Country) -> None:
    edition = Edition.objects.get(code="2025-2028")
    for language in ("en", "es"):
        with override(language):
            assert "2026" in page_of(summary_now(edition, Q3, SYSTEM))


def test_a_running_edition_shows_no_nought_of_what_only_an_ended_one_has(edition: Edition) -> None:
    late_plan(edition, 1)
    bar = next(
        b for b in minister_document(summary_now(edition, Q3, SYSTEM), today=Q3.end).blocks if isinstance(b, StatusBar)
    )
    assert [status for status, _word, _n in bar.counts] == [
        "done",
        "on_track",
        "at_risk",
        "late",
        "stalled",
        "not_started",
    ]


@pytest.mark.long
def test_the_address_at_the_foot_can_be_copied(edition: Edition) -> None:
    """A place to break a line in it would be copied with it."""
    late_plan(edition, 1)
    address = "https://cybersecurity.example.gov/reports/2025-2028/2026-q3/"
    summary = replace(
        summary_now(edition, Q3, SYSTEM), digest="0" * 64, frozen_on=Q3.end, frozen_by="A person", address=address
    )
    pdf = to_pdf(minister_document(summary, today=date(2026, 11, 24)))
    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "".join(text.split()).endswith(address), text[-300:]  # it may go on in the next line
