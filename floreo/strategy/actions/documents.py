"""Taking in a document that a pack quotes, so that its passages can be shown and checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, save
from floreo.strategy.drafting.caged import read_in_a_cage
from floreo.strategy.models import SourceDocument

LARGEST = 50 * 1024 * 1024  # bytes of a file


def document_of(content: bytes) -> SourceDocument:
    """The document that has exactly those bytes. Raises Refused where the packs of this installation quote none."""
    digest = hashlib.sha256(content).hexdigest()
    found = SourceDocument.objects.filter(file_sha256=digest).first()
    if found is None:
        raise Refused(
            _("No document that is quoted here has these bytes (SHA-256 %(digest)s). It must be the very file.")
            % {"digest": digest},
            code="unknown_document",
            fields={"file": _("This is none of the documents listed.")},
        )
    return found


@action("document.taken_in", needs=Permission.PLAN_EDIT)
def take_in(document: SourceDocument, *, by: Actor, path: Path) -> SourceDocument:
    """Keeps the text of the file at `path`, when it is that document and every passage is where the pack says. Raises Refused."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != document.file_sha256:
        raise Refused(_("This is another file than “%(title)s”.") % {"title": document}, code="another_file")
    fresh = lock_latest(document)
    if fresh.is_held:
        raise Refused(_("“%(title)s” was taken in already.") % {"title": fresh}, code="held")
    text = content.decode(fresh.encoding) if fresh.encoding else read_in_a_cage(path).text
    if hashlib.sha256(text.encode()).hexdigest() != fresh.text_sha256:
        raise Refused(
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
        raise Refused(words % {"n": missing}, code="not_found")
    fresh.added_on, fresh.added_by = clock.today(), by.actor_name
    note(passages=len(quotations))
    return save(fresh)
