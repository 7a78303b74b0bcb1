"""Comments: sent by the public form, changed and taken back by their secret link, or entered from paper and meetings."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.consultation import moments
from floreo.consultation.actions.preparing import must_not_be_answered
from floreo.consultation.logic import LONGEST, Phase, sound_text
from floreo.consultation.mails import KIND_ANSWER
from floreo.consultation.models import (
    Comment,
    CommentChannel,
    CommentState,
    Consultation,
    ConsultationState,
    Event,
    Invitation,
    Topic,
)
from floreo.consultation.queries import provision_of
from floreo.core import clock, languages
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.links import hash_of
from floreo.core.models import OutboxMail
from floreo.core.wording import day_text, number_figures
from floreo.core.writing import lock_latest, refuse, require_past, require_text, save
from floreo.legislation.models import LawVersion

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read for another


@dataclass(frozen=True)
class Given:
    """What somebody wrote, and as whom."""

    text: str
    respondent: str
    clause: str = ""  # eId, or as it is cited
    topic: int | None = None  # number of the question
    organisation_name: str = ""
    name: str = ""
    mail: str = ""
    is_nameless: bool = True
    language: str = field(default_factory=languages.first)


def closed_sentence(consultation: Consultation) -> str:
    """That it is closed, and since when to the minute."""
    if consultation.closes_at is None or consultation.phase is Phase.HIDDEN:
        return _("This consultation is not open.")
    local = consultation.closes_at.astimezone(clock.zone())
    words = {"time": f"{local:%H:%M}", "day": day_text(local.date())}
    return _("The consultation closed at %(time)s on %(day)s. Your comment was not sent.") % words


def must_take_comments(consultation: Consultation) -> None:
    if consultation.phase is not Phase.OPEN:
        raise Refused(closed_sentence(consultation), code="closed")


def sound_comment(text: str) -> str:
    """The text of a comment as it is stored. Refuses one that says nothing or is too long."""
    if len(text) > 4 * LONGEST:  # not read at all: who sends megabytes waits for nothing
        raise refuse("text", _too_long(len(text)), code="too_long")
    words = sound_text(text)
    if not words:
        raise refuse("text", _("Write your comment."), code="empty")
    if len(words) > LONGEST:
        raise refuse("text", _too_long(len(words)), code="too_long")
    return words


def _too_long(length: int) -> str:
    words = {"number": number_figures(length), "most": number_figures(LONGEST)}
    return _("The comment has %(number)s characters. At most %(most)s fit.") % words


def _place(consultation: Consultation, given: Given, version: LawVersion | None) -> dict[str, Any]:
    """What it is about: a clause of `version`, a question, or the whole."""
    topic: Topic | None = None
    if given.topic is not None:
        topic = consultation.topics.filter(number=given.topic).first()
        if topic is None:
            raise refuse("topic", _("This consultation has no such question."), code="unknown_topic")
    if not given.clause:
        return {"clause": "", "eid": "", "topic": topic}
    provision = provision_of(version, given.clause)
    if provision is None:
        sentence = _("The text that is consulted on has no clause “%(clause)s”. Choose one from the list.")
        raise refuse("clause", sentence % {"clause": sound_text(given.clause)[:60]}, code="unknown_clause")
    return {"clause": provision.label or provision.number, "eid": provision.eid, "topic": topic}


def _fill(comment: Comment, given: Given) -> None:
    comment.text = sound_comment(given.text)
    comment.respondent = given.respondent
    comment.organisation_name = sound_text(given.organisation_name)
    comment.name = sound_text(given.name)
    comment.mail = given.mail.strip()
    comment.is_nameless = given.is_nameless
    comment.language = given.language


def _reference(year: int) -> str:
    return f"COM-{year}-" + "".join(secrets.choice(_LETTERS) for _n in range(6))


def _next_number(consultation: Consultation) -> int:
    return int(consultation.comments.aggregate(last=Max("number"))["last"] or 0) + 1


def _require_first(invitation: Invitation, place: dict[str, Any]) -> None:
    """An organisation that is invited says one thing of one clause: it changes it by the comment's own link."""
    before = (
        invitation.comments.counted().filter(eid=place["eid"], clause=place["clause"], topic=place["topic"]).first()
    )
    if before is not None:
        sentence = _(
            "By this link a comment on this was sent already: %(reference)s. Change that one by the link that was shown when it"
            " was sent, or comment on something else."
        )
        raise Refused(sentence % {"reference": before.reference}, code="link_used")


@action("comment.sent", needs=None, quiet=True)
def send_comment(
    consultation: Consultation,
    *,
    by: Actor,
    given: Given,
    secret: str,
    source_key: str = "",
    invitation: Invitation | None = None,
) -> Comment:
    """One comment by the form: anybody may, while it is open. `secret` is that of its link, of which the hash is stored. The same form
    sent again is one comment."""
    fresh = lock_latest(consultation)
    before = fresh.comments.filter(source_key=source_key).first() if source_key else None
    if before is not None:
        if before.is_erased:
            raise Refused(
                _("This comment was sent and then erased. Write it again if you want to send it."), code="erased"
            )
        return before
    must_take_comments(fresh)
    if invitation is None and not fresh.takes_anybody:
        raise Refused(_("Only organisations that were invited comment here, each by its own link."), code="invited")
    place = _place(fresh, given, fresh.public_version)
    if invitation is not None:
        _require_first(invitation, place)
    day = clock.calendar_day(moments.now())
    comment = Comment(
        consultation=fresh,
        number=_next_number(fresh),
        reference=_reference(day.year),
        source_key=source_key,
        received_on=day,
        channel=CommentChannel.SITE,
        invitation=invitation,
        link_hash=hash_of(secret),
        **place,
    )
    _fill(comment, given)
    if invitation is not None:
        comment.organisation_name, comment.respondent = invitation.name, invitation.respondent
    return save(comment)


