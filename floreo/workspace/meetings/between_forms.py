"""Forms of what is decided between meetings. They check shape; actions check rules."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, languages
from floreo.core.fields import label_of
from floreo.core.keys import key, thing_of
from floreo.core.models import named
from floreo.meetings.access import seats_of
from floreo.meetings.actions.dates import When
from floreo.meetings.between_text import slot_text
from floreo.meetings.logic import MeetingState
from floreo.meetings.models import Committee, DatePoll, DateSlot, Meeting, Proposal, Seat, WrittenProcedure
from floreo.strategy.models import Action
from floreo.workspace.forms import (
    CommandForm,
    RecordForm,
    day_field,
    field_of,
    moment_field,
    organisation_field,
    text_field,
)


def _actions_of(committee: Committee) -> Any:
    rows = Action.objects.all()
    if committee.edition_id:
        rows = rows.filter(edition=committee.edition_id)
    return rows.select_related("edition")


def _action_field(committee: Committee, label: Any) -> forms.ModelChoiceField[Action]:
    field = forms.ModelChoiceField(_actions_of(committee), label=label, required=False, empty_label=_l("None"))
    field.label_from_instance = named  # type: ignore[method-assign, assignment]
    return field


class ProcedureForm(RecordForm):
    options = text_field(
        _l("Options, one to a line"),
        help_text=_l("For a vote among several answers. Leave it empty to ask for or against."),
    )
    closes_at = moment_field(
        label_of(WrittenProcedure, "closes_at"), required=True, help_text=_l("At least 24 hours after it opens.")
    )
    organisation = organisation_field(label_of(WrittenProcedure, "organisation"), required=False)

    class Meta:
        model = WrittenProcedure
        fields: ClassVar[tuple[str, ...]] = ("kind", "title", "text", "organisation", "due_on", "is_public")
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 5})}

    def __init__(
        self,
        data: Any,
        committee: Committee,
        *,
        instance: WrittenProcedure | None = None,
        proposal: Proposal | None = None,
    ) -> None:
        if instance is None:
            instance = WrittenProcedure(committee=committee)
            if proposal is not None:
                instance.title, instance.text = proposal.title, proposal.text
        super().__init__(data, instance=instance)
        self.proposal = proposal
        self.fields["about"] = _action_field(committee, _("Action of the plan that it concerns"))
        if instance.pk:
            self.initial["options"] = "\n".join(option.text for option in instance.options.all())
            self.initial["closes_at"] = instance.closes_at
            self.initial["organisation"] = instance.organisation.successor().code if instance.organisation else ""
            self.initial["about"] = thing_of(instance.about)
        elif proposal is not None:
            self.initial["about"] = thing_of(proposal.about)
        self.order_fields(
            [
                "kind",
                "title",
                *(f"title_{code}" for code in languages.others()),
                "text",
                *(f"text_{code}" for code in languages.others()),
                "options",
                "closes_at",
                "about",
                "organisation",
                "due_on",
                "is_public",
            ]
        )

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        act = given.pop("about")
        given["options"] = given["options"].splitlines()
        given["about"] = key(act)
        if self.proposal is not None:
            given["proposal"] = self.proposal
        return given


class ProposalForm(CommandForm):
    title = field_of(Proposal, "title", required=True)
    text = field_of(Proposal, "text", rows=5)

    def __init__(self, data: Any, committee: Committee, viewer: object) -> None:
        super().__init__(data)
        self.fields["act"] = _action_field(committee, _("Action of the plan that it concerns"))
        own = seats_of(viewer, committee)
        if len(own) != 1:  # several seats, or none: then the secretariat enters it for a member
            rows = committee.seats.on(clock.today()).select_related("organisation", "person")
            if own:
                rows = rows.filter(pk__in=[seat.pk for seat in own])
            seat: forms.ModelChoiceField[Seat] = forms.ModelChoiceField(
                rows, label=_("Proposed by"), empty_label=_("Choose one")
            )
            seat.label_from_instance = named  # type: ignore[method-assign, assignment]
            self.fields["seat"] = seat
            self.order_fields(["seat", *self.fields])


class ToAgendaForm(CommandForm):
    """To which meeting to come."""

    def __init__(self, data: Any, committee: Committee) -> None:
        super().__init__(data)
        rows = Meeting.objects.filter(committee=committee, state=MeetingState.PLANNED, on__gte=clock.today())
        field: forms.ModelChoiceField[Meeting] = forms.ModelChoiceField(
            rows.select_related("committee").order_by("on"),
            label=_("Meeting"),
            empty_label=_("Choose one"),
            help_text=_("Planned meetings of this committee. Schedule one first if there is none."),
        )
        field.label_from_instance = named  # type: ignore[method-assign, assignment]
        self.fields["meeting"] = field


_LINE = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:\s+(\d{1,2}:\d{2})(?:\s*[-–]\s*(\d{1,2}:\d{2}))?)?$")


def when_of(line: str) -> When:
    """ "2026-12-03 14:00-16:00" as a date with its hours. Raises ValueError for anything else."""
    found = _LINE.match(line.strip())
    if found is None:
        raise ValueError(line)
    starts, ends = (time.fromisoformat(text.zfill(5)) if text else None for text in found.groups()[1:])
    return When(date.fromisoformat(found[1]), starts, ends)


class PollForm(CommandForm):
    dates = text_field(
        _l("Dates, one to a line"),
        required=True,
        rows=5,
        help_text=_l("Each as 2026-12-03 14:00-16:00. The hours may be left out."),
    )
    closes_on = day_field(label_of(DatePoll, "closes_on"), required=True)
    place = field_of(DatePoll, "place")
    note_ = field_of(DatePoll, "note", rows=3)

    def clean_dates(self) -> list[When]:
        found = []
        for line in self.cleaned_data["dates"].splitlines():
            if not line.strip():
                continue
            try:
                found.append(when_of(line))
            except ValueError:
                sentence = _("“%(line)s” is no date like 2026-12-03 14:00-16:00.") % {"line": line.strip()[:60]}
                raise forms.ValidationError(sentence, code="bad_date") from None
        return found


class ChooseDateForm(CommandForm):
    def __init__(self, data: Any, poll: DatePoll) -> None:
        super().__init__(data)
        field: forms.ModelChoiceField[DateSlot] = forms.ModelChoiceField(
            poll.slots.all(), label=_("Date of the meeting"), empty_label=_("Choose one")
        )
        field.label_from_instance = slot_text  # type: ignore[method-assign, assignment]
        self.fields["slot"] = field

    def clean(self) -> dict[str, Any]:
        return super().clean() or self.cleaned_data
