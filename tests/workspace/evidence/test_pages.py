"""The vault's pages: adding, attaching, changing, replacing, withdrawing, handing out; all without script."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.audit import key
from floreo.evidence.actions import attach, replace_with, store_record, update_evidence, withdraw
from floreo.evidence.models import Attachment, Evidence, LinkState
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Action
from tests.evidence.making import PDF, PROGRAM, make_file, make_link, upload, word
from tests.pages import squeezed

Browsers = Callable[[User], Client]


def sent(**more: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    return {"title": "", "note": "", "dated": "", "valid_until": "", "tlp": "GREEN", "url": ""} | more


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.long
def test_a_lead_adds_a_file_to_a_milestone_of_theirs(
    lead: User, act: Action, csirt: Organisation, browser_of: Browsers
) -> None:
    browser, milestone = browser_of(lead), act.milestones.all()[0]
    page = text(browser.get(act.workspace_url()))
    assert f"/workspace/evidence/to/{key(milestone)}/" in page
    address = f"/workspace/evidence/new/?to={key(milestone)}"
    assert address.replace(":", "%3A") in text(browser.get(f"/workspace/evidence/to/{key(milestone)}/"))
    form = text(browser.get(address))
    assert 'enctype="multipart/form-data"' in form
    assert "For: Step 1" in form
    response = browser.post(address, sent(file=upload(), organisation=csirt.code, place="page 4"))
    assert (response.status_code, response["Location"]) == (302, act.workspace_url())
    piece = Evidence.objects.get()
    assert [(a.evidence, a.thing, a.note) for a in Attachment.objects.all()] == [(piece, key(milestone), "page 4")]
    page = text(browser.get(act.workspace_url()))
    assert "minutes" in page
    assert f"PDF, {len(PDF)} bytes, page 4" in page


def test_the_secretariat_adds_a_public_link(
    secretariat: User, act: Action, browser_of: Browsers, stranger: Client
) -> None:
    browser = browser_of(secretariat)
    fields = sent(title="The act", url="https://example.org/act", tlp="CLEAR", is_public="on", dated="2026-08-14")
    assert browser.post(f"/workspace/evidence/new/?to={key(act)}", fields).status_code == 302
    page = text(stranger.get(act.get_absolute_url()))
    assert '<a href="https://example.org/act" rel="nofollow noopener noreferrer">The act</a>' in squeezed(page)
    assert "example.org, 14 Aug 2026" in page
    assert stranger.get("/evidence/the-act/file/")["Location"] == "https://example.org/act"


@pytest.mark.long
def test_the_same_file_again_is_said_and_attached(secretariat: User, act: Action, browser_of: Browsers) -> None:
    make_file("Minutes of May", body=PDF)
    response = browser_of(secretariat).post(f"/workspace/evidence/new/?to={key(act)}", sent(file=upload()), follow=True)
    assert "This is already in the vault, as “Minutes of May”. It was not saved twice." in text(response)
    assert (Evidence.objects.count(), Attachment.objects.get().thing) == (1, key(act))


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose a file, or enter the address of a link."),
        (
            {"title": "A", "url": "javascript:alert(1)"},
            "Enter an address that begins with https:// or http:// and contains no user name or password.",
        ),
        ({"url": "https://example.org/"}, "Enter a short description."),
        (
            {"title": "A", "url": "https://example.org/", "tlp": "AMBER", "is_public": "on"},
            "Public evidence must be marked TLP:CLEAR. Change the marking, or leave the evidence internal.",
        ),
        (
            {"title": "A", "url": "https://example.org/", "dated": "2026-02-01", "valid_until": "2026-01-01"},
            "The end of validity is before the date of the document. Change one of the two dates.",
        ),
        ({"title": "A", "url": "https://example.org/", "dated": "yesterday"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_kept_comes_back_with_its_sentence_and_its_text(
    fields: dict[str, str], sentence: str, secretariat: User, today: None, browser_of: Browsers
) -> None:
    response = browser_of(secretariat).post("/workspace/evidence/new/", sent(**({"note": "My own words"} | fields)))
    assert response.status_code == 422
    assert sentence in text(response)
    assert "My own words" in text(response)
    assert Evidence.objects.count() == 0


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        (
            PROGRAM,
            "report.pdf",
            "” contains a program, whatever its name is. Programs are not accepted as evidence; send a document.",
        ),
        (
            word(word__vbaProject_dot_bin=b""),
            "report.docx",
            "” contains macros. Save it without them (as .docx, .xlsx, .pptx or PDF) and send it again.",
        ),
        (b"#!/bin/sh\n", "report.txt", "contains a script"),
        (
            b"hello",
            "report.js",
            "A file ending in .js can run when it is opened",
        ),
        (b"", "report.pdf", "The submitted file is empty"),
    ],
)
def test_a_file_that_is_not_taken_says_why(  # noqa: PLR0917 -- fixtures
    body: bytes, name: str, sentence: str, secretariat: User, today: None, browser_of: Browsers
) -> None:
    response = browser_of(secretariat).post(
        "/workspace/evidence/new/", sent(file=SimpleUploadedFile(name, body), note="Kept")
    )
    assert response.status_code == 422
    assert sentence in text(response)
    assert "Kept" in text(response)
    assert Evidence.objects.count() == 0


@pytest.mark.long
def test_a_file_and_a_link_at_once_are_two_pieces(secretariat: User, today: None, browser_of: Browsers) -> None:
    response = browser_of(secretariat).post("/workspace/evidence/new/", sent(file=upload(), url="https://example.org/"))
    assert (response.status_code, "Add either a file or an address: each is separate evidence." in text(response)) == (
        422,
        True,
    )


def test_a_file_past_the_limit_is_stopped_and_the_words_are_kept(
    secretariat: User, today: None, browser_of: Browsers, monkeypatch: Any, own_disk: Path
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_LARGEST", 1024 * 1024)
    video = SimpleUploadedFile("talk.mp4", b"\x00\x00\x00\x20ftypisom" + b"\x00" * (3 * 1024 * 1024))
    response = browser_of(secretariat).post("/workspace/evidence/new/", sent(title="The talk", file=video))
    assert response.status_code == 422
    assert "The file is larger than 1 MB. Send a smaller one." in text(response)
    assert 'value="The talk"' in text(response)
    assert not [p for p in own_disk.rglob("*") if p.is_file()]


class Video(io.RawIOBase):
    """A body that is as long as it likes and is nowhere: bytes are made as they are read, without an end of line."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.left = head, size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self.head:
            given, self.head = self.head[:size], self.head[size:]
            return given
        given = bytes(min(size if size >= 0 else self.left, self.left))
        self.left -= len(given)
        return given

    def readline(self, size: int | None = -1) -> bytes:
        return self.read(-1 if size is None else size)


