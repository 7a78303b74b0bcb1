"""What the rest of the program knows of one organisation, each part by its own right: what is open first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can, reach
from floreo.core.ui.locale import language
from floreo.core.wording import colon
from floreo.feeds import logic as feeds
from floreo.feeds.access import notices_for, sees_all
from floreo.feeds.actions.replies import FOR_THE_TEAM
from floreo.feeds.models import Finding, Notice, Reply
from floreo.feeds.texts import title_for_others, title_of
from floreo.indicators.models import Indicator
from floreo.meetings.logic import OPEN_STATES
from floreo.meetings.models import Decision
from floreo.obligations.logic import WAITS_FOR_OPERATOR
from floreo.obligations.models import ObligationDue
from floreo.organisations.models import Organisation
from floreo.organisations.queries import bodies_of
from floreo.strategy.models import Action

MOST = 8  # rows of one part


@dataclass(frozen=True)
class JoinedRow:
    """One line: what it is, its page, its status, and the day that matters (due, seen, sent)."""

    title: str
    href: str
    state: str = ""
    on: date | datetime | None = None
    day_words: str | Promise = ""
    status: str = ""  # a strategy Status, where it is an action's


@dataclass(frozen=True)
class Joined:
    """One part of the page; `total` rows there are, `open` of them wait for something. `more` leads to all of them."""

    name: str
    title: str | Promise
    rows: list[JoinedRow]
    total: int
    open: int
    more: str = ""


def joined(viewer: object, body: Organisation) -> list[Joined]:
    """Every part that the viewer may see and of which there is something."""
    bodies = bodies_of([body.pk])
    parts: tuple[Callable[[object, Organisation, set[int]], Joined | None], ...] = (
        _actions,
        _findings,
        _replies,
        _notices,
        _obligations,
        _decisions,
        _indicators,
    )
    return [part for make in parts if (part := make(viewer, body, bodies)) is not None and part.total]


def _open_first(rows: QuerySet[Any], is_open: Q, *order: Any) -> QuerySet[Any]:
    """Open rows before the others, then as `order` says."""
    rank = Case(When(is_open, then=Value(0)), default=Value(1), output_field=IntegerField())
    found: QuerySet[Any] = rows.annotate(closed_rank=rank).order_by("closed_rank", *order)
    return found


def _part(
    name: str,
    title: str | Promise,
    rows: QuerySet[Any],
    is_open: Q,
    *,
    order: Iterable[Any],
    line: Callable[[Any], JoinedRow],
    more: str = "",
) -> Joined:
    shown = [line(each) for each in _open_first(rows, is_open, *order)[:MOST]]
    return Joined(name, title, shown, rows.count(), rows.filter(is_open).count(), more)


def _actions(viewer: object, body: Organisation, bodies: set[int]) -> Joined | None:
    mine = Action.objects.visible_to(viewer).filter(
        pk__in=Action.objects.filter(participations__organisation__in=bodies).order_by().values("pk"),
        edition__isnull=False,
    )

    def line(act: Action) -> JoinedRow:
        day = act.expected_on or act.due_on
        return JoinedRow(
            f"{act.code} {act.in_language('title')}",
            act.workspace_url(),
            act.edition.code,
            day,
            _("due") if day else "",
            act.status,
        )

    rows = mine.select_related("edition")
    return _part(
        "actions", _("Actions"), rows, Q(closed_on=None), order=(F("due_on").asc(nulls_last=True), "pk"), line=line
    )


def _findings(viewer: object, body: Organisation, bodies: set[int]) -> Joined | None:
    if not can(viewer, Permission.FEED_READ):
        return None
    rows = Finding.objects.visible_to(viewer).filter(organisation__in=bodies)
    called = title_for_others if sees_all(viewer) else title_of

    def line(one: Finding) -> JoinedRow:
        title = f"{called(one.kind, language(), one.taxonomy)}{colon()} {one.subject}"
        state = f"{one.get_severity_display()} · {one.get_state_display()}"
        return JoinedRow(title, one.get_absolute_url(), state, one.last_seen, _("last seen"))

    more = f"{reverse('workspace:findings')}?organisation={body.code}&state=all"
    is_open = Q(state__in=feeds.OPEN_STATES)
    return _part(
        "findings", _("Findings"), rows, is_open, order=("severity_rank", "-last_day", "-pk"), line=line, more=more
    )


def _replies(viewer: object, body: Organisation, bodies: set[int]) -> Joined | None:
    if not can(viewer, Permission.FEED_READ):
        return None
    seen = Finding.objects.visible_to(viewer).filter(organisation__in=bodies).order_by()
    rows = Reply.objects.filter(finding__in=seen.values("pk")).select_related("finding")

    def line(one: Reply) -> JoinedRow:
        title = f"{one.get_kind_display()}{colon()} {one.finding.subject}"
        return JoinedRow(title, one.finding.get_absolute_url(), one.sender, one.at, "")

    is_open = Q(kind__in=FOR_THE_TEAM, handled_at=None)
    return _part("replies", _("Replies to notices"), rows, is_open, order=("-at", "-pk"), line=line)


def _notices(viewer: object, body: Organisation, bodies: set[int]) -> Joined | None:
    if not can(viewer, Permission.FEED_READ):
        return None
    rows = notices_for(viewer).filter(organisation__in=bodies).exclude(to=[])

    def line(one: Notice) -> JoinedRow:
        is_open = one.answered_at is None
        state = _("no reply yet") if is_open else _("replied")
        return JoinedRow(", ".join(one.to), one.get_absolute_url(), str(state), one.on, "")

    return _part("notices", _("Notices"), rows, Q(answered_at=None), order=("-on", "-pk"), line=line)


def _obligations(viewer: object, body: Organisation, bodies: set[int]) -> Joined | None:
    if not can(viewer, Permission.OBLIGATION_READ):
        return None
    rows = ObligationDue.objects.visible_to(viewer).filter(organisation__in=bodies).select_related("obligation")

    def line(one: ObligationDue) -> JoinedRow:
        title = one.obligation.in_language("title")
        return JoinedRow(title, one.workspace_url(), one.get_state_display(), one.due_on, _("due"))

    is_open = Q(state__in=list(WAITS_FOR_OPERATOR))
    return _part("obligations", _("Obligations"), rows, is_open, order=("due_on", "pk"), line=line)


def _decisions(viewer: object, body: Organisation, bodies: set[int]) -> Joined | None:
    if not can(viewer, Permission.MEETING_READ):
        return None
    rows = Decision.objects.visible_to(viewer).filter(organisation__in=bodies)

    def line(one: Decision) -> JoinedRow:
        title = f"{one.number} {one.in_language('title')}"
        day = one.due_on
        return JoinedRow(title, one.workspace_url(), one.get_state_display(), day, _("due") if day else "")

    is_open = Q(state__in=list(OPEN_STATES))
    order = (F("due_on").asc(nulls_last=True), "-pk")
    return _part("decisions", _("Decisions of meetings"), rows, is_open, order=order, line=line)


def _indicators(viewer: object, body: Organisation, bodies: set[int]) -> Joined | None:
    if reach(viewer, Permission.INDICATOR_READ) is not None:
        return None
    rows = Indicator.objects.visible_to(viewer).filter(answers_for__in=bodies)

    def line(one: Indicator) -> JoinedRow:
        return JoinedRow(one.in_language("title"), one.workspace_url(), one.get_frequency_display())

    return _part("indicators", _("Values it answers for"), rows, Q(pk__gt=0), order=("title", "pk"), line=line)
