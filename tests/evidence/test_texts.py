"""What is written in the files of the vault is found by whoever may have the file, and by nobody else, whatever happens to it later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from floreo.core import clock, search
from floreo.core.access import SYSTEM
from floreo.core.cage import Died
from floreo.core.file_text import Problem
from floreo.core.models import SearchEntry
from floreo.evidence.actions import read_files, replace_with, texts, update_evidence, withdraw
from floreo.evidence.models import Evidence, FileText
from floreo.evidence.presenters import in_search_text
from floreo.organisations.models import Organisation, User
from tests.evidence.making import PNG, make_file

pytestmark = pytest.mark.usefixtures("today")
WORDS = b"The breakwater was surveyed by divers in March."


def made(title: str = "Survey", body: bytes = WORDS, name: str = "survey.txt", **facts: Any) -> Evidence:
    """A file of the vault that the worker has read."""
    kept = make_file(title, body=body, name=name, **facts)
    assert read_files() == 1
    return kept


def found(client: Client, address: str = "/workspace/search/", q: str = "breakwater") -> bool:
    page = client.get(address, {"q": q}).content.decode()
    return "surveyed by divers" in page


def test_the_words_of_a_file_are_found_and_shown_by_right(
    user_with: Callable[..., User], browser_of: Callable[[User], Client], police: Organisation, stranger: Client
) -> None:
    made(organisation=police, tlp="AMBER")
    readers = {role: browser_of(user_with(role, email=f"{role}@example.test")) for role in ("secretariat", "observer")}
    assert {role: found(client) for role, client in readers.items()} == {"secretariat": True, "observer": False}
    assert not found(stranger, "/search/")


def test_a_public_file_is_found_by_anybody_until_its_marking_rises(stranger: Client) -> None:
    kept = made(tlp="CLEAR", is_public=True)
    assert found(stranger, "/search/")
    update_evidence(kept, by=SYSTEM, tlp="RED", is_public=False)
    assert not found(stranger, "/search/")
    assert SearchEntry.objects.filter(is_public=True, body__contains="breakwater").count() == 0


def test_a_marking_that_rises_while_the_worker_reads_is_heard(stranger: Client) -> None:
    kept = make_file(body=WORDS, name="a.txt", tlp="CLEAR", is_public=True)

    def meanwhile(evidence: Evidence) -> Any:
        update_evidence(kept, by=SYSTEM, tlp="RED", is_public=False)
        return read(evidence)

    read = texts._words_of
    with mock.patch.object(texts, "_words_of", meanwhile):
        read_files()
    assert not SearchEntry.objects.filter(is_public=True, body__contains="breakwater").exists()
    assert not found(stranger, "/search/")


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("how", ["withdrawn", "replaced", "withdrawn while it is read", "removed"])
def test_what_no_longer_stands_leaves_the_index(how: str) -> None:
    if how == "withdrawn while it is read":
        kept = make_file(body=WORDS, name="a.txt")
        reading = texts._words_of(kept)
        withdraw(kept, by=SYSTEM, reason="Wrong")
        texts._note(kept, reading)
    else:
        kept = made()
        if how == "removed":
            kept.delete()
        elif how == "replaced":
            replace_with(kept, by=SYSTEM, new=make_file("New"))
        else:
            withdraw(kept, by=SYSTEM, reason="Wrong")
    assert not FileText.objects.filter(text__contains="breakwater").exists()
    assert how == "removed" or not SearchEntry.objects.filter(body__contains="breakwater").exists()


def test_a_file_is_read_once_and_says_what_search_finds_of_it() -> None:
    kept = made()
    assert in_search_text(kept) == "All of the text."
    assert read_files() == 0
    FileText.objects.update(is_cut=True)
    assert in_search_text(kept) == "The first 200,000 characters of the text."


def test_what_cannot_be_read_says_so_and_is_not_tried_again() -> None:
    kept = made(body=PNG, name="photo.png")
    assert in_search_text(kept).startswith("Not read: the text of PDF, Word")
    assert read_files() == 0


def test_other_bytes_under_the_same_code_are_read_anew_and_the_old_words_are_gone_at_once() -> None:
    """A pack may bring them."""
    kept = made()
    Path(kept.file.path).write_bytes(b"Other words")
    kept.sha256 = "0" * 64
    kept.save()
    search.refresh(kept)
    assert not SearchEntry.objects.filter(body__contains="breakwater").exists()
    assert read_files() == 1
    assert SearchEntry.objects.filter(body__contains="Other words").exists()


def test_a_file_that_was_gone_is_read_when_it_is_back() -> None:
    kept = make_file(body=WORDS, name="a.txt")
    path = Path(kept.file.path)
    path.unlink()
    assert read_files() == 1
    assert in_search_text(kept) == "Not read: the file is no longer on the server."
    path.write_bytes(WORDS)
    assert read_files() == 0
    FileText.objects.update(read_at=clock.now() - timedelta(days=2))
    assert read_files() == 1
    assert in_search_text(kept) == "All of the text."


def test_a_fault_of_the_reader_keeps_no_other_file_waiting() -> None:
    kept = make_file(body=WORDS, name="a.txt")
    with mock.patch.object(texts, "words_in_a_cage", side_effect=Died("fault", "")):
        read_files()
    assert FileText.objects.get(evidence=kept).problem == Problem.DAMAGED
    assert read_files() == 0


@pytest.mark.long
def test_a_text_of_the_longest_kind_fits_into_the_index_of_either_database() -> None:
    """PostgreSQL takes a megabyte of different words of one row."""
    words = " ".join(chr(0x20000 + n) for n in range(40_000)) + " " + " ".join(f"{n:x}" for n in range(30_000))
    kept = made(body=words.encode(), name="a.txt")
    assert len(FileText.objects.get(evidence=kept).text) == 200_000
    assert SearchEntry.objects.filter(body__contains="2fff").exists()
