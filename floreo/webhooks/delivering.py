"""Posting messages: to the one machine that the name means and that may be asked, signed, within seconds, without being led elsewhere."""

from __future__ import annotations

import http.client
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Timer

from django.db import transaction
from django.db.models import Q

from floreo.core import clock, outbound, seal
from floreo.webhooks import logic
from floreo.webhooks.actions.webhooks import SEAL, disable
from floreo.webhooks.events import still_seen
from floreo.webhooks.models import MessageState, Problem, Webhook, WebhookAttempt, WebhookMessage
from floreo.webhooks.targets import is_usable, may_be_asked

SECONDS = 5.0  # for all of a try
MOST_READ = 4096  # bytes of an answer, which are thrown away
OF_ONE = 10  # messages of one webhook in a turn: a slow one holds no other up
BATCH = 50
LEASE = timedelta(minutes=6)
KEPT = timedelta(days=30)
_FURTHEST = timedelta(days=2)


@dataclass(frozen=True)
class Outcome:
    """What came of a try."""

    problem: Problem
    status: int = 0
    wait: timedelta | None = None  # that the receiver asked for

    @property
    def is_good(self) -> bool:
        return self.problem == Problem.NONE


def post(url: str, headers: dict[str, str], body: bytes, *, seconds: float = SECONDS) -> Outcome:
    """One try. Never raises: what went wrong is the outcome."""
    if not is_usable(url):
        return Outcome(Problem.ADDRESS)
    until = time.monotonic() + seconds
    try:
        connection, target = outbound.connection_to(url, allow=may_be_asked, seconds=seconds)
    except outbound.NotOpen:
        return Outcome(Problem.CLOSED)
    except (OSError, ValueError):
        return Outcome(Problem.UNREACHED)
    watch = Timer(max(until - time.monotonic(), 0), connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target, body=body, headers=headers)
        answer = connection.getresponse()
        status, asked = answer.status, answer.getheader("Retry-After") or ""
        answer.read(MOST_READ)
    except TimeoutError:
        return Outcome(Problem.TIMEOUT)
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome(Problem.TIMEOUT if connection.is_over else Problem.UNREACHED)
    finally:
        watch.cancel()
        connection.close()
    return _outcome(status, asked)


def _outcome(status: int, asked: str) -> Outcome:
    if 200 <= status < 300:
        return Outcome(Problem.NONE, status)
    if 300 <= status < 400:
        return Outcome(Problem.REDIRECT, status)
    seconds = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0
    wait = min(timedelta(seconds=seconds), logic.LONGEST_ASKED) if status in {429, 503} and seconds else None
    return Outcome(Problem.STATUS, status, wait)


def headers_of(message: WebhookMessage, *, at: int) -> dict[str, str]:
    """Those of Standard Webhooks: a signature by each secret in use, the newest first. Raises seal.CannotUnseal where the secret key
    of the installation is another now."""
    body = message.body.encode()
    signatures = [logic.signature(each, number=message.number, at=at, body=body) for each in _secrets(message.webhook)]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Floreo webhooks",
        "webhook-id": message.number,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signatures),
    }


def _secrets(hook: Webhook) -> list[str]:
    """The secret, and for a day after it was renewed the one before. One before that cannot be read any more signs nothing."""
    found = [seal.unseal(hook.secret, purpose=SEAL)]
    if hook.previous_until is not None and hook.previous_until > clock.machine():
        with suppress(seal.CannotUnseal):
            found.append(seal.unseal(hook.previous_secret, purpose=SEAL))
    return found


def deliver_due() -> int:
    """Tries what is due. Returns how many were delivered. More than one worker may run it at once."""
    delivered = 0
    for message in _claim():
        delivered += _deliver(message)
    _let_go()
    return delivered


def _claim() -> list[WebhookMessage]:
    """The next messages, at most a few of each webhook, put off for as long as this worker may need."""
    too_far = Q(next_try_at__gt=clock.machine() + _FURTHEST)  # put off while the clock was wrong
    due = WebhookMessage.objects.filter(
        Q(next_try_at__lte=clock.machine()) | too_far, state=MessageState.WAITING, webhook__disabled_at=None
    )
    if not due.exists():
        return []
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("next_try_at", "pk")[: BATCH * 4])
        chosen, of_each = list[WebhookMessage](), dict[int, int]()
        for row in rows:
            of_each[row.webhook_id] = of_each.get(row.webhook_id, 0) + 1
            if of_each[row.webhook_id] <= OF_ONE and len(chosen) < BATCH:
                chosen.append(row)
        ids = [row.pk for row in chosen]
        WebhookMessage.objects.filter(pk__in=ids).update(next_try_at=clock.machine() + LEASE)
    found = WebhookMessage.objects.filter(pk__in=ids).select_related("webhook__user").order_by("pk")
    return list(found)


def _deliver(message: WebhookMessage) -> bool:
    hook = Webhook.objects.select_related("user").get(pk=message.webhook_id)
    message.webhook = hook
    if hook.disabled_at is not None:
        return False
    if hook.ended_at is not None or not hook.user.is_active or not still_seen(message):
        WebhookMessage.objects.filter(pk=message.pk).update(state=MessageState.CANCELLED)
        return False
    at, began = clock.machine(), time.monotonic()
    try:
        outcome = post(hook.url, headers_of(message, at=int(at.timestamp())), message.body.encode())
    except seal.CannotUnseal:
        outcome = Outcome(Problem.ADDRESS)
    took = int((time.monotonic() - began) * 1000)
    WebhookAttempt.objects.create(
        message=message, at=at, milliseconds=took, status=outcome.status, problem=outcome.problem
    )
    _note(message, hook, outcome)
    return outcome.is_good


def _note(message: WebhookMessage, hook: Webhook, outcome: Outcome) -> None:
    """What the try means for the message and for its webhook. Bookkeeping of the machine: none of it enters the trail, but the end."""
    now, attempts = clock.machine(), message.attempts + 1
    rows = WebhookMessage.objects.filter(pk=message.pk)
    if outcome.is_good:
        rows.update(state=MessageState.DELIVERED, attempts=attempts)
        Webhook.objects.filter(pk=hook.pk).update(failing_since=None, delivered_at=now)
        return
    wait = logic.wait_after(attempts)
    if wait is None:
        rows.update(state=MessageState.FAILED, attempts=attempts)
    else:
        rows.update(attempts=attempts, next_try_at=now + max(wait, outcome.wait or wait))
    failing = hook.failing_since or now
    Webhook.objects.filter(pk=hook.pk, failing_since=None).update(failing_since=failing)
    if outcome.status == 410 or now - failing >= logic.DISABLED_AFTER:
        disable(hook)


def _let_go() -> None:
    """What was sent long ago, and secrets that sign no more."""
    Webhook.objects.filter(previous_until__lte=clock.machine()).update(previous_secret="", previous_until=None)
    WebhookMessage.objects.filter(made_at__lt=clock.machine() - KEPT).delete()
