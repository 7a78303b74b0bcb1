"""Whoever received a notice learns whether we sent it; whoever guesses learns nothing, and not for long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.feeds.actions.notices import write_to
from floreo.feeds.genuine import notice_of, number_of
from floreo.feeds.models import Notice, NoticeRule
from floreo.organisations.queries import in_the_country
from tests.factories import strategy as make
from tests.feeds.notices_made import TODAY, make_bank, make_finding

pytestmark = pytest.mark.django_db
PAGE, ADDRESS = "/notices/check/", "abuse@bank.example.org"


@pytest.fixture
def notice() -> Iterator[Notice]:
    with clock.pinned_day(day=TODAY):
        make.make_country()
        bank = make_bank()
        make_finding(bank)
        NoticeRule.objects.create(every="day")
        with in_the_country():
            (sent,) = write_to(bank, by=SYSTEM, today=TODAY)
            yield sent


def ask(client: Client, number: str, address: str = ADDRESS) -> tuple[int, str]:
    response = client.post(PAGE, {"number": number, "address": address})
    return response.status_code, response.content.decode()


def test_the_number_of_a_notice_is_in_it_and_is_confirmed(client: Client, notice: Notice) -> None:
    number = number_of(notice)
    assert f"Number of this notice: {number}" in OutboxMail.objects.get(kind="feeds.notice").text
    assert PAGE in client.get("/notices/").content.decode()
    assert "We sent this notice." not in client.get(PAGE).content.decode()
    status, text = ask(client, number)
    assert (status, "We sent this notice." in text, "24 Nov" in text, "1 finding." in text) == (
        200,
        True,
        True,
        True,
    )
    assert "Banco del Faro" not in text
    assert (
        "We sent this notice." in ask(client, f" {number.lower().replace('-', ' - ')} ", "ABUSE@bank.example.org ")[1]
    )


def test_of_any_other_number_or_address_one_sentence_is_shown(client: Client, notice: Notice) -> None:
    number = number_of(notice)
    day, first, last = number.split("-")
    answers = {
        ask(client, *pair)[1].partition("<main")[2].partition("<form")[0]
        for pair in (
            (f"{day}-{first}-00000", ADDRESS),
            (f"261123-{first}-{last}", ADDRESS),
            (f"261399-{first}-{last}", ADDRESS),
            (number, "other@bank.example.org"),
            (day, ADDRESS),
            (f"٢٦١١٢٤-{first}-{last}", ADDRESS),
            ("9" * 50, ADDRESS),
        )
    }
    (answer,) = answers
    assert "We know of no such notice to this address." in answer


def test_a_stranger_may_not_try_without_end(client: Client, notice: Notice) -> None:
    found = [ask(client, "261124-AAAAA-AAAAA")[0] for _try in range(12)]
    assert (found[0], found[-1]) == (200, 429)


def test_what_is_missing_is_named_and_nothing_is_in_the_address(client: Client, notice: Notice) -> None:
    status, text = ask(client, "", "no address")
    assert (status, "Enter the number that is at the end of the notice." in text) == (422, True)
    assert (
        "We sent this notice."
        not in client.get(f"{PAGE}?number={number_of(notice)}&address={ADDRESS}").content.decode()
    )


def test_a_number_made_before_the_key_was_renewed_is_confirmed(notice: Notice, settings: object) -> None:
    number = number_of(notice)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]  # type: ignore[attr-defined]
    assert number_of(notice) != number
    assert notice_of(number, ADDRESS) == notice


@given(number=st.text(max_size=40), address=st.text(max_size=20))
def test_nothing_that_is_typed_is_an_error(number: str, address: str) -> None:
    assert notice_of(number, address) is None
