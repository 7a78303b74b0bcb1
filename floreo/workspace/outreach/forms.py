"""Forms of outreach. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.certificates.models import Certificate
from floreo.core import clock, languages
from floreo.core.fields import label_of
from floreo.core.wording import colon
from floreo.organisations.models import Organisation, Person
from floreo.outreach.actions.sessions import Given
from floreo.outreach.forms import SessionForm, district_field, language_choices, text_of
from floreo.outreach.models import (
    Ambassador,
    AmbassadorRequest,
    KitItem,
    MoveKind,
    OutreachSession,
    Scheme,
    StockMove,
    Venue,
)
from floreo.outreach.presenters import session_line
from floreo.outreach.queries import candidates_for
from floreo.workspace.forms import CommandForm, RecordForm, day_field, field_of, text_field, words_of


class AmbassadorForm(RecordForm):
    scheme = forms.ModelChoiceField(
        Scheme.objects.all(), to_field_name="code", empty_label=_l("Choose one"), **words_of(Ambassador, "scheme")
    )
    district = district_field(words_of(Ambassador, "district")["label"])
    spoken = forms.MultipleChoiceField(
        choices=(), required=False, widget=forms.CheckboxSelectMultiple, **words_of(Ambassador, "languages")
    )
    more_languages = forms.CharField(
        label=_l("Other languages"),
        required=False,
        max_length=100,
        help_text=_l("Codes with spaces between them, for example kek or mop."),
    )
    language = forms.ChoiceField(choices=languages.choices, **words_of(Ambassador, "language"))
    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True),
        required=False,
        to_field_name="code",
        empty_label=_l("Nobody"),
        **words_of(Ambassador, "person"),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(merged_into=None),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(Ambassador, "organisation"),
    )

    certificate = forms.ModelChoiceField(
        Certificate.objects.filter(is_erased=False).order_by("-issued_on", "-serial"),
        required=False,
        to_field_name="number",
        widget=forms.TextInput,
        **words_of(Ambassador, "certificate"),
        error_messages={"invalid_choice": _l("No certificate has this number. Check it on the list of certificates.")},
    )

    class Meta:
        model = Ambassador
        fields: ClassVar[list[str]] = [
            "name",
            "scheme",
            "district",
            "community",
            "cohort",
            "certificate",
            "certificate_number",
            "certified_on",
            "certificate_expires_on",
            "meets_minors",
            "checked_on",
            "check_expires_on",
            "phone",
            "mail",
            "language",
            "listed_on",
            "named_on",
            "organisation",
            "person",
            "notes",
        ]
        widgets: ClassVar[dict[str, Any]] = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = list(self.instance.languages or [])
        spoken: Any = self.fields["spoken"]
        spoken.choices, spoken.initial = language_choices(own), own
        names = [n for n in self.fields if n not in ("spoken", "more_languages", "certificate")]
        names[names.index("cohort") : names.index("cohort")] = ["spoken", "more_languages"]
        names.insert(names.index("certificate_number"), "certificate")
        self.order_fields(names)
        if self.instance.pk:
            more = {
                "scheme": self.instance.scheme.code,
                "district": self.instance.district.code,
                "certificate": self.instance.certificate.number if self.instance.certificate else "",
                "person": self.instance.person.code if self.instance.person else None,
                "organisation": self.instance.organisation.code if self.instance.organisation else None,
            }
            self.initial.update(more)

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        more = given.pop("more_languages", "").casefold().split()
        given["languages"] = list(dict.fromkeys([*given.pop("spoken"), *(code[:8] for code in more)]))
        return given


class LeaveForm(CommandForm):
    leave_until = field_of(Ambassador, "leave_until", required=True)


class LeftForm(CommandForm):
    left_on = field_of(Ambassador, "left_on", required=True)
    reason = text_field(_l("Reason"), help_text=_l("Saved in the history."))


class EndLinkForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, help_text=_l("For example: the telephone was lost."))


class CallForm(CommandForm):
    called_on = field_of(Ambassador, "called_on", required=True)
    call_note = field_of(Ambassador, "call_note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["called_on"].initial = clock.today


# --- Sessions -----------------------------------------------------------------------------------------------------


class PaperForm(SessionForm):
    """A session from a paper form."""

    is_another = forms.BooleanField(
        label=_l("This is another session than the one that is there"),
        required=False,
        help_text=_l("Only where asked."),
    )
    number = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, ambassador: Ambassador) -> None:
        super().__init__(data, ambassador=ambassador)

    def given(self) -> Given:
        return super().given()


class CorrectForm(SessionForm):
    """A session over again, with the version at which it was opened."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, session: OutreachSession) -> None:
        super().__init__(data, ambassador=session.ambassador, initial=text_of(session) | {"version": session.version})

    def facts(self) -> dict[str, Any]:
        return {"given": self.given(), "version": self.cleaned_data.get("version")}


