"""What evidence shows: attaching it to a thing, and taking it off again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from floreo.core import keys
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Missing, Refused
from floreo.core.writing import delete, save
from floreo.evidence.actions.storing import may_have
from floreo.evidence.models import Attachment, Evidence


def attach(evidence: Evidence, *, by: Actor, thing: models.Model, note: str = "") -> Attachment:
    """Puts evidence on a thing. Whoever keeps evidence for one body puts it on what that body answers for, and nowhere
    else; the evidence itself may be anybody's that they may read. Twice is once; a new note replaces the old."""
    may_have(evidence, by)
    made = Attachment(
        evidence=evidence, thing=keys.key(thing), note=note.strip()[:300], attached_by=by.actor_name[:200]
    )
    return _attach(made, by=by)


@action("evidence.attached", needs=Permission.EVIDENCE_KEEP, quiet=True)
def _attach(made: Attachment, *, by: Actor) -> Attachment:
    evidence, thing = (
        Evidence.objects.select_for_update().filter(pk=made.evidence_id).first(),
        keys.thing_of(made.thing),
    )
    if evidence is None or thing is None:
        raise Missing(_("This was removed while you worked. Go back and reload the page."))
    _must_be_open(thing)
    if evidence.withdrawn_on is not None:
        raise Refused(_("This evidence was withdrawn. Attach the evidence that replaced it."), code="withdrawn")
    here = Attachment.objects.filter(evidence=evidence, thing=made.thing).first()
    if here is None:
        return save(made)
    here.note = made.note or here.note
    return save(here)


@action("evidence.detached", needs=Permission.EVIDENCE_KEEP)
def detach(attachment: Attachment, *, by: Actor) -> None:
    """Takes evidence off a thing. The evidence stays in the vault, and the trail says where it was."""
    fresh = Attachment.objects.select_for_update().filter(pk=attachment.pk).first()
    if fresh is None:
        raise Missing(_("This was already removed. Go back and reload the page."))
    _must_be_open(keys.thing_of(fresh.thing))
    delete(fresh)


def _must_be_open(thing: models.Model | None) -> None:
    """A thing may say why what shows it no longer changes."""
    given = getattr(thing, "evidence_closed", None)
    if given is not None and (sentence := given()):
        raise Refused(sentence, code="closed")
