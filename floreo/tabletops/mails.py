"""The e-mails of an exercise. Each says in both languages, first and last, that it is an exercise. They carry the participant's own
link, so the text is deleted once it has left. To whom they may go is said in recipients.py."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.ui.locale import moment
from floreo.tabletops import calendar, recipients
from floreo.tabletops.access import confirm_token, token_of
from floreo.tabletops.models import Delivery, Inject, Participant, Tabletop

# Not translated: it is in both languages in every mail.
_FIRST = f"{recipients.MARK}\nThis is an exercise. Nothing of it is real.\nEsto es un ejercicio. Nada de esto es real."
_LAST = "EXERCISE / EJERCICIO\nThis was written for an exercise. / Esto se escribió para un ejercicio."
INJECT_LASTS = timedelta(hours=2)  # later it would only confuse: the page shows it


def spoken(language: str) -> str:
    return languages.spoken(language)


def own_link(participant: Participant) -> str:
    return settings.SITE_ADDRESS + reverse("portal:tabletop_own", args=[token_of(participant)])


def confirm_link(participant: Participant) -> str:
    return settings.SITE_ADDRESS + reverse("portal:tabletop_confirm", args=[confirm_token(participant)])


def _mail(
    participant: Participant, to: str, kind: str, subject: str, parts: list[str], *, about: str = "", **more: object
) -> OutboxMail:
    return outbox.letter(
        to=to,
        subject=f"{recipients.MARK}: {subject}",
        text="\n\n".join([_FIRST, *parts, _LAST]) + "\n",
        kind=kind,
        about=about or key(participant),
        language=spoken(participant.language),
        is_secret=True,
        headers=recipients.HEADERS,
        **more,  # type: ignore[arg-type]  # named as `letter` names them
    )


def invitation_mail(participant: Participant) -> OutboxMail:
    """Asks whether somebody takes part. It says when, and nothing of what is exercised: who gets it has not accepted."""
    with translation.override(spoken(participant.language)):
        tabletop = participant.tabletop
        parts = [
            _("You are invited to take part in a tabletop exercise: %(when)s, %(minutes)d minutes.")
            % {"when": moment(tabletop.planned_at), "minutes": tabletop.duration},
            _("Open this link to accept or to decline. Until you accept, you get no other e-mail of this exercise:"),
            own_link(participant),
            _("The link is for you alone. Do not pass it on."),
        ]
        return _mail(
            participant,
            participant.invited_mail,
            recipients.INVITATION,
            _("Invitation"),
            parts,
            not_after=tabletop.planned_end,
        )


def confirm_mail(participant: Participant) -> OutboxMail:
    """To an address that was given and to which nothing was sent before: only who has it can press the button."""
    with translation.override(spoken(participant.language)):
        parts = [
            _("Somebody who takes part in a tabletop exercise gave this address for the e-mails of the exercise."),
            _("If it was you, open this link and press the button. Only then are they sent to you:"),
            confirm_link(participant),
            _("If it was not you, do nothing: you get no other e-mail."),
        ]
        return _mail(participant, participant.pending_mail, recipients.CONFIRM, _("Confirm your address"), parts)


def own_mail(participant: Participant) -> OutboxMail:
    """That one takes part, with the own link and the date for the calendar."""
    with translation.override(spoken(participant.language)):
        tabletop = participant.tabletop
        parts = [
            _("You take part: %(title)s. %(when)s, %(minutes)d minutes.") % _facts(participant),
            _("Your own page, on which every inject appears and where you write what you do. Do not pass it on:"),
            own_link(participant),
            _("If somebody else has your link, open it and press “My link is known to others”."),
        ]
        attachment = outbox.Attachment(f"{tabletop.code}.ics", calendar.of_tabletop(tabletop).decode(), "text/calendar")
        return _mail(participant, participant.mail, recipients.OWN, _("You take part"), parts, attachment=attachment)


def _facts(participant: Participant) -> dict[str, object]:
    tabletop, language = participant.tabletop, spoken(participant.language)
    return {
        "title": tabletop.in_language("title", language),
        "when": moment(tabletop.planned_at),
        "minutes": tabletop.duration,
    }


def inject_mail(delivery: Delivery, inject: Inject) -> OutboxMail:
    participant = delivery.participant
    language = spoken(participant.language)
    with translation.override(language):
        title = inject.in_language("title", language)
        parts = [
            _("Inject %(number)d: %(title)s") % {"number": inject.number, "title": title},
            inject.in_language("text", language),
            _("Write what you do on your own page:"),
            own_link(participant),
            _("Reply to nobody outside the exercise."),
        ]
        return _mail(
            participant,
            participant.mail,
            recipients.INJECT,
            title,
            parts,
            about=key(delivery),
            not_after=inject.sent_at + INJECT_LASTS if inject.sent_at else None,
        )


def change_mail(participant: Participant, *, what: str) -> OutboxMail:
    """That the exercise was moved, paused, goes on, ended or was cancelled: `what` is one of `CHANGES`."""
    with translation.override(spoken(participant.language)):
        words = _facts(participant)
        sentences = {
            "moved": (_("Changed"), _("The exercise has changed: %(title)s. %(when)s, %(minutes)d minutes.")),
            "paused": (_("Paused"), _("The exercise is paused. Nothing is to be done until it goes on.")),
            "resumed": (_("It goes on"), _("The exercise goes on.")),
            "ended": (_("It has ended"), _("The exercise has ended. On your page you can write what you learnt.")),
            "cancelled": (_("Cancelled"), _("The exercise is cancelled: %(title)s. %(when)s.")),
        }
        subject, sentence = sentences[what]
        parts = [sentence % words]
        attachment = None
        if what in {"moved", "cancelled"}:
            tabletop = participant.tabletop
            text = calendar.of_tabletop(tabletop).decode()
            attachment = outbox.Attachment(f"{tabletop.code}.ics", text, "text/calendar")
        if what != "cancelled":
            parts.append(own_link(participant))
        return _mail(
            participant,
            participant.mail,
            recipients.CHANGE,
            subject,
            parts,
            attachment=attachment,
        )


def change_mails(tabletop: Tabletop, *, what: str) -> list[OutboxMail]:
    found = recipients.recipients(tabletop)
    for each in found:
        each.tabletop = tabletop
    return [change_mail(each, what=what) for each in found]
