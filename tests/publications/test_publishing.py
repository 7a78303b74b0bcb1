"""From a draft to what everybody reads: embargo, correction, withdrawal, channels; and who may not."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.config.jobs import JOBS
from floreo.core import clock
from floreo.core.access import SYSTEM, Permission
from floreo.core.errors import Changed, Refused
from floreo.core.models import AuditEntry, SearchEntry
from floreo.core.tasks import Recipient
from floreo.organisations.models import User
from floreo.publications.actions import channels, publishing, writing
from floreo.publications.models import Channel, Publication, PublicationState
from floreo.publications.tables import PUBLICATIONS
from floreo.publications.tasks import waiting_tasks
from tests.pages import decide, squeezed

NOON = datetime(2026, 12, 1, 18, 0, 0, tzinfo=UTC)


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code, str(caught.value.sentence)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets what time it is, for the entries of the chain too: what went out before the first of them is posted by nobody."""

    def set_(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr(clock, "machine", lambda: moment)

    set_(NOON - timedelta(hours=1))
    return set_


def seen_anywhere(browser: Client, code: str) -> list[str]:
    """Every exit on which a browser finds a trace of it."""
    exits = [
        f"/publications/{code}/",
        f"/publications/{code}/file/",
        "/publications/",
        "/es/publications/",
        "/publications/feed.xml",
        "/data/publications.csv",
        "/data/publications.json",
        "/api/v1/publications",
        f"/api/v1/publications/{code}",
        "/search/?q=notice",
        "/data/postings.json",
        "/publications/?kind=press",
    ]
    found = []
    for address in exits:
        response = browser.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]  # as Django says which
        own = f"/{code}" in address
        if response.status_code == 200 and (own or b"first notice" in body or f"/{code}/".encode() in body):
            found.append(address)
    return found


@pytest.mark.usefixtures("channel")
def test_before_its_second_nobody_outside_the_desk_finds_a_trace(
    draft: Publication, stranger: Client, browser_of: Any, observer: User, at: Callable[[datetime], None]
) -> None:
    writing.put_file(draft, by=SYSTEM, upload=SimpleUploadedFile("notice.txt", b"The first notice, as a file."))
    publishing.schedule(draft, by=SYSTEM, at=NOON)
    reader = browser_of(observer)
    for seconds in (-3600, -1):
        at(NOON + timedelta(seconds=seconds))
        JOBS["publications"].run()
        assert seen_anywhere(stranger, "first") == []
        assert seen_anywhere(reader, "first") == []
        assert reader.get("/workspace/search/?q=notice").content.count(b"first notice") == 0
    at(NOON)
    found = seen_anywhere(stranger, "first")
    assert {"/publications/first/", "/publications/first/file/", "/publications/", "/publications/feed.xml"} <= set(
        found
    )
    JOBS["publications"].run()
    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == (PublicationState.PUBLISHED, NOON), (
        "it went out then, not when we looked"
    )
    assert "/search/?q=notice" in seen_anywhere(stranger, "first")
    assert SearchEntry.objects.get(key=f"publications.publication:{draft.pk}").is_public
    entry = AuditEntry.objects.filter(verb="publication.released").get()
    assert (entry.actor_name, entry.subject) == ("Floreo", f"publications.publication:{draft.pk}")
    JOBS["publications"].run()
    assert AuditEntry.objects.filter(verb="publication.released").count() == 1


def test_an_embargo_in_the_past_is_refused(draft: Publication, at: Callable[[datetime], None]) -> None:
    text = refusal(lambda: publishing.schedule(draft, by=SYSTEM, at=clock.now()))
    assert text == ("moment_passed", "This time is in the past. Choose a later time, or publish it now.")


def test_a_drafter_hands_over_and_does_not_publish(
    draft: Publication, drafter: User, secretariat: User, at: Callable[[datetime], None]
) -> None:
    for call in (
        lambda: publishing.publish(draft, by=drafter),
        lambda: publishing.schedule(draft, by=drafter, at=NOON),
        lambda: channels.add_channel("x", by=drafter, name="X", kind="site"),
    ):
        assert refusal(call)[0] == "not_allowed"
    writing.hand_over(draft, by=drafter)
    publishing.schedule(draft, by=secretariat, at=NOON)
    for change in (
        lambda: writing.update_publication(draft, by=drafter, text="Something else"),
        lambda: writing.take_back(draft, by=drafter),
        lambda: writing.put_file(draft, by=drafter, upload=SimpleUploadedFile("a.txt", b"a")),
    ):
        assert refusal(change) == (
            "not_allowed",
            "It is scheduled for publication. Ask the person who scheduled it to cancel that first.",
        )
    back = writing.take_back(draft, by=secretariat)
    assert (back.state, back.embargo_until) == (PublicationState.DRAFT, None)


