"""The team sees which texts for operators nobody has checked, and a named person checks one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.feeds import texts
from floreo.feeds.actions.text_checks import check_text
from floreo.feeds.models import TextCheck
from floreo.feeds.text_states import states
from floreo.organisations.models import User
from tests.factories.strategy import make_country
from tests.feeds.notices_made import MONDAY, make_bank, make_finding
from tests.pages import squeezed as squeezed_html

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
Browser = Callable[[User], Client]


@pytest.fixture
def responder(user_with: Callable[..., User]) -> User:
    make_country()
    return user_with("responder", email="rosa@csirt.example.org")


def squeezed(response: Any) -> str:
    return squeezed_html(response.content.decode())


def is_checked(name: str) -> bool:
    return states("en", [name])[0].is_checked


def test_a_named_person_checks_a_text_and_the_trail_has_it(responder: User) -> None:
    assert not is_checked("open-rdp")
    row = check_text("open-rdp", by=responder, sha256=texts.sha256_of("open-rdp"))
    assert (row.checked_by, row.checked_on) == (responder.actor_name, clock.today())
    assert is_checked("open-rdp")
    assert not is_checked("open-smb")
    entry = AuditEntry.objects.get(verb="operator_text.checked")
    assert (entry.detail["text"], entry.detail["sha256"]) == ("open-rdp", row.sha256)


def test_a_text_whose_file_changes_is_unchecked_again(
    responder: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_text("open-rdp", by=responder, sha256=texts.sha256_of("open-rdp"))
    for changed in ("en.md", "es.md", "kind.toml"):
        whole = (texts.KINDS / "open-rdp" / changed).read_bytes()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(texts, "_place", lambda _name, folder=tmp_path / changed: folder)
            (tmp_path / changed).mkdir()
            for file in (texts.KINDS / "open-rdp").iterdir():
                (tmp_path / changed / file.name).write_bytes(file.read_bytes())
            (tmp_path / changed / changed).write_bytes(whole + b"\n")
            texts.sha256_of.cache_clear()
            (state,) = states("en", ["open-rdp"])
            assert (state.is_checked, state.is_changed) == (False, True), changed
    texts.sha256_of.cache_clear()
    assert is_checked("open-rdp")


def test_what_nobody_read_is_not_checked(responder: User, user_with: Callable[..., User]) -> None:
    right = texts.sha256_of("open-rdp")
    with pytest.raises(Refused, match="has changed"):
        check_text("open-rdp", by=responder, sha256="0" * 64)
    with pytest.raises(Refused, match="Only a person"):
        check_text("open-rdp", by=SYSTEM, sha256=right)
    with pytest.raises(Missing):
        check_text("../x", by=responder, sha256=right)
    with pytest.raises(NotAllowed):
        check_text("open-rdp", by=user_with("observer"), sha256=right)
    assert not TextCheck.objects.exists()


@pytest.fixture
def team(responder: User, browser_of: Browser) -> Iterator[Client]:
    with clock.pinned_day(zone="UTC", day=date(2026, 11, 23)):
        yield browser_of(responder)


def test_the_pages_show_both_languages_and_who_checked_it(team: Client, responder: User) -> None:
    listed = squeezed(team.get("/workspace/feeds/texts/"))
    assert "has checked 0 of" in listed
    page = team.get("/workspace/feeds/texts/ip-spoofer/")
    shown = squeezed(page)
    assert "Your network lets out data with forged sender addresses" in shown
    assert "Su red deja salir datos con remitente falso" in shown
    assert "ip-spoofer-events-report" in shown
    answer = team.post(
        "/workspace/feeds/texts/ip-spoofer/check/", {"sha256": texts.sha256_of("ip-spoofer")}, follow=True
    )
    assert "has checked 1 of" in squeezed(answer)
    assert f"Checked by {responder.actor_name}" in squeezed(answer)
    assert team.get("/workspace/feeds/texts/no-such-text/").status_code == 404


def test_the_notices_due_name_the_texts_that_nobody_has_checked(team: Client, responder: User) -> None:
    make_finding(make_bank(), severity="critical", day=MONDAY)
    words = "1 text in these notices has not been checked by anybody of this installation"
    assert words in squeezed(team.get("/workspace/notices/today/"))
    check_text("open-rdp", by=responder, sha256=texts.sha256_of("open-rdp"))
    assert words not in squeezed(team.get("/workspace/notices/today/"))
