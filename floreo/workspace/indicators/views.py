"""Pages of figures: the list with what is to be done first, and one indicator with all its readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.figures import Wait
from floreo.core.keys import key
from floreo.core.lists import Listing
from floreo.evidence.queries import evidence_shown
from floreo.indicators import presenters, queries
from floreo.indicators.access import get_indicator_for, get_reading_for, may_list_records
from floreo.indicators.measuring import measure_of, waits_of
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.tables import INDICATORS
from floreo.indicators.working import working_of
from floreo.organisations.queries import the_country
from floreo.workspace.commands import Command, commands_for
from floreo.workspace.indicators.commands import FREEZE, INDICATOR_COMMANDS, READING_COMMANDS
from floreo.workspace.verbs import history_of

MOST_RECORDS = 500  # shown on the page; the file holds what was kept


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator in the list."""

    indicator: Indicator
    value: str
    when: str
    status: str
    outlook: str
    how: str


def _row(indicator: Indicator, reading: Reading | None) -> IndicatorRow:
    return IndicatorRow(
        indicator,
        value=presenters.value_text(reading) if reading else "",
        when=presenters.short_when(reading) if reading else "",
        status=presenters.shape_of(indicator, reading),
        outlook=presenters.target_text(indicator),
        how=_("Calculated") if indicator.measure else _("Entered"),
    )


@dataclass(frozen=True)
class DueRow:
    """A reading to be entered: for which period, since when, and by whom."""

    due: queries.Due
    period: str
    owner: str
    href: str
    is_worst: bool


def _due_rows(viewer: object) -> list[DueRow]:
    found = []
    for number, due in enumerate(queries.due_readings(viewer)):
        body = due.indicator.answers_for
        owner = body.successor().label if body else _("nobody yet")
        if due.is_mine:
            owner = _("You")
        href = reverse("workspace:new_reading", args=[due.indicator.code]) if due.is_mine else ""
        found.append(DueRow(due, presenters.period_text(due.period), owner, href, is_worst=number == 0 and due.is_mine))
    return found


def indicators(request: HttpRequest) -> HttpResponseBase:
    """What is to be done first; then every indicator with its newest reading."""
    must(request.user, Permission.INDICATOR_READ)
    listing = Listing(INDICATORS, request)
    if file := listing.download():
        return file
    newest = queries.latest(Indicator.objects.filter(pk__in=[i.pk for i in listing.rows]))
    count = ngettext("%(n)s indicator.", "%(n)s indicators.", listing.total) % {"n": listing.total}
    context = {
        "workspace_section": "indicators",
        "listing": listing,
        "count": count,
        "due": _due_rows(request.user),
        "rows": [_row(i, newest.get(i.pk)) for i in listing.rows],
        "may_define": can(request.user, Permission.INDICATOR_DEFINE),
        "may_freeze": can(request.user, Permission.READING_FREEZE),
    }
    return render(request, "workspace/indicators/indicators.html", context)


@dataclass(frozen=True)
class ReadingRow:
    """One reading in the table of an indicator."""

    reading: Reading
    when: str
    value: str
    state: str
    note: str
    may: Mapping[str, Command]
    translate_href: str = ""
    waits: Sequence[Wait] = ()  # why it cannot be frozen yet, for who may freeze it


def _waits(reading: Reading, viewer: object) -> Sequence[Wait]:
    is_over = not reading.is_frozen and reading.ends_on <= clock.today()
    return waits_of([reading]) if is_over and can(viewer, FREEZE, reading.indicator) else ()


def _reading_row(reading: Reading, viewer: object) -> ReadingRow:
    corrected = getattr(reading, "corrected_by", None) is not None
    runs = reading.on < reading.ends_on
    if corrected:
        state = _("Corrected later")
    elif reading.is_frozen:
        state = _("Frozen")
    else:
        state = _("Period in progress") if runs else _("Not frozen")
    note = reading.in_language("note")
    if reading.corrects is not None:
        note = _("Corrected, previously %(value)s. %(why)s") % {
            "value": presenters.value_text(reading.corrects),
            "why": note,
        }
    return ReadingRow(
        reading,
        presenters.when_text(reading),
        presenters.value_text(reading),
        state,
        note,
        commands_for(viewer, reading, READING_COMMANDS, of=reading.indicator),
        _translate_href(reading, viewer) if not corrected else "",
        _waits(reading, viewer),
    )


def _translate_href(reading: Reading, viewer: object) -> str:
    """Where its note is translated, for who may: of what the public sees and a person wrote."""
    country = the_country()
    is_open = reading.note and not reading.measure and not reading.is_frozen and reading.indicator.is_public
    if not is_open or country is None or len(country.languages) < 2 or not can(viewer, Permission.PLAN_EDIT):
        return ""
    return reverse("workspace:translate_row", args=["readings", reading.pk])


def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its status, its chart, its readings, and what can be done."""
    must(request.user, Permission.INDICATOR_READ)
    found = get_indicator_for(request.user, code)
    readings = queries.all_readings(found)
    newest, before = queries.latest_and_before([found]).get(found.pk, (None, None))
    measure = measure_of(found)
    context: dict[str, Any] = {
        "workspace_section": "indicators",
        "indicator": found,
        "name": found.in_language("title"),
        "newest": newest,
        "readings": readings,
        "notes": list(found.chart_notes.all()),
        "headline": presenters.headline(found, newest),
        "status": presenters.shape_of(found, newest),
        "target": presenters.target_text(found),
        "baseline": presenters.baseline_text(found),
        "change": presenters.change_text(newest, before) if newest else "",
        "next_on": presenters.next_reading_on(found, newest),
        "rows": [_reading_row(r, request.user) for r in reversed(readings)],
        "measure": measure,
        "may_enter": measure is None and can(request.user, Permission.READING_ENTER, found),
        "may": commands_for(request.user, found, INDICATOR_COMMANDS),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/indicators/indicator.html", context)


def reading(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One reading with its whole working: the records behind it, by name."""
    must(request.user, Permission.INDICATOR_READ)
    found = get_reading_for(request.user, code, pk)
    rows = found.records.rows if found.records else found.working.get("records", [])
    may_list = may_list_records(request.user, found)
    total = found.records.total if found.records else len(rows)
    context = {
        "workspace_section": "indicators",
        "indicator": found.indicator,
        "reading": found,
        "name": found.indicator.in_language("title"),
        "working": working_of(found),
        "row": _reading_row(found, request.user),
        "evidence": evidence_shown([found], request.user)[key(found)],
        "may_list": may_list,
        "records": rows[:MOST_RECORDS],
        "total": total if may_list or not presenters.hides_counts(found) else 0,
    }
    return render(request, "workspace/indicators/reading.html", context)
