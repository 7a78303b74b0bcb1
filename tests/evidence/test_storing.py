"""Keeping evidence: once, by who may, with what its content says it is."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from floreo.core.access import SYSTEM
from floreo.core.audit import key
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.core.uploads import let_go_of_orphans
from floreo.evidence.actions import attach, store_file, store_link, store_record, update_evidence
from floreo.evidence.models import Evidence
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Action
from tests.evidence.making import PDF, PROGRAM, make_file, make_link, upload


def test_a_file_is_kept_under_its_hash_with_what_its_content_says(lead: User, csirt: Organisation) -> None:
    kept = store_file(upload(PDF, "Minutes of May.pdf"), by=lead)
    assert {n: getattr(kept, n) for n in ("kind", "title", "code", "file_name", "media_type", "size", "tlp")} == {
        "kind": "file",
        "title": "Minutes of May",
        "code": "minutes-of-may",
        "file_name": "Minutes of May.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
        "tlp": "GREEN",
    }
    assert (kept.sha256, kept.organisation, kept.kept_by) == (hashlib.sha256(PDF).hexdigest(), csirt, "Test lead")
    assert kept.file.open().read() == PDF
    assert AuditEntry.objects.get(verb="evidence.added").subject == key(kept)


def test_the_same_file_twice_is_the_one_that_is_kept_and_says_so(lead: User, other_lead: User) -> None:
    first = store_file(upload(), by=lead, title="Minutes")
    again = store_file(upload(name="other-name.pdf"), by=other_lead, title="Something else")
    assert (again.pk, again.title, again.already_here, first.already_here) == (first.pk, "Minutes", True, False)
    assert Evidence.objects.count() == 1
    assert AuditEntry.objects.filter(verb="evidence.added").count() == 1


def test_the_same_file_hidden_from_somebody_is_kept_anew_and_tells_nothing(lead: User, other_lead: User) -> None:
    hidden = store_file(upload(), by=lead, title="Case file", tlp="RED")
    theirs = store_file(upload(), by=other_lead, title="Minutes")
    assert (theirs.already_here, theirs.pk != hidden.pk, theirs.title) == (False, True, "Minutes")


def test_the_same_link_and_the_same_record_are_recognised_too(lead: User, act: Action) -> None:
    first = store_link("https://example.org/act", by=lead, title="The act")
    assert store_link(" https://example.org/act ", by=lead, title="The act again").pk == first.pk
    record = store_record(act, by=lead, title="The action is due on")
    assert (record.kind, record.record) == ("record", key(act))
    assert store_record(act, by=lead, title="Again").already_here


@pytest.mark.parametrize("role", ["operator", "drafter", "observer", "auditor"])
def test_who_may_not_keep_evidence_is_turned_away_before_anything_is_written(
    role: str, today: None, user_with: Any, own_disk: Path
) -> None:
    with pytest.raises(NotAllowed):
        store_file(upload(), by=user_with(role))
    assert Evidence.objects.count() == 0
    assert not list(own_disk.rglob("*"))


def test_a_lead_keeps_evidence_of_their_own_body_only(lead: User, police: Organisation) -> None:
    with pytest.raises(NotAllowed):
        store_link("https://example.org/", by=lead, title="Theirs", organisation=police)
    with pytest.raises(NotAllowed):
        store_file(upload(), by=lead, organisation=police)
    kept = store_link("https://example.org/", by=lead, title="Ours")
    with pytest.raises(NotAllowed):
        update_evidence(kept, by=lead, organisation=police)


def test_a_file_whose_row_was_refused_leaves_nothing_on_the_disk(lead: User, own_disk: Path) -> None:
    with pytest.raises(Refused) as refusal:
        store_file(upload(), by=lead, is_public=True)
    assert refusal.value.fields == {
        "tlp": "Public evidence must be marked TLP:CLEAR. Change the marking, or leave the evidence internal."
    }
    assert not [p for p in own_disk.rglob("*") if p.is_file()]


def test_what_a_lead_marks_clear_the_secretariat_makes_public(lead: User, secretariat: User) -> None:
    with pytest.raises(Refused) as refusal:
        store_link("https://example.org/", by=lead, title="Ours", tlp="CLEAR", is_public=True)
    assert refusal.value.code == "not_yours_to_publish"
    kept = store_link("https://example.org/", by=lead, title="Ours", tlp="CLEAR")
    assert update_evidence(kept, by=secretariat, is_public=True).is_public
    assert update_evidence(kept, by=lead, title="Our act").is_public  # what is public stays so when its body edits it


def test_an_executable_named_pdf_is_refused_with_a_sentence(lead: User) -> None:
    with pytest.raises(Refused) as refusal:
        store_file(upload(PROGRAM, "minutes.pdf"), by=lead)
    assert refusal.value.fields == {
        "file": "“minutes.pdf” contains a program, whatever its name is. Programs are not accepted as evidence; send a document."
    }
    assert Evidence.objects.count() == 0


def test_a_text_named_like_a_picture_is_handed_out_as_the_text_it_is(lead: User) -> None:
    kept = store_file(upload(b"Dear all,\nthe law is in force.", "law.png"), by=lead)
    assert (kept.media_type, kept.file_name) == ("text/plain", "law.png.txt")


def test_a_name_with_folders_and_hidden_letters_is_only_a_name(lead: User) -> None:
    assert store_file(upload(name="..\\..\\etc/pass\u202ewd.pdf"), by=lead).file_name == "passwd.pdf"


def test_a_file_is_on_the_disk_before_the_row_that_names_it(lead: User, monkeypatch: Any) -> None:
    """Also its name in the folder, so that no power cut leaves a row without its file."""
    seen: list[tuple[str, int]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        seen.append((str(Path(f"/proc/self/fd/{handle}").readlink()), Evidence.objects.count()))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    kept = store_file(upload(PDF, "Minutes of May.pdf"), by=lead)
    stored = Path(kept.file.path)
    assert {(str(stored), 0), (str(stored.parent), 0)} <= set(seen)


def test_an_empty_file_is_refused(lead: User) -> None:
    with pytest.raises(Refused) as refusal:
        store_file(upload(b""), by=lead)
    assert refusal.value.fields == {"file": "The file “minutes.pdf” is empty. Choose another."}


def test_a_full_disk_is_a_sentence_and_leaves_nothing(lead: User, monkeypatch: Any) -> None:
    def full(*args: object, **kwargs: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    with pytest.raises(Refused) as refusal:
        store_file(upload(), by=lead)
    assert (refusal.value.code, Evidence.objects.count()) == ("disk_full", 0)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "https://",
        "https://me:secret@example.org/",
        "http://example.org:notaport/",
        "example.org",
        "https://exa mple.org/",
        "data:text/html,hello",
    ],
)
def test_what_is_no_web_address_is_refused_at_its_field(url: str, lead: User) -> None:
    with pytest.raises(Refused) as refusal:
        store_link(url, by=lead, title="A link")
    assert list(refusal.value.fields) == ["url"]


def test_evidence_without_words_and_with_days_the_wrong_way_round_is_refused(lead: User) -> None:
    from datetime import date

    with pytest.raises(Refused) as refusal:
        store_link("https://example.org/", by=lead, title="  ")
    assert refusal.value.fields == {"title": "Enter a short description."}
    with pytest.raises(Refused) as refusal:
        store_link("https://example.org/", by=lead, title="A", dated=date(2026, 5, 1), valid_until=date(2026, 4, 1))
    assert list(refusal.value.fields) == ["valid_until"]


def test_two_with_the_same_title_get_addresses_of_their_own(lead: User) -> None:
    first, second = make_link("Act"), make_link("Act", "https://example.org/2")
    assert first.code == "act"
    assert second.code.startswith("act-")


def test_a_title_without_latin_letters_has_an_address_too(today: None) -> None:
    assert make_file("证据").code == "evidence"


def test_attaching_names_the_thing_and_the_person(lead: User, act: Action) -> None:
    kept = make_file()
    one = attach(kept, by=lead, thing=act.milestones.all()[0], note="page 4")
    assert (one.thing, one.note, one.attached_by) == (key(act.milestones.all()[0]), "page 4", "Test lead")
    assert SYSTEM.actor_name != one.attached_by


def test_a_file_that_no_row_names_goes_after_a_day(lead: User) -> None:
    kept = store_file(upload(), by=lead)  # its process may have been killed after the file and before its row
    folder = Path(default_storage.path("evidence"))
    for name in ("left long ago", "left just now"):
        (folder / name).write_bytes(b"hal")
    for path in (folder / "left long ago", Path(kept.file.path)):
        os.utime(path, (1, 1))
    assert let_go_of_orphans() == 1
    assert {path.name for path in folder.iterdir()} == {"left just now", Path(kept.file.path).name}
