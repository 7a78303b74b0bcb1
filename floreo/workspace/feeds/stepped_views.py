"""What notices change: stepped starts, drafted by one person and agreed by another, with what each shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.comparison import FEWEST, Arm, Comparison
from floreo.core.ui import locale
from floreo.core.ui.locale import language
from floreo.feeds import stepped
from floreo.feeds.access import get_stepped_start_for, must_see_all
from floreo.feeds.actions import stepped as acts
from floreo.feeds.models import SteppedPlace, SteppedStart, SteppedState
from floreo.feeds.texts import title_for_others
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.feeds import forms

AREA, HANDLE = "notices", Permission.FINDING_HANDLE


@dataclass(frozen=True)
class StartRow:
    """One start with its kind in words, and what it shows so far."""

    one: SteppedStart
    title: str
    shown: str
    band: str


@dataclass(frozen=True)
class StepRow:
    """One step: its days, who begins in it, and what was compared in it."""

    number: int
    begins_on: date
    places: list[SteppedPlace]
    until: date | None  # the end of what is compared in it; None: in the last nobody is left to compare with
    begun: str
    waiting: str


COMMANDS: Mapping[str, Command] = {
    "agree": Command(
        _l("Agree"),
        _l("Agree and draw the order"),
        HANDLE,
        new(forms.DecidePoolForm),
        acts.agree_start,
        allowed_by(acts.must_be_draft),
        help=_l(
            "The order is drawn at random now and kept in the trail. Notices of this kind then wait at each organisation for its step; what is critical or high is sent as usual."
        ),
        done=_l("Agreed. The order is drawn."),
    ),
    "discard": Command(
        _l("Do not carry it out"),
        _l("Do not carry it out"),
        HANDLE,
        new(forms.WhyForm),
        acts.discard_start,
        allowed_by(acts.must_be_draft),
        help=_l("Nothing was held back."),
    ),
    "stop": Command(
        _l("Stop"),
        _l("Stop"),
        HANDLE,
        new(forms.WhyForm),
        acts.stop_start,
        allowed_by(acts.must_hold_back),
        help=_l("No notice waits for it any more. Steps that are over are still compared."),
        done=_l("Stopped. What is due goes with the next notices."),
    ),
}
DRAFT: Mapping[str, Command] = {
    "new": Command(
        _l("Draft a stepped start"),
        _l("Save the draft"),
        HANDLE,
        lambda data, _none: forms.SteppedStartForm(data, kinds=stepped.kinds()),
        acts.draft_start,
        help=_l("Nothing is held back before another person of the team has agreed."),
        back=lambda _none: reverse("workspace:stepped_starts"),
    ),
}


def starts(request: HttpRequest) -> HttpResponse:
    must_see_all(request.user)
    context = {
        "workspace_section": AREA,
        "rows": [_row(each) for each in SteppedStart.objects.order_by("-made_on", "-pk")],
        "fewest": FEWEST,
        "is_possible": bool(stepped.kinds()),
        "handles": can(request.user, HANDLE),
    }
    return render(request, "workspace/feeds/stepped_starts.html", context)


def _row(start: SteppedStart) -> StartRow:
    title = title_for_others(start.kind, language())
    if not start.agreed_on:
        return StartRow(start, title, "", "")
    return StartRow(start, title, *_difference(stepped.result_of(start, clock.today()).comparison))


def start(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_stepped_start_for(request.user, pk)
    result = stepped.result_of(found, clock.today()) if found.agreed_on else None
    difference = _difference(result.comparison) if result else ("", "")
    context = {
        "workspace_section": AREA,
        "start": found,
        "title": title_for_others(found.kind, language()),
        "steps": list(_steps(found, result)),
        "difference": difference[0],
        "band": difference[1],
        "sides": _sides(result.comparison) if result and result.comparison.difference is not None else [],
        "is_final": clock.today() > found.compared_until,
        "taking_part": [] if found.agreed_on else stepped.eligible(found.kind),
        "commands": commands_for(request.user, found, COMMANDS),
        "is_draft": found.state == SteppedState.DRAFT,
    }
    return render(request, "workspace/feeds/stepped_start.html", context)


def _steps(start: SteppedStart, result: stepped.Result | None) -> Iterator[StepRow]:
    places = list(start.places.select_related("organisation__merged_into"))
    over = {step.step: step for step in result.steps} if result else {}
    for number in range(1, start.steps + 1):
        own = [place for place in places if place.step == number]
        step = over.get(number)
        until = start.begins(number + 1) if number < start.steps else None
        sides = (_arm(step.begun), _arm(step.waiting)) if step else ("", "")
        yield StepRow(number, start.begins(number), own, until, *sides)


def _arm(side: Arm) -> str:
    """ "3 of 12 (25 %)"."""
    if side.share is None:
        return _("no finding")
    facts = {"n": locale.number(side.fixed), "of": locale.number(side.count), "share": _whole(side.share)}
    return _("%(n)s of %(of)s (%(share)s %%)") % facts


def _whole(part: float) -> str:
    return locale.number(round(part * 100))


def _sides(found: Comparison) -> list[tuple[str, str, str]]:
    def organisations(side: Arm) -> str:
        words = ngettext("%(n)s organisation", "%(n)s organisations", side.units)
        return words % {"n": locale.number(side.units)}

    return [
        (_("Notified"), _arm(found.begun), organisations(found.begun)),
        (_("Not yet notified"), _arm(found.waiting), organisations(found.waiting)),
    ]


def _difference(found: Comparison) -> tuple[str, str]:
    """What is known of the difference, and how well."""
    if found.difference is None:
        return _("Not known yet"), _("No step is over in which both sides had open findings.")
    words = _points(found.difference)
    if found.band is None:
        return words, _("Too few organisations, or all alike: how far it can be trusted is not known.")
    low, high = (_signed(bound) for bound in found.band)
    band = _("between %(low)s and %(high)s") % {"low": low, "high": high}
    if found.band[0] <= 0 <= found.band[1]:
        return words, _("%(band)s: it may be chance") % {"band": band}
    return words, band


def _points(part: float) -> str:
    words = ngettext("%(n)s percentage point", "%(n)s percentage points", abs(round(part * 100)))
    return words % {"n": _signed(part)}


def _signed(part: float) -> str:
    number = round(part * 100)
    signs = {1: "+", 0: "", -1: "−"}
    return f"{signs[(number > 0) - (number < 0)]}{locale.number(abs(number))}"


def new_start(request: HttpRequest) -> HttpResponse:
    must_see_all(request.user)
    return command_view(request, None, DRAFT, "new", area=AREA, back=reverse("workspace:stepped_starts"))


def start_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_stepped_start_for(request.user, pk)
    about = title_for_others(found.kind, language())
    return command_view(request, found, COMMANDS, name, area=AREA, about=about, back=found.get_absolute_url())
