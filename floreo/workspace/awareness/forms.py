"""Forms of awareness. They check shape; actions check rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.awareness.models import (
    Audience,
    Campaign,
    CampaignChannel,
    CampaignLink,
    Exercise,
    ExerciseGroup,
    Material,
    Message,
    Option,
    Question,
    Quiz,
    Reach,
    Spot,
)
from floreo.core import clock
from floreo.core.ui.forms import NeededFile
from floreo.evidence.models import Evidence
from floreo.initiatives.models import Initiative
from floreo.organisations.models import Organisation
from floreo.strategy.queries import places_for_actions
from floreo.workspace.forms import SOURCE, CommandForm, RecordForm, day_field, field_of, words_of

_AREA = {"widget": forms.Textarea(attrs={"rows": 3})}


def _organisation(model: Any, name: str) -> Any:
    rows = Organisation.objects.filter(merged_into=None)
    return forms.ModelChoiceField(
        rows, required=False, to_field_name="code", empty_label=_l("None"), **words_of(model, name)
    )


class _WithCode(RecordForm):
    """A form that makes something: its code may be left to the program."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False


# --- Campaigns ----------------------------------------------------------------------------------------------------


class CampaignForm(RecordForm):
    audiences = forms.MultipleChoiceField(
        required=False,
        choices=Audience.choices,
        widget=forms.CheckboxSelectMultiple,
        **words_of(Campaign, "audiences"),
    )
    objective = forms.ModelChoiceField(
        places_for_actions(),
        required=False,
        empty_label=_l("None"),
        **words_of(Campaign, "objective"),
    )
    lead = _organisation(Campaign, "lead")

    class Meta:
        model = Campaign
        fields: ClassVar[list[str]] = [
            "title",
            "aim",
            "audiences",
            "starts_on",
            "ends_on",
            "objective",
            "lead",
            *SOURCE,
        ]
        widgets: ClassVar[dict[str, Any]] = {"aim": forms.Textarea(attrs={"rows": 3})}


class NewCampaignForm(CampaignForm, _WithCode):
    class Meta(CampaignForm.Meta):
        fields: ClassVar[list[str]] = ["code", *CampaignForm.Meta.fields]


class ChannelForm(RecordForm):
    class Meta:
        model = CampaignChannel
        fields: ClassVar[list[str]] = ["kind", "title", "planned_on", "placed_on"]


class PlacedForm(CommandForm):
    placed_on = field_of(CampaignChannel, "placed_on", required=True)


class LinkForm(RecordForm):
    organisation = _organisation(CampaignLink, "organisation")
    initiative = forms.ModelChoiceField(
        Initiative.objects.visible_to(None),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(CampaignLink, "initiative"),
    )

    class Meta:
        model = CampaignLink
        fields: ClassVar[list[str]] = ["kind", "name", "url", "organisation", "initiative", "source"]


class ReachForm(RecordForm):
    channel = forms.ModelChoiceField(
        CampaignChannel.objects.none(),
        required=False,
        empty_label=_l("The whole campaign"),
        **words_of(Reach, "channel"),
    )
    document = forms.ModelChoiceField(
        Evidence.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(Reach, "document"),
    )

    class Meta:
        model = Reach
        fields: ClassVar[list[str]] = [
            "unit",
            "number",
            "from_on",
            "to_on",
            "channel",
            "source",
            "source_url",
            "document",
            "confirmed",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "source": _l("Who counted it and how, for example: statistics of the network, read on 2 May. Required.")
        }

    def __init__(self, data: Any, *, campaign: Campaign, viewer: object, **more: Any) -> None:
        super().__init__(data, **more)
        channel, document = self._any("channel"), self._any("document")
        channel.queryset = campaign.channels.all()
        document.queryset = Evidence.objects.visible_to(viewer).not_withdrawn()

    def _any(self, name: str) -> Any:
        return self.fields[name]


# --- Materials, quizzes, exercises --------------------------------------------------------------------------------


class MaterialForm(RecordForm):
    class Meta:
        model = Material
        fields: ClassVar[list[str]] = [
            "title",
            "summary",
            "body",
            "audience",
            "subject",
            "paper",
            "licence",
            "source",
            "source_url",
            "review_on",
            "confirmed",
            "doubt",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "body": forms.Textarea(attrs={"rows": 16}),
        }


