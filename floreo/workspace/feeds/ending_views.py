"""How findings end: how long they take to be fixed by what scans show, and what the team said of them, with its reason and end day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.durations import Median, Share, Survival
from floreo.core.ui import locale
from floreo.core.ui.locale import language
from floreo.core.wording import colon
from floreo.feeds import times
from floreo.feeds.access import get_ending_for, get_finding_for, must_see_all
from floreo.feeds.actions import endings as acts
from floreo.feeds.models import Finding, FindingEnding, FindingState
from floreo.feeds.presenters.endings import ending_about
from floreo.feeds.presenters.settling import unsettled_texts
from floreo.feeds.spans import WITHIN
from floreo.feeds.texts import title_for_others
from floreo.organisations.models import User
from floreo.workspace.commands import Command, allowed_by, command_view, new, starting_with
from floreo.workspace.feeds import forms

AREA, HANDLE = "findings", Permission.FINDING_HANDLE
SHOWN, UNDONE_SHOWN, KINDS_SHOWN = 100, 50, 12


@dataclass(frozen=True)
class TimeRow:
    """One line of times to fix: all findings, or those of a kind."""

    title: str
    count: int
    fixed: int
    shares: list[
        tuple[int, str, str]
    ]  # days, the share in words, and its band with how many were looked at for so long
    median: tuple[str, str]


@dataclass(frozen=True)
class EndingRow:
    """One decision: what it acts on, and how many findings it ends today."""

    one: FindingEnding
    about: str
    findings: int


@dataclass(frozen=True)
class EndingRows:
    """Those that end first, and how many there are: five hundred come with one press, and the program makes its own."""

    rows: list[EndingRow]
    total: int

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)


def endings(request: HttpRequest) -> HttpResponse:
    must_see_all(request.user)
    cohort = times.cohort_of(clock.today())
    today, made = clock.today(), FindingEnding.objects
    undone = made.exclude(undone_on=None).order_by("-undone_on", "-pk")
    counts = dict(Finding.objects.order_by().values_list("state").annotate(n=Count("pk")))
    context = {
        "workspace_section": AREA,
        "counts": [(label, counts.get(state, 0)) for state, label in FindingState.choices],
        "times": [_time_row(_("All"), cohort.survival), *_by_kind(cohort)] if cohort.cases else [],
        "others": cohort.others,
        "unsettled": unsettled_texts(),
        "within": WITHIN,
        "ran_out": _first(made.ran_out(today)),
        "held": _first(made.active(today)),
        "undone": _rows(undone[:UNDONE_SHOWN]),
        "handles": can(request.user, HANDLE),
    }
    return render(request, "workspace/feeds/endings.html", context)


def _first(found: QuerySet[FindingEnding]) -> EndingRows:
    rows = _rows(found.order_by(F("ends_on").asc(nulls_last=True), "-pk")[:SHOWN])
    return EndingRows(rows, found.count() if len(rows) == SHOWN else len(rows))


def _rows(found: QuerySet[FindingEnding]) -> list[EndingRow]:
    """With how many findings each of them ends today, in one question for all."""
    shown = list(found.select_related("finding", "feed"))
    ended = Finding.objects.filter(ending__in=[each.pk for each in shown]).order_by().values_list("ending")
    count = dict(ended.annotate(n=Count("pk")))
    return [EndingRow(each, ending_about(each), count.get(each.pk, 0)) for each in shown]


def _by_kind(cohort: times.Cohort) -> list[TimeRow]:
    found = [_time_row(title_for_others(kind, language()), survival) for kind, survival in cohort.kinds()]
    return found[:KINDS_SHOWN] if len(found) > 1 else []


def _time_row(title: str, survival: Survival) -> TimeRow:
    shares = [(day, *_share(survival.ended_by(day))) for day in WITHIN]
    return TimeRow(title, survival.count, survival.ended, shares, _median(survival.median()))


def _share(share: Share) -> tuple[str, str]:
    if share.shown is None:
        return _("Not known yet"), _("None has been looked at for %(n)s days.") % {"n": locale.number(share.day)}
    band = {"low": _whole(share.low), "high": _whole(share.high), "n": locale.number(share.at_risk)}
    return _("%(n)s %%") % {"n": _whole(share.shown)}, _("%(low)s to %(high)s %%; %(n)s at risk") % band


def _whole(part: float) -> str:
    return locale.number(round(part * 100))


def _median(median: Median) -> tuple[str, str]:
    if median.shown is None:
        return _("Not reached"), _("Fewer than half are shown to be fixed.")
    shown = pgettext("duration", "%(n)s days") % {"n": locale.number(median.shown)}
    if median.low is None or median.high is None:
        return shown, _("at least %(low)s") % {"low": locale.number(median.low or 0)}
    return shown, _("%(low)s to %(high)s") % {"low": locale.number(median.low), "high": locale.number(median.high)}


def _end_one(found: Finding, *, by: User, **facts: Any) -> FindingEnding:
    scope = facts.pop("scope")
    if scope == forms.ONE:
        return acts.end_findings(by=by, finding=found, **facts)
    subject = found.network if scope == forms.NETWORK and found.reason == "prefix" else found.subject
    kind = "" if scope == forms.ADDRESS else found.kind
    return acts.end_findings(by=by, subject=subject, finding_kind=kind, **facts)


END_COMMANDS: Mapping[str, Command] = {
    "end": Command(
        _l("End this finding"),
        _l("End"),
        HANDLE,
        lambda data, found: forms.EndFindingForm(data, finding=found),
        _end_one,
        help=_l(
            "No notice names it until the last day, and it can be undone. While it is seen, published values count it as open."
        ),
        done=_l("The finding has ended until that day."),
    ),
}


def end_finding(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_finding_for(request.user, pk)
    must(request.user, HANDLE, found)
    about = f"{found.organisation.successor().label}{colon()} {found.where}, {title_for_others(found.kind, language())}"
    return command_view(request, found, END_COMMANDS, "end", area=AREA, about=about, back=found.get_absolute_url())


ENDING_COMMANDS: Mapping[str, Command] = {
    "new": Command(
        _l("End findings"),
        _l("End findings"),
        HANDLE,
        lambda data, _none: forms.EndFindingsForm(data),
        acts.end_findings,
        help=_l(
            "All that is given has to fit. It acts on the findings of today and on those that come until the last day."
        ),
        done=_l("The findings have ended until that day."),
    ),
    "renew": Command(
        _l("Extend"),
        _l("Extend"),
        HANDLE,
        starting_with(
            forms.RenewEndingForm, reason=lambda ending: ending.reason, version=lambda ending: ending.version
        ),
        acts.renew_ending,
        allowed_by(acts.must_be_by_people),
        done=_l("Extended."),
    ),
    "undo": Command(
        _l("Undo"),
        _l("Undo"),
        HANDLE,
        new(forms.UndoEndingForm),
        acts.undo_ending,
        allowed_by(acts.must_hold),
        help=_l("What is still seen is open again."),
        done=_l("Undone."),
    ),
}


def new_ending(request: HttpRequest) -> HttpResponse:
    must_see_all(request.user)
    return command_view(request, None, ENDING_COMMANDS, "new", area=AREA, back=reverse("workspace:finding_endings"))


def ending_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_ending_for(request.user, pk)
    about = f"{found.get_kind_display()}{colon()} {ending_about(found)}"
    return command_view(
        request, found, ENDING_COMMANDS, name, area=AREA, about=about, back=reverse("workspace:finding_endings")
    )
