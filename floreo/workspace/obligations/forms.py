"""Forms of obligations and notifications. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import reach
from floreo.core.fields import label_of
from floreo.evidence.models import Evidence
from floreo.incidents.models import Case
from floreo.obligations.models import (
    N_WRITE,
    Forwarding,
    ImpactChoice,
    KindChoice,
    Notification,
    Obligation,
    ObligationDue,
)
from floreo.organisations.models import NationalSector, Organisation
from floreo.organisations.queries import bodies_of
from floreo.workspace.forms import (
    CommandForm,
    RecordForm,
    day_field,
    field_of,
    organisation_field,
    text_field,
    words_of,
)

_YES_NO = [("", _l("Not known")), ("yes", _l("Yes")), ("no", _l("No"))]


class ObligationForm(RecordForm):
    """An obligation with its sectors: a box each."""

    sectors = forms.ModelMultipleChoiceField(
        NationalSector.objects.order_by("position", "name", "pk"),
        label=_l("Sectors"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        to_field_name="code",
        help_text=_l("Each with its parts. None: every sector."),
    )
    reminders = forms.CharField(required=False, **words_of(Obligation, "reminders"))

    class Meta:
        model = Obligation
        fields: ClassVar[list[str]] = [
            "title",
            "summary",
            "law",
            "section",
            "binds",
            "sectors",
            "broad",
            "rhythm",
            "months",
            "first_due_on",
            "within_days",
            "ends_on",
            "lead_days",
            "reminders",
            "evidence_wanted",
            "is_public",
            "source",
            "source_url",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "evidence_wanted": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.instance.reminders if self.instance.pk else [30, 7, -3]
        self.initial["reminders"] = ", ".join(str(each) for each in days)
        if self.instance.pk:
            self.initial["sectors"] = list(self.instance.in_sectors.values_list("sector__code", flat=True))

    def clean_reminders(self) -> list[int]:
        parts = [each.strip() for each in self.cleaned_data["reminders"].replace(";", ",").split(",") if each.strip()]
        try:
            return sorted({int(each) for each in parts}, reverse=True)
        except ValueError:
            raise forms.ValidationError(_("Enter whole numbers, separated by commas: 30, 7, -3.")) from None


class EventForm(CommandForm):
    organisation = organisation_field(label_of(ObligationDue, "organisation"))
    event = field_of(ObligationDue, "event", required=True)
    event_on = day_field(label_of(ObligationDue, "event_on"), required=True)


class SubmitForm(CommandForm):
    note = field_of(ObligationDue, "note", required=True, rows=4)
    address = field_of(ObligationDue, "address")

    def __init__(self, data: Any = None, *, due: ObligationDue, viewer: object) -> None:
        super().__init__(data, initial={"note": due.note, "address": due.address})
        if wanted := due.obligation.in_language("evidence_wanted"):
            self.fields["address"].help_text = wanted
        rows = Evidence.objects.visible_to(viewer).filter(withdrawn_on=None).order_by("title")
        if rows.exists():
            self.fields["evidence"] = forms.ModelChoiceField(
                rows,
                required=False,
                to_field_name="code",
                empty_label=_l("None"),
                **words_of(ObligationDue, "evidence"),
            )
            self.initial["evidence"] = due.evidence.code if due.evidence else ""


class ReturnForm(CommandForm):
    reason = text_field(_l("What is missing or wrong"), required=True, help_text=_l("The operator reads it."))


class LapseForm(CommandForm):
    reason = text_field(label_of(ObligationDue, "reason"), required=True)


# --- Notifications ------------------------------------------------------------------------------------------------


class StartForm(CommandForm):
    """What an account begins with: for whom, and what kind."""

    organisation = organisation_field(label_of(Notification, "organisation"))
    kind = forms.ChoiceField(
        choices=KindChoice.choices,
        widget=forms.RadioSelect,
        initial=KindChoice.INCIDENT,
        help_text=_l("A near miss, a threat and a voluntary notification have one stage, and no deadline."),
        label=_l("What do you notify?"),
    )

    def __init__(self, data: Any = None, *, viewer: object) -> None:
        super().__init__(data)
        own = reach(viewer, N_WRITE)
        rows = Organisation.objects.filter(merged_into=None)
        if own is not None:
            rows = rows.filter(
                pk__in={each.successor().pk for each in Organisation.objects.filter(pk__in=bodies_of(own))}
            )
        self.fields["organisation"].queryset = rows  # type: ignore[attr-defined]
        if rows.count() == 1:
            self.initial["organisation"] = rows[0].code


class WithdrawForm(CommandForm):
    reason = text_field(_l("Why it was a false alarm"), required=True)


class AskForm(CommandForm):
    text = text_field(_l("What the team wants to know"), required=True)
    by_day = day_field(_l("To be answered by"), help_text=_l("Empty: as soon as possible."))


class AttachForm(CommandForm):
    organisation = organisation_field(
        label_of(Notification, "organisation"),
        help_text=_l("From then on its people read the notification. Make sure who wrote it."),
    )


class RejectForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, help_text=_l("Whoever wrote it reads it."))


class CorrectForm(CommandForm):
    """What the team knows better than the operator wrote. The reference does not change."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    sector = forms.ModelChoiceField(
        NationalSector.objects.order_by("position", "name", "pk"),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(Notification, "sector"),
    )
    is_cross_border = forms.ChoiceField(
        choices=_YES_NO, required=False, label=label_of(Notification, "is_cross_border")
    )
    countries = field_of(Notification, "countries")
    impact = forms.ChoiceField(
        choices=[("", _l("Not known")), *ImpactChoice.choices], required=False, label=label_of(Notification, "impact")
    )
    is_significant = forms.ChoiceField(choices=_YES_NO, required=False, label=label_of(Notification, "is_significant"))
    reason = text_field(_l("Why it is judged otherwise than by the rules"), help_text=_l("Shown to the operator."))
    internal_note = field_of(Notification, "internal_note", rows=3)

    def __init__(self, data: Any = None, *, notification: Notification) -> None:
        words: dict[bool | None, str] = {True: "yes", False: "no", None: ""}
        super().__init__(
            data,
            initial={
                "version": notification.version,
                "sector": notification.sector.code if notification.sector else "",
                "is_cross_border": words[notification.is_cross_border],
                "countries": notification.countries,
                "impact": notification.impact,
                "is_significant": words[notification.is_significant],
                "reason": notification.significance_reason,
                "internal_note": notification.internal_note,
            },
        )

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        for name in ("is_cross_border", "is_significant"):
            given[name] = {"yes": True, "no": False}.get(given[name])
        return given


