"""From what happened to messages: entries of the trail, and states that changed. A webhook is notified of what its account may know of, by
core/policy.py, when the message is made and again when it leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Min

from floreo.core import audit, clock
from floreo.core.keys import things_of
from floreo.core.models import AuditEntry
from floreo.core.policy import things_seen
from floreo.feeds.models import Finding, FindingState, Severity
from floreo.strategy.models import Action
from floreo.webhooks.kinds import BY_VERB, KINDS, Kind
from floreo.webhooks.making import body_of, facts_of
from floreo.webhooks.models import SeenState, Webhook, WebhookMessage

BATCH = 500  # entries of the chain at a time
MOST_FINDINGS = 200  # messages of one look for one webhook: what is more comes with the next


def make_messages() -> int:
    """Makes the messages of what entered the chain since the last time. Returns how many."""
    first = Webhook.objects.sending().aggregate(first=Min("after"))["first"]
    head = audit.head().number
    if first is None or first >= head:
        return 0
    entries = list(
        AuditEntry.objects.filter(number__gt=first, number__lte=head).order_by("number").defer("rows")[:BATCH]
    )
    last, count = entries[-1].number, 0
    chosen = [entry for entry in entries if entry.verb in BY_VERB]
    for webhook in Webhook.objects.sending().filter(after__lt=last).select_related("user"):
        with transaction.atomic():
            ours = Webhook.objects.select_for_update().filter(pk=webhook.pk, after=webhook.after)
            if not ours.exists():  # another worker was quicker
                continue
            count += _save(_of_entries(webhook, chosen))
            ours.update(after=last)
    return count


def _of_entries(webhook: Webhook, entries: Iterable[AuditEntry]) -> Iterator[WebhookMessage]:
    wanted = [
        (entry, kind, name)
        for entry in entries
        if entry.number > webhook.after
        for kind in BY_VERB[entry.verb]
        if kind.name in webhook.kinds and _has(entry, kind)
        for name in _about(entry, kind)
    ]
    seen = things_seen({name for _entry, _kind, name in wanted}, webhook.user)
    for entry, kind, name in wanted:
        if (thing := seen.get(name)) is not None:
            number = f"msg_{webhook.pk}_{entry.number}_{kind.name}_{thing.pk}"
            more = {"entry": entry.number} | ({kind.counts: entry.detail.get(kind.counts, {})} if kind.counts else {})
            yield _message(webhook, kind, thing, number=number, at=entry.at, more=more)


def _has(entry: AuditEntry, kind: Kind) -> bool:
    return not kind.only or bool(entry.detail.get(kind.counts, {}).get(kind.only))


def _about(entry: AuditEntry, kind: Kind) -> list[str]:
    """The records of the entry that the kind is about; of several models the first that there is, and of many rows each once."""
    names = list(dict.fromkeys([entry.subject, *(c["thing"] for c in entry.detail.get("changes", []))]))
    for model in kind.models:
        if found := [name for name in names if name.partition(":")[0] == model]:
            return found[:50]
    return []


def _message(
    webhook: Webhook, kind: Kind, thing: models.Model, *, number: str, at: datetime, more: Mapping[str, Any]
) -> WebhookMessage:
    now = clock.machine()
    return WebhookMessage(
        webhook=webhook,
        number=number[:80],
        kind=kind.name,
        thing=audit.key(thing),
        body=body_of(kind.name, at=at, data={**facts_of(thing), **more}),
        made_at=now,
        next_try_at=now,
    )


def _save(messages: Iterable[WebhookMessage]) -> int:
    rows = list(messages)
    WebhookMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


# --- States that stand in no trail --------------------------------------------------------------------------------


def compare_states() -> int:
    """Messages of statuses and findings that changed since the last look. The first look tells nothing, and only remembers."""
    hooks = list(Webhook.objects.sending().select_related("user"))
    with transaction.atomic():
        return _statuses(hooks) + _findings(hooks)


def _statuses(hooks: list[Webhook]) -> int:
    asked = [hook for hook in hooks if "action.status_changed" in hook.kinds]
    now = (
        {audit.key(Action(pk=pk)): str(status) for pk, status in Action.objects.values_list("pk", "status")}
        if asked
        else {}
    )
    return _changed(asked, "strategy.action:", now, lambda _name, _after: ("action.status_changed",))


def _findings(hooks: list[Webhook]) -> int:
    asked = [hook for hook in hooks if {"finding.opened", "finding.fixed", "finding.critical"} & set(hook.kinds)]
    rows = list(Finding.objects.values_list("pk", "state", "severity")) if asked else []
    now = {f"feeds.finding:{pk}": "fixed" if state == FindingState.FIXED else "open" for pk, state, _severity in rows}
    critical = {f"feeds.finding:{pk}" for pk, _state, severity in rows if severity == Severity.CRITICAL}

    def kinds_of(name: str, after: str) -> tuple[str, ...]:
        if after == "fixed":
            return ("finding.fixed",)
        return ("finding.opened", "finding.critical") if name in critical else ("finding.opened",)

    return _changed(asked, "feeds.finding:", now, kinds_of)


KindsOf = Callable[[str, str], tuple[str, ...]]  # of a thing by its name, now in that state: what is told


def _changed(asked: list[Webhook], prefix: str, now: dict[str, str], kinds_of: KindsOf) -> int:
    """Compares with what was seen last and remembers; where nobody asks, nothing is remembered."""
    rows = SeenState.objects.filter(thing__startswith=prefix)
    if not asked:
        rows.delete()
        return 0
    before = dict(rows.values_list("thing", "state"))
    moved = {name: state for name, state in now.items() if before.get(name) != state}
    count = 0
    if before:
        changed = {name: state for name, state in moved.items() if name in before or prefix == "feeds.finding:"}
        for hook in asked:
            count += _save(_of_states(hook, changed, before, kinds_of))
    SeenState.objects.filter(thing__in=[name for name in moved if name in before]).delete()
    SeenState.objects.bulk_create([SeenState(thing=name, state=state) for name, state in moved.items()])
    return count


def _of_states(
    hook: Webhook, changed: Mapping[str, str], before: Mapping[str, str], kinds_of: KindsOf
) -> Iterator[WebhookMessage]:
    at = clock.machine()
    seen = things_seen(changed, hook.user)
    for name, thing in seen.items():
        old, new = before.get(name, ""), changed[name]
        for kind in (KINDS[each] for each in kinds_of(name, new) if each in hook.kinds):
            if kind.name == "finding.fixed" and not old:
                continue
            number = f"msg_{hook.pk}_{kind.name}_{thing.pk}_{int(at.timestamp() * 1000)}"
            more = {"before": old, "now": new} if old else {"now": new}
            yield _message(hook, kind, thing, number=number, at=at, more=more)


def still_seen(message: WebhookMessage) -> bool:
    """Whether the account of its webhook may know of it still; a test is about nothing."""
    return not message.thing or message.thing in things_seen([message.thing], message.webhook.user)


__all__ = ["compare_states", "make_messages", "still_seen", "things_of"]
