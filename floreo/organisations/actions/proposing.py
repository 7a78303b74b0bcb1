"""Proposed changes: organisations propose, a person of the team reviews, and an approved one is made by the record's own actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.keys import key, thing_of
from floreo.core.models import named
from floreo.core.once import once_for
from floreo.core.proposals import ProposalKind, What, plain, words_name
from floreo.core.writing import lock_latest, refuse, require_text, save
from floreo.offers import proposal_kinds
from floreo.organisations import entry_mails
from floreo.organisations.access import Keeper, must_speak_for
from floreo.organisations.models import Organisation, ProposalState, ProposedChange, ProposedKind

MOST_OPEN = 100  # of one organisation
EDIT = Permission.REGISTER_EDIT


def kind_of(name: str) -> ProposalKind:
    found = proposal_kinds().get(name)
    if found is None:
        raise Missing
    return found


def record_of(change: ProposedChange) -> models.Model | None:
    """The record as it is now; None for a new one, and for one that is gone."""
    return _thing(change.thing) if change.thing else None


_thing = once_for(thing_of)


@dataclass(frozen=True)
class Difference:
    """One field of a proposal, in words: what the register says now, and what is proposed."""

    field: str
    label: str
    now: str
    then: str
    is_moved: bool  # it was changed here since it was proposed


def differences(change: ProposedChange) -> list[Difference]:
    """Field by field, what differs from the register today."""
    kind, record = kind_of(change.kind), record_of(change)
    now = kind.plain(record) if record is not None else {}
    found = []
    for name in kind.fields:
        if change.what == What.REMOVE or (then := _then(kind, change.facts, name, now)) is None:
            continue
        found.append(
            Difference(
                name,
                str(kind.column(name).verbose_name),
                kind.in_words(name, now.get(name)),
                then,
                record is not None and name in change.before and change.before[name] != now.get(name),
            )
        )
    return found


def _then(kind: ProposalKind, facts: Mapping[str, Any], name: str, now: Mapping[str, Any]) -> str | None:
    """What is proposed of a field, in words. None: nothing else than the register says."""
    if name in to_choose(kind, facts):
        return _("“%(words)s” (named in words)") % {"words": facts[words_name(name)]}
    if name not in facts or facts[name] == now.get(name, ""):
        return None
    return kind.in_words(name, facts[name])


def to_choose(kind: ProposalKind, facts: Mapping[str, Any]) -> list[str]:
    """The fields of a proposal that are named in words: whoever approves it chooses the record."""
    return [name for name in kind.typed if facts.get(words_name(name)) and not facts.get(name)]


def problems(change: ProposedChange) -> list[str]:
    """Why a person should read it by itself. None: it can be approved together with others."""
    kind, record = kind_of(change.kind), record_of(change)
    found = []
    if change.what != What.NEW and record is None:
        found.append(_("The record was removed meanwhile."))
    if change.what == What.REMOVE:
        found.append(_("It would be removed."))
    if any(each.is_moved for each in differences(change)):
        found.append(_("The register was changed meanwhile."))
    for name in to_choose(kind, change.facts):
        sentence = _("“%(field)s” is named in words. Choose it when you approve the change.")
        found.append(sentence % {"field": kind.column(name).verbose_name})
    return found + [str(sentence) for sentence in kind.problems(change.organisation, record, change.facts)]


def is_smooth(change: ProposedChange) -> bool:
    """Whether it can be approved together with others."""
    return kind_of(change.kind).read_with is None and not problems(change)


# --- Proposing ----------------------------------------------------------------------------------------------------


@action("proposal.made", needs=None, quiet=True)
def propose(
    organisation: Organisation,
    *,
    by: Actor,
    kind: str,
    what: str,
    record: models.Model | None = None,
    facts: Mapping[str, Any] | None = None,
    reason: str = "",
) -> ProposedChange | None:
    """What differs from the register is kept for review; nothing else happens. None where nothing differs. A newer proposal about the
    same record takes the place of one that waits."""
    must_speak_for(by, organisation)
    form = kind_of(kind)
    if not form.is_known_to(by, organisation):
        raise Missing
    if not form.may(what):
        raise Refused(_("This cannot be proposed here. Write to the team."), code="cannot")
    if what != What.NEW and (record is None or not form.rows(organisation).filter(pk=record.pk).exists()):
        raise Missing
    now = form.plain(record) if record is not None else {}
    given = {} if what == What.REMOVE else _given(form, facts or {}, now)
    waiting = _waiting(organisation, record)
    if what != What.REMOVE and not given:
        if waiting is not None:  # what was proposed is taken back by proposing what is in force
            _decide(waiting, ProposalState.WITHDRAWN, by, _("Taken back."))
        return None
    if given:
        _must_be_named(form, record, given)
        _must_be_sound(form, organisation, record, given)
    if organisation.proposed_changes.open().count() >= MOST_OPEN:
        sentence = _("%(n)d of your changes wait for review already. Propose more when these are decided.")
        raise Refused(sentence % {"n": MOST_OPEN}, code="many")
    if waiting is not None:
        _decide(waiting, ProposalState.WITHDRAWN, by, _("Replaced by a newer one."))
    made = ProposedChange(
        organisation=organisation,
        kind=kind,
        what=what,
        thing=key(record) if record is not None else "",
        name=_name(form, record, given)[:200],
        facts=given,
        before={name: now[name] for name in given if name in now},
        reason=reason.strip()[:500],
        proposed_by=by.actor_name[:200],
        proposed_by_code=by.actor_code[:60],
        proposed_at=clock.now(),
        answer_to=by.contact.email if isinstance(by, Keeper) else getattr(by, "email", ""),
    )
    return save(made)


def _given(form: ProposalKind, facts: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that differ, as plain values."""
    given = {}
    for name in form.fields:
        if name not in facts:
            continue
        value = plain(facts[name])
        value = value.replace("\x00", "").strip() if isinstance(value, str) else value
        if value != now.get(name, "" if isinstance(value, str) else None):
            given[name] = value
    for name in form.typed:
        words = str(facts.get(words_name(name)) or "").replace("\x00", "").strip()[:200]
        if words:
            given[words_name(name)] = words
            if facts.get(name) is None:
                given.pop(name, None)
    return given


