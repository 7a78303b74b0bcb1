"""Adding a document that a pack quotes, so that its passages can be shown and checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.reading.caged import read_in_a_cage, refuse_unknown
from floreo.core.reading.document import Unreadable
from floreo.core.reading.sentences import found_words, unreadable_sentence
from floreo.core.uploads import digest_of
from floreo.core.writing import lock_latest, save
from floreo.strategy.actions.drafts.opening import openers_here
from floreo.strategy.models import SourceDocument

LARGEST = 50 * 1024 * 1024  # bytes of a file
_OWN_SENTENCE = frozenset({"empty", "damaged"})  # of an unknown file: its own sentence helps more than two hashes


def document_of(path: Path) -> SourceDocument:
    """The document that this file is. Raises Refused where the packs of this installation quote none like it."""
    digest = digest_of(path)
    found = SourceDocument.objects.filter(file_sha256=digest).first()
    if found is None:
        raise Refused(
            _("No document that is quoted here has these bytes (SHA-256 %(digest)s). It must be the very file.")
            % {"digest": digest},
            code="unknown_document",
            fields={"file": _("This is none of the documents listed.")},
        )
    return found


def take_in(document: SourceDocument, *, by: Actor, path: Path, name: str = "") -> SourceDocument:
    """Keeps the text of the file at `path`, which its person calls `name`, when it is that document and every passage is where
    the pack says. Raises Refused.

    It is read before the transaction, which would hold up everybody else."""
    must(by, Permission.PLAN_EDIT)
    _refuse_held(document)
    return save_text(document, by=by, text=text_of(document, path, name=name or path.name))


def text_of(document: SourceDocument, path: Path, *, name: str) -> str:
    """The text of the file, which is opened only when its bytes are those of the document. Raises Refused."""
    if path.stat().st_size > LARGEST:
        raise _refusal(
            _("The file is larger than %(limit)d MB.") % {"limit": LARGEST // (1024 * 1024)}, code="too_large"
        )
    digest = digest_of(path)
    if digest != document.file_sha256:
        raise _another_file(document, path, name=name, digest=digest)
    try:
        text = (
            path.read_bytes().decode(document.encoding)
            if document.encoding
            else read_in_a_cage(path, name=name or None, openers=openers_here()).text
        )
    except Unreadable as refusal:
        raise _refusal(unreadable_sentence(refusal), code=refusal.code) from refusal
    except (UnicodeError, LookupError) as error:
        words = {"name": name, "encoding": document.encoding}
        raise _refusal(
            _("%(name)s cannot be read as %(encoding)s, the encoding that the pack states. Report this to its makers.")
            % words,
            code="encoding",
        ) from error
    if not text.strip():
        raise _refusal(_("No text was found in %(name)s.") % {"name": name}, code="no_text")
    return text


@action("document.taken_in", needs=Permission.PLAN_EDIT)
def save_text(document: SourceDocument, *, by: Actor, text: str) -> SourceDocument:
    """Keeps the text of a document, when it is the one that those who made the pack read, with every passage at its place."""
    fresh = lock_latest(document)
    _refuse_held(fresh)
    if hashlib.sha256(text.encode()).hexdigest() != fresh.text_sha256:
        raise _refusal(
            _("The text of the file is read differently here than where the pack was made."), code="other_text"
        )
    fresh.text = text
    quotations = list(fresh.quotations.all())
    for each in quotations:
        each.document = fresh
    if missing := sum(not each.is_found for each in quotations):
        words = ngettext(
            "%(n)d passage is not where the pack says.", "%(n)d passages are not where the pack says.", missing
        )
        raise _refusal(words % {"n": missing}, code="not_found")
    fresh.added_on, fresh.added_by = clock.today(), by.actor_name
    note(passages=len(quotations))
    return save(fresh)


def _refuse_held(document: SourceDocument) -> None:
    if document.is_held:
        raise _refusal(_("“%(title)s” was added already.") % {"title": document}, code="held")


def _refusal(sentence: str, *, code: str) -> Refused:
    return Refused(sentence, code=code, fields={"file": sentence})


def _another_file(document: SourceDocument, path: Path, *, name: str, digest: str) -> Refused:
    """Why this is not the document: it is none at all, or another one."""
    try:
        refuse_unknown(path, name=name)
    except Unreadable as refusal:
        if refusal.code in _OWN_SENTENCE:
            return _refusal(unreadable_sentence(refusal), code=refusal.code)
        if found := found_words(refusal):
            return _refusal(
                _("%(name)s is %(found)s, not a document with text.") % {"name": name, "found": found},
                code="no_document",
            )
    words = {"name": name, "title": document, "found": digest, "stated": document.file_sha256}
    return _refusal(
        _(
            "%(name)s is another file than “%(title)s”: its SHA-256 is %(found)s, not %(stated)s. Upload the file exactly as"
            " it was published. A copy that was saved again, converted or scanned has another SHA-256."
        )
        % words,
        code="another_file",
    )
