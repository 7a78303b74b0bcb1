"""From what happened to messages: entries of the trail, and states that changed. A webhook is notified of what its account may know of, by
core/policy.py, when the message is made and again when it leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.db.models import Min

from floreo.core import audit, clock
from floreo.core.access import Permission, can
from floreo.core.keys import things_of
from floreo.core.models import AuditEntry
from floreo.core.policy import things_seen
from floreo.feeds.actions.numbering import stream
from floreo.feeds.logic import OPEN_STATES
from floreo.feeds.models import Finding, FindingChange, FindingState, Severity
from floreo.strategy.models import Action
from floreo.webhooks.kinds import BY_VERB, KINDS, Kind
from floreo.webhooks.making import body_of, facts_of
from floreo.webhooks.models import SeenState, Webhook, WebhookMessage

BATCH = 500  # entries of the chain at a time
BLOCK, BLOCKS = 1_000, 100  # changes of findings at a time, and how often in one look
MOST_MESSAGES = 500  # of a look: once there are so many, the rest comes with the next one


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
        if kind.name in webhook.kinds and _has(entry, kind) and _may_know(webhook, kind)
        for name in _about(entry, kind)
    ]
    seen = things_seen({name for _entry, _kind, name in wanted}, webhook.user)
    for entry, kind, name in wanted:
        if (thing := seen.get(name)) is not None:
            number = f"msg_{webhook.pk}_{entry.number}_{kind.name}_{thing.pk}"
            more = {"entry": entry.number} | ({kind.counts: entry.detail.get(kind.counts, {})} if kind.counts else {})
            yield _message(webhook, kind, thing, number=number, at=entry.at, more=more)


def _may_know(webhook: Webhook, kind: Kind | None) -> bool:
    return kind is None or not kind.needs or can(webhook.user, Permission(kind.needs))


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


# --- States that are in no trail ---------------------------------------------------------------------------------


OPENED, FIXED, ENDED, CRITICAL = "finding.opened", "finding.fixed", "finding.ended", "finding.critical"
ACTION, FINDING = "strategy.action:", "feeds.finding:"  # how their keys begin
PLACE = "feeds.findingchange"  # the row that holds up to which change findings were compared


def compare_states() -> int:
    """Messages of statuses and findings that changed since the last look. The first look reports nothing, and only remembers."""
    hooks = list(Webhook.objects.sending().select_related("user"))
    with transaction.atomic():
        return _statuses(hooks) + _findings(hooks)


def _statuses(hooks: list[Webhook]) -> int:
    asked = [hook for hook in hooks if "action.status_changed" in hook.kinds]
    rows = SeenState.objects.filter(thing__startswith=ACTION)
    if not asked:  # nobody asks, so nothing is remembered
        rows.delete()
        return 0
    now = {f"{ACTION}{pk}": str(status) for pk, status in Action.objects.values_list("pk", "status")}
    before = dict(rows.values_list("thing", "state"))
    moved = {name: state for name, state in now.items() if before.get(name) != state}
    known = {name: state for name, state in moved.items() if name in before}
    count = sum(_save(_of_states(hook, known, before, lambda _name: ("action.status_changed",))) for hook in asked)
    rows.filter(thing__in=known).delete()
    SeenState.objects.bulk_create([SeenState(thing=name, state=state) for name, state in moved.items()])
    return count


def _findings(hooks: list[Webhook]) -> int:
    """Of what changed since the last look, by the numbers of changes (docs/adr/0056-changes-and-collectors.md). Remembered are the open
    ones: one that is open and was not has opened."""
    asked = [hook for hook in hooks if {OPENED, FIXED, ENDED, CRITICAL} & set(hook.kinds)]
    place = SeenState.objects.filter(thing=PLACE)
    if not asked:
        SeenState.objects.filter(thing__startswith=FINDING).delete()
        place.delete()
        return 0
    last, here = stream().last, place.first()
    if here is None or int(here.state) > last:
        _remember_open_findings(last)
        return 0
    number, count = int(here.state), 0
    for _block in range(BLOCKS):
        changes = FindingChange.objects.filter(number__gt=number, number__lte=last).order_by("number")
        rows = list(changes.values_list("number", "finding")[:BLOCK])
        if rows:
            count += _messages_of({finding for _number, finding in rows}, asked)
            number = rows[-1][0] or number
        if len(rows) < BLOCK or count >= MOST_MESSAGES:
            break
    place.exclude(state=str(number)).update(state=str(number))
    return count


def _remember_open_findings(last: int) -> None:
    SeenState.objects.filter(thing__startswith=FINDING).delete()
    pks = Finding.objects.filter(state__in=OPEN_STATES).values_list("pk", flat=True).iterator(chunk_size=5_000)
    while block := list(islice(pks, 5_000)):
        SeenState.objects.bulk_create([SeenState(thing=f"{FINDING}{pk}", state="open") for pk in block])
    SeenState.objects.update_or_create(thing=PLACE, defaults={"state": str(last)})


def _messages_of(findings: set[int], asked: list[Webhook]) -> int:
    states = {
        f"{FINDING}{pk}": (state, severity)
        for pk, state, severity in Finding.objects.filter(pk__in=findings).values_list("pk", "state", "severity")
    }
    was_open = SeenState.objects.filter(thing__in=[f"{FINDING}{pk}" for pk in findings])
    before = dict(was_open.values_list("thing", "state"))
    opened = {name for name, (state, _severity) in states.items() if state in OPEN_STATES and name not in before}
    ended = {name for name in before if name not in states or states[name][0] not in OPEN_STATES}
    how = {name: states[name][0] for name in ended if name in states}

    def kinds_of(name: str) -> tuple[str, ...]:
        if name in how:
            return (FIXED,) if how[name] == FindingState.FIXED else (ENDED,)
        return (OPENED, CRITICAL) if states[name][1] == Severity.CRITICAL else (OPENED,)

    changed = dict.fromkeys(opened, "open") | how
    count = sum(_save(_of_states(hook, changed, before, kinds_of)) for hook in asked)
    was_open.filter(thing__in=ended).delete()
    SeenState.objects.bulk_create([SeenState(thing=name, state="open") for name in sorted(opened)])
    return count


KindsOf = Callable[[str], tuple[str, ...]]  # of a thing by its name: what is sent


def _of_states(
    hook: Webhook, changed: Mapping[str, str], before: Mapping[str, str], kinds_of: KindsOf
) -> Iterator[WebhookMessage]:
    at = clock.machine()
    for name, thing in things_seen(changed, hook.user).items():
        old, new = before.get(name, ""), changed[name]
        for kind in (KINDS[each] for each in kinds_of(name) if each in hook.kinds):
            number = f"msg_{hook.pk}_{kind.name}_{thing.pk}_{int(at.timestamp() * 1000)}"
            more = {"before": old, "now": new} if old else {"now": new}
            yield _message(hook, kind, thing, number=number, at=at, more=more)


def still_seen(message: WebhookMessage) -> bool:
    """Whether the account of its webhook may know of it still; a test is about nothing."""
    if not message.thing:
        return True
    hook = message.webhook
    return _may_know(hook, KINDS.get(message.kind)) and message.thing in things_seen([message.thing], hook.user)


__all__ = ["compare_states", "make_messages", "still_seen", "things_of"]
