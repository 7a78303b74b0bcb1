"""How a view gets an obligation or a notification, and as whom people without an account act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from floreo.core import clock, links
from floreo.core.access import can
from floreo.core.errors import Missing, Refused
from floreo.core.wording import NAME_BY_LINK
from floreo.obligations.models import (
    EDIT,
    N_HANDLE,
    N_WRITE,
    READ,
    Notification,
    NotificationForm,
    NotificationStage,
    Obligation,
    ObligationDue,
    StageFile,
)

PURPOSE_NOTIFICATION, PURPOSE_DUE, PURPOSE_START = "notification", "obligation", "notification-start"
OPEN_AFTER = timedelta(days=90)  # a link still shows what was sent for so long after the end


def get_obligation_for(viewer: object, code: str) -> Obligation:
    found = Obligation.objects.visible_to(viewer).filter(code=code).first()
    if found is None or not can(viewer, READ):
        raise Missing
    return found


def get_due_for(viewer: object, pk: int) -> ObligationDue:
    rows = ObligationDue.objects.visible_to(viewer).select_related("obligation", "organisation", "evidence")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def get_notification_for(viewer: object, reference: str) -> Notification:
    rows = Notification.objects.visible_to(viewer).select_related("organisation", "sector", "form", "case", "user")
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Missing
    return found


def get_form_for(viewer: object, pk: int) -> NotificationForm:
    """For those who write what laws ask."""
    found = NotificationForm.objects.filter(pk=pk).first() if can(viewer, EDIT) else None
    if found is None:
        raise Missing
    return found


def get_stage_of(notification: Notification, pk: int) -> NotificationStage:
    found: NotificationStage | None = notification.stages.filter(pk=pk).first()
    if found is None:
        raise Missing
    found.notification = notification
    return found


def get_stage_file_for(viewer: object, notification: Notification, pk: int) -> StageFile:
    """A file of a notification that the viewer may read: by account."""
    rows = StageFile.objects.visible_to(viewer).select_related("stage__notification")
    found = rows.filter(stage__notification=notification, pk=pk).first()
    if found is None:
        raise Missing
    return found


def get_own_file(notification: Notification, pk: int) -> StageFile:
    """By the link of the notification, which reads and writes all of it."""
    rows = StageFile.objects.select_related("stage__notification")
    found = rows.filter(stage__notification=notification, pk=pk).first()
    if found is None:
        raise Missing
    return found


# --- People without an account ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ByMail:
    """Whoever opened the link that was sent to this address: may begin one notification, and nothing else."""

    mail: str

    @property
    def actor_code(self) -> str:
        return "notifier"

    @property
    def actor_name(self) -> str:
        return gettext_noop("By a link sent by e-mail")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


@dataclass(frozen=True)
class Writer:
    """Whoever has the link of a notification: may write and withdraw it, and nothing else."""

    notification: Notification

    @property
    def actor_code(self) -> str:
        return f"notification:{self.notification.pk}"

    @property
    def actor_name(self) -> str:
        return NAME_BY_LINK % {"name": self.notification.name or self.notification.reference}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


@dataclass(frozen=True)
class Answering:
    """Whoever has the link by which an organisation was reminded: may submit that one thing, and nothing else."""

    due: ObligationDue

    @property
    def actor_code(self) -> str:
        return f"obligation-due:{self.due.pk}"

    @property
    def actor_name(self) -> str:
        return NAME_BY_LINK % {"name": self.due.organisation.name}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (("operator", self.due.organisation_id),)


def may_write(by: object, notification: Notification) -> bool:
    """The person with its link, or an account of its organisation."""
    if isinstance(by, Writer):
        return by.notification.pk == notification.pk
    if notification.organisation_id is None:
        return notification.user_id is not None and getattr(by, "pk", None) == notification.user_id
    return can(by, N_WRITE, notification)


def handles(viewer: object) -> bool:
    return can(viewer, N_HANDLE)


def token_of(notification: Notification) -> str:
    """What is in the address of its link. It is signed with the address it is sent to, and dies with it."""
    return links.sign(_purpose(notification.mail), notification.pk, notification.link_version)


def _purpose(mail: str) -> str:
    return f"{PURPOSE_NOTIFICATION}.{mail.lower()}"


def _number(token: str) -> int | None:
    number = token.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 12 else None


def notification_of_token(token: str) -> Notification:
    """Raises Missing for a link that was not made here, that a newer replaced, or that is over."""
    rows = Notification.objects.select_related("organisation", "sector", "form", "case", "user")
    number = _number(token)
    found = rows.filter(pk=number).exclude(mail="").first() if number is not None else None
    try:
        version = links.signed(_purpose(found.mail), token)[1] if found else 0
    except Refused:
        version = 0
    if found is None or version != found.link_version:
        raise Missing(_("We do not know this link, or a newer one was sent. Use the link in the newest e-mail."))
    if found.closed_at is not None and found.closed_at + OPEN_AFTER < clock.now():
        raise Missing(_("This notification is closed, and its link is over."))
    return found


def due_token(due: ObligationDue) -> str:
    return links.sign(PURPOSE_DUE, due.pk, due.link_version)


def due_of_token(token: str) -> ObligationDue:
    """Raises Missing for a link that was not made here, that a newer replaced, or where it is over."""
    try:
        pk, version = links.signed(PURPOSE_DUE, token)
    except Refused:
        raise Missing(
            _("We do not know this link, or a newer one was sent. Use the link in the newest e-mail.")
        ) from None
    rows = ObligationDue.objects.select_related("obligation", "organisation", "evidence")
    found = rows.filter(pk=pk).first()
    if found is None or version != found.link_version:
        raise Missing(_("We do not know this link, or a newer one was sent. Use the link in the newest e-mail."))
    if found.decided_at is not None and found.decided_at + OPEN_AFTER < clock.now():
        raise Missing(_("This was decided, and its link is over."))
    return found
