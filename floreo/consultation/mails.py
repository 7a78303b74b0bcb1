"""The e-mails of consultations: a personal link to who is invited, and the decision to who left an address."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.consultation.models import Comment, Invitation
from floreo.core import languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.ui.locale import moment

KIND_INVITED, KIND_ANSWER = "consultation.invited", "consultation.answer"


def _spoken(language: str) -> str:
    """The language of a mail: the asked one, where the program has it."""
    return languages.spoken(language)


def _whole(address: str) -> str:
    return f"{settings.SITE_ADDRESS}{address}"


def invitation_mail(invitation: Invitation, secret: str) -> OutboxMail:
    """With the personal link: its text is deleted once it has left."""
    consultation, language = invitation.consultation, _spoken(invitation.language)
    with translation.override(language):
        title = consultation.in_language("title", language)
        words = {
            "name": invitation.name,
            "title": title,
            "opens": moment(consultation.opens_at) if consultation.opens_at else "",
            "closes": moment(consultation.closes_at) if consultation.closes_at else "",
        }
        parts = [
            _("%(name)s is invited to comment: %(title)s.") % words,
            _("The consultation is open from %(opens)s to %(closes)s.") % words,
            _("This link is for your organisation alone. Whoever has it comments in its name:"),
            _whole(reverse("portal:invited_comment", args=[secret])),
        ]
        return outbox.letter(
            to=invitation.mail,
            subject=_("Invitation to comment: %(title)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_INVITED,
            about=key(invitation),
            language=language,
            not_after=consultation.closes_at,
            is_secret=True,
        )


MOST_NAMED = 20  # comments in one e-mail; all can be read on the page


def _decided(comment: Comment, language: str) -> list[str]:
    """What was decided on the point to which a comment belongs."""
    words = {"title": comment.consultation.in_language("title", language), "reference": comment.reference}
    parts = [_("You commented on: %(title)s. Your comment is %(reference)s.") % words]
    point = comment.point
    if point is None:
        return parts
    facts = {
        "number": point.number,
        "point": point.in_language("title", language),
        "decision": point.get_decision_display(),
        "reason": point.in_language("reason", language),
        "clause": point.clause,
    }
    parts.append(_("It is part of point %(number)d: %(point)s") % facts)
    parts.append(_("Decision: %(decision)s. %(reason)s") % facts)
    if point.clause:
        parts.append(_("Changed clause: %(clause)s.") % facts)
    return parts


def answer_mail(comments: Sequence[Comment]) -> OutboxMail:
    """What was decided on the comments of one address (one or more, of one consultation), in the language of the first."""
    first = comments[0]
    consultation, language = first.consultation, _spoken(first.language)
    with translation.override(language):
        words = {"title": consultation.in_language("title", language)}
        parts = [part for each in comments[:MOST_NAMED] for part in _decided(each, language)]
        address = consultation.get_absolute_url()
        if len(comments) == 1 and first.point is not None:
            address = f"{address}#point-{first.point.number}"
        parts.append(_("All points and decisions: %(address)s") % {"address": _whole(address)})
        parts.append(
            _("Your e-mail address was only stored to send you this, and is now deleted from the consultation.")
        )
        return outbox.letter(
            to=first.mail,
            subject=_("Decision on your comment: %(title)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_ANSWER,
            about=key(first),
            language=language,
        )
