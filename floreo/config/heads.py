"""The worker signs the newest entry of the audit chain, and what it signed leaves the machine: by mail to the auditors once a day,
and into a file that may lie elsewhere."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import clock, heads, languages, outbox, timestamps
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.models import OutboxMail, SignedHead
from floreo.organisations.models import User

KIND = "audit.head"
EVERY = timedelta(hours=20)  # a day, and the job comes round each hour


def sign_and_send() -> None:
    """The job. Raises Refused, with what to do, when the key cannot be read or the file cannot be written."""
    why = list[str]()
    heads.sign_newest(key(), stamp=lambda text: _stamp(text, why))
    if settings.HEADS_FILE:
        _complete(Path(settings.HEADS_FILE))
    newest, receivers = SignedHead.objects.order_by("-number").first(), _receivers()
    if newest is not None and receivers and not _was_sent_today():
        send_head(newest, by=SYSTEM, receivers=receivers)
    if why:  # last: a head without a timestamp leaves the machine all the same
        raise Refused(
            f"The newest head has no timestamp: {why[0]}. See FLOREO_TIMESTAMPS in the guide.", code="no_stamp"
        )


def _stamp(text: str, why: list[str]) -> str:
    """The authority's timestamp over the text, one a day, where there is an authority. Says in `why` that there is none."""
    since = clock.machine() - EVERY
    if not settings.TIMESTAMPS or SignedHead.objects.filter(signed_at__gt=since).exclude(timestamp="").exists():
        return ""
    try:
        return timestamps.ask(text, address=settings.TIMESTAMPS, roots=authority(Path(settings.TIMESTAMPS_CA)))
    except (timestamps.NoTimestamp, Refused) as problem:
        why.append(str(problem))
        return ""


def authority(path: Path) -> list[Any]:
    """The certificates of the authority in that file. Raises Refused."""
    try:
        return timestamps.roots_of(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise Refused(f"{path} holds no certificate that can be read", code="no_authority") from problem


def key() -> Any:
    """The private key. Raises Refused."""
    try:
        return heads.private_key(Path(settings.HEAD_KEY_FILE))
    except (OSError, ValueError) as problem:
        sentence = "The key that signs heads of the audit chain cannot be read. See FLOREO_HEAD_KEY_FILE in the guide."
        raise Refused(sentence, code="head_key") from problem


def _complete(path: Path) -> None:
    """Adds every signed head that the file does not have yet, also those that were signed while it could not be written; on the
    disk before it counts. Append-only storage (a WORM share, `chattr +a`) is what makes it worth something."""
    try:
        with path.open("a+", encoding="ascii") as file:
            file.seek(0)
            newest = max((heads.read(json.loads(line)["text"]).number for line in file if line.strip()), default=0)
            for head in SignedHead.objects.filter(number__gt=newest):
                file.write(f"{heads.as_line(head)}\n")
            file.flush()
            os.fsync(file.fileno())
    except (OSError, ValueError, KeyError) as problem:
        raise Refused("The file of FLOREO_HEADS_FILE cannot be read or written.", code="heads_file") from problem


def _was_sent_today() -> bool:
    return OutboxMail.objects.filter(kind=KIND, created_at__gt=clock.now() - EVERY).exists()


def _receivers() -> list[tuple[str, str]]:
    """Address and language: accounts of auditors, and the addresses of FLOREO_HEADS_TO."""
    auditors = User.objects.filter(is_active=True, memberships__role="auditor").exclude(email="").distinct()
    found = {user.email: user.language or languages.home() for user in auditors.order_by("pk")}
    return list((dict.fromkeys(settings.HEADS_TO, languages.home()) | found).items())


@action("head.sent", needs=Permission.AUDIT_READ)
def send_head(head: SignedHead, *, by: Actor, receivers: list[tuple[str, str]]) -> int:
    """To everybody who is to keep it: address and language. Returns how many mails were posted."""
    note(entry=head.number, receivers=len(receivers))
    return outbox.post_all(_letter(head, to, language) for to, language in receivers)


def _letter(head: SignedHead, to: str, language: str) -> OutboxMail:
    with translation.override(language):
        text = "\n\n".join(
            (
                _("Keep this e-mail. With it, you can show later whether an entry of the audit chain was changed."),
                head.text.strip(),
                _("Signature (Ed25519): %(signature)s") % {"signature": head.signature},
                _("Public key: %(key)s") % {"key": head.public_key},
                _("All signed heads, and how to verify them: %(address)s")
                % {"address": f"{settings.SITE_ADDRESS}/about/audit/"},
            )
        )
        subject = _("Audit chain: signed head, entry %(number)s") % {"number": head.number}
    file = outbox.Attachment("head.jsonl", f"{heads.as_line(head)}\n", "application/jsonl")
    return outbox.letter(to=to, subject=subject, text=f"{text}\n", kind=KIND, language=language, attachment=file)