def must_be_changeable(comment: Comment) -> None:
    if comment.state == CommentState.WITHDRAWN:
        raise Refused(_("This comment was withdrawn already."), code="withdrawn")
    if comment.state == CommentState.REJECTED:
        raise Refused(_("This was not taken as a comment, so it cannot be changed. Send a new one."), code="rejected")
    must_take_comments(comment.consultation)


@action("comment.changed", needs=None)
def change_comment(comment: Comment, *, by: Actor, given: Given, version: int | None = None) -> Comment:
    """By its link, until the consultation closes. It is read again before it is published."""
    fresh = lock_latest(comment, version)
    must_be_changeable(fresh)
    before, of = _read_by_all(fresh), (fresh.organisation_name, fresh.respondent)
    _fill(fresh, given)
    if fresh.invitation_id is not None:  # whom it is from is known, and is not for its writer to say
        fresh.organisation_name, fresh.respondent = of
    if _read_by_all(fresh) != before:
        fresh.state, fresh.shown_text, fresh.reason, fresh.moderated_on = CommentState.WAITING, "", "", None
    if fresh.text != before[0]:
        fresh.point = None  # which was given to other words
    return save(fresh)


def _read_by_all(comment: Comment) -> tuple[str, ...]:
    """What everybody would read of it: nothing of that is published unread."""
    return comment.text, comment.wanted_name, comment.respondent


@action("comment.withdrawn", needs=None)
def withdraw_comment(comment: Comment, *, by: Actor) -> Comment:
    """By its link, until the consultation closes: it is not published and does not count."""
    fresh = lock_latest(comment)
    must_be_changeable(fresh)
    fresh.state, fresh.mail, fresh.point = CommentState.WITHDRAWN, "", None
    return save(fresh)


@action("comment.erased", needs=None)
def erase_comment(comment: Comment, *, by: Actor) -> Comment:
    """By its link, at any time: text, names and address go, and so does the link. While the consultation is open it counts no more;
    later it stays counted, as what was decided rests on it."""
    return _erase(lock_latest(comment))


@action("comment.erased_on_request", needs=Permission.CONSULTATION_RUN)
def erase_on_request(comment: Comment, *, by: Actor, request: str) -> Comment:
    """For who wrote on paper, or lost the link: the same as by the link, with how the request came."""
    fresh = lock_latest(comment)
    if fresh.is_erased:
        raise Refused(_("This comment was erased already."), code="erased")
    words = require_text(request, field="request", sentence=_("Say who asked for it and how, for example: by post."))
    note(request=words)
    return _erase(fresh)


def _erase(comment: Comment) -> Comment:
    comment.text = comment.shown_text = comment.organisation_name = comment.name = comment.mail = ""
    comment.link_hash = ""  # the key of the form stays, which says nothing: the same form does not bring it back
    _erase_answer(comment)
    comment.is_erased = True
    if comment.is_counted and comment.consultation.phase is Phase.OPEN:
        comment.state, comment.point = CommentState.WITHDRAWN, None
    return save(comment)


def _erase_answer(comment: Comment) -> None:
    """The e-mail in which a comment was answered goes with the comment, sent or not; where it answers others of the same address, it
    stays."""
    found = OutboxMail.objects.filter(kind=KIND_ANSWER, text__contains=comment.reference)
    alone = [mail.pk for mail in found if mail.text.count("COM-") == mail.text.count(comment.reference)]
    OutboxMail.objects.filter(pk__in=alone).delete()


@action("comment.entered", needs=Permission.CONSULTATION_RUN)
def enter_comment(
    consultation: Consultation,
    *,
    by: Actor,
    given: Given,
    channel: str,
    received_on: date,
    event: Event | None = None,
) -> Comment:
    """What came on paper, by post or at a meeting, with the day on which it came: also after the closing, since one that came in time by
    post is often typed in later."""
    fresh = lock_latest(consultation)
    must_not_be_answered(fresh)
    if fresh.state == ConsultationState.DRAFT:
        raise Refused(_("This consultation is not scheduled yet, so nobody can have commented."), code="draft")
    if channel == CommentChannel.SITE:
        raise refuse("channel", _("Comments on this site are sent by the form."), code="bad_value")
    require_past(received_on, field="received_on")
    _require_in_time(fresh, received_on)
    if event is not None and event.consultation_id != fresh.pk:
        raise refuse("event", _("This meeting belongs to another consultation."), code="bad_value")
    comment = Comment(
        consultation=fresh,
        number=_next_number(fresh),
        reference=_reference(received_on.year),
        received_on=received_on,
        channel=channel,
        event=event,
        **_place(fresh, given, fresh.law_version),
    )
    _fill(comment, given)
    return save(comment)


def _require_in_time(consultation: Consultation, day: date) -> None:
    first, last = consultation.opens_at, consultation.closes_at
    if first is not None and day < clock.calendar_day(first):
        raise refuse("received_on", _("The consultation was not open on that day yet."), code="too_early")
    if last is not None and day > clock.calendar_day(last):
        raise refuse("received_on", _("The consultation was closed on that day already."), code="too_late")
