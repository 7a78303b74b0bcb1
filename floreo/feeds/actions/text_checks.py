"""The team checks the texts that operators receive."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Missing, Refused
from floreo.core.writing import save
from floreo.feeds import texts
from floreo.feeds.models import TextCheck


@action("operator_text.checked", needs=Permission.FINDING_HANDLE)
def check_text(name: str, *, by: Actor, sha256: str) -> TextCheck:
    """A named person read the text, and the publisher's page, and found it right. `sha256` is of the text as they read it:
    one that has changed since is not checked."""
    if name not in texts.all_names():
        raise Missing
    if by is SYSTEM:
        raise Refused(_("Only a person can check a text."), code="no_person")
    if sha256 != texts.sha256_of(name):
        raise Refused(_("This text has changed since you opened the page. Read it again."), code="changed")
    row = TextCheck.objects.select_for_update().filter(text=name).first() or TextCheck(text=name)
    row.sha256, row.checked_by, row.checked_on = sha256, by.actor_name[:200], clock.today()
    note(text=name, sha256=sha256)
    return save(row)


__all__ = ["check_text"]
