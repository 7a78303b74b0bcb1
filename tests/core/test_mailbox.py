"""Returned mail read from a real IMAP server, where one is installed (Debian: dovecot-imapd)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from floreo.core.bounce_mailbox import read_mailbox
from floreo.core.errors import Refused
from floreo.core.models import MailState
from tests.core.mail_server import free_port
from tests.core.mailbox_server import PROGRAMME, a_mailbox
from tests.core.test_bounces import VACATION, sent, shaped

pytestmark = pytest.mark.django_db
needs_server = pytest.mark.skipif(PROGRAMME is None, reason="dovecot is not installed")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: the server's sockets live below it."""
    with tempfile.TemporaryDirectory(prefix="fl-", dir="/tmp") as name:
        yield Path(name)


@needs_server
def test_what_is_new_in_the_mailbox_is_taken_in_once(folder: Path) -> None:
    mail = sent()
    with a_mailbox(
        folder, [shaped("postfix, whole mail", mail.message_id), VACATION.encode(), shaped("gmail"), b"no mail"]
    ) as (address, box):
        assert read_mailbox(address) == 2
        mail.refresh_from_db()
        assert (mail.state, mail.last_error) == (MailState.BOUNCED, "550 5.1.1 User unknown")
        assert read_mailbox(address) == 0
        assert [message.get_flags() for message in box] == ["S"] * 4  # read, and nothing removed


@needs_server
def test_a_wrong_word_or_folder_is_said(folder: Path) -> None:
    with a_mailbox(folder, []) as (address, _box):
        with pytest.raises(Refused, match="cannot be read"):
            read_mailbox(address.replace("word", "wrong"))
        with pytest.raises(Refused, match="has no folder Nowhere"):
            read_mailbox(address.replace("INBOX", "Nowhere"))


def test_a_server_that_is_not_there_and_an_odd_setting_are_said() -> None:
    with pytest.raises(Refused, match="cannot be read"):
        read_mailbox(f"imap://user:word@127.0.0.1:{free_port()}/INBOX")
    for odd in ("user:word@host", "http://user:word@host", "imaps://host/INBOX"):
        with pytest.raises(Refused, match="must look like"):
            read_mailbox(odd)
