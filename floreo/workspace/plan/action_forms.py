"""Forms of what hangs on an action: milestones, parts, money, risks, updates, and its course."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy

from floreo.core import clock
from floreo.core.fields import label_of
from floreo.organisations.queries import the_country
from floreo.strategy.models import Action, BudgetLine, LeadRole, Milestone, Risk, StatusChoice
from floreo.workspace.forms import CommandForm, RecordForm, day_field, field_of, organisation_field, text_field


class VersionedForm(CommandForm):
    """A form of one act on a row that others may be changing too."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DueDateForm(VersionedForm):
    due_on = field_of(Action, "due_on")


def codes_waited_for(act: Action) -> str:
    return ", ".join(act.waits_for.order_by("position", "pk").values_list("code", flat=True))


class WaitsForm(VersionedForm):
    codes = forms.CharField(
        label=_l("Codes of what it waits for"),
        required=False,
        max_length=2000,
        help_text=_l("In this edition, with commas between them, for example 1.2, 2.1.4. Empty: it waits for nothing."),
    )

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        return {**given, "codes": given["codes"].split(",")}


class CloseForm(VersionedForm):
    on = day_field(_l("Done on"), required=True)
    name = forms.CharField(
        label=_l("Name of the person who confirms it"),
        max_length=200,
        required=False,
        help_text=_l("Your name, if you leave it empty."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today


class HoldForm(VersionedForm):
    reason = field_of(Action, "on_hold_reason", required=True, help_text=_l("Shown to the public."), rows=2)
    since = field_of(Action, "on_hold_since", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = clock.today


class ExpectForm(VersionedForm):
    expected_on = day_field(
        _l("New expected date"), help_text=_l("The due date does not change. Empty: as in the due date.")
    )
    late_reason = field_of(Action, "late_reason", help_text=_l("Shown to the public."), rows=2)


class OverrideForm(VersionedForm):
    status = forms.ChoiceField(label=label_of(Action, "status"), choices=StatusChoice.choices)
    reason = field_of(
        Action, "override_reason", required=True, help_text=_l("Shown to the public beside the status."), rows=2
    )


class TranslateReasonsForm(RecordForm):
    """The reasons that the public reads, in the site's other languages; what they say is shown as help."""

    class Meta:
        model = Action
        fields = ("late_reason", "on_hold_reason", "override_reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.translated:
            text = getattr(self.instance, name)
            for language, _name in self.languages:
                twin = self.fields[f"{name}_{language}"]
                twin.help_text = _("Written as: %(words)s") % {"words": text}
                if not text:
                    del self.fields[f"{name}_{language}"]
            del self.fields[name]


class UpdateForm(CommandForm):
    """What the lead says: done, next, risks; or that nothing changed."""

    done = text_field(pgettext_lazy("what was done", "Done"), help_text=_l("Since the last update."))
    next = text_field(_l("Next steps"))
    risks = text_field(_l("Risks"))
    nothing_changed = forms.BooleanField(label=_l("Nothing changed since the last update"), required=False)
    reached = forms.MultipleChoiceField(
        label=_l("Milestones reached"), required=False, widget=forms.CheckboxSelectMultiple
    )
    on = day_field(_l("As of"), required=True)
    is_public = forms.BooleanField(label=_l("Publish this update"), required=False, initial=True)

    def __init__(self, *args: Any, act: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open = {m.code: m for m in act.milestones.all() if m.reached_on is None}
        reached = self.fields["reached"]
        assert isinstance(reached, forms.MultipleChoiceField)
        reached.choices = [(code, m.in_language("title")) for code, m in self._open.items()]
        if not self._open:
            del self.fields["reached"]
        self.fields["on"].initial = clock.today

    def facts(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"reached": [self._open[code] for code in given.get("reached", [])]}


class MilestoneForm(RecordForm):
    class Meta:
        model = Milestone
        fields = ("title", "due_on", "note", "evidence_url", "source", "source_url", "confirmed", "doubt")
        help_texts = {
            "title": _l("Something anyone can check, for example “Form open to the public”."),
            "note": _l("Shown to the public."),
        }


class ReachForm(CommandForm):
    on = day_field(_l("Reached on"), required=True)
    note = field_of(Milestone, "note", help_text=_l("Shown to the public."))
    evidence_url = field_of(Milestone, "evidence_url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today


class ExpectMilestoneForm(VersionedForm):
    expected_on = day_field(_l("New expected date"), help_text=_l("The due date does not change."))
    note = field_of(Milestone, "note", help_text=_l("Shown to the public."))


class ParticipationForm(CommandForm):
    organisation = organisation_field(_l("Organisation"))
    part = forms.ChoiceField(label=_l("Part"), choices=LeadRole.choices, initial=LeadRole.SUPPORT)
    starts_on = day_field(_l("Since"), help_text=_l("Leave empty if not known."))


class EndParticipationForm(CommandForm):
    ends_on = day_field(_l("Last day"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = clock.today


class HandOverForm(CommandForm):
    to = organisation_field(_l("New lead from that date"))
    on = day_field(_l("From"), required=True, help_text=_l("The role of the current lead ends the day before."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today


class MoneyForm(RecordForm):
    funder = organisation_field(
        label_of(BudgetLine, "funder"),
        required=False,
        help_text=_l("Leave empty for the national budget, or if not known."),
    )

    class Meta:
        model = BudgetLine
        fields = (
            "funder",
            "fiscal_year",
            "currency",
            "amount",
            "stage",
            "grant",
            "spent",
            "note",
            "source",
            "confirmed",
            "doubt",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            country = the_country()
            self.fields["currency"].initial = country.currency if country else ""
            self.fields["fiscal_year"].initial = clock.today().year
        elif self.instance.funder is not None:
            self.initial["funder"] = self.instance.funder.code
        grant = self.fields["grant"]
        assert isinstance(grant, forms.ModelChoiceField)
        grant.empty_label = _("None")


class RiskForm(RecordForm):
    class Meta:
        model = Risk
        fields = ("title", "likelihood", "impact", "response", "noted_on", "is_public")
        help_texts = {"likelihood": _l("Likelihood times impact of 12 or more counts as high.")}
        widgets = {"response": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["noted_on"] = clock.today()


class CloseRiskForm(CommandForm):
    on = day_field(_l("Closed on"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today
