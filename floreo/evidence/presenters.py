"""Sentences about evidence, computed from what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.file_text import LONGEST, Problem
from floreo.core.ui.locale import day, number
from floreo.evidence.logic import Validity
from floreo.evidence.models import Evidence, EvidenceKind, FileText, LinkState
from floreo.evidence.sniffing import Unwelcome

_ALONE: Mapping[str, Promise] = {
    "program": _l(
        "“%(name)s” contains a program, whatever its name is. Programs are not accepted as evidence; send a document."
    ),
    "script": _l("“%(name)s” contains a script, whatever its name is. Send a document, or its text in a PDF."),
    "runs": _l(
        "A file ending in .%(inside)s can run when it is opened, so it is not accepted. Save it as a PDF or as text."
    ),
    "macros": _l("“%(name)s” contains macros. Save it without them (as .docx, .xlsx, .pptx or PDF) and send it again."),
    "object": _l("“%(name)s” contains another file hidden in its text. Save it as a PDF and send it again."),
    "starts_program": _l("“%(name)s” starts or contains a program. Print it to a new PDF and send the PDF."),
    "archive": _l(
        "“%(name)s” is an archive that cannot be checked here. Send its files separately, or pack them as ZIP."
    ),
    "locked": _l("“%(name)s” is protected with a password, so it cannot be checked. Send it without one."),
    "deep": _l("“%(name)s” contains archives inside archives. Unpack it and send the files you need."),
    "bomb": _l("“%(name)s” is much larger when unpacked than it seems. Send the files you need one by one."),
    "broken": _l("“%(name)s” is damaged and cannot be read to the end. Save it again and send the new copy."),
    "unknown": _l(
        "The type of “%(name)s” cannot be recognised. Send a PDF, an image, a text, an office document or a ZIP."
    ),
}
_INSIDE: Mapping[str, Promise] = {
    "program": _l("“%(name)s” contains a program: “%(inside)s”. Remove it and send the archive again."),
    "script": _l("“%(name)s” contains a script: “%(inside)s”. Remove it and send the archive again."),
    "macros": _l(
        "“%(name)s” contains a document with macros: “%(inside)s”. Save that document without them and "
        "send the archive again."
    ),
    "archive": _l(
        "“%(name)s” contains an archive that cannot be checked here: “%(inside)s”. Remove it, or pack it as ZIP."
    ),
    "locked": _l("A part of “%(name)s” is protected with a password: “%(inside)s”. Send it without one."),
}
_RUNS_INSIDE = _l(
    "“%(name)s” contains “%(inside)s”, which can run when it is opened. Remove it and send the archive again."
)
VALIDITY_WORDS: Mapping[Validity, Promise] = {
    Validity.OPEN: _l("No expiry date"),
    Validity.VALID: _l("Valid"),
    Validity.SOON: _l("Expires soon"),
    Validity.OUT: _l("Expired"),
    Validity.WITHDRAWN: _l("Withdrawn"),
}


_NOT_READ: Mapping[str, Promise] = {
    Problem.KIND: _l(
        "Not read: the text of PDF, Word, Excel, PowerPoint, OpenDocument, HTML and plain text is read, no other."
    ),
    Problem.LOCKED: _l("Not read: the file is protected with a password."),
    Problem.NO_WORDS: _l("Not read: the file contains no text. It may contain images of pages."),
    Problem.TOO_MUCH: _l("Not read: the file needs too much memory or time to open."),
    Problem.DAMAGED: _l("Not read: the file is damaged."),
    Problem.GONE: _l("Not read: the file is no longer on the server."),
}


def in_search_text(evidence: Evidence) -> str:
    """Whether search finds what is written in its file, and why not; "" where there is none, or it was withdrawn."""
    if evidence.kind != EvidenceKind.FILE or evidence.withdrawn_on is not None:
        return ""
    found = FileText.objects.filter(evidence=evidence, sha256=evidence.sha256).defer("text").first()
    if found is None:
        return _("Not yet: the text of the file is read within minutes.")
    if found.problem:
        return str(_NOT_READ[found.problem])
    if found.is_cut:
        return _("The first %(n)s characters of the text.") % {"n": number(LONGEST)}
    return _("All of the text.")


def unwelcome_sentence(refusal: Unwelcome, name: str) -> str:
    """Why a file is not taken, and what to do instead."""
    words = {"name": name, "inside": refusal.inside}
    if refusal.code == "runs" and "." in refusal.inside:
        return str(_RUNS_INSIDE) % words
    if refusal.inside and refusal.code in _INSIDE:
        return str(_INSIDE[refusal.code]) % words
    return str(_ALONE[refusal.code]) % words


def day_text(when: date) -> str:
    return day(when)


def validity_text(evidence: Evidence, *, today: date) -> str:
    """How long it holds: "valid until 3 Mar 2027", "run out since 1 Sep 2026"; "" where nobody said."""
    if evidence.withdrawn_on is not None:
        if evidence.replaced_by is not None:
            return _("Replaced on %(day)s") % {"day": day_text(evidence.withdrawn_on)}
        return _("Withdrawn on %(day)s") % {"day": day_text(evidence.withdrawn_on)}
    if evidence.valid_until is None:
        return ""
    words = {"day": day_text(evidence.valid_until)}
    if evidence.validity(today) is Validity.OUT:
        return _("Expired on %(day)s") % words
    return _("Valid until %(day)s") % words


def size_text(size: int | None) -> str:
    if size is None:
        return ""
    if size < 1000:
        return _("%(n)d bytes") % {"n": size}
    if size < 1_000_000:
        return _("%(n)d kB") % {"n": max(round(size / 1000), 1)}
    return _("%(n).1f MB") % {"n": size / 1_000_000}


def link_text(evidence: Evidence) -> str:
    """What is known of a link: "Did not answer when looked at on 3 Nov 2026"; "" for anything else."""
    if evidence.kind != EvidenceKind.LINK or evidence.link_seen_on is None:
        return ""
    words = {"day": day_text(evidence.link_seen_on)}
    if evidence.link_state == LinkState.DEAD:
        return _("Broken link: it did not respond on %(day)s") % words
    if evidence.link_state == LinkState.CLOSED:
        return _("The link leads to a closed network, so it is not checked")
    return _("The link responded on %(day)s") % words


def already_text(evidence: Evidence) -> str:
    """Said when what was handed in is in the vault already."""
    return _("This is already in the vault, as “%(title)s”. It was not saved twice.") % {"title": evidence.named()}


@dataclass(frozen=True)
class Piece:
    """One piece of evidence in a line, beside what it shows."""

    evidence: Evidence
    facts: str  # "PDF, 240 kB, page 4"
    problem: str  # what is wrong with it today


def piece_of(evidence: Evidence, place: str = "", *, today: date) -> Piece:
    """What a reader needs to know before opening it, and whether it still holds."""
    facts = []
    if evidence.kind == EvidenceKind.FILE:
        facts = [evidence.file_name.rsplit(".", 1)[-1].upper(), size_text(evidence.size)]
    elif evidence.kind == EvidenceKind.LINK:
        facts = [urlsplit(evidence.url).hostname or ""]
    facts += [day_text(evidence.dated)] if evidence.dated else []
    problem = ""
    if evidence.link_state == LinkState.DEAD:
        problem = link_text(evidence)
    elif evidence.validity(today) is Validity.OUT:
        problem = validity_text(evidence, today=today)
    return Piece(evidence, ", ".join([*(fact for fact in facts if fact), *([place] if place else [])]), problem)
