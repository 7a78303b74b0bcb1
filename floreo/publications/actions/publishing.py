"""Publishing: now or at a moment; correcting what is out; withdrawing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, require_text, save
from floreo.publications.actions.writing import (
    PublicationFacts,
    check_publication,
    must_not_be_out,
    put_facts,
    require_something,
    store_file,
)
from floreo.publications.models import Publication, PublicationState, PublicationVersion


def must_be_out(publication: Publication) -> None:
    if not publication.is_out:
        raise Refused(_("This is not published yet. Change it, or cancel its publication."), code="not_out")


@action("publication.published", needs=Permission.PUBLICATION_PUBLISH, decides=itself, notes_maker=True)
def publish(publication: Publication, *, by: Actor, shown: str | None = None) -> Publication:
    """Everybody may read it from now on, as it was `shown`. A moment that was set for later is let go."""
    publication = lock_latest(publication)
    must_not_be_out(publication)
    require_something(publication)
    publication.state, publication.published_at = PublicationState.PUBLISHED, clock.now()
    publication.embargo_until = None
    return save(publication)


@action("publication.scheduled", needs=Permission.PUBLICATION_PUBLISH, decides=itself, notes_maker=True)
def schedule(publication: Publication, *, by: Actor, at: datetime, shown: str | None = None) -> Publication:
    """It goes out by itself at that moment, and before it nobody but who writes knows that it exists."""
    publication = lock_latest(publication)
    must_not_be_out(publication)
    require_something(publication)
    if at <= clock.now():
        sentence = _("This time is in the past. Choose a later time, or publish it now.")
        raise Refused(sentence, code="moment_passed", fields={"day": sentence})
    publication.state, publication.embargo_until = PublicationState.READY, at
    return save(publication)


@action("publication.released", needs=Permission.PUBLICATION_PUBLISH, quiet=True)
def release(publication: Publication, *, by: Actor) -> Publication:
    """Writes down what has already happened: its moment came. It went out then, not when the worker looked."""
    publication = lock_latest(publication)
    if publication.state == PublicationState.READY and publication.is_out:
        publication.state, publication.published_at = PublicationState.PUBLISHED, publication.embargo_until
        save(publication)
    return publication


def release_due(*, by: Actor) -> int:
    """Every publication whose moment has come. One that fails does not keep the others back: each is its own write."""
    due = Publication.objects.filter(state=PublicationState.READY, embargo_until__lte=clock.now()).order_by(
        "embargo_until"
    )
    return sum(release(each, by=by).state == PublicationState.PUBLISHED for each in due)


@action("publication.corrected", needs=Permission.PUBLICATION_PUBLISH)
def correct(
    publication: Publication,
    *,
    by: Actor,
    what: str,
    version: int | None = None,
    upload: UploadedFile[Any] | None = None,
    **facts: Unpack[PublicationFacts],
) -> Publication:
    """A new version under the same address. What it said before stays beside it, with what was wrong."""
    publication = lock_latest(publication, version)
    must_be_out(publication)
    text = require_text(what, field="what", sentence=_("Describe the error. Readers see this beside the text."))
    before = _as_it_is(publication, text, by)
    put_facts(publication, facts)
    check_publication(publication)
    if upload is not None:
        store_file(publication, upload)
    require_something(publication)
    if publication.state == PublicationState.READY:  # its moment came, and the worker has not looked yet
        publication.state, publication.published_at = PublicationState.PUBLISHED, publication.embargo_until
    publication.issue, publication.corrected_at = publication.issue + 1, before.corrected_at
    save(before)
    note(corrected=text)
    return save(publication)


def _as_it_is(publication: Publication, what: str, by: Actor) -> PublicationVersion:
    now = clock.now()
    return PublicationVersion(
        publication=publication,
        issue=publication.issue,
        title=publication.title,
        summary=publication.summary,
        text=publication.text,
        translations=publication.translations,
        file=publication.file.name or "",
        file_name=publication.file_name,
        media_type=publication.media_type,
        sha256=publication.sha256,
        valid_from=publication.corrected_at or publication.went_out_at or now,
        corrected_at=now,
        note=what,
        corrected_by=by.actor_name,
    )


@action("publication.withdrawn", needs=Permission.PUBLICATION_PUBLISH)
def withdraw(publication: Publication, *, by: Actor, reason: str) -> Publication:
    """It is withdrawn. Its address answers for good that it was withdrawn, when, and why."""
    publication = lock_latest(publication)
    must_be_out(publication)
    publication.withdrawn_reason = require_text(
        reason, field="reason", sentence=_("Give the reason. People who open the old address will read it.")
    )
    publication.published_at = publication.went_out_at
    publication.state, publication.withdrawn_at = PublicationState.WITHDRAWN, clock.now()
    return save(publication, at={"withdrawn_reason": "reason"})