class OpenCaseForm(CommandForm):
    title = forms.CharField(
        max_length=200,
        label=_l("Title of the case"),
        help_text=_l(
            "Others may read it when the case is shared with them: name nothing that the operator wrote in confidence."
        ),
    )


class JoinCaseForm(CommandForm):
    case = forms.ModelChoiceField(
        Case.objects.none(),
        label=label_of(Notification, "case"),
        to_field_name="reference",
        empty_label=_l("Choose one"),
    )

    def __init__(self, data: Any = None, *, viewer: object) -> None:
        super().__init__(data)
        rows = Case.objects.visible_to(viewer).filter(state__in=["open", "contained", "resolved"], is_exercise=False)
        self.fields["case"].queryset = rows.order_by("-received_at", "-pk")  # type: ignore[attr-defined]


class ForwardForm(CommandForm):
    """To whom, by what right, in which words. It is shown as it will leave before it does."""

    organisation = organisation_field(label_of(Forwarding, "organisation"))
    to = field_of(Forwarding, "to", required=True, help_text=_l("An address of that authority in the register."))
    basis = field_of(Forwarding, "basis")
    subject = forms.CharField(
        max_length=200, label=label_of(Forwarding, "subject"), help_text=_l("It is never encrypted: no details.")
    )
    text = text_field(label_of(Forwarding, "text"), required=True, rows=14)