@pytest.mark.parametrize(("megabytes", "read"), [(4, 4), (2048, 8)])
def test_a_video_past_the_limit_never_reaches_disk_or_memory_and_a_huge_one_is_cut_off(  # noqa: PLR0917 -- fixtures
    megabytes: int, read: int, secretariat: User, browser_of: Browsers, tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.UPLOAD_LARGEST = 1024 * 1024
    edge = b"--edge\r\nContent-Disposition: form-data; name="
    head = edge + b'"title"\r\n\r\nThe talk\r\n' + edge + b'"file"; filename="talk.mp4"\r\n\r\n'
    size = megabytes * 1024 * 1024
    video = Video(head, size)
    more: dict[str, Any] = {"CONTENT_LENGTH": str(len(head) + size), "wsgi.input": video}
    browser: Any = browser_of(secretariat)
    response = browser.generic("POST", "/workspace/evidence/new/", b"-", "multipart/form-data; boundary=edge", **more)
    assert response.status_code == 422
    assert "The file is larger than 1 MB. Send a smaller one." in text(response)
    assert 'value="The talk"' in text(response)
    assert sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()) == 0
    assert size - video.left <= read * 1024 * 1024


def test_what_is_here_already_is_found_and_attached(
    lead: User, act: Action, police: Organisation, browser_of: Browsers
) -> None:
    browser = browser_of(lead)
    make_file("Harbour minutes", organisation=police)
    make_file("Secret notes", organisation=police, tlp="RED")
    page = text(browser.get(f"/workspace/evidence/to/{key(act)}/"))
    assert ("Harbour minutes" in page, "Secret notes" in page) == (True, False)
    assert "No evidence in the vault contains these words. Try fewer words, or add new evidence." in text(
        browser.get(f"/workspace/evidence/to/{key(act)}/?q=airport")
    )
    response = browser.post(
        f"/workspace/evidence/to/{key(act)}/", {"code": "harbour-minutes", "note": "page 2"}, follow=True
    )
    assert "“Harbour minutes” is attached." in text(response)
    assert browser.post(f"/workspace/evidence/to/{key(act)}/", {"code": "secret-notes"}).status_code == 404
    assert [a.note for a in Attachment.objects.all()] == ["page 2"]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "thing", ["strategy.action:999999", "nonsense", "strategy.action:x", "no.such:1", "auth.group:1"]
)
def test_a_thing_that_is_not_there_is_no_page(thing: str, secretariat: User, today: None, browser_of: Browsers) -> None:
    assert browser_of(secretariat).get(f"/workspace/evidence/to/{thing}/").status_code == 404
    assert browser_of(secretariat).get(f"/workspace/evidence/new/?to={thing}").status_code == 404


