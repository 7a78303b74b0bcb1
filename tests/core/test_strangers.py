"""Throttles and one-time links: what visitors may call."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import RequestFactory

from floreo.core import clock, links, throttle
from floreo.core.errors import Refused, Slower
from floreo.core.models import OneTimeLink, TokenBucket

pytestmark = pytest.mark.django_db


def test_a_bucket_empties_and_refills() -> None:
    with time_machine.travel("2026-11-24 12:00", tick=False) as when:
        for _ in range(3):
            throttle.spend("search", "203.0.113.9", capacity=3, per_hour=60)
        with pytest.raises(Slower) as refused:
            throttle.spend("search", "203.0.113.9", capacity=3, per_hour=60)
        assert 1 <= refused.value.seconds <= 61
        throttle.spend("search", "203.0.113.10", capacity=3, per_hour=60)  # somebody else is not slowed
        when.shift(timedelta(seconds=61))
        throttle.spend("search", "203.0.113.9", capacity=3, per_hour=60)


def test_a_bucket_keeps_no_address() -> None:
    throttle.spend("search", "203.0.113.9", capacity=3, per_hour=60)
    assert "203.0.113.9" not in str(TokenBucket.objects.values().get())


def test_an_address_that_a_stranger_writes_does_not_count(settings: object) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert throttle.address_of(request) == "198.51.100.1"
    settings.BEHIND_PROXY = True  # type: ignore[attr-defined]  # pytest-django's settings
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9")
    assert throttle.address_of(request) == "203.0.113.9"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.9", "203.0.113.10", False),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.10", False),
        ("", "x", False),
    ],
)
def test_who_has_billions_of_addresses_is_one_caller(one: str, other: str, is_same: bool) -> None:
    keys = [throttle.address_of(RequestFactory().get("/", REMOTE_ADDR=address)) for address in (one, other)]
    assert (keys[0] == keys[1]) is is_same


def test_a_link_works_once() -> None:
    token = links.make("invitation", subject="7")
    assert links.use("invitation", token).subject == "7"
    with pytest.raises(Refused, match="This link has already been used"):
        links.use("invitation", token)


def test_a_link_is_for_one_purpose_and_not_for_ever() -> None:
    token = links.make("invitation", hours=1)
    with pytest.raises(Refused, match="do not recognise"):
        links.use("first_admin", token)
    with time_machine.travel(clock.now() + timedelta(hours=2)), pytest.raises(Refused, match="expired"):
        links.use("invitation", token)


def test_only_the_hash_of_a_link_is_kept() -> None:
    token = links.make("invitation")
    assert token not in str(list(OneTimeLink.objects.values()))


def test_a_newer_link_ends_the_older_one() -> None:
    old, new = links.make("invitation", subject="7"), links.make("invitation", subject="7")
    links.peek("invitation", new)
    with pytest.raises(Refused, match="do not recognise"):
        links.peek("invitation", old)