def test_what_is_out_changes_only_with_a_note_and_keeps_what_it_said(
    draft: Publication, secretariat: User, stranger: Client
) -> None:
    assert refusal(lambda: publishing.correct(draft, by=secretariat, what="x"))[0] == "not_out"
    out = publishing.publish(draft, by=secretariat)
    assert refusal(lambda: writing.update_publication(out, by=secretariat, text="New"))[0] == "is_out"
    assert refusal(lambda: publishing.correct(out, by=secretariat, what=" ", text="New")) == (
        "missing",
        "Describe the error. Readers see this beside the text.",
    )
    out.refresh_from_db()
    now = publishing.correct(out, by=secretariat, what="It was not bold.", version=out.version, text="It is out.")
    with pytest.raises(Changed):
        publishing.correct(out, by=secretariat, what="Late", version=out.version, text="Mine")
    assert (now.issue, now.text, now.code) == (2, "It is out.", "first")
    before = now.versions.get()
    assert (before.issue, before.text, before.note, before.corrected_by) == (
        1,
        "It is **out**.",
        "It was not bold.",
        secretariat.name,
    )
    page = stranger.get("/publications/first/").content.decode()
    assert "Corrected on" in page
    assert "It was not bold." in page
    assert "It is <strong>out</strong>." in page, "what it said before stays readable"


def test_a_withdrawn_address_says_so_for_good(draft: Publication, secretariat: User, stranger: Client) -> None:
    assert refusal(lambda: publishing.withdraw(draft, by=secretariat, reason="x"))[0] == "not_out"
    writing.put_file(draft, by=secretariat, upload=SimpleUploadedFile("notice.txt", b"words"))
    publishing.publish(draft, by=secretariat)
    assert refusal(lambda: publishing.withdraw(draft, by=secretariat, reason="")) == (
        "missing",
        "Give the reason. People who open the old address will read it.",
    )
    publishing.withdraw(draft, by=secretariat, reason="The number was wrong.")
    response = stranger.get("/publications/first/")
    page = response.content.decode()
    assert response.status_code == 410
    assert "This page was withdrawn" in page
    assert "The number was wrong." in page
    assert "first notice" not in page, "its words may be why it was withdrawn"
    assert stranger.get("/publications/first/file/").status_code == 404
    assert seen_anywhere(stranger, "first") == []


def test_a_draft_that_was_never_out_leaves_no_address(draft: Publication, secretariat: User, stranger: Client) -> None:
    assert stranger.get("/publications/first/").status_code == 404
    writing.remove_publication(draft, by=secretariat)
    assert Publication.objects.count() == 0
    assert AuditEntry.objects.filter(verb="publication.removed").count() == 1


def test_there_must_be_something_to_read(secretariat: User, draft: Publication) -> None:
    empty = writing.write_publication("empty", by=secretariat, kind="notice", title="Nothing")
    code, sentence = refusal(lambda: publishing.publish(empty, by=secretariat))
    assert (code, sentence) == (
        "empty",
        "There is no content yet. Write a text, add a file, or choose the record that it publishes.",
    )
    assert (
        refusal(lambda: writing.write_publication("first", by=secretariat, kind="notice", title="Again"))[0]
        == "code_taken"
    )


def test_html_in_markdown_is_words_and_never_runs(draft: Publication, secretariat: User, stranger: Client) -> None:
    bad = "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[go](javascript:alert(1))\n\n**good**"
    writing.update_publication(draft, by=secretariat, text=bad)
    publishing.publish(draft, by=secretariat)
    page = stranger.get("/publications/first/").content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<strong>good</strong>" in page


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [("report.pdf", b"MZ\x90\x00\x03" + b"\x00" * 200, "program"), ("run.sh", b"#!/bin/sh\nrm -rf /\n", "script")],
)
def test_a_program_is_no_publication(draft: Publication, secretariat: User, name: str, body: bytes, code: str) -> None:
    assert refusal(lambda: writing.put_file(draft, by=secretariat, upload=SimpleUploadedFile(name, body)))[0] == code


def test_a_file_is_a_download_and_is_what_its_content_says(
    draft: Publication, secretariat: User, stranger: Client
) -> None:
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    writing.put_file(draft, by=secretariat, upload=SimpleUploadedFile("../..\\evil.html", pdf))
    publishing.publish(draft, by=secretariat)
    response = stranger.get("/publications/first/file/")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="evil.pdf"'
    assert b"".join(response.streaming_content) == pdf  # type: ignore[attr-defined]  # a file streams
    assert io.BytesIO(pdf).read() == pdf


