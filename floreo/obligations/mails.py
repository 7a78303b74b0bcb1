"""The e-mails of this app: links, who must act next, reminders, and what is passed on to another authority."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import languages, outbox
from floreo.core.deadline_text import sentence as clock_sentence
from floreo.core.deadline_text import title_text
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.wording import day_text
from floreo.incidents.models import ReportingPoint
from floreo.obligations.access import due_token, token_of
from floreo.obligations.models import Forwarding, Notification, NotificationClock, ObligationDue
from floreo.organisations.models import Contact
from floreo.organisations.sender import sender

KIND_START, KIND_WAITING, KIND_TEAM = "notification.start", "notification.waiting", "notification.team"
KIND_REMINDER, KIND_FORWARD, KIND_DUE = "notification.clock", "notification.forward", "obligation.due"


def _spoken(language: str) -> str:
    return languages.spoken(language)


def _whole(address: str) -> str:
    return f"{settings.SITE_ADDRESS}{address}"


def team_address() -> str:
    """Where the team reads its mail."""
    team = ReportingPoint.objects.order_by("pk").first()
    return (team.mailbox if team is not None else "") or sender().reply


def start_mail(mail: str, secret: str, language: str) -> OutboxMail:
    """The link by which somebody begins: it shows that the address is theirs."""
    language = _spoken(language)
    with translation.override(language):
        parts = [
            _(
                "Somebody asked at this site to notify an incident with this e-mail address. If it was not you, ignore this."
            ),
            _("Open this link to begin. It works once, for three days:"),
            _whole(reverse("portal:notify_begin", args=[secret])),
        ]
        return outbox.letter(
            to=mail,
            subject=_("Notify an incident: your link"),
            text="\n\n".join(parts) + "\n",
            kind=KIND_START,
            about=f"notification.start:{mail.lower()}"[:120],
            language=language,
            is_secret=True,
        )


def _address_for(notification: Notification) -> tuple[str, str, str, bool]:
    """To whom, in which language, with which address, and whether that address opens something by itself."""
    if notification.user is not None and notification.user.is_active:
        language = _spoken(notification.user.language or notification.language)
        with translation.override(language):
            return notification.user.email, language, _whole(notification.workspace_url()), False
    language = _spoken(notification.language)
    with translation.override(language):
        address = reverse("portal:own_notification", args=[token_of(notification)])
    return notification.mail, language, _whole(address), True


def waiting_mail(notification: Notification, *, what: str = "") -> OutboxMail | None:
    """To who writes it: that it is their turn, or what the team did. No detail of the incident is in it."""
    to, language, address, is_secret = _address_for(notification)
    if not to:
        return None
    with translation.override(language):
        words = {"reference": notification.reference}
        texts = {
            "begun": _("You began the notification %(reference)s. By this link you go on writing:") % words,
            "received": _("%(reference)s was received. The receipt is on its page:") % words,
            "accepted": _("The national team accepted what you submitted for %(reference)s. See what comes next:")
            % words,
            "returned": _("The national team returned a stage of %(reference)s with a reason. Correct it here:")
            % words,
            "asked": _("The national team asks for a progress report on %(reference)s. Write it here:") % words,
            "attached": _("%(reference)s was attached to your organisation. Go on here:") % words,
            "rejected": _("%(reference)s was rejected, with a reason:") % words,
            "link": _("This is the new link of %(reference)s. Older links no longer work:") % words,
        }
        text = texts.get(what) or _("%(reference)s waits for you:") % words
        return outbox.letter(
            to=to,
            subject=_("Notification %(reference)s") % words,
            text=f"{text}\n\n{address}\n",
            kind=KIND_WAITING,
            about=key(notification),
            language=language,
            is_secret=is_secret,
        )


def team_mail(notification: Notification) -> OutboxMail:
    """To the team: that it is its turn. No detail of the incident is in it."""
    language = languages.home()
    with translation.override(language):
        words = {"reference": notification.reference, "kind": notification.get_kind_display()}
        text = _("%(reference)s (%(kind)s) waits for the national team.") % words
        return outbox.letter(
            to=team_address(),
            subject=_("Notification %(reference)s waits for you") % words,
            text=f"{text}\n\n{_whole(notification.workspace_url())}\n",
            kind=KIND_TEAM,
            about=key(notification),
            language=language,
        )


def clock_mail(clock: NotificationClock) -> OutboxMail | None:
    """A clock that is due soon or overdue, to who writes the notification."""
    notification = clock.notification
    to, language, address, is_secret = _address_for(notification)
    if not to:
        return None
    with translation.override(language):
        title = title_text(clock.explained)
        words = {"reference": notification.reference, "title": title}
        return outbox.letter(
            to=to,
            subject=_("%(title)s of %(reference)s") % words,
            text=f"{clock_sentence(clock.explained)}\n\n{address}\n",
            kind=KIND_REMINDER,
            about=f"{key(notification)}/{clock.rule}",
            language=language,
            is_secret=is_secret,
        )


def forward_mail(forwarding: Forwarding) -> OutboxMail:
    """What is passed on, between its marking. Its text is deleted here once it has left; the record keeps it."""
    return outbox.letter(
        to=forwarding.to,
        subject=forwarding.subject,
        text=forwarding.text,
        kind=KIND_FORWARD,
        about=f"{key(forwarding.notification)}/{forwarding.organisation.code}",
        language=languages.home(),
        is_secret=True,
    )


def contacts_of(due: ObligationDue) -> list[Contact]:
    """To whom a reminder goes: contacts that have answered before, those of the management where there is one."""
    rows = [each for each in due.organisation.contacts.exclude(email="") if each.verified_on is not None]
    management = [each for each in rows if each.role == "management"]
    return management or rows


def due_mails(due: ObligationDue, days: int) -> list[OutboxMail]:
    """Reminders of what is due, one for each verified contact, each with the link by which it is submitted."""
    return [_due_mail(due, contact, days) for contact in contacts_of(due)]


def _due_mail(due: ObligationDue, contact: Contact, days: int) -> OutboxMail:
    language = _spoken(contact.language)
    with translation.override(language):
        words = {
            "title": due.obligation.in_language("title", language),
            "organisation": due.organisation.in_language("name", language),
            "day": day_text(due.due_on),
            "law": due.obligation.in_language("law", language),
            "section": due.obligation.section,
        }
        when = _("It was due on %(day)s and is overdue.") if days < 0 else _("It is due on %(day)s.")
        parts = [
            _("%(organisation)s: %(title)s (%(law)s, %(section)s).") % words,
            when % words,
            _("By this link you submit it. Whoever has it acts for your organisation in this one thing:"),
            _whole(reverse("portal:own_obligation", args=[due_token(due)])),
        ]
        return outbox.letter(
            to=contact.email,
            subject=_("Reminder: %(title)s, due %(day)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_DUE,
            about=key(due),
            language=language,
            is_secret=True,
        )
