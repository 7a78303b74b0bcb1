"""Forms of consultations. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.consultation.actions.commenting import Given
from floreo.consultation.models import Comment, CommentChannel, Consultation, Event, Invitation, Point, Topic
from floreo.consultation.queries import topics_of
from floreo.core import languages
from floreo.core.fields import label_of
from floreo.legislation.models import LawVersion
from floreo.organisations.models import Organisation
from floreo.workspace.forms import CommandForm, RecordForm, day_field, field_of, text_field, words_of

_CHANNELS = [(c.value, c.label) for c in CommentChannel if c != CommentChannel.SITE]


def _version_field(model: Any, name: str) -> Any:
    rows = LawVersion.objects.select_related("instrument")
    return forms.ModelChoiceField(rows, required=False, empty_label=_l("None"), **words_of(model, name))


class ConsultationForm(RecordForm):
    law_version = _version_field(Consultation, "law_version")
    language = forms.ChoiceField(choices=languages.choices, **words_of(Consultation, "language"))
    opens_at = field_of(Consultation, "opens_at")
    closes_at = field_of(Consultation, "closes_at")
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(merged_into=None),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(Consultation, "organisation"),
    )

    class Meta:
        model = Consultation
        fields: ClassVar[list[str]] = [
            "title",
            "summary",
            "law_version",
            "document_url",
            "document_title",
            "participation",
            "opens_at",
            "closes_at",
            "organisation",
            "answer_due_on",
            "rules",
            "contact",
            "language",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "rules": forms.Textarea(attrs={"rows": 4}),
        }


class NewConsultationForm(ConsultationForm):
    class Meta(ConsultationForm.Meta):
        fields: ClassVar[list[str]] = ["code", *ConsultationForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False


class MoveForm(CommandForm):
    closes_at = field_of(Consultation, "closes_at", required=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AnswersForm(CommandForm):
    answered_by = field_of(Consultation, "answered_by")


class TopicForm(RecordForm):
    class Meta:
        model = Topic
        fields: ClassVar[list[str]] = ["title"]


class EventForm(RecordForm):
    class Meta:
        model = Event
        fields: ClassVar[list[str]] = ["title", "place", "held_on", "attended"]


class InviteForm(CommandForm):
    name = field_of(Invitation, "name", required=True)
    mail = field_of(Invitation, "mail", required=True)
    respondent = field_of(Invitation, "respondent", required=True)
    language = forms.ChoiceField(choices=languages.choices, **words_of(Invitation, "language"))


class EnterForm(CommandForm):
    """What came on paper, by telephone or at a meeting."""

    channel = forms.ChoiceField(choices=_CHANNELS, **words_of(Comment, "channel"))
    received_on = day_field(label_of(Comment, "received_on"), required=True)
    event = forms.ModelChoiceField(
        Event.objects.none(), required=False, empty_label=_l("None"), **words_of(Comment, "event")
    )
    clause = field_of(Comment, "clause", help_text=_l("Its number, for example 10(4). Empty for the whole."))
    topic = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, **words_of(Comment, "topic"))
    text = field_of(Comment, "text", required=True, rows=6)
    respondent = field_of(Comment, "respondent", required=True)
    organisation_name = field_of(Comment, "organisation_name")
    name = field_of(Comment, "name")
    is_nameless = forms.BooleanField(required=False, initial=True, **words_of(Comment, "is_nameless"))
    mail = field_of(Comment, "mail")
    language = forms.ChoiceField(choices=languages.choices, **words_of(Comment, "language"))

    def __init__(self, data: Any, consultation: Consultation) -> None:
        super().__init__(data)
        topic, event = self._any("topic"), self._any("event")
        topic.choices = [("", _l("None")), *((t.number, t.named()) for t in topics_of(consultation))]
        event.queryset = consultation.events.all()

    def _any(self, name: str) -> Any:
        return self.fields[name]

    def facts(self) -> dict[str, Any]:
        own = super().facts()
        apart = {name: own.pop(name) for name in ("channel", "received_on", "event")}
        return apart | {"given": Given(**own)}


class ShowForm(CommandForm):
    text = text_field(
        _l("Text as published"),
        required=True,
        rows=8,
        help_text=_l("Hide personal data of others, for example as […]. What came stays stored and is not shown."),
    )
    hides_name = forms.BooleanField(label=_l("Publish without the name"), required=False)


class WithholdForm(CommandForm):
    reason = field_of(Comment, "reason", required=True, help_text=_l("Its writer reads the reason."))


class RejectForm(CommandForm):
    reason = field_of(Comment, "reason", required=True, help_text=_l("For example: advertising, or sent by a program."))


class EraseForm(CommandForm):
    request = text_field(
        _l("Request"),
        required=True,
        rows=2,
        help_text=_l("Who asked for it and how, for example: by post. No names."),
    )


class MergeForm(CommandForm):
    into = forms.ModelChoiceField(Point.objects.none(), label=_l("Merge into"))

    def __init__(self, data: Any, point: Point) -> None:
        super().__init__(data)
        into: Any = self.fields["into"]
        into.queryset = point.consultation.points.exclude(pk=point.pk)


class PointForm(RecordForm):
    class Meta:
        model = Point
        fields: ClassVar[list[str]] = ["title"]


class DecideForm(RecordForm):
    decision = field_of(Point, "decision", required=True)
    changed_version = _version_field(Point, "changed_version")

    class Meta:
        model = Point
        fields: ClassVar[list[str]] = ["decision", "reason", "clause", "changed_version"]
        widgets: ClassVar[dict[str, Any]] = {"reason": forms.Textarea(attrs={"rows": 4})}
