"""Publishing a report: a decision of its own, now or at a moment; and links by which somebody reads it before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock, languages, outbox
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.writing import lock_latest, refuse, require_sound_time, require_text, save
from floreo.reports.mails import KIND_PREVIEW, preview_mail
from floreo.reports.models import Correction, PreviewLink, Release, Snapshot

PUBLISH = Permission.PUBLICATION_PUBLISH


def _of_snapshot(snapshot: Snapshot) -> Iterable[models.Model | models.QuerySet[Any]]:
    return [snapshot, Release.objects.filter(snapshot=snapshot), Correction.objects.filter(snapshot=snapshot)]


def must_be_unpublished(snapshot: Snapshot) -> None:
    """Refuses one that is published, and one in which there is nothing for the public."""
    if not snapshot.is_public:
        raise Refused(
            _("The edition was not public when this report was frozen, so it has no public version."), code="not_public"
        )
    if Release.objects.filter(snapshot=snapshot, publish_at__lte=clock.now()).exists():
        raise Refused(_("This report is published already. Errors are corrected beside it."), code="published")


def must_be_scheduled(snapshot: Snapshot) -> None:
    must_be_unpublished(snapshot)
    if not Release.objects.filter(snapshot=snapshot, publish_at__gt=clock.now()).exists():
        raise Refused(_("No publication is scheduled. Reload the page."), code="not_scheduled")


def _release(snapshot: Snapshot, by: Actor, at: datetime | None, *, is_noted: bool) -> Release:
    """Held, so that of two who decide at once the second sees what the first decided."""
    found = Release.objects.select_for_update().filter(snapshot=snapshot).first() or Release(snapshot=snapshot)
    found.publish_at, found.decided_by, found.is_noted = at, by.actor_name[:200], is_noted
    return save(found)


@action("report.published", needs=PUBLISH, decides=_of_snapshot)
def publish_report(snapshot: Snapshot, *, by: Actor, shown: str | None = None) -> Release:
    """Everybody may read it from now on. A moment that was set for later is let go, and links to preview it end."""
    must_be_unpublished(snapshot)
    return _release(snapshot, by, clock.now(), is_noted=True)


@action("report.scheduled", needs=PUBLISH, decides=_of_snapshot)
def schedule_report(snapshot: Snapshot, *, by: Actor, at: datetime, shown: str | None = None) -> Release:
    """It is published by itself at that moment, and before it the public cannot read it. Raises Refused for a moment that has passed."""
    must_be_unpublished(snapshot)
    if at <= clock.now():
        sentence = _("This time is in the past. Choose a later time, or publish it now.")
        raise Refused(sentence, code="moment_passed", fields={"day": sentence})
    require_sound_time(at, field="day")
    return _release(snapshot, by, at, is_noted=False)


@action("report.embargo_withdrawn", needs=PUBLISH)
def withdraw_embargo(snapshot: Snapshot, *, by: Actor) -> Release:
    """It is not published at the moment that was set: until somebody decides again, nobody outside reads it."""
    must_be_scheduled(snapshot)
    return _release(snapshot, by, None, is_noted=False)


@action("report.released", needs=PUBLISH, quiet=True)
def release_report(release: Release, *, by: Actor) -> Release:
    """Writes down what has already happened: its moment came. It was public from then, not from when the worker looked."""
    release = lock_latest(release)
    if release.is_out and not release.is_noted:
        release.is_noted = True
        save(release)
    return release


def release_due(*, by: Actor = SYSTEM) -> int:
    """Notes every report whose moment has come; how many. For the worker."""
    due = Release.objects.filter(is_noted=False, publish_at__lte=clock.now()).order_by("publish_at")
    return sum(release_report(each, by=by).is_noted for each in due)


@action("report.preview_made", needs=PUBLISH)
def make_preview(snapshot: Snapshot, *, by: Actor, name: str, to: str = "", language: str = "") -> PreviewLink:
    """A link by which one person reads the report as it will be. It is sent by e-mail where there is an address."""
    must_be_unpublished(snapshot)
    name = require_text(name, field="name", sentence=_("Enter who gets the link."))
    if to := to.strip():
        try:
            validate_email(to)
        except ValidationError:
            raise refuse(
                "to", _("Enter one e-mail address, for example name@example.org."), code="bad_address"
            ) from None
    spoken = languages.spoken(language)
    made = save(PreviewLink(snapshot=snapshot, name=name[:200], to=to, language=spoken, made_by=by.actor_name[:200]))
    if made.to:
        outbox.post(preview_mail(made))
    return made


@action("report.preview_withdrawn", needs=PUBLISH)
def withdraw_preview(link: PreviewLink, *, by: Actor) -> PreviewLink:
    """The link opens nothing any more. What waits in the outbox is not sent."""
    link = lock_latest(link)
    if link.withdrawn_at is not None:
        raise Refused(_("This link was withdrawn already."), code="withdrawn")
    link.withdrawn_at, link.withdrawn_by = clock.now(), by.actor_name[:200]
    outbox.withdraw_mail(KIND_PREVIEW, key(link))
    return save(link)