def _must_be_named(form: ProposalKind, record: models.Model | None, given: Mapping[str, Any]) -> None:
    """Refuses a field that is both chosen and named in words; and a new record without either."""
    for name in form.typed:
        label = form.column(name).verbose_name
        if given.get(words_name(name)) and given.get(name):
            sentence = _("Choose “%(field)s” from the list, or name it in words: not both.") % {"field": label}
            raise refuse(words_name(name), sentence, code="both")
        if record is None and not given.get(words_name(name)) and not given.get(name):
            sentence = _("Choose “%(field)s” from the list, or name it in words.") % {"field": label}
            raise refuse(name, sentence, code="missing")


def _must_be_offered(
    form: ProposalKind, organisation: Organisation, record: models.Model | None, facts: Mapping[str, Any]
) -> None:
    """Refuses a record that the organisation may not name: it learns nothing of others by naming them."""
    for name, choices in form.choices.items():
        chosen = facts.get(name)
        if chosen is None or (record is not None and getattr(record, form.column(name).attname) == chosen.pk):
            continue
        if not choices(organisation).filter(pk=chosen.pk).exists():
            raise refuse(name, _("Choose one from the list."), code="not_offered")


def _must_be_sound(
    form: ProposalKind, organisation: Organisation, record: models.Model | None, given: Mapping[str, Any]
) -> None:
    """Refuses, at the field, what the record's own action would refuse."""
    if record is None:
        made = form.model()
        if any(field.name == "organisation" for field in form.model._meta.concrete_fields):
            made.organisation = organisation  # type: ignore[attr-defined]
    else:
        made = form.model._default_manager.get(pk=record.pk)
    try:
        facts = form.facts(dict(given))
        _must_be_offered(form, organisation, record, facts)
        for name, value in facts.items():
            setattr(made, name, value)
        made.clean_fields(exclude={f.name for f in made._meta.concrete_fields} - set(given))
    except ValidationError as error:
        fields = {
            name: " ".join(texts)
            for name, texts in (error.message_dict if hasattr(error, "error_dict") else {}).items()
        }
        raise Refused(_("Some entries cannot be accepted yet."), code="bad_fields", fields=fields) from error
    form.check(made)


