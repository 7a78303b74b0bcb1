"""Forms of assessments. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.assessments.models import (
    AssessmentCampaign,
    Participant,
    PlanLine,
    Respondent,
    Standard,
    StandardItem,
    StandardVersion,
    TargetLevel,
)
from floreo.core import languages
from floreo.core.fields import label_of
from floreo.core.sectors import Sector
from floreo.frameworks.logic import Rule
from floreo.frameworks.models import Item, Version
from floreo.organisations.models import Kind, Organisation
from floreo.strategy.models import Action
from floreo.strategy.queries import places_for_actions
from floreo.workspace.forms import (
    CommandForm,
    RecordForm,
    day_field,
    field_of,
    organisation_field,
    text_field,
    words_of,
)


def _named(thing: Any) -> str:
    return str(thing.named())


class CampaignForm(RecordForm):
    in_version = forms.ModelChoiceField(
        Version.objects.none(),
        **words_of(AssessmentCampaign, "in_version"),
        to_field_name="code",
        empty_label=_l("Choose one"),
    )
    reviewer = organisation_field(**words_of(AssessmentCampaign, "reviewer"), required=False)

    class Meta:
        model = AssessmentCampaign
        fields: ClassVar[list[str]] = ["title", "in_version", "reviewer", "starts_on", "ends_on", "words"]
        widgets: ClassVar[dict[str, Any]] = {"words": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["in_version"]
        assert isinstance(field, forms.ModelChoiceField)
        held = Version.objects.held().exclude(rule=Rule.STATUS).select_related("framework")
        field.queryset = held.order_by("framework__position", "-is_current", "pk")
        if self.instance.pk:
            self.initial["in_version"] = self.instance.in_version.code
            self.initial["reviewer"] = self.instance.reviewer.code if self.instance.reviewer else ""


class OrganisationsForm(CommandForm):
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_l("Organisations"),
        widget=forms.CheckboxSelectMultiple,
        to_field_name="code",
        required=False,
    )
    sector = forms.ChoiceField(
        choices=[("", _l("As the register has it")), *Sector.choices],
        required=False,
        **words_of(Participant, "sector") | {"help_text": _l("In which they are compared.")},
    )

    def __init__(self, data: Any, campaign: AssessmentCampaign) -> None:
        super().__init__(data)
        field = self.fields["organisations"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        rows = Organisation.objects.filter(merged_into=None, kind__in=[Kind.OPERATOR, Kind.COMPANY, *_PUBLIC])
        field.queryset = rows.exclude(assessed_in__campaign=campaign)
        field.label_from_instance = _named  # type: ignore[method-assign, assignment]


_PUBLIC = (Kind.MINISTRY, Kind.AGENCY, Kind.REGULATOR, Kind.CSIRT, Kind.POLICE, Kind.JUSTICE, Kind.ACADEMIA)


class SectorForm(CommandForm):
    sector = forms.ChoiceField(choices=Sector.choices, **words_of(Participant, "sector"))


class InviteForm(CommandForm):
    name = field_of(Respondent, "name", required=True)
    mail = field_of(Respondent, "mail", required=True)
    language = forms.ChoiceField(choices=languages.choices, **words_of(Respondent, "language"))


class EndForm(CommandForm):
    reason = field_of(Respondent, "ended_reason", required=True, help_text=_l("Saved in the history."))


class ReturnForm(CommandForm):
    text = text_field(
        _l("What is to be corrected"), required=True, help_text=_l("Read on the form, and in no e-mail."), rows=4
    )


class ReviewForm(CommandForm):
    level = forms.ChoiceField(label=_l("Level"), widget=forms.RadioSelect)
    reason = text_field(_l("Reason"), help_text=_l("Needed where your level differs from theirs. They read it."))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, levels: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["level"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = levels


def _items(version: Version, *, only_rated: bool) -> Any:
    rows = Item.objects.filter(in_version=version)
    rows = rows.filter(is_rated=True) if only_rated else rows
    field = forms.ModelChoiceField(rows, label=_l("Item"), to_field_name="code", empty_label=_l("Choose one"))
    field.label_from_instance = _named  # type: ignore[method-assign, assignment]
    return field


class TargetForm(CommandForm):
    level = forms.ChoiceField(**words_of(TargetLevel, "level"))

    def __init__(self, data: Any, campaign: AssessmentCampaign) -> None:
        super().__init__(data)
        self.fields["item"] = _items(campaign.in_version, only_rated=False)
        field = self.fields["level"]
        assert isinstance(field, forms.ChoiceField)
        version = campaign.in_version
        field.choices = [(str(value), version.word_of(value)) for value in reversed(version.scale.values)]
        rows = campaign.participants.select_related("organisation")
        self.fields["participant"] = forms.ModelChoiceField(
            rows, label=_l("Only for"), required=False, empty_label=_l("All organisations of the campaign")
        )
        self.fields["participant"].label_from_instance = _named_body  # type: ignore[attr-defined]
        self.order_fields(["item", "level", "participant"])


def _named_body(row: Participant) -> str:
    return row.organisation.in_language("name")


class LineForm(CommandForm):
    title = field_of(PlanLine, "title", required=True)
    owner = field_of(PlanLine, "owner", required=True)
    due_on = field_of(PlanLine, "due_on", required=True)

    def __init__(self, data: Any, participant: Participant, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["item"] = _items(participant.campaign.in_version, only_rated=True)
        self.order_fields(["item", "title", "owner", "due_on"])


class LineEditForm(RecordForm):
    class Meta:
        model = PlanLine
        fields: ClassVar[list[str]] = ["title", "owner", "due_on"]


class DoneForm(CommandForm):
    on = day_field(_l("Done on"), required=True)


class DropForm(CommandForm):
    on = day_field(_l("Given up on"), required=True)
    reason = field_of(PlanLine, "reason", required=True)


class GiveActionForm(CommandForm):
    act = forms.ModelChoiceField(Action.objects.none(), **words_of(PlanLine, "action"), empty_label=_l("Choose one"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["act"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Action.objects.filter(closed_on=None).select_related("edition")
        field.label_from_instance = _action  # type: ignore[method-assign, assignment]


def _action(act: Action) -> str:
    return f"{act.edition.code} {act.code} {act.in_language('title')}"


class MakeActionForm(CommandForm):
    objective = forms.ModelChoiceField(
        places_for_actions(), label=label_of(Action, "objective"), empty_label=_l("Choose one")
    )
    code = forms.CharField(label=_l("Code"), max_length=40)
    title = forms.CharField(
        label=_l("Title"),
        max_length=300,
        help_text=_l("Without what the organisation lacks: more people read the plan."),
    )


class StandardForm(RecordForm):
    class Meta:
        model = Standard
        fields: ClassVar[list[str]] = ["title", "short_title", "publisher", "about"]
        widgets: ClassVar[dict[str, Any]] = {"about": forms.Textarea(attrs={"rows": 3})}


class StandardItemForm(RecordForm):
    comes_from = forms.CharField(
        label=label_of(StandardItem, "comes_from"),
        max_length=101,
        help_text=_l("Version and code of the item, for example nist-csf-2/GV.OC-01."),
    )

    class Meta:
        model = StandardItem
        fields: ClassVar[list[str]] = ["code", "part", "title", "text", "comes_from", "relation"]
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            found = self.instance.comes_from
            self.initial["comes_from"] = f"{found.in_version.code}/{found.code}"

    def clean_comes_from(self) -> Item:
        version, _slash, code = self.cleaned_data["comes_from"].strip().partition("/")
        found = Item.objects.filter(in_version__code=version, code=code).select_related("in_version__framework").first()
        if found is None:
            raise forms.ValidationError(_("There is no such item. Write the version, a slash and the code."))
        return found


class ConsultForm(CommandForm):
    consultation = field_of(StandardVersion, "consultation", required=True)


class PublishForm(CommandForm):
    in_force_on = field_of(StandardVersion, "in_force_on")


class OscalForm(forms.Form):
    """A file of assessment results."""

    file = forms.FileField(
        required=False,  # core/uploads.py says why there is none
        label=_l("OSCAL file"),
        help_text=_l("Assessment results in JSON, at most 20 MB. On the next page you see what would change."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json"}),
    )
