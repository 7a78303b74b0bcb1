"""One change over the actions that were ticked on the plan: first what and which, then the new value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Permission, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.ui.forms import refuse_on
from floreo.strategy.access import get_edition_for
from floreo.strategy.actions import bulk as acts
from floreo.strategy.actions.bulk import RefusedRow, RowsRefused
from floreo.strategy.models import Action
from floreo.workspace.form_page import person, posted
from floreo.workspace.forms import CommandForm, day_field, organisation_field, person_field


class DueForm(CommandForm):
    due_on = day_field(_("New due date"), help_text=_("Empty: no due date."))


class ShiftForm(CommandForm):
    days = forms.IntegerField(
        label=_("Number of days"),
        help_text=_(
            "Use a negative number for earlier dates. Milestones not reached move too; past dates do not change."
        ),
    )


class LeadForm(CommandForm):
    organisation = organisation_field(_("New lead"))
    on = day_field(_("From"), required=True, help_text=_("The role of the current lead ends the day before."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today


class PersonForm(CommandForm):
    person = person_field(_("Person responsible"))


_YES_NO = (("yes", _("Yes")), ("no", _("No")))


class ConfirmedForm(CommandForm):
    confirmed = forms.ChoiceField(label=_("Checked against source"), choices=_YES_NO)

    def facts(self) -> dict[str, Any]:
        return {"confirmed": self.cleaned_data["confirmed"] == "yes"}


class PublicForm(CommandForm):
    is_public = forms.ChoiceField(label=_("Shown to the public"), choices=_YES_NO)

    def facts(self) -> dict[str, Any]:
        return {"is_public": self.cleaned_data["is_public"] == "yes"}


@dataclass(frozen=True)
class Change:
    """A change that many actions can take at once."""

    title: Promise
    form: type[CommandForm]
    do: Callable[..., int]
    needs: Permission = Permission.PLAN_EDIT


CHANGES: Mapping[str, Change] = {
    "due": Change(_("Set the due date"), DueForm, acts.bulk_set_due),
    "shift": Change(_("Change the dates"), ShiftForm, acts.bulk_shift),
    "lead": Change(_("Set the lead"), LeadForm, acts.bulk_set_lead),
    "person": Change(_("Set the person responsible"), PersonForm, acts.bulk_set_person),
    "confirmed": Change(_("Mark as checked or unchecked"), ConfirmedForm, acts.bulk_set_confirmed),
    "public": Change(_("Make public or internal"), PublicForm, acts.bulk_set_public, Permission.PLAN_PUBLISH),
}


def _refused_rows(form: CommandForm, refusal: Refused) -> tuple[RefusedRow, ...]:
    refuse_on(form, refusal)
    return refusal.rows if isinstance(refusal, RowsRefused) else ()


def bulk(request: HttpRequest, edition: str) -> HttpResponse:
    """Asks for the new value of the ticked actions; all are changed or none."""
    must(request.user, Permission.PLAN_EDIT)
    found = get_edition_for(request.user, edition)
    given = request.POST or request.GET
    codes, name = given.getlist("codes"), given.get("change", "")
    change = CHANGES.get(name)
    if change is None:
        raise Missing
    must(request.user, change.needs)
    form, status = change.form(posted(request)), 200
    rows: tuple[RefusedRow, ...] = ()
    back = reverse("workspace:plan", args=[edition])
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                number = change.do(found, by=person(request), codes=codes, **form.facts())
            except (NotAllowed, Missing):
                raise
            except Refused as refusal:
                rows = _refused_rows(form, refusal)
            else:
                text = ngettext("%(number)d action changed.", "%(number)d actions changed.", number)
                messages.success(request, text % {"number": number})
                return HttpResponseRedirect(back)
    actions = Action.objects.filter(edition=found, code__in=codes)
    title = _g("Select actions first") if not actions else change.title
    context = {
        "workspace_section": "plan",
        "edition": found,
        "actions": actions,
        "form": form,
        "change": name,
        "title": title,
        "back": back,
        "refused": {row.code: row.sentence for row in rows},
        "status": status,
    }
    return render(request, "workspace/plan/bulk.html", context, status=status)