def test_who_may_not_attach_gets_no_form(
    other_lead: User, act: Action, user_with: Any, browser_of: Browsers, stranger: Client
) -> None:
    make_file()
    address = f"/workspace/evidence/to/{key(act)}/"
    for person in (other_lead, user_with("observer"), user_with("operator"), user_with("auditor")):
        browser = browser_of(person)
        assert browser.get(address).status_code == 403
        assert browser.post(address, {"code": "minutes"}).status_code == 403
        assert browser.post(f"/workspace/evidence/new/?to={key(act)}", sent(file=upload())).status_code == 403
        page = browser.get(act.workspace_url())
        assert page.status_code == 403 or "Attach evidence" not in text(page)
    assert stranger.post(address, {"code": "minutes"}).status_code == 302
    assert (Attachment.objects.count(), Evidence.objects.count()) == (0, 1)


def test_another_body_may_neither_edit_nor_replace_nor_withdraw(
    other_lead: User, csirt: Organisation, act: Action, browser_of: Browsers
) -> None:
    piece = make_file(organisation=csirt)
    one = attach(piece, by=SYSTEM, thing=act)
    browser = browser_of(other_lead)
    page = text(browser.get(piece.workspace_url()))
    for way in ("edit", "replace", "withdraw", f"off/{one.pk}"):
        assert f"{piece.workspace_url()}{way}/" not in page
        assert browser.get(f"{piece.workspace_url()}{way}/").status_code == 403
        assert browser.post(f"{piece.workspace_url()}{way}/", {"title": "Mine", "reason": "Mine"}).status_code == 403
    piece.refresh_from_db()
    assert (piece.title, piece.withdrawn_on, Attachment.objects.count()) == ("Minutes", None, 1)


def test_what_is_said_of_it_is_changed_in_two_languages(lead: User, csirt: Organisation, browser_of: Browsers) -> None:
    piece = make_file(organisation=csirt)
    address = f"{piece.workspace_url()}edit/"
    form = text(browser_of(lead).get(address))
    assert "is_public" not in form  # that is for the secretariat to say
    fields = {
        "title": "Minutes of June",
        "title_es": "Acta de junio",
        "note": "",
        "note_es": "",
        "tlp": "AMBER",
        "dated": "2026-06-01",
        "valid_until": "",
        "organisation": csirt.code,
        "source": "",
        "source_url": "",
        "doubt": "",
        "version": "1",
    }
    assert browser_of(lead).post(address, fields).status_code == 302
    piece.refresh_from_db()
    assert (piece.title, piece.in_language("title", "es"), piece.tlp, piece.dated) == (
        "Minutes of June",
        "Acta de junio",
        "AMBER",
        date(2026, 6, 1),
    )
    late = browser_of(lead).post(address, fields | {"title": "Minutes of July"})
    assert (
        late.status_code,
        "Somebody else saved this at the same time. Your changes are not lost: compare, and save again." in text(late),
    ) == (409, True)


def test_replacing_and_withdrawing(lead: User, csirt: Organisation, act: Action, browser_of: Browsers) -> None:
    browser, old = browser_of(lead), make_file("Rota 2025", organisation=csirt)
    attach(old, by=lead, thing=act)
    fields = sent(title="Rota 2026", file=upload(PDF + b"2026"), organisation=csirt.code)
    assert browser.post(f"{old.workspace_url()}replace/", fields).status_code == 302
    page = text(browser.get(old.workspace_url()))
    assert "Replaced on 24 Nov 2026." in page
    assert "Rota 2026" in page
    new = Evidence.objects.get(title="Rota 2026")
    assert "Replaces" in text(browser.get(new.workspace_url()))
    assert browser.post(f"{new.workspace_url()}withdraw/", {"reason": ""}).status_code == 422
    assert browser.post(f"{new.workspace_url()}withdraw/", {"reason": "Wrong year"}).status_code == 302
    page = text(browser.get(new.workspace_url()))
    assert "Withdrawn on 24 Nov 2026." in page
    assert "Wrong year" in page


@pytest.mark.long
def test_taking_it_off_is_asked_first(lead: User, act: Action, browser_of: Browsers) -> None:
    piece = make_file()
    one = attach(piece, by=lead, thing=act)
    address = f"{piece.workspace_url()}off/{one.pk}/"
    assert "Remove from 1.1.1 Action 1.1.1" in text(browser_of(lead).get(address))
    assert Attachment.objects.count() == 1
    assert browser_of(lead).post(address).status_code == 302
    assert Attachment.objects.count() == 0


