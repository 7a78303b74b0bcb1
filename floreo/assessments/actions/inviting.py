"""Links of respondents: sent, sent again, and ended."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.assessments.actions.preparing import must_not_be_closed, send_link
from floreo.assessments.mails import KIND_LINK, KIND_RETURNED
from floreo.assessments.models import CampaignState, Participant, Respondent
from floreo.assessments.queries import number_asked
from floreo.core import clock, languages, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.writing import lock_latest, refuse, require_text, save

ANSWER = Permission.ASSESSMENT_ANSWER


def must_have_no_end(respondent: Respondent) -> None:
    must_not_be_closed(respondent.participant.campaign)
    if respondent.ended_on is not None:
        raise Refused(_("This link has been ended already."), code="ended")


def must_be_sent(respondent: Respondent) -> None:
    must_have_no_end(respondent)
    if respondent.participant.campaign.state != CampaignState.OPEN:
        raise Refused(_("The campaign is not open yet: its links are sent when it opens."), code="not_open")


def _send(respondent: Respondent) -> None:
    participant = respondent.participant
    if participant.campaign.state == CampaignState.OPEN:
        outbox.post_all([send_link(respondent, number_asked(participant.campaign.in_version))])


@action("respondent.invited", needs=ANSWER)
def invite(participant: Participant, *, by: Actor, name: str, mail: str, language: str = "") -> Respondent:
    """Somebody else who answers for the organisation. The link leaves at once where the campaign is open, else when it opens."""
    fresh = lock_latest(participant)
    must_not_be_closed(fresh.campaign)
    words = require_text(name, field="name", sentence=_("Enter the name."))
    address = require_text(mail, field="mail", sentence=_("Enter the e-mail address.")).lower()
    if fresh.respondents.filter(mail=address, ended_on=None).exists():
        raise refuse("mail", _("This address has a link already. Send it a new one."), code="twice")
    made = save(Respondent(participant=fresh, name=words, mail=address, language=language or languages.first()))
    _send(made)
    return made


@action("respondent.link_renewed", needs=ANSWER)
def renew_link(respondent: Respondent, *, by: Actor) -> Respondent:
    """A new link to the same address. The one before opens nothing any more."""
    fresh = lock_latest(respondent)
    must_be_sent(fresh)
    outbox.withdraw_mail(KIND_LINK, key(fresh))
    _send(fresh)
    return fresh


@action("respondent.ended", needs=ANSWER)
def end_link(respondent: Respondent, *, by: Actor, reason: str) -> Respondent:
    """The link opens nothing any more: it leaked, or the person left. What was written by it stays, and the record names how much."""
    fresh = lock_latest(respondent)
    must_have_no_end(fresh)
    for kind in (KIND_LINK, KIND_RETURNED):
        outbox.withdraw_mail(kind, key(fresh))
    fresh.ended_reason = require_text(reason, field="reason", sentence=_("Say why the link is ended."))
    fresh.link_hash, fresh.ended_on = "", clock.today()
    written = fresh.wrote.select_related("answer__item").order_by("answer__item__position")
    note(written=[rating.answer.item.code for rating in written])
    return save(fresh, at={"ended_reason": "reason"})
