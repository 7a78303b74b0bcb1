"""Anybody reports without an account: the pages of the form, and what becomes of the answers."""

from __future__ import annotations

import pytest
from django.test import Client

from floreo.incidents import spooled
from floreo.incidents.models import Report
from tests.portal import reporting
from tests.portal.reporting import ANSWERS, HAPPENED, first_page, last_page, spool_root  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("spool_root")]


def test_a_report_goes_from_the_first_question_to_the_inbox() -> None:
    reporting.open_form()
    sent = last_page(Client()).send(go="send")
    assert (sent.status, sent.title, sent.answer.cookies) == (200, "Your report was received", {})
    assert spooled.take_in() == 1
    report = Report.objects.get()
    assert (report.reference, report.kind, report.text) == (sent.reference, "message", HAPPENED)
    assert (report.is_in_danger, report.wants_police, report.concerns_child) == (False, True, False)
    assert (report.organisation_name, report.reporter_mail) == ("Harbour Bank", "ana@example.org")
    assert report.noticed_at is not None
    assert report.noticed_at.isoformat() == "2025-11-23T14:30:00+00:00"
    followed = Client().get(sent.link)
    assert "Your report has arrived" in followed.content.decode()


def test_the_pages_come_in_this_order() -> None:
    reporting.open_form()
    shown, titles = first_page(Client()), []
    for step in ANSWERS:
        titles.append(shown.title)
        shown = shown.send(step)
    assert [*titles, shown.title] == [
        "Is anybody in danger right now?",
        "Do you want the police to know?",
        "Does it concern a child?",
        "What is it about?",
        "What happened?",
        "When did you notice it?",
        "Where did it happen?",
        "Which organisation does it concern?",
        "Do you have pictures or files that show it?",
        "How can we reach you?",
        "Check your answers and send them",
    ]
