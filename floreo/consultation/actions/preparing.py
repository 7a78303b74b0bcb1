"""Preparing a consultation while nobody outside knows of it, and setting when it opens and closes."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Model, QuerySet
from django.utils.translation import gettext as _

from floreo.consultation import moments
from floreo.consultation.logic import Phase
from floreo.consultation.mails import KIND_INVITED, invitation_mail
from floreo.consultation.models import Consultation, ConsultationState, Event, Invitation, Topic
from floreo.core import languages, outbox
from floreo.core.access import Actor, Permission, can
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.links import hash_of
from floreo.core.ui.locale import moment
from floreo.core.writing import assign, delete, free_code, lock_latest, refuse, require_text, save
from floreo.legislation.actions.versions import lock_text, publish_version
from floreo.legislation.models import LawVersion

RUN, PUBLISH = Permission.CONSULTATION_RUN, Permission.CONSULTATION_PUBLISH
# What people answered to: it does not change under them.
_FIXED = frozenset({"code", "law_version", "document_url", "document_title", "participation", "opens_at", "closes_at"})


def must_be_hidden(consultation: Consultation) -> None:
    if consultation.is_out:
        raise Refused(_("This consultation has opened already."), code="opened")


def must_be_draft(consultation: Consultation) -> None:
    if consultation.state != ConsultationState.DRAFT:
        raise Refused(_("This consultation is scheduled already. Return it to draft first."), code="scheduled")


def must_be_scheduled(consultation: Consultation) -> None:
    must_be_hidden(consultation)
    if consultation.state != ConsultationState.SCHEDULED:
        raise Refused(_("This consultation is not scheduled."), code="not_scheduled")


def must_be_open(consultation: Consultation) -> None:
    if consultation.phase is not Phase.OPEN:
        raise Refused(_("This consultation is not open."), code="not_open")


def must_not_be_answered(consultation: Consultation) -> None:
    """The answers were published: from then on they are frozen."""
    if consultation.is_answered:
        raise Refused(_("The answers are published and cannot be changed."), code="answered")


def must_have_no_comments(consultation: Consultation) -> None:
    must_be_draft(consultation)
    if consultation.comments.exists():
        raise Refused(_("Comments were recorded for it already, so it cannot be removed."), code="has_comments")


def _require_sound(consultation: Consultation) -> None:
    if not consultation.title.strip():
        raise refuse("title", _("Enter a title."), code="missing")
    opens, closes = consultation.opens_at, consultation.closes_at
    if opens and closes and closes <= opens:
        raise refuse("closes_at", _("It closes before it opens. Change one of them."), code="dates_in_order")


@action("consultation.prepared", needs=RUN)
def prepare(*, by: Actor, title: str, code: str = "", **facts: Any) -> Consultation:
    """A draft. Nobody outside the workspace knows of it."""
    made = Consultation(code=free_code(Consultation, title, wanted=code.strip()))
    assign(made, {"title": title, **facts})
    _require_sound(made)
    return save(made)


@action("consultation.updated", needs=RUN)
def update(consultation: Consultation, *, by: Actor, version: int | None = None, **facts: Any) -> Consultation:
    """What is said about it. Once it has opened, what people answer to stays."""
    fresh = lock_latest(consultation, version)
    must_not_be_answered(fresh)
    if fresh.state != ConsultationState.DRAFT:
        changed = [n for n in _FIXED & facts.keys() if facts[n] != getattr(fresh, n)]
        if changed:
            sentence = _("This cannot be changed any more: it is scheduled, or has opened.")
            raise Refused(sentence, code="fixed", fields=dict.fromkeys(changed, sentence))
    assign(fresh, facts)
    _require_sound(fresh)
    return save(fresh)


@action("consultation.removed", needs=RUN)
def remove(consultation: Consultation, *, by: Actor) -> None:
    """Only a draft, for which nobody sent anything."""
    fresh = lock_latest(consultation)
    must_have_no_comments(fresh)
    delete(fresh)


def _with_topics(consultation: Consultation) -> Iterable[Model | QuerySet[Any]]:
    return [consultation, consultation.topics.all()]


@action("consultation.scheduled", needs=PUBLISH, decides=_with_topics, notes_maker=True)
def schedule(consultation: Consultation, *, by: Actor, shown: str | None = None) -> Consultation:
    """It opens and closes by itself, at its moments; until it opens nobody outside knows of it."""
    fresh = lock_latest(consultation)
    must_be_hidden(fresh)
    must_be_draft(fresh)
    if fresh.opens_at is None or fresh.closes_at is None:
        raise Refused(_("Enter first when it opens and when it closes."), code="no_moments")
    if fresh.closes_at <= moments.now():
        raise Refused(_("It would be closed already. Choose a later time for closing."), code="moment_passed")
    if not (fresh.law_version_id or fresh.document_url or fresh.topics.exists()):
        sentence = _("Choose first what people comment on: the text of a law, a document, or questions.")
        raise Refused(sentence, code="about_nothing")
    if _hidden_text(fresh) is not None and not can(by, Permission.LAW_PUBLISH):
        sentence = _(
            "The text of the law is not public, and would be when the consultation opens. Ask somebody who may publish laws to"
            " schedule it."
        )
        raise Refused(sentence, code="hidden_text")
    if fresh.law_version is not None and not fresh.law_version.is_locked:
        lock_text(fresh.law_version)
    fresh.state = ConsultationState.SCHEDULED
    return save(fresh)


def _hidden_text(consultation: Consultation) -> LawVersion | None:
    """The text of a law that is asked about and that nobody outside can read yet."""
    return consultation.law_version if consultation.public_version is None else None


@action("consultation.taken_back", needs=PUBLISH)
def take_back(consultation: Consultation, *, by: Actor) -> Consultation:
    """To draft again, before it has opened."""
    fresh = lock_latest(consultation)
    must_be_scheduled(fresh)
    fresh.state = ConsultationState.DRAFT
    return save(fresh)


@action("consultation.moved", needs=PUBLISH)
def move_closing(
    consultation: Consultation, *, by: Actor, closes_at: datetime, version: int | None = None
) -> Consultation:
    """Closes later, or sooner, than was announced. Not in the past: who is typing would find it closed without notice."""
    fresh = lock_latest(consultation, version)
    must_be_open(fresh)
    if closes_at <= moments.now():
        sentence = _("This time is in the past. Now it is %(now)s.") % {"now": moment(moments.now())}
        raise refuse("closes_at", sentence, code="moment_passed")
    fresh.closes_at = closes_at
    return save(fresh)


@action("consultation.announced", needs=PUBLISH, quiet=True)
def announce(consultation: Consultation, *, by: Actor) -> Consultation:
    """Writes down what has already happened: it opened at its moment. From now on the public search finds it, and everybody reads the
    text of the law that is asked about."""
    fresh = lock_latest(consultation)
    if fresh.is_out and fresh.announced_at is None:
        fresh.announced_at = fresh.opens_at
        if (version := _hidden_text(fresh)) is not None:
            publish_version(version, by=by)
        save(fresh)
    return fresh


def announce_due(*, by: Actor) -> int:
    """Every consultation that has opened since. One that fails does not hold up the others: each is its own write."""
    due = Consultation.objects.out().filter(announced_at=None)
    return sum(announce(each, by=by).announced_at is not None for each in due)


# --- What people answer, where they meet, who is invited ----------------------------------------------------------


def _next(rows: QuerySet[Any]) -> int:
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1


@action("topic.added", needs=RUN)
def add_topic(consultation: Consultation, *, by: Actor, title: str, **facts: Any) -> Topic:
    """One question more, while nobody has answered."""
    fresh = lock_latest(consultation)
    must_be_draft(fresh)
    words = require_text(title, field="title", sentence=_("Enter the question."))
    made = Topic(consultation=fresh, number=_next(fresh.topics.all()))
    assign(made, {"title": words, **facts})
    return save(made)


@action("topic.removed", needs=RUN)
def remove_topic(topic: Topic, *, by: Actor) -> None:
    must_be_draft(lock_latest(topic.consultation))
    delete(topic)


@action("event.added", needs=RUN)
def add_event(consultation: Consultation, *, by: Actor, title: str, held_on: date, **facts: Any) -> Event:
    """A public meeting, planned or held."""
    fresh = lock_latest(consultation)
    must_not_be_answered(fresh)
    made = Event(consultation=fresh)
    assign(made, {"title": title, "held_on": held_on, **facts})
    return save(made)


@action("event.updated", needs=RUN)
def update_event(event: Event, *, by: Actor, version: int | None = None, **facts: Any) -> Event:
    must_not_be_answered(lock_latest(event.consultation))
    fresh = lock_latest(event, version)
    assign(fresh, facts)
    return save(fresh)


@action("event.removed", needs=RUN)
def remove_event(event: Event, *, by: Actor) -> None:
    must_not_be_answered(lock_latest(event.consultation))
    delete(event)


@action("consultation.invited", needs=RUN)
def invite(
    consultation: Consultation, *, by: Actor, name: str, mail: str, respondent: str, language: str = ""
) -> Invitation:
    """Sends an organisation its personal link. Only the hash of the link's secret is stored. Asked again, it gets a new link and the
    old one works no more."""
    fresh = lock_latest(consultation)
    must_not_be_answered(fresh)
    if fresh.participation == "open":
        sentence = _("Everybody may comment on it without an invitation. Change first who may comment.")
        raise Refused(sentence, code="open_to_all")
    if fresh.state == ConsultationState.DRAFT:
        raise Refused(_("Schedule it first: the invitation says when it opens and closes."), code="draft")
    words = require_text(name, field="name", sentence=_("Enter the name of the organisation."))
    found = fresh.invitations.filter(name__iexact=words).first()
    made = lock_latest(found) if found is not None else Invitation(consultation=fresh, name=words)
    secret = secrets.token_urlsafe(32)
    made.mail, made.respondent, made.language, made.link_hash = (
        mail.strip(),
        respondent,
        language or languages.first(),
        hash_of(secret),
    )
    saved = save(made)
    outbox.post(invitation_mail(saved, secret))
    return saved


@action("consultation.uninvited", needs=RUN)
def uninvite(invitation: Invitation, *, by: Actor) -> None:
    """Its link works no more, and the invitation is not sent if it waits still. What it sent stays."""
    must_not_be_answered(lock_latest(invitation.consultation))
    outbox.withdraw_mail(KIND_INVITED, key(invitation))
    delete(invitation)
