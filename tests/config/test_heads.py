"""Signed heads leave the machine: by mail to the auditors, into a file, and as a public list; and are checked by the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from floreo.config.heads import key, send_head, sign_and_send
from floreo.core import clock, heads
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, OutboxMail, SignedHead
from floreo.organisations.models import Country, User
from tests.config.installation import Installation, prepared
from tests.core.test_audit import make


@pytest.fixture
def worker(db: None, settings: Any, tmp_path: Path) -> Path:
    """The settings of a worker with a key and a file of its own."""
    settings.HEAD_KEY_FILE, settings.HEADS_FILE = str(tmp_path / "key.pem"), str(tmp_path / "heads.jsonl")
    settings.HEADS_TO = ["chain@example.org"]
    return tmp_path


def test_a_head_is_signed_each_time_the_chain_moved_and_mailed_once_a_day(
    worker: Path, user_with: Callable[..., User]
) -> None:
    user_with("auditor", email="auditor@example.org")
    user_with("observer", email="observer@example.org")
    with time_machine.travel(clock.machine(), tick=False) as traveller:
        make(by=SYSTEM, code="a")
        sign_and_send()
        sign_and_send()  # its own mail is an act: signed too, and not mailed again
        first = list(OutboxMail.objects.order_by("to"))
        assert [mail.to for mail in first] == ["auditor@example.org", "chain@example.org"]
        assert first[0].attachment == f"{heads.as_line(SignedHead.objects.order_by('number')[0])}\n"
        assert first[0].text.count("entry: 1\n") == 1
        sign_and_send()
        assert (SignedHead.objects.count(), OutboxMail.objects.count()) == (2, 2)
        traveller.shift(timedelta(days=1))
        sign_and_send()
        assert OutboxMail.objects.count() == 4
    kept = (worker / "heads.jsonl").read_text().splitlines()
    assert kept == [heads.as_line(head) for head in SignedHead.objects.all()]


def test_who_gets_a_head_reads_it_in_their_language_and_the_trail_names_it(worker: Path) -> None:
    make(by=SYSTEM, code="a")
    head = heads.sign_newest(key())
    assert head is not None
    assert send_head(head, by=SYSTEM, receivers=[("auditora@example.org", "es")]) == 1
    assert OutboxMail.objects.get().subject == "Cadena de auditoría: cabeza firmada, entrada 1"
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.detail["entry"], entry.detail["receivers"]) == ("head.sent", 1, 1)


def test_nobody_to_write_to_makes_no_entry(worker: Path, settings: Any) -> None:
    settings.HEADS_TO = []
    make(by=SYSTEM, code="a")
    sign_and_send()
    sign_and_send()
    assert (SignedHead.objects.count(), OutboxMail.objects.count()) == (1, 0)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PUBLIC KEY-----\n"])
def test_a_key_that_cannot_be_read_is_said(content: bytes, worker: Path) -> None:
    (worker / "key.pem").write_bytes(content)
    with pytest.raises(Refused, match="FLOREO_HEAD_KEY_FILE"):
        sign_and_send()


def test_a_file_that_cannot_be_written_is_said(worker: Path, settings: Any) -> None:
    settings.HEADS_FILE = str(worker / "no" / "such" / "folder")
    make(by=SYSTEM, code="a")
    with pytest.raises(Refused, match="FLOREO_HEADS_FILE"):
        sign_and_send()


def test_what_was_signed_while_the_file_was_away_is_added_afterwards(worker: Path, settings: Any) -> None:
    settings.HEADS_TO, kept = [], worker / "heads.jsonl"
    make(by=SYSTEM, code="a")
    sign_and_send()
    settings.HEADS_FILE = str(worker / "away" / "heads.jsonl")
    make(by=SYSTEM, code="b")
    with pytest.raises(Refused):
        sign_and_send()
    make(by=SYSTEM, code="c")
    heads.sign_newest(key())  # by hand: floreo audit sign
    settings.HEADS_FILE = str(kept)
    sign_and_send()
    lines = kept.read_text().splitlines()
    assert (len(lines), list(heads.problems(lines))) == (3, [])


def test_anybody_may_keep_them(worker: Path, isla: Country, stranger: Client) -> None:
    assert "No link has been signed yet." in stranger.get("/about/audit/").content.decode()
    sign_and_send()
    page = stranger.get("/about/audit/").content.decode()
    assert ("/about/audit/heads.jsonl" in page, "/about/audit/key.pem" in page) == (True, True)
    lines = stranger.get("/about/audit/heads.jsonl").content.decode().splitlines()
    pem = stranger.get("/about/audit/key.pem").content
    assert list(heads.problems(lines, trusted={heads.public_of(pem)})) == []
    assert stranger.get(f"/about/audit/heads.jsonl?before={SignedHead.objects.get().number}").content == b""
    assert stranger.get("/about/audit/heads.jsonl?before=²").status_code == 200


@pytest.mark.one_database
def test_the_command_shows_a_rewritten_chain_to_whoever_kept_heads(tmp_path: Path) -> None:
    one = prepared(tmp_path / "data", "loaded")
    kept, public = tmp_path / "heads.jsonl", tmp_path / "key.pem"
    kept.write_text(one.run("audit", "sign").stdout)
    public.write_text(heads.pem_of(json.loads(kept.read_text())["key"]))
    assert (one.folder / "head-key.pem").stat().st_mode & 0o777 == 0o600
    sound = one.run("audit", "verify", "--heads", kept, "--key", public)
    assert (sound.returncode, "All 1 signed heads are in the chain" in sound.stdout) == (0, True), sound.stdout
    _forget_the_last_entry(one)
    broken = one.run("audit", "verify", "--heads", kept, "--key", public)
    assert (broken.returncode, "it was rewritten or removed" in broken.stdout) == (1, True), broken.stdout
    unreadable = one.run("audit", "verify", "--heads", tmp_path / "none")
    assert (unreadable.returncode, "cannot be read" in unreadable.stdout) == (1, True)


def _forget_the_last_entry(one: Installation) -> None:
    one.write("DROP TRIGGER entry_is_not_removed")
    one.write("DELETE FROM core_auditentry WHERE number = (SELECT max(number) FROM core_auditentry)")
