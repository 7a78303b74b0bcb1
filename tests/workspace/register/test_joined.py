"""An organisation's page joins what the program knows of it: each part by its own right, what is open first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.feeds.actions.replies import answer_signed_in
from floreo.feeds.models import Finding
from floreo.organisations.models import Organisation, User
from floreo.workspace.register.joined import MOST, joined
from tests.pages import squeezed
from tests.workspace.feeds.conftest import Night, night

__all__ = ["night"]
Browser = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def parts(viewer: User, body: Organisation) -> dict[str, tuple[int, int, list[str]]]:
    return {part.name: (part.open, part.total, [row.title for row in part.rows]) for part in joined(viewer, body)}


@pytest.mark.long
def test_the_team_sees_findings_notices_and_replies_of_an_organisation(
    night: Night, user_with: Callable[..., User], browser_of: Browser
) -> None:
    responder = user_with("responder")
    answer_signed_in(night.bank, by=SYSTEM, replies={night.of_bank.pk: "need_help"})
    found = parts(responder, night.bank)
    assert {name: (n, total) for name, (n, total, _rows) in found.items()} == {
        "findings": (1, 1),
        "replies": (1, 1),
        "notices": (0, 1),  # the reply answered it
    }
    page = squeezed(browser_of(responder).get(f"/workspace/organisations/{night.bank.code}/").content.decode())
    assert "192.0.2.7" in page
    assert "198.51.100.9" not in page


def test_what_is_open_comes_first_and_the_rest_is_counted(night: Night, user_with: Callable[..., User]) -> None:
    for number in range(MOST + 3):
        copy = Finding.objects.get(pk=night.of_bank.pk)
        copy.pk, copy.port, copy.subject = None, 4000 + number, f"192.0.2.{100 + number}"
        copy.state, copy.fixed_on, copy.severity_rank = "fixed", copy.last_day, 0
        copy.save()
    is_open, total, rows = parts(user_with("responder"), night.bank)["findings"]
    assert (is_open, total, len(rows)) == (1, MOST + 4, MOST)
    assert rows[0].endswith("192.0.2.7")  # though what was fixed was worse


def test_whoever_may_not_read_findings_sees_none_of_them(
    night: Night, user_with: Callable[..., User], observer: User, browser_of: Browser
) -> None:
    assert parts(observer, night.bank) == {}
    assert "notices" in parts(user_with("operator", organisation=night.bank), night.bank)
    other = user_with("operator", organisation=night.shop, email="shop@example.org")
    assert parts(other, night.bank) == {}
    Organisation.objects.filter(pk=night.bank.pk).update(is_public=True)
    page = browser_of(observer).get(f"/workspace/organisations/{night.bank.code}/")
    assert page.status_code == 200
    assert "192.0.2.7" not in page.content.decode()


def test_the_work_of_a_merged_organisation_is_on_the_page_of_who_carries_on(
    night: Night, user_with: Callable[..., User]
) -> None:
    Organisation.objects.filter(pk=night.bank.pk).update(merged_into=night.shop)
    assert parts(user_with("responder"), night.shop)["findings"][:2] == (2, 2)
