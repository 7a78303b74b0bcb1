"""Whether the team's own keys can sign: noted in the trail when it changes.

The worker alone reads the keys, so everybody else has it from the trail: the list of tasks, `/ready/` and the mail to the duty contact."""

from __future__ import annotations

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.models import AuditEntry, MailState, OutboxMail

_STOPPED, _RESUMED = "signing.stopped", "signing.resumed"


def stopped() -> AuditEntry | None:
    """The entry of the trail by which a key of the team cannot sign now; None where all can, or none is named. The trail alone is asked:
    where the keys lie may be in the worker's own settings."""
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
    from floreo.core import protection  # late: as above

    waiting = OutboxMail.objects.filter(state=MailState.WAITING, attempts__gt=0)
    kinds = [kind for kind in set(waiting.order_by().values_list("kind", flat=True)) if protection.is_protected(kind)]
    return waiting.filter(kind__in=kinds).update(next_try_at=clock.now())


__all__ = ["resume_signing", "stop_signing", "stopped", "watch"]
