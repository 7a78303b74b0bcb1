"""Addresses that nobody was given by a page: each gets a sentence, none breaks the program."""

from __future__ import annotations

import base64

import pytest
from django.test import Client

DEEP = base64.urlsafe_b64encode(b"[" * 100_000).decode()
LARGE = base64.urlsafe_b64encode(b'["a", 99999999999999999999999]').decode()


@pytest.mark.first_cases(2)
@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/about/unconfirmed/?kind=actions&from=²", 200),
        ("/about/unconfirmed/?kind=actions&from=-1", 200),
        (f"/organisations/?after={DEEP}", 422),
        (f"/organisations/?after={LARGE}", 422),
        ("/data/milestones/?organisation=%00", 404),
        ("/search/?q=%00", 404),
        ("/strategy/?version=1%00", 404),
        ("/api/v1/actions?q=%00", 422),
    ],
)
def test_it_is_answered(stranger: Client, address: str, status: int) -> None:
    assert stranger.get(address).status_code == status


@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize("form", [{"login": "a\x00@example.org"}, {"x\x00": "a"}])
def test_a_form_with_a_nul_is_refused_whole(stranger: Client, form: dict[str, str]) -> None:
    answer = stranger.post("/account/login/", form)
    assert (answer.status_code, "The browser sent something we could not read" in answer.content.decode()) == (
        422,
        True,
    )
