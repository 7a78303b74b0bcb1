"""Publications in words: the status of each, and when."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.ui.locale import moment
from floreo.publications.logic import WrongMoment
from floreo.publications.models import Publication, PublicationState


def state_text(publication: Publication) -> str:
    """Its status, in a few words, for the workspace."""
    if publication.state == PublicationState.WITHDRAWN and publication.withdrawn_at:
        return _("Withdrawn on %(when)s") % {"when": moment(publication.withdrawn_at)}
    if publication.is_out and publication.went_out_at:
        return _("Published on %(when)s") % {"when": moment(publication.went_out_at)}
    if publication.embargo_until:
        return _("Will be published on %(when)s") % {"when": moment(publication.embargo_until)}
    if publication.state == PublicationState.READY:
        return _("Ready: waiting for somebody to publish it")
    return _("Draft")


def channels_text(waiting: int) -> str:
    """How many channels are not done yet."""
    if not waiting:
        return _("On every channel")
    return ngettext("%(n)d channel remaining", "%(n)d channels remaining", waiting) % {"n": waiting}


def wrong_moment(why: WrongMoment, zone: str) -> str:
    """Why a day and a time cannot be meant, and what to do."""
    sentences = {
        WrongMoment.NO_ZONE: _("“%(zone)s” is not a time zone. Use a name such as America/Jamaica or Europe/London."),
        WrongMoment.SKIPPED: _(
            "The clocks of %(zone)s go forward that night, and this time does not exist. Choose one an hour later."
        ),
        WrongMoment.TWICE: _(
            "The clocks of %(zone)s go back that night, and this time occurs twice. Choose one an hour later."
        ),
    }
    return sentences[why] % {"zone": zone}
