"""Webhooks: made, their secret shown once, tested, disabled after days of failures, enabled again, ended."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import audit, clock, languages, seal
from floreo.core.access import SYSTEM, Actor, Permission, can
from floreo.core.action import action, note
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.outbox import letter, post
from floreo.core.writing import lock_latest, refuse, require_name, save
from floreo.organisations.models import User
from floreo.webhooks.kinds import KINDS, TEST
from floreo.webhooks.logic import BOTH_SIGN, new_secret
from floreo.webhooks.making import body_of
from floreo.webhooks.models import MessageState, Webhook, WebhookMessage
from floreo.webhooks.targets import is_usable

SEAL = "secrets of webhooks"
MOST = 20  # of one account
CONNECT = Permission.PROGRAM_CONNECT


def make_webhook(user: User, *, by: Actor, name: str, url: str, kinds: Iterable[str]) -> tuple[Webhook, str]:
    """The webhook and its secret, which is shown once. It is sent what its account may know of, from now on."""
    secret = new_secret()
    made = Webhook(
        user=user,
        name=" ".join(name.split())[:120],
        url=url.strip(),
        kinds=sorted(set(kinds)),
        secret=seal.seal(secret, purpose=SEAL),
    )
    return _make(made, by=by), secret


@action("webhook.made", needs=CONNECT)
def _make(made: Webhook, *, by: Actor) -> Webhook:
    if isinstance(by, User) and by.pk != made.user_id:
        raise NotAllowed(_("A webhook acts for the account that creates it. Nobody creates one for another account."))
    _check(made)
    if Webhook.objects.filter(user=made.user_id, ended_at=None).count() >= MOST:
        raise Refused(_("You have %(n)d webhooks already. End one first.") % {"n": MOST}, code="many")
    made.after = audit.head().number
    return save(made)


def _check(webhook: Webhook) -> None:
    require_name(webhook)
    if not is_usable(webhook.url):
        sentence = _("Enter an address that begins with https:// and contains no user name, password or #.")
        raise refuse("url", sentence, code="bad_link")
    if not webhook.kinds or set(webhook.kinds) - set(KINDS):
        raise refuse("kinds", _("Choose at least one."), code="missing")


def _ours(webhook: Webhook, by: Actor) -> Webhook:
    """As it is now; for its own account, and for whoever manages accounts."""
    fresh = lock_latest(webhook)
    if by.actor_code != fresh.user.actor_code and not can(by, Permission.ACCOUNT_MANAGE):
        raise NotAllowed
    if fresh.ended_at is not None:
        raise Refused(_("This webhook has ended."), code="ended")
    return fresh


@action("webhook.updated", needs=CONNECT)
def update_webhook(webhook: Webhook, *, by: Actor, name: str, url: str, kinds: Iterable[str]) -> Webhook:
    fresh = _ours(webhook, by)
    fresh.name, fresh.url, fresh.kinds = " ".join(name.split())[:120], url.strip(), sorted(set(kinds))
    _check(fresh)
    return save(fresh)


@action("webhook.ended", needs=CONNECT)
def end_webhook(webhook: Webhook, *, by: Actor) -> Webhook:
    """Nothing is sent any more; what waits is not sent either."""
    fresh = _ours(webhook, by)
    fresh.ended_at = clock.now()
    WebhookMessage.objects.filter(webhook=fresh, state=MessageState.WAITING).update(state=MessageState.CANCELLED)
    return save(fresh)


def renew_secret(webhook: Webhook, *, by: Actor) -> tuple[Webhook, str]:
    """The webhook and its new secret, which is shown once. For a day messages carry a signature by each of the two, so that
    no message is refused while the program changes over."""
    secret = new_secret()
    return _renew(webhook, by=by, sealed=seal.seal(secret, purpose=SEAL)), secret


@action("webhook.secret_renewed", needs=CONNECT)
def _renew(webhook: Webhook, *, by: Actor, sealed: str) -> Webhook:
    fresh = _ours(webhook, by)
    if isinstance(by, User) and by.pk != fresh.user_id:
        # Whoever holds the secret could pass for this site at the receiver of somebody else.
        raise NotAllowed(_("Only the account that a webhook acts for renews its secret. You can end the webhook."))
    fresh.previous_secret, fresh.previous_until = fresh.secret, clock.machine() + BOTH_SIGN
    fresh.secret = sealed
    return save(fresh)


@action("webhook.enabled", needs=CONNECT)
def enable_webhook(webhook: Webhook, *, by: Actor) -> Webhook:
    """After it was disabled: what waited is tried again."""
    fresh = _ours(webhook, by)
    if fresh.disabled_at is None:
        raise Refused(_("This webhook is in use."), code="in_use")
    fresh.disabled_at = None
    save(fresh)
    Webhook.objects.filter(pk=fresh.pk).update(failing_since=None)
    waiting = WebhookMessage.objects.filter(webhook=fresh, state=MessageState.WAITING)
    waiting.update(next_try_at=clock.machine(), attempts=0)
    return fresh


@action("webhook.tested", needs=CONNECT)
def send_test(webhook: Webhook, *, by: Actor) -> WebhookMessage:
    """A message about nothing, to see that it arrives."""
    fresh, now = _ours(webhook, by), clock.machine()
    if fresh.disabled_at is not None:
        raise Refused(_("This webhook is disabled. Enable it first."), code="disabled")
    message = WebhookMessage(
        webhook=fresh,
        number=f"msg_{fresh.pk}_test_{secrets.token_hex(8)}",
        kind=TEST,
        body=body_of(TEST, at=now, data={"href": f"{settings.SITE_ADDRESS}{fresh.workspace_url()}"}),
        made_at=now,
        next_try_at=now,
    )
    message.save()
    return message


@action("webhook.redelivered", needs=CONNECT)
def redeliver(webhook: Webhook, *, by: Actor, number: int) -> WebhookMessage:
    """Sends one message again, under the same number: the receiver can see that it is the same."""
    fresh = _ours(webhook, by)
    if fresh.disabled_at is not None:
        raise Refused(_("This webhook is disabled. Enable it first."), code="disabled")
    message = WebhookMessage.objects.select_for_update().filter(webhook=fresh, pk=number).first()
    if message is None:
        raise Missing
    message.state, message.attempts, message.next_try_at = MessageState.WAITING, 0, clock.machine()
    message.save()
    return message


@action("webhook.redelivered_all", needs=CONNECT)
def redeliver_given_up(webhook: Webhook, *, by: Actor) -> int:
    """Sends all again that were given up, each under its own number. Returns how many."""
    fresh = _ours(webhook, by)
    if fresh.disabled_at is not None:
        raise Refused(_("This webhook is disabled. Enable it first."), code="disabled")
    given_up = WebhookMessage.objects.filter(webhook=fresh, state=MessageState.FAILED)
    count = given_up.update(state=MessageState.WAITING, attempts=0, next_try_at=clock.machine())
    if not count:
        raise Refused(_("No message is given up. Reload the page."), code="none")
    note(messages=count)
    return count


def disable(webhook: Webhook) -> None:
    """By the worker, after days of failures or when the receiver says that it is gone."""
    _disable(webhook, by=SYSTEM)


@action("webhook.disabled", needs=CONNECT)
def _disable(webhook: Webhook, *, by: Actor) -> Webhook:
    fresh = lock_latest(webhook)
    if fresh.disabled_at is None and fresh.ended_at is None:
        fresh.disabled_at = clock.now()
        save(fresh)
        _post_warning(fresh)
    return fresh


def _post_warning(webhook: Webhook) -> None:
    language = webhook.user.language or languages.home()
    with translation.override(language):
        subject = _("The webhook “%(name)s” was disabled") % {"name": webhook.name}
        text = _(
            "Nothing could be delivered to it for days, or its receiver answered that it is gone. Look at the messages, correct the receiver, and enable the webhook again."
        )
        address = settings.SITE_ADDRESS + webhook.workspace_url()
    post(
        letter(
            to=webhook.user.email,
            subject=subject,
            text=f"{text}\n\n{address}\n",
            kind="webhook.disabled",
            about=audit.key(webhook),
            language=language,
        )
    )
