"""Forms of triage."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core.fields import label_of
from floreo.core.policy import Tlp
from floreo.core.ui.locale import language
from floreo.incidents.inbox import choices
from floreo.incidents.incoming import Incoming, IncomingFile
from floreo.incidents.models import CaseSeverity, Channel, Report, ReportKind
from floreo.incidents.models.cases import Case
from floreo.organisations.models import Place
from floreo.workspace.forms import CommandForm, field_of, moment_field, organisation_field, text_field, words_of

_LARGEST = 10 * 1024 * 1024  # bytes of a file that is typed in with a call or a paper


class AcceptForm(CommandForm):
    """The first decision, on the page of the report."""

    title = field_of(Case, "title", required=True)
    rsit = forms.ChoiceField(label=_l("What it is (RSIT)"), required=False)
    severity = forms.ChoiceField(label=label_of(Case, "severity"), choices=CaseSeverity.choices, required=False)
    tlp = forms.ChoiceField(label=label_of(Case, "tlp"), choices=Tlp.choices)
    note = text_field(_l("Note for the team"), help_text=_l("The reporter does not see it."), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rsit: Any = self.fields["rsit"]
        rsit.choices = [("", _l("Not set")), *choices(language())]

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"severity": self.cleaned_data["severity"] or "unknown"}


class JoinForm(CommandForm):
    case = forms.CharField(
        label=label_of(Report, "case"), help_text=_l("Its reference, for example INC-2026-0047."), max_length=20
    )

    def __init__(self, *args: Any, viewer: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_case(self) -> Case:
        """Of those that the person may read: of another nobody learns whether it is there."""
        given = self.cleaned_data["case"].strip()
        found = Case.objects.visible_to(self.viewer).filter(reference__iexact=given).first()
        if found is None:
            raise forms.ValidationError(_l("There is no case with this reference."))
        return found


class RejectForm(CommandForm):
    reason = field_of(Report, "reason", required=True, label=_l("Why it is rejected"))


class PassForm(CommandForm):
    to = field_of(Report, "reason", required=True, label=_l("To whom it was passed on"))


class DuplicateForm(CommandForm):
    of = forms.CharField(
        label=_l("First report"), help_text=_l("Its reference, for example REP-2026-K7QF3M."), max_length=20
    )

    def __init__(self, *args: Any, viewer: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_of(self) -> Report:
        """Of those that the person may read."""
        given = self.cleaned_data["of"].strip()
        found = Report.objects.visible_to(self.viewer).filter(reference__iexact=given).first()
        if found is None:
            raise forms.ValidationError(_l("There is no report with this reference."))
        return found


class AskForm(CommandForm):
    text = text_field(_l("What you ask"), required=True, rows=6)


class CorrectForm(CommandForm):
    organisation = organisation_field(label_of(Report, "organisation"), required=False)
    place = forms.ModelChoiceField(
        Place.objects.all(), required=False, to_field_name="code", label=label_of(Report, "place")
    )
    kind = field_of(Report, "kind", required=True)
    tlp = field_of(Report, "tlp", required=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class NewReportForm(CommandForm):
    """What a caller says, or a paper: typed in with its own times."""

    channel = forms.ChoiceField(
        label=label_of(Report, "channel"),
        choices=[(c.value, c.label) for c in (Channel.PHONE, Channel.PAPER, Channel.MAIL)],
    )
    subject = field_of(Report, "subject", required=True)
    kind = field_of(Report, "kind", required=True)
    text = field_of(Report, "text", rows=5)
    received_at = moment_field(
        _l("When it was received"),
        help_text=_l("The time of the call or of the paper. Leave it empty if that is this moment."),
    )
    happened_at = field_of(Report, "happened_at")
    reporter_name = field_of(Report, "reporter_name")
    reporter_phone = field_of(Report, "reporter_phone")
    reporter_mail = field_of(Report, "reporter_mail")
    organisation = organisation_field(label_of(Report, "organisation"), required=False)
    place = forms.ModelChoiceField(
        Place.objects.all(), required=False, to_field_name="code", **words_of(Report, "place")
    )
    is_in_danger = forms.NullBooleanField(**words_of(Report, "is_in_danger"), required=False)
    wants_police = forms.NullBooleanField(**words_of(Report, "wants_police"), required=False)
    concerns_child = forms.BooleanField(**words_of(Report, "concerns_child"), required=False)
    is_exercise = forms.BooleanField(**words_of(Report, "is_exercise"), required=False)
    file = forms.FileField(label=_l("File"), required=False)

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given and given.size > _LARGEST:
            raise forms.ValidationError(_l("The file is larger than 10 MB."))
        return given

    def incoming(self, *, key: str, now: Any, language: str) -> Incoming:
        """The report that was typed in. `key` makes a form that is sent twice one report."""
        facts = dict(self.cleaned_data)
        file, organisation, place = facts.pop("file"), facts.pop("organisation"), facts.pop("place")
        return Incoming(
            **facts | {"received_at": facts["received_at"] or now, "kind": facts["kind"] or ReportKind.OTHER},
            source_key=f"typed:{key}",
            language=language,
            organisation=organisation.code if organisation else "",
            organisation_name=organisation.name if organisation else "",
            place=place.code if place else "",
            files=(IncomingFile(file.name, file.read()),) if file else (),
        )
