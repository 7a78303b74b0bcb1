"""Changing evidence that is kept: what is said of it, that it is withdrawn, what is in its place."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import assign, lock_latest, refuse, save
from floreo.evidence.actions.checking import check
from floreo.evidence.actions.storing import may_have
from floreo.evidence.actions.texts import forget_words
from floreo.evidence.models import Attachment, Evidence, EvidenceKind

# What can be changed; a file, once kept, is never another: it is replaced.
CHANGEABLE = frozenset(
    [
        "title",
        "note",
        "organisation",
        "tlp",
        "is_public",
        "dated",
        "valid_until",
        "source",
        "source_url",
        "confirmed",
        "doubt",
        "translations",
        "url",
    ]
)


@action("evidence.updated", needs=Permission.EVIDENCE_KEEP)
def update_evidence(evidence: Evidence, *, by: Actor, version: int | None = None, **facts: Any) -> Evidence:
    """Changes what is said of it. Whoever gives it to another body must have the permission there too."""
    if unknown := facts.keys() - CHANGEABLE:
        raise TypeError(f"evidence has no changeable {', '.join(sorted(unknown))}")
    evidence = lock_latest(evidence, version)
    _must_be_current(evidence)
    address = evidence.url
    for name in ("title", "note"):
        if name in facts:
            evidence.set_text(name, facts.pop(name).strip())
    assign(evidence, facts)
    if evidence.url != address:
        if evidence.kind != EvidenceKind.LINK:
            raise refuse("url", _("Only a link has an address."), code="no_link")
        evidence.link_state, evidence.link_seen_on = "", None
    must(by, Permission.EVIDENCE_KEEP, evidence)
    check(evidence, by=by)
    return save(evidence)


@action("evidence.withdrawn", needs=Permission.EVIDENCE_KEEP)
def withdraw(evidence: Evidence, *, by: Actor, reason: str) -> Evidence:
    """It is withdrawn: it shows nothing any more and nobody gets it as evidence. It is kept for the history."""
    evidence = lock_latest(evidence)
    _must_be_current(evidence)
    if not reason.strip():
        raise refuse("reason", _("Enter the reason for withdrawing this evidence."), code="missing")
    note(reason=reason.strip())
    forget_words(evidence)
    evidence.withdrawn_on = clock.today()
    return save(evidence)


@action("evidence.replaced", needs=Permission.EVIDENCE_KEEP)
def replace_with(evidence: Evidence, *, by: Actor, new: Evidence) -> Evidence:
    """Puts `new` in its place, on everything that it shows. The old one is withdrawn and names what came after it."""
    may_have(new, by)
    evidence, new = lock_latest(evidence), lock_latest(new)
    _must_be_current(evidence)
    if new.pk == evidence.pk:
        sentence = _("This is the same evidence. Add the one that replaces it.")
        raise refuse("file", sentence, code="same")
    if new.withdrawn_on is not None:
        raise Refused(_("This evidence was withdrawn. Attach the evidence that replaced it."), code="withdrawn")
    forget_words(evidence)
    evidence.withdrawn_on, evidence.replaced_by = clock.today(), new
    save(evidence)
    there = set(new.attachments.values_list("thing", flat=True))
    for old in evidence.attachments.all():
        if old.thing not in there:
            save(Attachment(evidence=new, thing=old.thing, note=old.note, attached_by=by.actor_name[:200]))
    return evidence


def _must_be_current(evidence: Evidence) -> None:
    if evidence.withdrawn_on is not None:
        raise Refused(_("This evidence was withdrawn and cannot be changed."), code="withdrawn")