def _name(form: ProposalKind, record: models.Model | None, given: Mapping[str, Any]) -> str:
    if record is not None:
        return str(record)
    first = next((form.in_words(name, given[name]) for name in form.fields if given.get(name)), "")
    return f"{form.words}: {first}" if first else str(form.words)


def called(change: ProposedChange) -> str:
    """What a proposal that waits does to which record, in the reader's language; one that was decided as it was called then."""
    if change.state != ProposalState.OPEN:
        return str(change)
    record, form = record_of(change), kind_of(change.kind)
    if record is None and change.what != ProposedKind.NEW:
        return str(change)
    return f"{change.get_what_display()}: {named(record) if record is not None else _name(form, None, change.facts)}"


def _waiting(organisation: Organisation, record: models.Model | None) -> ProposedChange | None:
    if record is None:
        return None
    rows = ProposedChange.objects.open().select_for_update().filter(organisation=organisation, thing=key(record))
    return rows.first()


def must_be_open(change: ProposedChange) -> None:
    if change.state != ProposalState.OPEN:
        sentence = _("%(who)s has already decided this. Reload the page.") % {"who": change.decided_by}
        raise Refused(sentence, code="decided")


def _decide(change: ProposedChange, state: ProposalState, by: Actor, decision: str = "") -> ProposedChange:
    change.state, change.decision = state, decision[:500]
    change.decided_by, change.decided_at = by.actor_name[:200], clock.now()
    return save(change, at={"decision": "reason"})


@action("proposal.withdrawn", needs=None)
def withdraw_proposal(change: ProposedChange, *, by: Actor) -> ProposedChange:
    """By whoever speaks for the organisation."""
    change = lock_latest(change)
    must_speak_for(by, change.organisation)
    if not kind_of(change.kind).is_known_to(by, change.organisation):
        raise Missing
    must_be_open(change)
    return _decide(change, ProposalState.WITHDRAWN, by, _("Taken back."))


# --- Reviewing ----------------------------------------------------------------------------------------------------


def with_record(change: ProposedChange) -> Iterable[models.Model | models.QuerySet[Any]]:
    record = record_of(change)
    return [change] if record is None else [change, record]


def with_records(organisation: Organisation) -> Iterable[models.Model | models.QuerySet[Any]]:
    """Every proposal that waits and may be approved with others, and the records that they would change."""
    changes = organisation.proposed_changes.of_all_reviewers()
    rows: list[models.Model | models.QuerySet[Any]] = [changes]
    return rows + [record for each in changes.open() if (record := record_of(each)) is not None]


def may_decide(change: ProposedChange, by: object) -> bool:
    """Whether that person may know of the proposal, and decide it."""
    kind = kind_of(change.kind)
    return kind.is_known_to(by, change.organisation) and kind.is_decided_by(by)


def _must_decide(change: ProposedChange, by: Actor) -> None:
    if not may_decide(change, by):
        raise NotAllowed


@action("proposal.approved", needs=EDIT, decides=with_record)
def approve_proposal(change: ProposedChange, *, by: Actor, shown: str | None = None, **chosen: Any) -> ProposedChange:
    """Makes the change by the record's own action. Refuses what that action refuses. `chosen`: the record of each field that was named
    in words."""
    change = lock_latest(change)
    _must_decide(change, by)
    _approve(change, by, chosen)
    _notify(change.organisation, [change])
    return change