class ReviewForm(CommandForm):
    happened_on = field_of(OutreachSession, "happened_on", required=True)
    place = forms.ModelChoiceField(
        Venue.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(OutreachSession, "place"),
    )
    setting = field_of(OutreachSession, "setting", required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, session: OutreachSession) -> None:
        super().__init__(
            data,
            initial={
                "happened_on": session.proposed_day,
                "place": session.place.code if session.place is not None else None,
                "setting": session.setting,
                "version": session.version,
            },
        )
        place: Any = self.fields["place"]
        place.queryset = Venue.objects.filter(district=session.district_id).order_by("name")
        if session.is_doubtful:
            self.fields["happened_on"].help_text = _l(
                "Set right by the clocks of both; ask the ambassador where in doubt."
            )
        if session.is_late_link:
            self.fields["is_theirs"] = forms.BooleanField(
                label=_l("The ambassador named here held this session"),
                required=False,
                help_text=_l("The link was ended before it arrived. Ask before you say so."),
            )


class ReturnForm(CommandForm):
    reason = text_field(_l("What is missing or wrong"), required=True, help_text=_l("Shown on the ambassador’s page."))


class RejectForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, help_text=_l("It is kept, and not counted."))


# --- Requests -----------------------------------------------------------------------------------------------------


class AssignForm(CommandForm):
    ambassador = forms.ModelChoiceField(
        Ambassador.objects.all(),
        to_field_name="code",
        widget=forms.RadioSelect,
        empty_label=None,
        **words_of(AmbassadorRequest, "ambassador"),
    )

    def __init__(self, data: Any, found: AmbassadorRequest) -> None:
        super().__init__(data)
        rows = candidates_for(found)
        field: Any = self.fields["ambassador"]
        near = [c for c in rows if c.fit >= 2] or [c for c in rows if c.fit] or rows
        shown = near[:12]
        field.queryset = Ambassador.objects.filter(pk__in=[c.ambassador.pk for c in rows])
        field.choices = [(c.ambassador.code, self._words(c)) for c in shown]
        if not shown:
            field.help_text = _l("No active ambassador can go: for pupils a safeguarding check is needed.")

    @staticmethod
    def _words(found: Any) -> str:
        each = found.ambassador
        parts = [
            f"{each.code}, {each.name}",
            ", ".join(p for p in (each.community, each.district.in_language("name")) if p),
        ]
        parts.append(", ".join(each.languages))
        if found.open_requests:
            parts.append(str(_l("%(n)d requests open") % {"n": found.open_requests}))
        return " · ".join(parts)


class PlanForm(CommandForm):
    planned_on = field_of(AmbassadorRequest, "planned_on")

    def __init__(self, data: Any, found: AmbassadorRequest) -> None:
        super().__init__(data)
        self.initial = {"planned_on": found.planned_on}


class DoneForm(CommandForm):
    session = forms.ModelChoiceField(
        OutreachSession.objects.none(),
        required=False,
        to_field_name="reference",
        empty_label=_l("Not logged yet"),
        **words_of(AmbassadorRequest, "session"),
    )

    def __init__(self, data: Any, found: AmbassadorRequest) -> None:
        super().__init__(data)
        field: Any = self.fields["session"]
        rows = OutreachSession.objects.filter(ambassador=found.ambassador_id, happened_on__gte=found.received_on)
        field.queryset = rows.order_by("-happened_on")
        field.label_from_instance = lambda s: f"{s.reference}{colon()} {session_line(s)}"


class DeclineForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, help_text=_l("Sent to who asked."))


# --- Kit ----------------------------------------------------------------------------------------------------------


class KitForm(RecordForm):
    class Meta:
        model = KitItem
        fields: ClassVar[list[str]] = ["title", "minimum", "is_active"]


class NewKitForm(CommandForm):
    title = field_of(KitItem, "title", required=True)
    minimum = field_of(KitItem, "minimum")

    def facts(self) -> dict[str, Any]:
        return {"title": self.cleaned_data["title"], "minimum": self.cleaned_data.get("minimum") or 0}


class MoveForm(CommandForm):
    kind = forms.ChoiceField(
        choices=[(k.value, k.label) for k in MoveKind if k != MoveKind.LEFT], **words_of(StockMove, "kind")
    )
    amount = field_of(StockMove, "amount", required=True)
    ambassador = forms.ModelChoiceField(
        Ambassador.objects.exclude(state="left"),
        required=False,
        to_field_name="code",
        empty_label=_l("The store"),
        **words_of(StockMove, "ambassador"),
    )
    moved_on = day_field(label_of(StockMove, "moved_on"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["moved_on"].initial = clock.today
