"""Agendas and minutes as papers: the same on the page, in Word, in PDF and by mail; names and secrets only where they belong."""

from __future__ import annotations

import io
import re
from datetime import date

import docx
import pytest
from django.utils import translation
from pypdf import PdfReader

from floreo.core.access import SYSTEM
from floreo.core.documents.blocks import (
    Block,
    Boxed,
    Bullets,
    Cell,
    Columns,
    Document,
    Facts,
    Grid,
    Heading,
    Item,
    PageBreak,
    Paragraph,
    Picture,
    StatusBar,
)
from floreo.core.documents.pdf import to_pdf
from floreo.core.documents.text import as_text
from floreo.core.documents.word import to_word
from floreo.meetings import documents
from floreo.meetings.actions.agenda import add_item
from floreo.meetings.actions.decisions import ask_decision, take_decision
from floreo.meetings.actions.minutes import approve_minutes, circulate_minutes, correct_minutes
from floreo.meetings.actions.recording import ItemMinutes, Recorded, SeatTaken, record_meeting
from floreo.meetings.models import Committee, Meeting
from floreo.organisations.models import Organisation, Person
from floreo.strategy.models import Edition
from tests.meetings.making import held


@pytest.fixture
def meeting(edition: Edition, committee: Committee) -> Meeting:
    found = held(committee, date(2026, 11, 10))
    item = add_item(found, by=SYSTEM, title="Targets")
    seat = committee.seats.all()[0]
    record_meeting(
        found,
        by=SYSTEM,
        recorded=Recorded(
            seats=[SeatTaken(seat.pk, "present", "Ada")],
            guests=["Greta"],
            items=[ItemMinutes(item.pk, "Set.", "He laughed.")],
        ),
    )
    police = Organisation.objects.get(code="police")
    take_decision(
        edition, by=SYSTEM, item=item, title="Hire two", organisation=police, due_on=date(2026, 12, 1), is_public=True
    )
    ask_decision(edition, by=SYSTEM, item=item, addressed_to="Minister", title="Pay more")
    return found


def words_of(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def test_members_read_names_internal_text_and_every_decision(meeting: Meeting) -> None:
    text = as_text(documents.minutes(meeting))
    for expected in (
        "Police, Ada for Ruben",
        "Greta",
        "Set.",
        "He laughed.",
        "D-2026-01",
        "D-2026-02",
        "1 of 1 seat taken",
    ):
        assert expected in text
    assert "Draft: these minutes are not approved yet." in text


def test_the_public_reads_bodies_and_public_decisions_only(meeting: Meeting) -> None:
    text = as_text(documents.minutes(meeting, internal=False))
    for secret in ("Ada", "Ruben", "Greta", "He laughed.", "Pay more"):
        assert secret not in text
    for expected in ("Police", "Set.", "D-2026-01. Decided: Hire two"):
        assert expected in text


@pytest.mark.long
def test_word_and_pdf_say_what_the_page_says(meeting: Meeting) -> None:
    document = documents.minutes(meeting)
    word = docx.Document(io.BytesIO(to_word(document)))
    paragraphs = " ".join(p.text for p in word.element.body.iter() if getattr(p, "text", None))
    pdf = words_of(to_pdf(document))
    for expected in ("Targets", "Set.", "He laughed.", "D-2026-01", "Hire two", "Ada for Ruben"):
        assert expected in pdf
        assert expected in paragraphs


@pytest.mark.long
def test_a_name_with_control_characters_breaks_no_paper(meeting: Meeting) -> None:
    Person.objects.filter(code="ruben").update(name="Ru\x08b\x1fen\x0b")
    meeting.items.update(title="Tar\x01gets \ufffe of #all $money$ *and* <b>", minutes="One\x0ctwo\nthree")
    Meeting.objects.filter(pk=meeting.pk).update(place="Room \x02 seven")
    document = documents.minutes(Meeting.objects.get(pk=meeting.pk))
    assert docx.Document(io.BytesIO(to_word(document))).paragraphs
    pdf = words_of(to_pdf(document))
    assert "Ruben" in pdf
    assert "Targets" in pdf
    assert "\x01" not in as_text(document)


def test_what_is_approved_says_so_and_corrections_stand_at_its_end(meeting: Meeting) -> None:
    circulate_minutes(meeting, by=SYSTEM)
    correct_minutes(approve_minutes(meeting, by=SYSTEM), by=SYSTEM, text="It was 500")
    text = as_text(documents.minutes(Meeting.objects.get(pk=meeting.pk)))
    assert "Minutes approved on 24 Nov 2026." in text
    assert "The minutes above are unchanged since their approval.\n\n24 Nov 2026: It was 500" in text


def test_a_paper_speaks_the_readers_language(meeting: Meeting) -> None:
    meeting.items.update(translations={"es": {"title": "Metas", "minutes": "Fijadas."}})
    with translation.override("es"):
        document = documents.minutes(meeting)
    assert document.language == "es"
    assert "Metas" in as_text(document)
    assert "Fijadas." in as_text(document)


def test_every_kind_of_block_has_its_plain_text() -> None:
    blocks: list[Block] = [
        Heading("Head", 1, "1."),
        Paragraph("Words " * 20),
        Bullets(["a", Item("b", lead="Lead.")], numbered=True),
        Facts([("F", "1")]),
        Grid("Cap", ["A", "B"], [[Cell("x"), Cell("y")]], note="Note"),
        Picture("<svg/>", "A picture"),
        StatusBar([("late", "Late", 1)], "1 late"),
        Boxed("Box", [Paragraph("In it")]),
        Columns([Paragraph("L")], [Paragraph("R")]),
        PageBreak(),
        Bullets(["plain"]),
    ]
    text = as_text(Document("Title", "en", blocks, kicker="State", foot="Foot"))
    assert text.startswith("State\nTitle\n\n1. Head\n-------\n\nWords")
    assert text.endswith(
        "1. a\n2. Lead. b\n\nF: 1\n\nCap:\n* x; B: y\nNote\n\nA picture\n\n1 late\n\nBox\n\nIn it\n\nL\n\nR\n\n* plain\n\nFoot"
    )
