"""Publications in words: where each stands, and when."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.ui.locale import moment
from floreo.publications.logic import WrongMoment
from floreo.publications.models import Publication, PublicationState


def state_text(publication: Publication) -> str:
    """Where it stands, in a few words, for the desk."""
    if publication.state == PublicationState.WITHDRAWN and publication.withdrawn_at:
        return _("Withdrawn on %(when)s") % {"when": moment(publication.withdrawn_at)}
    if publication.is_out and publication.went_out_at:
        return _("Published on %(when)s") % {"when": moment(publication.went_out_at)}
    if publication.embargo_until:
        return _("Goes out on %(when)s") % {"when": moment(publication.embargo_until)}
    if publication.state == PublicationState.READY:
        return _("Ready: waits for somebody to publish it")
    return _("Draft")


def channels_text(waiting: int) -> str:
    """How many channels are not done yet."""
    if not waiting:
        return _("On every channel")
    return ngettext("%(n)d channel to go", "%(n)d channels to go", waiting) % {"n": waiting}


def wrong_moment(why: WrongMoment, zone: str) -> str:
    """Why a day and a time cannot be meant, and what to do."""
    sentences = {
        WrongMoment.NO_ZONE: _("“%(zone)s” is not a time zone. Use a name such as America/Jamaica or Europe/London."),
        WrongMoment.SKIPPED: _(
            "The clocks of %(zone)s are put forward that night, and this time is skipped. Choose one an hour later."
        ),
        WrongMoment.TWICE: _(
            "The clocks of %(zone)s are put back that night, and this time comes twice. Choose one an hour later."
        ),
    }
    return sentences[why] % {"zone": zone}
