"""The one form of a running meeting: who came, what was said point by point, what was decided. It is kept as a whole, so
that saving at one point never loses what was typed at another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.meetings.actions.recording import Decided, ItemMinutes, Recorded, SeatTaken, text_of
from floreo.meetings.logic import fingerprint
from floreo.meetings.models import AgendaItem, Attendance, Decision, Meeting, Seat
from floreo.meetings.presenters import seat_name
from floreo.organisations.models import Organisation, PresenceChoice
from floreo.workspace.forms import CommandForm, day_field

_ROWS = 5


@dataclass(frozen=True)
class SeatRow:
    seat: Seat
    name: str
    presence: forms.BoundField
    substitute: forms.BoundField
    was: forms.BoundField
    theirs: str


@dataclass(frozen=True)
class ItemRow:
    item: AgendaItem
    number: int
    minutes: forms.BoundField
    internal: forms.BoundField
    was: forms.BoundField
    decision: list[forms.BoundField]
    is_deciding: bool
    decisions: list[Decision]
    theirs: tuple[str, str] | None


class RecordingForm(CommandForm):
    new_title = forms.CharField(label=_l("Another item"), required=False, max_length=300)
    new_minutes = forms.CharField(label=_l("Minutes"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    new_internal = forms.CharField(label=_l("Internal"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    guests = forms.CharField(
        label=_l("Guests, one to a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_l("People who came without a seat: name and organisation."),
    )

    def __init__(self, meeting: Meeting, data: Any) -> None:
        super().__init__(data)
        self.meeting = meeting
        self.theirs: Mapping[str, Any] = {}
        self.seats = list(meeting.committee.seats.on(meeting.on).select_related("organisation", "person"))
        self.items = list(meeting.items.prefetch_related("decisions__organisation"))
        rows = list(meeting.attendances.all())
        known = {(a.organisation_id, a.person_id): a for a in rows if not a.is_guest}
        # Looked up once, whatever the number of points.
        self.bodies = {o.code: o for o in Organisation.objects.filter(merged_into=None)}
        self.bodies_named = [(code, body.in_language("name")) for code, body in self.bodies.items()]
        self.fields["guests"].initial = "\n".join(a.name for a in rows if a.is_guest)
        for seat in self.seats:
            self._add_seat(seat, known.get((seat.organisation_id, seat.person_id)))
        for item in self.items:
            self._add_item(item)

    def _was(self, *texts: str) -> forms.CharField:
        return forms.CharField(required=False, widget=forms.HiddenInput, initial=fingerprint(*texts))

    def _add_seat(self, seat: Seat, row: Attendance | None) -> None:
        presence, substitute = (row.presence, row.substitute) if row else ("", "")
        body, key = seat_name(seat), f"seat-{seat.pk}"
        self.fields[f"{key}-presence"] = forms.ChoiceField(
            label=_("Attendance of %(who)s") % {"who": body},
            required=False,
            initial=presence,
            choices=[("", _("Not recorded")), *PresenceChoice.choices],
        )
        self.fields[f"{key}-substitute"] = forms.CharField(
            label=_("Substitute for %(who)s") % {"who": body}, required=False, max_length=200, initial=substitute
        )
        self.fields[f"{key}-was"] = self._was(presence, substitute)

    def _add_item(self, item: AgendaItem) -> None:
        key = f"item-{item.pk}"
        area = {"rows": _ROWS}
        self.fields[f"{key}-minutes"] = forms.CharField(
            label=_("Minutes, for the public"), required=False, initial=item.minutes, widget=forms.Textarea(attrs=area)
        )
        self.fields[f"{key}-internal"] = forms.CharField(
            label=_("Internal"), required=False, initial=item.minutes_internal, widget=forms.Textarea(attrs=area)
        )
        self.fields[f"{key}-was"] = self._was(text_of(item.minutes), text_of(item.minutes_internal))
        self.fields[f"{key}-decision"] = forms.CharField(
            label=_("Decision, in a few words"), required=False, max_length=300
        )
        self.fields[f"{key}-owner"] = forms.ChoiceField(
            label=_("Who carries it out"), required=False, choices=[("", _("Nobody yet")), *self.bodies_named]
        )
        self.fields[f"{key}-due"] = day_field(_("Due date"))
        self.fields[f"{key}-public"] = forms.BooleanField(label=_("Public"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for item in self.items:
            key = f"item-{item.pk}"
            if not given.get(f"{key}-decision") and (given.get(f"{key}-owner") or given.get(f"{key}-due")):
                self.add_error(f"{key}-decision", _("Enter the decision in a few words."))
        return given

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        seats = [
            SeatTaken(s.pk, given[f"seat-{s.pk}-presence"], given[f"seat-{s.pk}-substitute"], given[f"seat-{s.pk}-was"])
            for s in self.seats
        ]
        items = [
            ItemMinutes(i.pk, given[f"item-{i.pk}-minutes"], given[f"item-{i.pk}-internal"], given[f"item-{i.pk}-was"])
            for i in self.items
        ]
        recorded = Recorded(
            seats=seats,
            guests=given["guests"].splitlines(),
            items=items,
            decisions=self._decided(),
            new_title=given["new_title"],
            new_minutes=given["new_minutes"],
            new_internal=given["new_internal"],
        )
        return {"recorded": recorded}

    def _decided(self) -> list[Decided]:
        given, found = self.cleaned_data, []
        for item in self.items:
            key = f"item-{item.pk}"
            if title := given[f"{key}-decision"].strip():
                public = given[f"{key}-public"]
                found.append(
                    Decided(
                        item.pk, title, self.bodies.get(given[f"{key}-owner"]), given[f"{key}-due"], is_public=public
                    )
                )
        return found

    def take_theirs(self, theirs: Mapping[str, Any]) -> None:
        """Shows beside each field what others wrote, and lets the next save put mine in its place."""
        self.theirs = theirs
        prints = {f"{key}-was": [fingerprint(*now)] for key, now in theirs.items()}
        data = QueryDict(mutable=True)
        for name, values in [*dict(self.data.lists()).items(), *prints.items()]:  # type: ignore[attr-defined]  # a QueryDict
            data.setlist(name, values)
        self.data = data

    def seat_rows(self) -> list[SeatRow]:
        rows = []
        for seat in self.seats:
            key = f"seat-{seat.pk}"
            now = self.theirs.get(key)
            words = f"{PresenceChoice(now[0]).label} {now[1]}".strip() if now and now[0] else ""
            rows.append(
                SeatRow(
                    seat, seat_name(seat), self[f"{key}-presence"], self[f"{key}-substitute"], self[f"{key}-was"], words
                )
            )
        return rows

    def item_rows(self) -> list[ItemRow]:
        rows = []
        for number, item in enumerate(self.items, start=1):
            key = f"item-{item.pk}"
            fields = [self[f"{key}-{name}"] for name in ("decision", "owner", "due", "public")]
            rows.append(
                ItemRow(
                    item,
                    number,
                    self[f"{key}-minutes"],
                    self[f"{key}-internal"],
                    self[f"{key}-was"],
                    fields,
                    bool(self.is_bound and any(f.value() for f in fields)),
                    list(item.decisions.all()),
                    self.theirs.get(key),
                )
            )
        return rows