def test_channels_are_tasks_until_posted_or_left_out(
    at: Callable[[datetime], None], draft: Publication, channel: Channel, secretariat: User
) -> None:
    whose = Recipient(permissions=frozenset({Permission.PUBLICATION_PUBLISH}))
    only_print = channels.add_channel("print", by=secretariat, name="Print", kind="print", kinds=["strategy"])

    def waits() -> list[tuple[str, str]]:
        return [
            (o.key.rpartition("/")[2], o.why) for o in waiting_tasks(whose, viewer=secretariat, today=clock.today())
        ]

    assert waits() == []
    writing.hand_over(draft, by=secretariat)
    assert waits() == [("publish", "Ready to be published")]
    publishing.schedule(draft, by=secretariat, at=NOON)
    assert waits() == [("look", "Scheduled for 1 Dec 2026, 18:00")]
    assert (
        refusal(lambda: channels.record_posting(draft, by=secretariat, channel=channel, at=clock.now()))[0] == "not_out"
    )
    at(NOON + timedelta(minutes=1))
    assert waits() == [("channels", "Not posted yet: Press office")]
    assert refusal(
        lambda: channels.record_posting(draft, by=secretariat, channel=channel, at=NOON + timedelta(hours=1))
    ) == ("moment_to_come", "This time is in the future. Record a posting after it has happened.")
    posting = channels.record_posting(draft, by=secretariat, channel=channel, at=NOON, url="https://press.example/1")
    assert waits() == []
    channels.remove_posting(posting, by=secretariat, reason="Another notice")
    channels.skip_channel(draft, by=secretariat, channel=channel, reason="They did not want it")
    assert waits() == []
    assert not only_print.takes("press")
    assert list(waiting_tasks(Recipient(people=frozenset({1})), viewer=secretariat, today=date(2026, 12, 1))) == []


def test_columns_of_the_desk_do_not_leave(draft: Publication, secretariat: User) -> None:
    publishing.publish(draft, by=secretariat)
    hidden = {"state", "embargo_until"}
    assert hidden.isdisjoint(c.name for c in PUBLICATIONS.columns_for(None))
    assert hidden <= {c.name for c in PUBLICATIONS.columns_for(secretariat)}


def test_what_is_published_is_what_was_read(draft: Publication, secretariat: User, browser_of: Any) -> None:
    """A drafter may write until it is out: a text that was changed after it was read is not the one that was decided on."""
    browser = browser_of(secretariat)
    page = browser.get(draft.workspace_url()).content.decode()
    address = re.search(rf'href="([^"]*/{draft.code}/do/publish/\?shown=([^"]+))"', page)
    assert address is not None
    writing.update_publication(draft, by=SYSTEM, text="Something else altogether.")
    form = squeezed(browser.get(address[1]).content.decode())
    assert f'name="shown" value="{address[2]}"' in form  # as it was read, not as it is when the form opens
    for name, more in (
        ("publish", {}),
        ("schedule", {"day": f"{clock.now() + timedelta(days=30):%Y-%m-%d}", "time": "12:00", "zone": "UTC"}),
    ):
        response = browser.post(f"/workspace/publications/{draft.code}/do/{name}/", {"shown": address[2], **more})
        assert response.status_code == 422
        assert "It was changed after you opened it: The first notice" in response.content.decode()
        assert "Open it again" in response.content.decode()
    draft.refresh_from_db()
    assert (draft.published_at, draft.embargo_until) == (None, None)
    assert decide(browser, f"/workspace/publications/{draft.code}/do/publish/").status_code == 302
    draft.refresh_from_db()
    assert draft.state == PublicationState.PUBLISHED


def test_who_publishes_their_own_text_is_noted_and_the_public_reads_it(
    draft: Publication,
    secretariat: User,
    administrator: User,
    stranger: Client,
    at: Callable[[datetime], None],
) -> None:
    own = "Written and published by the same person."
    publishing.publish(draft, by=secretariat)
    assert own not in stranger.get("/publications/first/").content.decode()
    mine = writing.write_publication("mine", by=secretariat, kind="press", title="Mine", text="By me.")
    publishing.publish(mine, by=secretariat)
    assert AuditEntry.objects.get(verb="publication.published", subject_name__contains="Mine").detail["by_maker"]
    assert own in squeezed(stranger.get("/publications/mine/").content.decode())
    theirs = writing.write_publication("theirs", by=secretariat, kind="press", title="Theirs", text="By them.")
    writing.update_publication(theirs, by=administrator, text="By both.")
    publishing.schedule(theirs, by=administrator, at=NOON)
    at(NOON)
    assert own in squeezed(stranger.get("/publications/theirs/").content.decode())
