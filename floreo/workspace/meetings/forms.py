"""Forms of committees, meetings and decisions. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.fields import label_of
from floreo.meetings.logic import MeetingState
from floreo.meetings.models import AgendaItem, Committee, Decision, Meeting, Seat
from floreo.organisations.models import Kind, Organisation
from floreo.strategy.models import Action, Edition, Objective
from floreo.strategy.queries import places_for_actions
from floreo.workspace.forms import (
    SOURCE,
    CommandForm,
    RecordForm,
    day_field,
    field_of,
    organisation_field,
    person_field,
    text_field,
)


class Hour(forms.TimeInput):
    """A time of day, as the browser's own field; without one it is typed as 14:00."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def hour_field(label: Any, *, help_text: Any = "") -> forms.TimeField:
    return forms.TimeField(label=label, required=False, help_text=help_text, widget=Hour)


class CommitteeForm(RecordForm):
    class Meta:
        model = Committee
        fields: ClassVar[tuple[str, ...]] = (
            "name",
            "purpose",
            "organisation",
            "edition",
            "is_public",
            "ends_on",
            "ballot",
            "quorum",
            *SOURCE,
        )
        widgets: ClassVar[dict[str, Any]] = {"purpose": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Organisation.objects.filter(kind=Kind.GROUP, merged_into=None)
        for name, rows in (("organisation", groups), ("edition", Edition.objects.all())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset, field.empty_label = rows, _("None")


class NewCommitteeForm(CommitteeForm):
    """How it votes between meetings is chosen when it has its seats."""

    class Meta(CommitteeForm.Meta):
        fields: ClassVar[tuple[str, ...]] = (
            "code",
            *(name for name in CommitteeForm.Meta.fields if name not in ("ballot", "quorum")),
        )


class SeatForm(RecordForm):
    organisation = organisation_field(label_of(Seat, "organisation"))
    person = person_field(label_of(Seat, "person"))

    class Meta:
        model = Seat
        fields: ClassVar[tuple[str, ...]] = ("organisation", "person", "part", "starts_on", "ends_on", *SOURCE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:  # these fields know rows by their code
            self.initial["organisation"] = self.instance.organisation.successor().code
            self.initial["person"] = self.instance.person.code if self.instance.person else ""


class EndSeatForm(CommandForm):
    ends_on = day_field(_l("Last day"), required=True)


class CallForm(CommandForm):
    on = day_field(label_of(Meeting, "on"), required=True)
    starts_at = hour_field(_l("From"))
    ends_at = hour_field(_l("to"))
    place = field_of(Meeting, "place")
    online_url = field_of(Meeting, "online_url")
    opening = field_of(Meeting, "opening", rows=3)
    notify = forms.BooleanField(label=_l("Notify the members by e-mail now"), required=False, initial=True)
    was_held = forms.BooleanField(label=_l("Already held: entered afterwards"), required=False)


class MeetingForm(RecordForm):
    class Meta:
        model = Meeting
        fields: ClassVar[tuple[str, ...]] = ("place", "online_url", "opening")
        widgets: ClassVar[dict[str, Any]] = {"opening": forms.Textarea(attrs={"rows": 3})}


class MoveForm(CommandForm):
    on = day_field(_l("New date"), required=True)
    starts_at = hour_field(_l("From"))
    ends_at = hour_field(_l("to"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ItemForm(RecordForm):
    class Meta:
        model = AgendaItem
        fields: ClassVar[tuple[str, ...]] = ("title", "text", "kind")
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 4})}


class DecisionForm(RecordForm):
    organisation = organisation_field(label_of(Decision, "organisation"), required=False)
    person = person_field(label_of(Decision, "person"))

    class Meta:
        model = Decision
        fields: ClassVar[tuple[str, ...]] = (
            "title",
            "text",
            "addressed_to",
            "organisation",
            "person",
            "due_on",
            "is_public",
        )
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            body, person = self.instance.organisation, self.instance.person
            self.initial["organisation"] = body.successor().code if body else ""
            self.initial["person"] = person.code if person else ""


class MeetingDecisionForm(DecisionForm):
    """A decision of a meeting, under a point of its agenda."""

    item = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_l("Agenda item"), required=False, empty_label=_l("None")
    )

    def __init__(self, meeting: Meeting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["item"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = AgendaItem.objects.filter(meeting=meeting)
        self.order_fields(["item", *self.fields])


class EditionDecisionForm(DecisionForm):
    """A decision outside a meeting: by circular, or asked of the minister in between."""

    edition = forms.ModelChoiceField(
        Edition.objects.all(), label=label_of(Decision, "edition"), to_field_name="code", empty_label=None
    )
    committee = forms.ModelChoiceField(
        Committee.objects.all(),
        label=label_of(Decision, "committee"),
        to_field_name="code",
        required=False,
        empty_label=_l("None"),
    )
    on = day_field(_l("Decided or requested on"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class AnswerForm(CommandForm):
    is_taken = forms.TypedChoiceField(
        label=_l("Decision"),
        choices=[("yes", _l("Granted")), ("no", _l("Refused"))],
        coerce=lambda sentence: sentence == "yes",
        widget=forms.RadioSelect,
    )
    on = day_field(_l("Date"), required=True)
    answer = text_field(_l("In their words"), help_text=_l("Give the reason for the refusal."))


class DoneForm(CommandForm):
    on = day_field(_l("Date"), required=True)
    answer = text_field(_l("Work done"))


class ToActionForm(CommandForm):
    objective = forms.ModelChoiceField(
        Objective.objects.none(), label=label_of(Action, "objective"), empty_label=_l("Choose one")
    )
    code = forms.CharField(
        label=label_of(Action, "code"), max_length=30, help_text=_l("For example 2.1.4. It is part of the address.")
    )
    title = forms.CharField(label=_l("Title"), max_length=300)
    due_on = day_field(label_of(Action, "due_on"))

    def __init__(self, decision: Decision, data: Any) -> None:
        super().__init__(data, initial={"title": decision.title, "due_on": decision.due_on})
        field = self.fields["objective"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places_for_actions(decision.edition)


class ToMilestoneForm(CommandForm):
    act = forms.ModelChoiceField(Action.objects.none(), label=_l("Action"), empty_label=_l("Choose one"))
    title = forms.CharField(label=_l("What is reached"), max_length=300)
    due_on = day_field(_l("Due date"))

    def __init__(self, decision: Decision, data: Any, *, about: Action | None) -> None:
        super().__init__(data, initial={"title": decision.title, "due_on": decision.due_on, "act": about})
        field = self.fields["act"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Action.objects.filter(edition=decision.edition, closed_on=None)


class ApproveForm(CommandForm):
    at = forms.ModelChoiceField(
        Meeting.objects.none(),
        label=_l("Approved by the meeting of"),
        required=False,
        empty_label=_l("In writing, today"),
    )

    def __init__(self, meeting: Meeting, data: Any) -> None:
        super().__init__(data)
        field = self.fields["at"]
        assert isinstance(field, forms.ModelChoiceField)
        later = Meeting.objects.filter(committee=meeting.committee, on__gt=meeting.on, on__lte=clock.today())
        field.queryset = later.exclude(state=MeetingState.CANCELLED).select_related("committee")


class CorrectForm(CommandForm):
    text = text_field(_l("The error, and the correct version"), required=True)
