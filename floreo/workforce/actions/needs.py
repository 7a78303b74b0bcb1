"""How many people are needed: asked of organisations once a year, answered by their link, or entered by staff."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock, languages, outbox
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.links import hash_of
from floreo.core.plain_text import sound_text
from floreo.core.writing import assign, delete, lock_latest, refuse, require_past, save
from floreo.frameworks.models import Item
from floreo.organisations.models import Organisation
from floreo.workforce.access import Answering
from floreo.workforce.mails import KIND_NEEDS, needs_mail
from floreo.workforce.models import RUN, NeedChannel, NeedsRequest, WorkforceNeed
from floreo.workforce.queries import role_items

MOST = 100_000
REMIND_AFTER = timedelta(days=14)  # once, when nobody answered


def _require_number(number: int, *, field: str) -> None:
    if number < 0:
        raise refuse(field, _("A number of people is not negative."), code="negative")
    if number > MOST:
        raise refuse(field, _("This is more people than there can be. Check the number."), code="too_many")


def _require_sound(need: WorkforceNeed, *, role: int | None = None) -> None:
    """`role` is the one that it had: numbers for a role that is in no current version any more can still be corrected."""
    _require_number(need.needed, field="needed")
    _require_number(need.in_post, field="in_post")
    require_past(need.as_of, field="as_of")
    if need.role_id != role and not role_items().filter(pk=need.role_id).exists():
        raise refuse("role", _("This is no role of a skills framework."), code="no_role")


@action("need.recorded", needs=RUN)
def record_need(*, by: Actor, **facts: Any) -> WorkforceNeed:
    """Numbers of an organisation, or an estimate of a whole sector. Of the same role and day there is one."""
    made = WorkforceNeed(channel=NeedChannel.STAFF)
    assign(made, facts)
    _require_sound(made)
    _require_only(made)
    return save(made)


def _require_only(need: WorkforceNeed) -> None:
    """The database takes two estimates of a whole sector for one: there no organisation is equal to another."""
    rows = WorkforceNeed.objects.filter(organisation=need.organisation, role=need.role, as_of=need.as_of)
    rows = rows if need.organisation is not None else rows.filter(sector=need.sector)
    if rows.exclude(pk=need.pk).exists():
        sentence = _("There are numbers for this role and day already. Change those.")
        raise refuse("as_of", sentence, code="need_taken")


@action("need.updated", needs=RUN)
def update_need(need: WorkforceNeed, *, by: Actor, version: int | None = None, **facts: Any) -> WorkforceNeed:
    fresh = lock_latest(need, version)
    role = fresh.role_id
    assign(fresh, facts)
    _require_sound(fresh, role=role)
    _require_only(fresh)
    return save(fresh)


@action("need.removed", needs=RUN)
def remove_need(need: WorkforceNeed, *, by: Actor) -> None:
    """For numbers that were entered by mistake. Newer ones are recorded, not written over older ones."""
    delete(need)


# --- Asked once a year --------------------------------------------------------------------------------------------


def must_be_unanswered(request: NeedsRequest) -> None:
    if request.answered_on is not None:
        raise Refused(_("This organisation has answered already."), code="answered")


def must_have_link(request: NeedsRequest) -> None:
    if not request.link_hash:
        raise Refused(_("This link was ended already."), code="ended")


@action("needs.requested", needs=RUN)
def request_needs(
    *,
    by: Actor,
    organisation: Organisation,
    year: int,
    sector: str,
    mail: str,
    due_on: date,
    language: str = "",
) -> NeedsRequest:
    """Sends an organisation its link. Only the hash of the link's secret is stored."""
    today = clock.today()
    if due_on < today:
        raise refuse("due_on", _("That day has passed. Choose a later one."), code="past")
    if NeedsRequest.objects.filter(organisation=organisation, year=year).exists():
        sentence = _("This organisation was asked for %(year)d already. Send it a reminder instead.")
        raise refuse("organisation", sentence % {"year": year}, code="asked")
    made = NeedsRequest(
        organisation=organisation,
        year=year,
        sector=sector,
        mail=mail.strip(),
        due_on=due_on,
        language=language or languages.first(),
        sent_on=today,
    )
    return _send(made, is_reminder=False)


def _send(request: NeedsRequest, *, is_reminder: bool) -> NeedsRequest:
    secret = secrets.token_urlsafe(32)
    request.link_hash = hash_of(secret)
    saved = save(request)
    outbox.post_all(
        [needs_mail(saved, secret, is_reminder=is_reminder)]
    )  # not by post(): the trail would keep the address
    return saved


@action("needs.reminded", needs=RUN)
def remind(request: NeedsRequest, *, by: Actor) -> NeedsRequest:
    """A new link in a new e-mail; the one before works no more."""
    fresh = lock_latest(request)
    must_be_unanswered(fresh)
    fresh.reminded_on = clock.today()
    return _send(fresh, is_reminder=True)


@action("needs.link_ended", needs=RUN)
def end_request(request: NeedsRequest, *, by: Actor) -> NeedsRequest:
    """Its link works no more, and an e-mail with it that waits is not sent. What was answered stays."""
    fresh = lock_latest(request)
    must_have_link(fresh)
    outbox.withdraw_mail(KIND_NEEDS, key(fresh))
    fresh.link_hash = ""
    return save(fresh)


@action("needs.answered", needs=None)
def answer_needs(request: NeedsRequest, *, by: Actor, lines: Mapping[int, tuple[int, int]], note: str = "") -> int:
    """What the organisation answers by its link: of each role how many are needed and in post. Answered again on the same day it is
    corrected; later it is a newer answer. Returns how many roles."""
    fresh = lock_latest(request)
    if not isinstance(by, Answering) or by.request.pk != fresh.pk:
        raise NotAllowed
    if not fresh.link_hash or fresh.link_hash != by.request.link_hash:  # ended, or sent again, while the form was open
        raise Refused(_("This link works no more. Ask for a new one."), code="link_ended")
    if not lines:
        raise Refused(_("Enter the numbers of at least one role. Write 0 where you need nobody."), code="empty")
    known = {item.pk: item for item in role_items().filter(pk__in=list(lines))}
    today = clock.today()
    for role, (needed, in_post) in sorted(lines.items()):
        item = known.get(role)
        if item is None:
            raise Refused(_("This is no role of a skills framework."), code="no_role")
        _require_number(needed, field=f"needed_{role}")
        _require_number(in_post, field=f"in_post_{role}")
        _write(fresh, item, (needed, in_post), day=today, note=sound_text(note)[:500])
    fresh.answered_on = today
    save(fresh)
    return len(lines)


def _write(request: NeedsRequest, item: Item, numbers: tuple[int, int], *, day: date, note: str) -> None:
    rows = WorkforceNeed.objects.select_for_update().filter(organisation=request.organisation, role=item, as_of=day)
    row = rows.first() or WorkforceNeed(organisation=request.organisation, role=item, as_of=day)
    row.sector, row.note = request.sector, note
    row.needed, row.in_post = numbers
    row.channel = NeedChannel.LINK
    save(row)


@action("needs.reminders_sent", needs=RUN, quiet=True)
def remind_due(*, by: Actor) -> int:
    """Once to whoever has not answered two weeks after the day by which the answer was due. The worker's."""
    day = clock.today()
    rows = NeedsRequest.objects.filter(answered_on=None, reminded_on=None, due_on__lte=day - REMIND_AFTER)
    waiting = list(rows.exclude(link_hash="").filter(due_on__gt=day - timedelta(days=60)).select_for_update())
    for each in waiting:
        each.reminded_on = day
        _send(each, is_reminder=True)
    return len(waiting)
