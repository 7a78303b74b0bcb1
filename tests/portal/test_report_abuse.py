"""What nobody should send to the public form, and what many send at once."""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import Busy
from floreo.incidents import spooled
from floreo.incidents.models import Report
from floreo.portal.reporting import answers as carried
from floreo.portal.reporting.answers import Answers, Unreadable, loads
from tests.portal import reporting
from tests.portal.reporting import ANSWERS, Page, first_page, last_page, spool_root  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("spool_root")]
MARKUP = "<script>alert(1)</script>\"'&=cmd|'/C calc'!A0"


def test_markup_and_formulas_are_shown_as_they_were_typed() -> None:
    reporting.open_form()
    page = last_page(Client(), text=MARKUP, organisation=MARKUP, name=MARKUP, phone=MARKUP[:40])
    assert (page.text.count(MARKUP), page.tree.xpath("//main//script")) == (3, [])
    done = page.send(go="send")
    spooled.take_in()
    report = Report.objects.get()
    assert (report.text, report.organisation_name, report.reporter_name) == (MARKUP, MARKUP, MARKUP)
    followed = Page(Client(), Client().get(done.link))
    assert (MARKUP in followed.text, followed.tree.xpath("//script")) == (True, [])


def test_kriol_and_every_other_language_is_taken_as_it_is() -> None:
    reporting.open_form()
    text = "Wahn man mi kaal mi fi aks fi mi pin, ah neva gi ahn. Ñ 中文 עברית 🦜"
    last_page(Client(), text=text).send(go="send")
    spooled.take_in()
    assert Report.objects.get().text == text


@pytest.mark.parametrize("raw", [b"%ED%A0%80text", b"%FF%FEtext", b"%F0%9F"])
def test_bytes_that_are_no_text_break_nothing(raw: bytes) -> None:
    reporting.open_form()
    page = first_page(Client())
    for given in ANSWERS[:4]:
        page = page.send(given)
    state = page.hidden()["state"].encode()
    body = b"step=text&go=next&state=" + state + b"&text=" + raw
    answer = Client().post("/report/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200


def test_a_nul_is_refused_whole_and_nothing_is_sent() -> None:
    reporting.open_form()
    page = last_page(Client())
    assert page.send({"text": "a\x00b"}, go="send").status == 422
    assert spooled.spool().waiting() == []


@pytest.mark.parametrize("state", ["x", "a:b:c", ".eJw:1:2", "é", "A" * 200_000])
def test_a_forged_state_is_said_and_the_form_begins_again(state: str) -> None:
    reporting.open_form()
    page = first_page(Client()).send({"state": state, "step": "check"}, go="send")
    assert (page.status, page.title) == (422, "Is anybody in danger right now?")
    assert "Your earlier answers could not be read" in page.text
    assert spooled.spool().waiting() == []


def test_what_was_signed_for_something_else_is_no_state() -> None:
    for text in (signing.dumps({"k": "x"}, salt="other"), signing.dumps(["x"], salt=carried._SALT)):
        with pytest.raises(Unreadable):
            loads(text)


def test_a_step_that_nobody_was_at_sends_nothing() -> None:
    reporting.open_form()
    page = first_page(Client()).send({"step": "check"}, go="send")
    assert (page.status, spooled.spool().waiting()) == (422, [])
    page = Page(Client(), Client().post("/report/", {"step": "check", "go": "send", "state": Answers.begin().dumps()}))
    assert (page.status, page.title, spooled.spool().waiting()) == (422, "Is anybody in danger right now?", [])


def bomb() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5_100):  # more parts than an archive may have
            archive.writestr(str(number), b"")
    return whole.getvalue()


def test_files_are_kept_apart_with_what_is_odd_about_them() -> None:
    reporting.open_form()
    page = last_page(Client()).send(go="edit:files")
    for name, content in (
        ("photo.jpg", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"),
        ("../../etc/cron.d/x.zip", bomb()),
        ("=cmd.exe", b"MZ\x90\x00" + b"\x00\x01\x02" * 50),
    ):
        page = page.send({"files": reporting.a_file(name, content)}, go="add")
        assert page.status == 200, page.text
    page.send().send(go="send")
    assert spooled.take_in() == 1
    files = list(Report.objects.get().files.order_by("pk"))
    assert [(each.name, bool(each.doubt)) for each in files] == [
        ("photo.jpg", True),
        ("x.zip", True),
        ("=cmd.exe", True),
    ]
    assert all(str(each.file.name).startswith("incidents/") and len(each.sha256) == 64 for each in files)


def test_too_many_and_too_large_files_are_refused_at_their_field_and_the_others_stay(settings: Any) -> None:
    reporting.open_form()
    page = last_page(Client()).send(go="edit:files")
    page = page.send({"files": [reporting.a_file(f"{n}.txt", f"file {n}".encode()) for n in range(7)]}, go="add")
    assert (page.status, page.errors) == (422, ["At most 5 files fit. Remove one first."])
    page = page.send({"files": reporting.a_file("big.bin", b"x" * (11 * 1024**2))}, go="add")
    assert (page.status, page.errors) == (422, ["The file is larger than 10 MB. Send a smaller one."])
    assert [f"{n}.txt" in page.text for n in range(6)] == [True] * 5 + [False]
    removed = page.send(go=page.tree.xpath("//button[starts-with(@value,'remove:')]/@value")[0])
    assert "0.txt" not in removed.text


def test_files_that_are_gone_when_the_report_is_sent_are_asked_for_again() -> None:
    reporting.open_form()
    page = last_page(Client()).send(go="edit:files").send({"files": reporting.a_file("a.txt", b"abc")})
    for path in spooled._staged().iterdir():
        path.unlink()
    again = page.send(go="send")
    assert (again.status, again.errors) == (422, ["These files are no longer here: a.txt. Choose them again."])


@pytest.mark.long
def test_one_address_is_slowed_with_a_sentence_and_keeps_its_words_while_others_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reporting.open_form()
    busy = Client(REMOTE_ADDR="203.0.113.7")
    page = last_page(busy)
    statuses = [page.send(go="send").status for _ in range(40)]
    assert (statuses[:30], set(statuses[30:])) == ([200] * 30, {429})
    slowed = page.send(go="send")
    assert (slowed.title, "Retry-After" in slowed.answer.headers) == ("Check your answers and send them", True)
    assert reporting.HAPPENED in slowed.text
    assert "Too many attempts from here." in slowed.text
    page.browser = Client(REMOTE_ADDR="203.0.113.8")
    assert page.send(go="send").status == 200


def test_a_full_disk_is_said_and_nothing_typed_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    reporting.open_form()
    page = last_page(Client())

    def full(*_given: object) -> bool:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("floreo.core.spool.Spool.put", full)
        refused = page.send(go="send")
    assert (refused.status, refused.title, reporting.HAPPENED in refused.text) == (422, page.title, True)
    assert refused.send(go="send").status == 200


def test_files_that_were_never_sent_cannot_fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooled, "STAGED_MOST", 10)
    spooled.stage("a", [b"x" * 11])
    with pytest.raises(Busy):
        spooled.require_space()


def test_files_that_were_never_sent_go_after_two_days() -> None:
    spooled.stage("a", [b"abc"])
    [path] = spooled._staged().iterdir()
    os.utime(path, (0, 0))
    spooled.take_in(by=SYSTEM)
    assert not path.exists()