@action("proposals.approved", needs=EDIT, decides=with_records)
def approve_all(organisation: Organisation, *, by: Actor, shown: str | None = None) -> int:
    """All that wait and have no problem, in one press. One that its record's action refuses stays open, with the rest made. Returns how
    many were made."""
    made = []
    waiting = organisation.proposed_changes.of_all_reviewers().open()
    for change in waiting.select_for_update().order_by("pk"):
        if is_smooth(change) and change.proposed_by_code != by.actor_code:
            _approve(change, by)
            made.append(change)
    if not made:
        raise Refused(_("None can be approved together. Read each by itself."), code="none")
    note(approved=len(made))
    _notify(organisation, made)
    return len(made)


def _approve(change: ProposedChange, by: Actor, chosen: Mapping[str, Any] | None = None) -> None:
    must_be_open(change)
    if change.proposed_by_code == by.actor_code:
        raise Refused(_("You proposed this. A second person of the team reviews it."), code="second_person")
    kind, record = kind_of(change.kind), record_of(change)
    if change.what != What.NEW and record is None:
        raise Refused(_("The record was removed meanwhile. Reject the proposal."), code="gone")
    for name in to_choose(kind, change.facts):
        record_named = (chosen or {}).get(name)
        if record_named is None or not kind.typed[name]().filter(pk=record_named.pk).exists():
            sentence = _("It says: “%(words)s”. Choose the record that is meant; enter it first where there is none.")
            raise refuse(name, sentence % {"words": change.facts[words_name(name)]}, code="to_choose")
        change.facts = change.facts | {name: record_named.pk}
    try:
        facts = kind.facts(change.facts)
    except ValidationError as error:
        raise Refused(_("What is proposed cannot be saved: %(why)s") % {"why": " ".join(error.messages)}) from error
    try:
        _make(kind, change, record, facts, by)
    except Refused as refusal:
        why = "; ".join(str(each) for each in refusal.fields.values()) or str(refusal.sentence)
        sentence = _("“%(name)s” cannot be made so: %(why)s") % {"name": change.name, "why": why}
        raise Refused(sentence, code=refusal.code) from refusal
    _decide(change, ProposalState.APPROVED, by)


def _make(
    kind: ProposalKind, change: ProposedChange, record: models.Model | None, facts: dict[str, Any], by: Actor
) -> None:
    if change.what == What.NEW and kind.add is not None:
        made = kind.add(change.organisation, by=by, **facts)
        change.thing = key(made)
    elif change.what == What.CHANGE and kind.update is not None:
        kind.update(record, by=by, **facts)
    elif change.what == What.REMOVE and kind.remove is not None:
        kind.remove(record, by=by)
    else:
        raise Refused(_("This cannot be proposed here. Write to the team."), code="cannot")


@action("proposal.rejected", needs=EDIT, decides=with_record)
def reject_proposal(change: ProposedChange, *, by: Actor, reason: str, shown: str | None = None) -> ProposedChange:
    """The organisation reads the reason."""
    change = lock_latest(change)
    _must_decide(change, by)
    must_be_open(change)
    words = require_text(reason, field="reason", sentence=_("Give the reason. The organisation will read it."))
    _decide(change, ProposalState.REJECTED, by, words)
    _notify(change.organisation, [change])
    return change


def _notify(organisation: Organisation, changes: Iterable[ProposedChange]) -> None:
    """Each address that proposed some of them gets one e-mail with all of its own that were decided since the last one left."""
    addresses = {each.answer_to for each in changes if each.answer_to}
    outbox.post_all([entry_mails.decided(organisation, address) for address in sorted(addresses)])


__all__ = [
    "Difference",
    "approve_all",
    "approve_proposal",
    "called",
    "differences",
    "is_smooth",
    "kind_of",
    "may_decide",
    "problems",
    "propose",
    "record_of",
    "reject_proposal",
    "to_choose",
    "withdraw_proposal",
]