def test_the_list_narrows_by_every_filter(
    secretariat: User, csirt: Organisation, act: Action, browser_of: Browsers
) -> None:
    soon = make_file("Soon", organisation=csirt, valid_until=date(2026, 12, 1), tlp="AMBER")
    out = make_file("Out", valid_until=date(2026, 1, 1))
    dead = make_link("Dead")
    Evidence.objects.filter(pk=dead.pk).update(link_state=LinkState.DEAD, link_seen_on=date(2026, 11, 1))
    gone = make_file("Gone")
    withdraw(gone, by=secretariat, reason="x")
    attach(soon, by=secretariat, thing=act)
    titles = {piece.title for piece in (soon, out, dead, gone)}
    for asked, seen in {
        "": titles,
        "kind=link": {"Dead"},
        "tlp=AMBER": {"Soon"},
        "state=soon": {"Soon"},
        "state=out": {"Out"},
        "state=dead": {"Dead"},
        "state=withdrawn": {"Gone"},
        "attached=yes": {"Soon"},
        "organisation=csirt": {"Soon"},
        "attached=no": {"Out", "Dead", "Gone"},
        "state=open": {"Dead"},
        "q=oo": {"Soon"},
        "state=nonsense": titles,
    }.items():
        page = text(browser_of(secretariat).get(f"/workspace/evidence/?{asked}"))
        assert {title for title in titles if f">{title}</a>" in page} == seen, asked


def test_an_empty_vault_says_what_to_do_first(secretariat: User, today: None, browser_of: Browsers) -> None:
    assert (
        "Start with one document that shows progress of an action: minutes, a law in the gazette, a photograph of the opened laboratory. You can then attach it to actions, milestones, values and ratings."
        in text(browser_of(secretariat).get("/workspace/evidence/"))
    )


class TestHandedOut:
    """The page that hands out files."""

    def test_a_file_is_a_download_under_a_safe_name_and_nothing_in_it_runs(self, today: None, stranger: Client) -> None:
        piece = make_file(
            "Page", body=b"<html><script>alert(1)</script></html>", name='señal "x".html', tlp="CLEAR", is_public=True
        )
        response = stranger.get(piece.get_absolute_url())
        assert {
            name: response[name]
            for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Content-Disposition")
        } == {
            "Content-Type": "application/octet-stream",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Disposition": "attachment; filename=\"se_al _x_.html\"; filename*=UTF-8''se%C3%B1al%20%22x%22.html",
        }

    def test_an_internal_file_is_kept_by_no_cache(self, secretariat: User, today: None, browser_of: Browsers) -> None:
        response: Any = browser_of(secretariat).get(make_file().get_absolute_url())
        assert (response["Cache-Control"], b"".join(response.streaming_content)[:5]) == ("private, no-store", b"%PDF-")

    def test_only_reading_is_answered(self, today: None, stranger: Client) -> None:
        assert stranger.post(make_file(tlp="CLEAR", is_public=True).get_absolute_url()).status_code == 405

    def test_a_file_gone_from_the_disk_is_a_sentence(
        self, today: None, stranger: Client, secretariat: User, browser_of: Browsers
    ) -> None:
        piece = make_file(tlp="CLEAR", is_public=True)
        Path(piece.file.path).unlink()
        response = stranger.get(piece.get_absolute_url())
        assert (response.status_code, "This file is no longer on the server." in text(response)) == (404, True)
        assert browser_of(secretariat).get(piece.workspace_url()).status_code == 200

    def test_what_was_replaced_leads_to_what_stands(self, secretariat: User, today: None, stranger: Client) -> None:
        old = make_file("2025", tlp="CLEAR", is_public=True)
        new = make_file("2026", tlp="CLEAR", is_public=True)
        replace_with(old, by=secretariat, new=new)
        assert stranger.get(f"/evidence/{old.code}/file/")["Location"] == f"/evidence/{new.code}/file/"
        update_evidence(new, by=secretariat, is_public=False)
        assert stranger.get(f"/evidence/{old.code}/file/").status_code == 404

    def test_a_record_leads_to_its_page(self, secretariat: User, act: Action, stranger: Client) -> None:
        kept = store_record(act, by=secretariat, title="The action is due on", tlp="CLEAR", is_public=True)
        assert stranger.get(f"/evidence/{kept.code}/file/")["Location"] == act.get_absolute_url()
        act.is_public = False
        act.save()
        assert stranger.get(f"/evidence/{kept.code}/file/").status_code == 404
