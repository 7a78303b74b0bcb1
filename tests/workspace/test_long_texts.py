"""A reason longer than its field is refused with a sentence at that field, and what was typed is open."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from floreo.core.access import SYSTEM
from floreo.meetings.models import Committee
from floreo.organisations.models import User
from floreo.publications.actions.publishing import publish
from floreo.publications.actions.writing import write_publication
from floreo.strategy.models import Edition
from tests.factories.strategy import TODAY, make_action
from tests.meetings.conftest import committee, edition, today
from tests.meetings.making import to_come

__all__ = ["committee", "edition", "today"]

Browser = Callable[[User], Client]
LONG = "Waiting for the law" + " and the law" * 98 + "abcd"


@pytest.fixture
def workspace(secretariat: User, browser_of: Browser) -> Client:
    return browser_of(secretariat)


def answer_of(response: Any) -> tuple[int, bool, bool, str]:
    """Its status; whether what was typed is open; whether an error is at the field, and what it says."""
    page = response.content.decode()
    at_field = re.search(r'id="[a-z_-]*reason-error">\s*([^<]*?)\s*</p>', page)
    return response.status_code, LONG.strip() in page, at_field is not None, at_field[1] if at_field else ""


REFUSED = (422, True, True, "Ensure this value has at most 500 characters (it has 1199).")


@pytest.mark.long
@pytest.mark.parametrize(("name", "more"), [("hold", {"since": str(TODAY)}), ("override", {"status": "late"})])
def test_of_an_action(edition: Edition, workspace: Client, name: str, more: dict[str, str]) -> None:
    act = make_action(edition)
    address = reverse("workspace:action_command", args=[act.edition.code, act.code, name])
    assert answer_of(workspace.post(address, {"version": act.version, "reason": LONG, **more})) == REFUSED


def test_of_a_meeting_called_off(committee: Committee, workspace: Client) -> None:
    meeting = to_come(committee)
    address = reverse("workspace:meeting_command", args=[committee.code, meeting.code, "cancel"])
    assert answer_of(workspace.post(address, {"reason": LONG})) == REFUSED


@pytest.mark.usefixtures("today")
def test_of_a_publication_withdrawn(workspace: Client) -> None:
    out = publish(write_publication("first", by=SYSTEM, kind="press", title="Notice", text="It is out."), by=SYSTEM)
    address = reverse("workspace:publication_command", args=[out.code, "withdraw"])
    assert answer_of(workspace.post(address, {"reason": LONG})) == REFUSED
