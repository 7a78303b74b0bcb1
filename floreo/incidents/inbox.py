"""Reads for triage: what waits, what is like a report, and what the register and earlier cases know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.ui import locale
from floreo.incidents import moments, taxonomy
from floreo.incidents.logic import OPEN_CASES, OPEN_REPORTS
from floreo.incidents.models import Case, Observable, Report, ReportState

LIKE_WITHIN = timedelta(days=30)
MOST_LIKE = 5


@dataclass(frozen=True)
class Like:
    """A report or case that may be about the same, and why."""

    name: str
    title: str
    href: str
    why: str
    report: Report | None = None
    case: Case | None = None


def counts() -> dict[str, int]:
    """How many reports wait for the team and for the reporter."""
    waiting = Report.objects.filter(state__in=OPEN_REPORTS).values_list("state", flat=True)
    found = list(waiting[:10_000])
    return {state: found.count(state) for state in OPEN_REPORTS}


def waiting(state: str, viewer: object) -> QuerySet[Report]:
    return Report.objects.visible_to(viewer).filter(state=state).select_related("organisation", "place")


def oldest() -> Report | None:
    """The report that waits longest for a first decision."""
    return Report.objects.filter(state=ReportState.NEW).order_by("received_at").first()


def observables_of(report: Report) -> list[tuple[str, str]]:
    """(kind, value) of what its channel or its text brought."""
    given = report.answers.get("observables", [])
    return [(str(kind), str(value)) for kind, value in given if value]


def choices(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """RSIT for a choice: its types under their classes."""
    return [(each.title, [(kind.code, kind.title) for kind in each.types]) for each in taxonomy.classes(language)]


def alike(report: Report, seen: Sequence[tuple[str, str]], viewer: object) -> list[Like]:
    """Of what the viewer may read, reports and open cases that may be about the same thing, with the reason; newest first, not more than five each."""
    same = [Q(folded=Lower(Value(report.subject)))]
    if report.reporter_mail:
        same.append(Q(reporter_mail=report.reporter_mail))
    if report.organisation_id:
        same.append(Q(organisation=report.organisation_id))
    if report.finding_key:
        same.append(Q(finding_key=report.finding_key))
    rows = (
        Report.objects.visible_to(viewer)
        .annotate(folded=Lower("subject"))
        .filter(received_at__gte=(clock.sound(report.received_at) or moments.now()) - LIKE_WITHIN)
        .exclude(pk=report.pk)
        .exclude(state__in=(ReportState.REJECTED, ReportState.WITHDRAWN))
        .select_related("case", "organisation")
        .order_by("-received_at")
    )
    found: dict[int, Report] = {}
    for each in same:  # one question for each reason: each has its index, all of them at once have none
        found |= {row.pk: row for row in rows.filter(each)[:MOST_LIKE]}
    newest = sorted(found.values(), key=lambda row: row.received_at, reverse=True)[:MOST_LIKE]
    return [
        *(Like(r.reference, r.subject, r.get_absolute_url(), _why_report(report, r), report=r) for r in newest),
        *_cases_like(report, seen),
    ]


def _why_report(report: Report, other: Report) -> str:
    if report.finding_key and report.finding_key == other.finding_key:
        return _("the same finding")
    if report.reporter_mail and report.reporter_mail == other.reporter_mail:
        return _("the same reporter")
    if report.organisation_id and report.organisation_id == other.organisation_id:
        return _("the same organisation")
    return _("the same words")


def _cases_like(report: Report, seen: Sequence[tuple[str, str]]) -> list[Like]:
    values = [value for _kind, value in seen][:50]
    hits = dict(Observable.objects.filter(value__in=values).order_by("case_id").values_list("case_id", "value")[:200])
    wanted = Q(pk__in=hits)
    if report.organisation_id:
        wanted |= Q(organisations__organisation=report.organisation_id, state__in=OPEN_CASES)
    rows = Case.objects.filter(wanted).exclude(tlp="RED").exclude(pk=report.case_id or 0).distinct()
    return [
        Like(
            case.reference,
            case.title,
            case.get_absolute_url(),
            _("%(value)s was seen in it") % {"value": hits[case.pk]} if case.pk in hits else _("the same organisation"),
            case=case,
        )
        for case in rows.order_by("-received_at")[:MOST_LIKE]
    ]


def age_text(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, in two units at most: "2 h 10 min", "3 d 4 h"."""
    minutes = max(int(((now or moments.now()) - moment).total_seconds() // 60), 0)
    hours, left = divmod(minutes, 60)
    if hours < 1:
        return _("%(n)s min") % {"n": locale.number(left)}
    if hours < 48:
        return _("%(h)s h %(m)s min") % {"h": hours, "m": left}
    return _("%(d)s d %(h)s h") % {"d": locale.number(hours // 24), "h": hours % 24}
