"""The public page for whoever receives a notice: who writes, why, and how to check that it is genuine."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from django.utils import translation

from floreo.feeds.notice_mail import genuine_page
from floreo.organisations.models import Organisation
from tests.factories import strategy as make
from tests.pages import squeezed

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def team() -> Organisation:
    make.make_country()
    return make.make_organisation(
        "csirt", "National CSIRT", kind="csirt", email="team@csirt.example.org", phone="+501 555 0100"
    )


def page(stranger: Client, address: str = "/notices/") -> str:
    response = stranger.get(address)
    assert response.status_code == 200
    return squeezed(response.content.decode())


def test_it_says_who_writes_from_where_and_whom_to_call(team: Organisation, stranger: Client) -> None:
    with override_settings(
        DEFAULT_FROM_EMAIL="Alerts <alerts@state.example.org>", SITE_ADDRESS="https://cyber.example.org"
    ):
        text = page(stranger)
    for words in ("National CSIRT", "team@csirt.example.org", "In doubt, call +501 555 0100"):
        assert words in text
    assert '<dd class="fl-wrapcode">alerts@state.example.org' in text
    assert "Each link begins with https://cyber.example.org/ exactly as written here." in text
    assert "We do not scan your network" in text
    assert "Unknown" not in text


def test_what_the_installation_does_not_know_is_called_unknown(stranger: Client) -> None:
    make.make_country()
    text = page(stranger)
    assert "Unknown: the register names no national team." in text
    assert text.count("Unknown") == 3
    assert "In doubt, do not open its links" in text


def test_it_is_there_in_spanish_and_where_notices_say(team: Organisation, stranger: Client) -> None:
    assert "Cómo comprobar que es auténtico" in page(stranger, "/es/notices/")
    with translation.override("en"):
        assert genuine_page() == "http://localhost:8000/notices/"
    assert "/notices/" in page(stranger, "/report/")