class NewMaterialForm(MaterialForm, _WithCode):
    class Meta(MaterialForm.Meta):
        fields: ClassVar[list[str]] = ["code", *MaterialForm.Meta.fields]


class ReviewedForm(CommandForm):
    review_on = day_field(_l("Next review by"), required=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def in_a_year(_material: Material) -> date:
    return clock.today() + timedelta(days=365)


class QuizForm(RecordForm):
    class Meta:
        model = Quiz
        fields: ClassVar[list[str]] = ["title", "summary", "kind", "audience", "subject", "hourly_limit", *SOURCE]
        widgets: ClassVar[dict[str, Any]] = {"summary": forms.Textarea(attrs={"rows": 2})}


class NewQuizForm(QuizForm, _WithCode):
    class Meta(QuizForm.Meta):
        fields: ClassVar[list[str]] = ["code", *QuizForm.Meta.fields]


class QuestionForm(RecordForm):
    """Of a quiz; a self-check asks more."""

    class Meta:
        model = Question
        fields: ClassVar[list[str]] = ["kind", "text", "explanation"]
        widgets: ClassVar[dict[str, Any]] = {
            "text": forms.Textarea(attrs={"rows": 2}),
            "explanation": forms.Textarea(attrs={"rows": 2}),
        }


class CheckQuestionForm(RecordForm):
    class Meta:
        model = Question
        fields: ClassVar[list[str]] = ["text", "importance", "advice", "material"]
        widgets: ClassVar[dict[str, Any]] = {
            "text": forms.Textarea(attrs={"rows": 2}),
            "advice": forms.Textarea(attrs={"rows": 2}),
        }


class OptionForm(RecordForm):
    class Meta:
        model = Option
        fields: ClassVar[list[str]] = ["text", "is_right", "explanation"]
        widgets: ClassVar[dict[str, Any]] = {"explanation": forms.Textarea(attrs={"rows": 2})}


class CheckOptionForm(RecordForm):
    class Meta:
        model = Option
        fields: ClassVar[list[str]] = ["text", "missing"]


class GiftForm(CommandForm):
    file = NeededFile(
        label=_l("File"), required=False, help_text=_l("GIFT, as Moodle exports it: text of at most 2 MB.")
    )
    text = forms.CharField(
        label=_l("Or the questions themselves"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )
    category = forms.CharField(
        label=_l("Only of this category"), required=False, max_length=200, help_text=_l("Empty for all.")
    )


class ExerciseForm(RecordForm):
    class Meta:
        model = Exercise
        fields: ClassVar[list[str]] = ["title", "summary", "audience", "subject", *SOURCE]
        widgets: ClassVar[dict[str, Any]] = {"summary": forms.Textarea(attrs={"rows": 2})}


class NewExerciseForm(ExerciseForm, _WithCode):
    class Meta(ExerciseForm.Meta):
        fields: ClassVar[list[str]] = ["code", *ExerciseForm.Meta.fields]


class MessageForm(RecordForm):
    class Meta:
        model = Message
        fields: ClassVar[list[str]] = [
            "verdict",
            "sender_name",
            "sender_address",
            "subject",
            "body",
            "link_text",
            "link_address",
            "attachment",
            "explanation",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "body": forms.Textarea(attrs={"rows": 8}),
            "explanation": forms.Textarea(attrs={"rows": 3}),
        }


class SpotForm(RecordForm):
    class Meta:
        model = Spot
        fields: ClassVar[list[str]] = ["part", "quote", "is_sign", "explanation"]


class GroupForm(RecordForm):
    organisation = _organisation(ExerciseGroup, "organisation")
    parent = forms.ModelChoiceField(
        ExerciseGroup.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(ExerciseGroup, "parent"),
    )

    class Meta:
        model = ExerciseGroup
        fields: ClassVar[list[str]] = ["name", "sector", "organisation", "parent", "ends_on"]

    def __init__(self, data: Any, *, exercise: Exercise, **more: Any) -> None:
        super().__init__(data, **more)
        parent: Any = self.fields["parent"]
        rows = exercise.groups.filter(parent=None)
        parent.queryset = rows.exclude(pk=self.instance.pk) if self.instance.pk else rows


class ResultsForm(CommandForm):
    file = NeededFile(label=_l("File"), help_text=_l("CSV with counts of groups, and nothing else."))
    source = forms.CharField(
        label=_l("Source"), required=True, max_length=500, help_text=_l("Which tool, run by whom.")
    )
