"""One change over the actions that were ticked on the plan: first what and which, then the new value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from floreo.core import audit, clock
from floreo.core.access import Permission, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import named
from floreo.core.ui.forms import refuse_on
from floreo.core.whole import whole
from floreo.organisations.models import User
from floreo.strategy.access import get_edition_for
from floreo.strategy.actions import bulk as acts
from floreo.strategy.actions.bulk import RefusedRow, RowsRefused
from floreo.strategy.models import Action, Edition
from floreo.workspace.bulk import Pick, Whole, whole_step
from floreo.workspace.bulk import bulk as bulk_command
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


def _undo(line: Mapping[str, Any], by: User) -> None:
    act = Action.objects.filter(pk=whole(line["key"].rpartition(":")[2]) or 0).first()
    if act is None:
        raise Missing
    acts.undo_change(act, by=by, before=line["before"])


# Who checked a row is a person's own word: it cannot be given back by whoever undoes a step, so marking as unchecked has no undo.
UNCHECKED = bulk_command(Whole("plan.unchecked", CHANGES["confirmed"].title, Permission.PLAN_EDIT))
STEPS: Mapping[str, Whole] = {
    name: bulk_command(Whole(f"plan.{name}", change.title, change.needs, _undo)) for name, change in CHANGES.items()
}


def _step_of(name: str, facts: Mapping[str, Any]) -> Whole:
    return UNCHECKED if facts.get("confirmed") is False else STEPS[name]


def _picks(edition: Edition, codes: Sequence[str]) -> list[Pick]:
    found = Action.objects.filter(edition=edition, code__in=codes).order_by("position", "pk")
    return [Pick(audit.key(act), f"{act.code} {named(act)}", act.workspace_url(), act) for act in found]


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
                user, facts = person(request), form.facts()
                do = partial(change.do, found, by=user, codes=codes, **facts)
                step = whole_step(
                    user, _step_of(name, facts), _picks(found, codes), do, before=acts.before_change, back=back
                )
            except (NotAllowed, Missing):
                raise
            except Refused as refusal:
                rows = _refused_rows(form, refusal)
            else:
                return HttpResponseRedirect(reverse("workspace:bulk_step", args=[step.pk]))
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
