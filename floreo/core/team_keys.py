"""Whether the team's own keys can sign: noted in the trail when it changes, and a task for as long as they cannot.

The worker alone reads the keys, so everybody else has it from the trail: the list of tasks, `/ready/` and the mail to the duty contact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.core.tasks import ActionLink, News, Recipient, Task

MEND, WAITS = Permission.PACK_LOAD, Permission.FINDING_HANDLE  # who runs the installation, and whose mail waits
_STOPPED, _RESUMED = "signing.stopped", "signing.resumed"


def stopped() -> AuditEntry | None:
    """The entry of the trail by which a key of the team cannot sign now; None where all can, or none is named. The trail alone is asked:
    where the keys lie may stand in the worker's own settings."""
    newest = AuditEntry.objects.filter(verb__in=[_STOPPED, _RESUMED]).order_by("-number").first()
    return newest if newest is not None and newest.verb == _STOPPED else None


def watch(*, by: Actor) -> bool:
    """Compares with what was noted. Whether that changed."""
    from floreo.core import protection  # late: the libraries of keys are for the worker alone

    why, before = protection.unfit_key(), stopped()
    if why and before is None:
        stop_signing(by=by, why=why)
    elif not why and before is not None:
        resume_signing(by=by)
    return bool(why) == (before is None)


@action(_STOPPED, needs=Permission.ACCOUNT_MANAGE)
def stop_signing(*, by: Actor, why: str) -> None:
    """A key of the team cannot be used any more, so what is signed with it waits. `why` is a code, since the sentence names a path."""
    note(why=why)


@action(_RESUMED, needs=Permission.ACCOUNT_MANAGE)
def resume_signing(*, by: Actor) -> None:
    """The keys that are named can sign again: what waited for them is tried at once."""
    note(mails=_try_at_once())


def _try_at_once() -> int:
    """Bookkeeping of the outbox, as when mail is put off."""
    from floreo.core import protection  # late, as above

    waiting = OutboxMail.objects.filter(state=MailState.WAITING, attempts__gt=0)
    kinds = [kind for kind in set(waiting.order_by().values_list("kind", flat=True)) if protection.is_protected(kind)]
    return waiting.filter(kind__in=kinds).update(next_try_at=clock.now())


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    """One for who runs the installation, and one for the team whose mail waits."""
    wanted = [needs for needs in (MEND, WAITS) if recipient.everybody or needs in recipient.permissions]
    entry = stopped() if wanted else None
    if entry is None:
        return
    since = clock.day_of(entry.at)
    health, outbox = reverse("health"), reverse("workspace:mail")
    if MEND in wanted:
        yield Task(
            key=f"core.signing:{entry.number}:mend",
            kind="mail",
            title=_("Correct the key with which e-mail of the team is signed"),
            why=_("It cannot be used, so notices, advisories and e-mails of cases wait. The page says what is wrong."),
            href=health,
            due=since,
            since=since,
            needs=MEND,
            news=News.HELD,
            links=(ActionLink(_("See what is wrong"), health),),
        )
    if WAITS in wanted:
        yield Task(
            key=f"core.signing:{entry.number}:waits",
            kind="mail",
            title=_("E-mail of the team waits: its key cannot sign"),
            why=_(
                "Notices, advisories, e-mails of cases and alerts leave once an administrator has corrected the key."
            ),
            href=outbox,
            due=since,
            since=since,
            needs=WAITS,
            news=News.HELD,
            links=(ActionLink(_("Look at the outbox"), outbox),),
        )


__all__ = ["resume_signing", "stop_signing", "stopped", "waiting_tasks", "watch"]
