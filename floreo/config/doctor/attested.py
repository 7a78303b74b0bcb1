"""Checks of what the audit chain attests: the chain itself, rows, files, and the words of notices."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection

from floreo.config.doctor.findings import LONGEST_INTERVAL, Check, age_text, bad, good, moment_text, watch
from floreo.config.rights import may_change_the_trail
from floreo.core import audit, clock, state
from floreo.core.models import AuditEntry, SignedHead
from floreo.evidence.files import verify_files
from floreo.feeds import sent_words
from floreo.incidents.actions.evidence import broken_files
from floreo.obligations.actions.attaching import broken_files as broken_files_of_notifications

_TAIL = 1000  # links of the chain that are walked each time


def chain_tail() -> Check:
    """The newest links: that each follows the one before it and is as it was written."""
    entries = list(AuditEntry.objects.order_by("-number")[:_TAIL])[::-1]
    for before, entry in zip([None, *entries], entries, strict=False):
        follows = before is None or (entry.number == before.number + 1 and entry.before == before.hash)
        if not follows or audit.hash_of(entry) != entry.hash:
            yield bad(
                f"The audit chain is broken at entry {entry.number}: somebody changed it past the programme.",
                "Run floreo audit verify, and compare with the newest backup.",
            )
            return
    yield good(f"The newest {len(entries)} entries of the audit chain hold; --deep walks them all.")


def signed_heads() -> Check:
    """Who could rewrite the audit chain unseen."""
    if connection.vendor == "postgresql" and may_change_the_trail():
        yield watch(
            "The program's role in PostgreSQL may change and remove entries of the audit chain.",
            "Give it a role that may only add to it: floreo migrate --grant, in the guide Run it on one small server.",
        )
    if settings.SECURE and Path(settings.HEAD_KEY_FILE).is_relative_to(settings.DATA):
        yield watch(
            "The key that signs heads of the audit chain lies in the data folder, where the web server can read it.",
            "Put it where only the worker reads, and name it in FLOREO_HEAD_KEY_FILE.",
        )
    signed, head = SignedHead.objects.last(), audit.head()
    if signed is None:
        yield good("No head of the audit chain has been signed yet; the worker does it each hour.")
    elif signed.number < head.number and clock.machine() - signed.signed_at > LONGEST_INTERVAL:
        yield watch(
            f"The newest signed head of the audit chain is of {moment_text(signed.signed_at)}.",
            "See the worker and its jobs above.",
        )
    else:
        yield good(f"Entry {signed.number} of the audit chain was signed {age_text(signed.signed_at)}.")


def whole_chain() -> Check:
    breaks = list(audit.walk())
    for each in breaks[:5]:
        yield bad(
            f"The audit chain is broken at entry {each.number}: {each.reason}.", "Compare with the newest backup."
        )
    if not breaks:
        yield good(f"The whole audit chain holds, {audit.head().number} entries.")
    differences = state.differences()
    for difference in differences[:5]:
        yield bad(f"{difference}: somebody changed it past the programme.", "Compare with the newest backup.")
    if len(differences) > 5:
        yield bad(f"{len(differences) - 5} more rows are not as the audit chain left them.", "Run floreo audit verify.")
    if not differences:
        yield good("Every row is as the audit chain left it.")


def evidence_files() -> Check:
    broken = list(verify_files())
    for each in broken[:20]:
        what = "is gone" if each.is_gone else "is not the file that was kept"
        yield bad(f"The file of evidence “{each.evidence}” {what}.", "Take it from a backup, or ask who handed it in.")
    if not broken:
        yield good("Every file of evidence is there and is the one that was kept.")


def case_files() -> Check:
    broken = [*broken_files(), *broken_files_of_notifications()]
    for sentence in broken[:20]:
        yield bad(sentence, "Take it from a backup, or ask who handed it in.")
    if not broken:
        yield good("Every file of a case, a report or a notification is there and is the one that was kept.")


def words_of_notices() -> Check:
    """The words of notices in the outbox against their hashes in the audit chain."""
    wrong, compared = sent_words.changed()
    for mail in wrong[:5]:
        yield bad(
            f"The words of an e-mail of {moment_text(mail.created_at)} ({mail.about}) are not those that were sent.",
            "Compare with the newest backup: somebody changed them past the programme.",
        )
    if compared and not wrong:
        yield good(f"The kept words of notices are those that were sent ({compared} e-mails).")
