"""What is done to figures: defining, aiming, entering, computing, freezing, correcting. One form a page."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.indicators import actions as acts
from floreo.indicators.access import get_indicator_for, get_reading_for
from floreo.indicators.measuring import measure_of
from floreo.indicators.models import Indicator
from floreo.indicators.presenters import when_text
from floreo.workspace.commands import Command, Data, command_view, new, over_row
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.indicators import forms


def new_indicator(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.FIGURE_DEFINE)
    question = FormPage(
        _("Add an indicator"),
        _("Add indicator"),
        reverse("workspace:indicators"),
        room="indicators",
        help=_("What is counted, in what unit, and who is responsible for it."),
        done=_("Indicator added. Next, set its target."),
    )
    form = forms.NewIndicatorForm(posted(request), instance=Indicator())
    return form_page(request, form, lambda f: acts.define_indicator(f.pop("code"), by=person(request), **f), question)


DEFINE, ENTER, FREEZE = Permission.FIGURE_DEFINE, Permission.READING_ENTER, Permission.READING_FREEZE


def _compute_form(data: Data, found: Indicator) -> forms.ComputeForm:
    measure = measure_of(found)
    if measure is None:
        raise Missing
    return forms.ComputeForm(found, data, knows_past=measure.knows_past)


INDICATOR_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change an indicator"),
        _l("Save changes"),
        DEFINE,
        over_row(forms.IndicatorForm),
        acts.update_indicator,
        help=_l("Existing values do not change."),
    ),
    "target": Command(
        _l("Set the target"),
        _l("Save target"),
        DEFINE,
        lambda data, found: forms.TargetForm.of(found, data),
        acts.set_target,
    ),
    "compute": Command(
        _l("Calculate a value"),
        _l("Calculate value"),
        ENTER,
        _compute_form,
        acts.take_reading,
        help=_l("Values that are not frozen are replaced; frozen values do not change."),
        done=_l("Value calculated."),
    ),
    "new-note": Command(
        _l("Add a note to the chart"),
        _l("Add note"),
        DEFINE,
        new(forms.ChartNoteForm),
        acts.add_chart_note,
        help=_l("An event that explains a change in the line, for example: duty rota began."),
    ),
}
READING_COMMANDS: Mapping[str, Command] = {
    "freeze": Command(
        lambda reading: _("Freeze the value of %(period)s") % {"period": when_text(reading)},
        _l("Freeze value"),
        FREEZE,
        new(CommandForm),
        acts.freeze_reading,
        help=_l("A frozen value cannot change. If it is wrong, add a correction beside it."),
        done=_l("Value frozen."),
    ),
    "correct": Command(
        lambda reading: _("Correct the value of %(period)s") % {"period": when_text(reading)},
        _l("Save correction"),
        FREEZE,
        lambda data, reading: forms.CorrectionForm(reading, data),
        acts.correct_reading,
        help=_l("Both values stay: the old one, and your correction beside it with the reason."),
        done=_l("The correction is shown beside the old value."),
    ),
}


def _page_of(indicator: Indicator) -> dict[str, str]:
    """What the pages of its commands say of it, and where they go back to."""
    return {
        "room": "indicators",
        "about": indicator.in_language("title"),
        "back": reverse("workspace:indicator", args=[indicator.code]),
    }


def indicator_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_indicator_for(request.user, code)
    return command_view(request, found, INDICATOR_COMMANDS, name, **_page_of(found))


def reading_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    must(request.user, FREEZE)
    found = get_reading_for(request.user, code, pk)
    return command_view(request, found, READING_COMMANDS, name, of=found.indicator, **_page_of(found.indicator))


def new_reading(request: HttpRequest, code: str) -> HttpResponse:
    """A reading that somebody enters; the address may name its period."""
    found = get_indicator_for(request.user, code)
    must(request.user, ENTER, found)
    form = forms.ReadingForm(found, posted(request), chosen=request.GET.get("period", ""))
    question = FormPage(
        _("Enter a value"),
        _("Enter value"),
        help=found.in_language("definition"),
        done=_("Value entered. It can be changed until it is frozen."),
        **_page_of(found),
    )
    return form_page(request, form, lambda f: acts.record_reading(found, by=person(request), **f), question)


def close_period(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.READING_FREEZE)
    form = forms.ClosePeriodForm(posted(request))
    text = (
        _("No values of past periods are left to freeze.")
        if form.is_empty
        else _("Freezes all values of the period, for all indicators. Frozen values cannot change.")
    )
    question = FormPage(
        _("Close a period"),
        _("Freeze all its values"),
        reverse("workspace:indicators"),
        help=text,
        done=_("The period is closed."),
        room="indicators",
    )
    return form_page(request, form, lambda f: acts.close_period(f["period"], by=person(request)), question)


@require_POST
def recompute(request: HttpRequest) -> HttpResponse:
    """Computes everything that is not frozen, at once."""
    must(request.user, Permission.FIGURE_DEFINE)
    count = acts.recompute_all(by=person(request))
    text = ngettext("%(n)d value calculated.", "%(n)d values calculated.", count) % {"n": count}
    messages.success(request, text)
    return HttpResponseRedirect(reverse("workspace:indicators"))
