"""What is done to figures: defining, aiming, entering, computing, freezing, correcting. One form a page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.indicators import actions as acts
from floreo.indicators.access import get_indicator_for, get_reading_for
from floreo.indicators.measuring import measure_of
from floreo.indicators.models import Indicator
from floreo.indicators.presenters import when_text
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.indicators import forms


def _question(indicator: Indicator, title: Any, button: Any, *, help_: Any = "", done: Any = "") -> FormPage:
    back = reverse("workspace:indicator", args=[indicator.code])
    return FormPage(
        title,
        button,
        back,
        about=indicator.in_language("title"),
        help=help_,
        done=done or _("Saved."),
        room="indicators",
    )


def new_indicator(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.FIGURE_DEFINE)
    question = FormPage(
        _("Add an indicator"),
        _("Add indicator"),
        reverse("workspace:indicators"),
        room="indicators",
        help=_("A figure with its meaning: what is counted, in what unit, and who answers for it."),
        done=_("The indicator is added. Give it a target next."),
    )
    form = forms.NewIndicatorForm(posted(request), instance=Indicator())
    return form_page(request, form, lambda f: acts.define_indicator(f.pop("code"), by=person(request), **f), question)


def edit_indicator(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FIGURE_DEFINE)
    found = get_indicator_for(request.user, code)
    form = forms.IndicatorForm(posted(request), instance=found)
    question = _question(
        found, _("Change an indicator"), _("Save changes"), help_=_("Readings that are there already stay as they are.")
    )
    return form_page(
        request, form, lambda f: acts.update_indicator(found, by=person(request), **f), question, thing=found
    )


def edit_target(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FIGURE_DEFINE)
    found = get_indicator_for(request.user, code)
    form = forms.TargetForm.of(found, posted(request))
    question = _question(found, _("Set the target"), _("Save target"))
    return form_page(request, form, lambda f: acts.set_target(found, by=person(request), **f), question, thing=found)


def new_reading(request: HttpRequest, code: str) -> HttpResponse:
    found = get_indicator_for(request.user, code)
    must(request.user, Permission.READING_ENTER, found)
    form = forms.ReadingForm(found, posted(request), chosen=request.GET.get("period", ""))
    question = _question(
        found,
        _("Enter a reading"),
        _("Enter reading"),
        help_=found.in_language("definition"),
        done=_("The reading is entered. It can be changed until it is frozen."),
    )
    return form_page(request, form, lambda f: acts.record_reading(found, by=person(request), **f), question)


def compute_reading(request: HttpRequest, code: str) -> HttpResponse:
    found = get_indicator_for(request.user, code)
    must(request.user, Permission.READING_ENTER, found)
    measure = measure_of(found)
    if measure is None:
        raise Missing
    form = forms.ComputeForm(found, posted(request), knows_past=measure.knows_past)
    question = _question(
        found,
        _("Compute a reading"),
        _("Compute reading"),
        done=_("The reading is computed."),
        help_=_("What is not frozen is replaced; what is frozen stays."),
    )
    return form_page(request, form, lambda f: acts.take_reading(found, by=person(request), **f), question)


def new_chart_note(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FIGURE_DEFINE)
    found = get_indicator_for(request.user, code)
    form = forms.ChartNoteForm(posted(request))
    question = _question(
        found,
        _("Add a note to the chart"),
        _("Add note"),
        help_=_("Something that happened and explains a turn of the line, for example: duty rota began."),
    )
    return form_page(request, form, lambda f: acts.add_chart_note(found, by=person(request), **f), question)


def freeze(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    must(request.user, Permission.READING_FREEZE)
    found = get_reading_for(request.user, code, pk)
    question = _question(
        found.indicator,
        _("Freeze the reading of %(period)s") % {"period": when_text(found)},
        _("Freeze reading"),
        help_=_("A frozen reading never changes. If it turns out to be wrong, a correction stands beside it."),
        done=_("The reading is frozen."),
    )
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.freeze_reading(found, by=person(request)), question
    )


def correct(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    must(request.user, Permission.READING_FREEZE)
    found = get_reading_for(request.user, code, pk)
    question = _question(
        found.indicator,
        _("Correct the reading of %(period)s") % {"period": when_text(found)},
        _("Save correction"),
        help_=_("Both readings stay: the old one, and yours beside it with the reason."),
        done=_("The correction stands beside the old reading."),
    )
    form = forms.CorrectionForm(found, posted(request))
    return form_page(request, form, lambda f: acts.correct_reading(found, by=person(request), **f), question)


def close_period(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.READING_FREEZE)
    form = forms.ClosePeriodForm(posted(request))
    said = (
        _("No reading of a period that is over waits to be frozen.")
        if form.is_empty
        else _("Every reading of the period is frozen, over all indicators. Frozen readings never change.")
    )
    question = FormPage(
        _("Close a period"),
        _("Freeze all its readings"),
        reverse("workspace:indicators"),
        help=said,
        done=_("The period is closed."),
        room="indicators",
    )
    return form_page(request, form, lambda f: acts.close_period(f["period"], by=person(request)), question)


@require_POST
def recompute(request: HttpRequest) -> HttpResponse:
    """Computes everything that is not frozen, at once."""
    must(request.user, Permission.FIGURE_DEFINE)
    count = acts.recompute_all(by=person(request))
    said = ngettext("%(n)d reading computed.", "%(n)d readings computed.", count) % {"n": count}
    messages.success(request, said)
    return HttpResponseRedirect(reverse("workspace:indicators"))
