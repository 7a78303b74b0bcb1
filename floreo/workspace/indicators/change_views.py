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
from floreo.indicators import actions as acts
from floreo.indicators.access import get_indicator_for, get_reading_for
from floreo.indicators.models import Indicator
from floreo.workspace.commands import command_view
from floreo.workspace.form_page import FormPage, form_page, person, posted, shown_of
from floreo.workspace.indicators import forms
from floreo.workspace.indicators.commands import INDICATOR_COMMANDS, NEW, READING_COMMANDS


def new_indicator(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "indicator", area="indicators", back=reverse("workspace:indicators"))


def _page_of(indicator: Indicator) -> dict[str, Any]:
    """What the pages of its commands say of it, and where they go back to."""
    return {
        "area": "indicators",
        "about": indicator.in_language("title"),
        "back": reverse("workspace:indicator", args=[indicator.code]),
    }


def indicator_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_indicator_for(request.user, code)
    return command_view(request, found, INDICATOR_COMMANDS, name, **_page_of(found))


def reading_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_reading_for(request.user, code, pk)
    return command_view(request, found, READING_COMMANDS, name, of=found.indicator, **_page_of(found.indicator))


def new_reading(request: HttpRequest, code: str) -> HttpResponse:
    """A reading that somebody enters; the address may name its period."""
    found = get_indicator_for(request.user, code)
    must(request.user, Permission.READING_ENTER, found)
    form = forms.ReadingForm(found, posted(request), chosen=request.GET.get("period", ""))
    words = FormPage(
        _("Enter a value"),
        _("Enter value"),
        help=found.in_language("definition"),
        done=_("Value entered. It can be changed until it is frozen."),
        **_page_of(found),
    )
    return form_page(request, form, lambda f: acts.record_reading(found, by=person(request), **f), words)


def close_period(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.READING_FREEZE)
    form = forms.ClosePeriodForm(posted(request))
    text = (
        _("No values of past periods are left to freeze.")
        if form.is_empty
        else _("Freezes all values of the period, for all indicators. Frozen values cannot change.")
    )
    words = FormPage(
        _("Close a period"),
        _("Freeze all its values"),
        reverse("workspace:indicators"),
        help=text,
        done=_("The period is closed."),
        area="indicators",
        waits=form.waits(),
    )

    def close(facts: dict[str, Any]) -> object:
        return acts.close_period(facts["period"], by=person(request), shown=shown_of(request))

    return form_page(request, form, close, words, decides=True)


@require_POST
def recompute(request: HttpRequest) -> HttpResponse:
    """Computes everything that is not frozen, at once."""
    must(request.user, Permission.INDICATOR_DEFINE)
    count = acts.recompute_all(by=person(request))
    text = ngettext("%(n)d value calculated.", "%(n)d values calculated.", count) % {"n": count}
    messages.success(request, text)
    return HttpResponseRedirect(reverse("workspace:indicators"))
