"""Forms of cases: few questions each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import deadline_text
from floreo.core.fields import label_of
from floreo.core.policy import Tlp
from floreo.core.sectors import Sector
from floreo.core.ui.forms import NeededFile
from floreo.core.ui.locale import language
from floreo.core.wording import capital
from floreo.incidents import case_text, inbox, taxonomy
from floreo.incidents.actions.making import MOST_CHARACTERS
from floreo.incidents.case_page import suggested_playbooks
from floreo.incidents.clocks import facts_asked
from floreo.incidents.mail_templates import TEMPLATES
from floreo.incidents.models import (
    Case,
    CaseEvidence,
    CaseLink,
    CaseOrganisation,
    CaseSeverity,
    CaseTask,
    ClockPause,
    Custody,
    DutyShift,
    Happening,
    Message,
    Observable,
    ObservableKind,
    Pap,
    PartOf,
    SavedFilter,
    Submission,
    SubmissionKind,
    WaitingFor,
)
from floreo.incidents.observables import extract, kind_of
from floreo.incidents.tables import handlers
from floreo.organisations.models import Place, User
from floreo.workspace.forms import (
    CommandForm,
    field_of,
    moment_field,
    organisation_field,
    text_field,
    words_of,
)

YES_NO = (("", _l("Not known")), ("yes", _l("Yes")), ("no", _l("No")))
_TRUE = {"yes": True, "no": False}


def yes_no(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=YES_NO, required=False)


def yes_no_of(value: object) -> str:
    """The choice of YES_NO for a fact."""
    return {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else ""


def handler_field(label: Any, *, required: bool = False, empty: Any = None) -> Any:
    none = _l("Nobody") if empty is None else empty
    field: Any = forms.ModelChoiceField(User.objects.none(), label=label, required=required, empty_label=none)
    field.queryset = User.objects.filter(pk__in=[user.pk for user in handlers()]).order_by("name")
    return field


def marking_field(*, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=_l("Marking"), choices=Tlp.choices, required=required)


def _choices(form: forms.Form, name: str, choices: Any) -> None:
    field: Any = form.fields[name]
    field.choices = choices


def _fact_field(name: str, values: tuple[object, ...], known: object) -> forms.ChoiceField:
    """A fact that a law asks for: yes or no, or one of the words that rules name."""
    words = [str(each) for each in values if not isinstance(each, bool)]
    field = yes_no(capital(deadline_text.fact_text(name)))
    if words:
        field.choices = [("", _("Not known")), *((each, each) for each in words)]
    field.initial = known if isinstance(known, str) else yes_no_of(known)
    field.help_text = _("A law asks for it.")
    return field


class TypeMixin(forms.Form):
    """A choice of RSIT, "class/type"; a class alone can be chosen too."""

    def offer_types(self) -> None:
        groups = [
            (each.title, [(each.code, _("%(class)s: type not known") % {"class": each.title}), *pairs])
            for each, (_title, pairs) in zip(taxonomy.classes(language()), inbox.choices(language()), strict=True)
        ]
        _choices(self, "rsit", [("", _("Not set")), *groups])


class NewCaseForm(TypeMixin, CommandForm):
    title = field_of(Case, "title", required=True)
    summary = field_of(Case, "summary", rows=4)
    rsit = forms.ChoiceField(label=_l("What it is (RSIT)"), required=False)
    severity = forms.ChoiceField(label=label_of(Case, "severity"), choices=CaseSeverity.choices, required=False)
    tlp = marking_field()
    organisation = organisation_field(label_of(CaseOrganisation, "organisation"), required=False)
    received_at = moment_field(_l("When the team was notified"), help_text=_l("Empty: now."))
    is_exercise = field_of(
        Case, "is_exercise", help_text=_l("Marked on every page. No mail leaves, and it counts in no value.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_types()
        self.fields["tlp"].initial = Tlp.AMBER

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"severity": self.cleaned_data["severity"] or "unknown"}


class EditForm(CommandForm):
    title = field_of(Case, "title", required=True)
    summary = field_of(Case, "summary", rows=6)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ClassifyForm(TypeMixin, CommandForm):
    """What it is, what it did, and who may know."""

    rsit = forms.ChoiceField(label=_l("What it is (RSIT)"), required=False)
    services = forms.ChoiceField(label=_l("Services"), required=False)
    data_affected = forms.ChoiceField(label=_l("Data"), required=False)
    people = forms.IntegerField(label=_l("People affected"), required=False, min_value=0, max_value=1_000_000_000)
    danger = yes_no(_l("May somebody be in danger?"))
    spreading = yes_no(_l("Is it spreading?"))
    severity = forms.ChoiceField(
        label=label_of(Case, "severity"),
        required=False,
        help_text=_l("Computed from the answers above. Another one needs a reason."),
    )
    severity_reason = forms.CharField(label=_l("Reason for another severity"), required=False, max_length=500)
    tlp = marking_field()
    pap = forms.ChoiceField(label=label_of(Case, "pap"), choices=Pap.choices)
    sector = forms.ChoiceField(
        label=label_of(Case, "sector"), choices=[("", _l("Not known")), *Sector.choices], required=False
    )
    place: Any = forms.ModelChoiceField(
        Place.objects.all(), required=False, empty_label=_l("Not known"), **words_of(Case, "place")
    )
    is_cross_border = yes_no(_l("Does it cross the border?"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_types()
        _choices(self, "services", [("", _("Not known")), *case_text.services_choices()])
        _choices(self, "data_affected", [("", _("Not known")), *case_text.data_choices()])
        known = [each for each in CaseSeverity.choices if each[0] != CaseSeverity.UNKNOWN]
        _choices(self, "severity", [("", _("As computed")), *known])
        self.asked = facts_asked()
        facts = (self.initial.get("facts") or {}) if self.initial else {}
        for name, values in self.asked.items():
            self.fields[f"fact_{name}"] = _fact_field(name, values, facts.get(name))

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        impact: dict[str, Any] = {name: given.pop(name) for name in ("services", "people")}
        impact["data"] = given.pop("data_affected")
        impact |= {name: _TRUE.get(given.pop(name)) for name in ("danger", "spreading")}
        answers = {name: given.pop(f"fact_{name}") for name in self.asked}
        asked = {name: _TRUE.get(answer, answer or None) for name, answer in answers.items()}
        rsit_class, rsit_type = taxonomy.split(given.pop("rsit"))
        held = (self.initial.get("facts") or {}) if self.initial else {}
        others = {name: value for name, value in held.items() if name not in asked}
        return given | {
            "rsit_class": rsit_class,
            "rsit_type": rsit_type,
            "impact": {name: value for name, value in impact.items() if value not in (None, "")},
            "facts": others | {name: value for name, value in asked.items() if value is not None},
            "is_cross_border": _TRUE.get(given["is_cross_border"]),
        }


class MomentsForm(CommandForm):
    occurred_at = moment_field(label_of(Case, "occurred_at"))
    detected_at = moment_field(label_of(Case, "detected_at"))
    aware_at = moment_field(label_of(Case, "aware_at"), help_text=_l("Clocks of law often count from here."))
    contained_at = moment_field(label_of(Case, "contained_at"))
    handled_at = moment_field(label_of(Case, "handled_at"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class TakeOverForm(CommandForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"] = handler_field(_l("Who takes it"), empty=_l("I do"))


class HandOverForm(CommandForm):
    note = text_field(
        _l("Handover note"), required=True, rows=6, help_text=_l("What the next person needs to know. Internal.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"] = handler_field(_l("Who takes it"), empty=_l("Not known yet"))


class WaitingForm(CommandForm):
    waiting_for = forms.ChoiceField(label=label_of(Case, "waiting_for"), choices=WaitingFor.choices)
    note = forms.CharField(label=_l("For what"), required=False, max_length=500)


class NoteForm(CommandForm):
    text = forms.CharField(label=_l("Note"), max_length=MOST_CHARACTERS, widget=forms.Textarea(attrs={"rows": 3}))
    at = moment_field(_l("When"), help_text=_l("Empty: now."))


class AtForm(CommandForm):
    at = moment_field(_l("Since when"), help_text=_l("Empty: now."))


class CloseForm(CommandForm):
    reason = field_of(Case, "close_reason", required=True)
    lessons = field_of(
        Case,
        "lessons",
        rows=5,
        help_text=_l("What to do otherwise next time. Empty: the case says that no lessons were recorded."),
    )


class ReopenForm(CommandForm):
    reason = forms.CharField(label=_l("Why it goes on"), required=True, max_length=500)


class HappeningForm(CommandForm):
    text = field_of(Happening, "text", required=True)
    at = moment_field(label_of(Happening, "at"), help_text=_l("Empty: not known."))
    is_about = field_of(Happening, "is_about")
    source = field_of(Happening, "source")
    tlp = marking_field()


class ObservablesForm(CommandForm):
    text = text_field(
        _l("Address, name or hash, or a text that holds some"),
        required=True,
        rows=6,
        help_text=_l("A pasted mail or log will do. Only what is found in it is kept."),
    )
    kind = forms.ChoiceField(
        label=label_of(Observable, "kind"),
        required=False,
        help_text=_l("Leave it as it is to have it recognised. Choose one, and the whole text is one value."),
    )
    role = field_of(Observable, "role")
    tlp = marking_field()
    pap = forms.ChoiceField(label=label_of(Observable, "pap"), choices=Pap.choices)
    is_malicious = field_of(Observable, "is_malicious")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "kind", [("", _("Recognise it")), *ObservableKind.choices])
        self.fields["is_malicious"].initial = True

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        text, kind = given.pop("text"), given.pop("kind")
        if kind:
            found = [(kind, text)]
        elif one := kind_of(text):
            found = [(one.kind, one.value)]
        else:
            found = [(each.kind, each.value) for each in extract(text)]
        return given | {"found": found}


class ObservableForm(CommandForm):
    role = field_of(Observable, "role")
    tlp = marking_field()
    pap = forms.ChoiceField(label=label_of(Observable, "pap"), choices=Pap.choices)
    is_malicious = field_of(Observable, "is_malicious")


class OrganisationForm(CommandForm):
    organisation = organisation_field(label_of(CaseOrganisation, "organisation"))
    part = forms.ChoiceField(label=label_of(CaseOrganisation, "part"), choices=PartOf.choices)
    is_shared = field_of(
        CaseOrganisation,
        "is_shared",
        help_text=_l("It then sees title, state, times and what is asked of it, and no more."),
    )


class TaskForm(CommandForm):
    title = field_of(CaseTask, "title", required=True)
    note = field_of(CaseTask, "note", rows=3)
    waiting_for = forms.ChoiceField(label=label_of(CaseTask, "waiting_for"), choices=WaitingFor.choices)
    due_at = moment_field(label_of(CaseTask, "due_at"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = handler_field(_l("Who"))


class DropForm(CommandForm):
    reason = forms.CharField(label=_l("Why it is not needed"), required=True, max_length=500)


class PlaybookForm(CommandForm):
    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.playbooks = {each.code: each for each in suggested_playbooks(case)}
        pairs = [(code, each.in_language("title")) for code, each in self.playbooks.items()]
        self.fields["playbook"] = forms.ChoiceField(label=_("Playbook"), choices=pairs)

    def facts(self) -> dict[str, Any]:
        return {"playbook": self.playbooks[self.cleaned_data["playbook"]]}


class EvidenceForm(CommandForm):
    title = field_of(CaseEvidence, "title", required=True)
    file = NeededFile(
        label=_l("File"), required=False, help_text=_l("Or, for what is kept elsewhere, its hash and place.")
    )
    sha256 = forms.CharField(label="SHA-256", required=False, max_length=100)
    place = field_of(Custody, "place")
    collected_by = field_of(CaseEvidence, "collected_by", help_text=_l("Empty: you."))
    collected_at = moment_field(label_of(CaseEvidence, "collected_at"), help_text=_l("Empty: now."))
    tlp = marking_field()


class CustodyForm(CommandForm):
    to_whom = field_of(Custody, "to_whom", required=True)
    from_whom = field_of(Custody, "from_whom", help_text=_l("Empty: whoever received it last."))
    place = field_of(Custody, "place", help_text=_l("Empty: where it was."))
    reason = field_of(Custody, "reason")
    at = moment_field(label_of(Custody, "at"), help_text=_l("Empty: now."))


class MailForm(CommandForm):
    """One address, a subject that names no detail, and the text. `confirmed` is asked only of a new party."""

    to = forms.CharField(label=label_of(Message, "to"), max_length=320, help_text=_l("One e-mail address."))
    subject = forms.CharField(
        label=label_of(Message, "subject"),
        max_length=200,
        help_text=_l("Reference and marking are put before it. Name no detail: a subject is never encrypted."),
    )
    text = field_of(Message, "text", required=True, rows=10)
    tlp = marking_field()
    waiting_for = forms.ChoiceField(label=_l("Then waiting for"), required=False)
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput, max_length=320)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "waiting_for", [("", _("As it is")), *WaitingFor.choices])

    def add_error(self, field: str | None, error: Any) -> None:
        """The question whether to write to a new party goes to the address, and the next press is the answer."""
        if field != "confirmed":
            super().add_error(field, error)
            return
        data: Any = self.data  # what was posted
        self.data = data.copy()
        self.data["confirmed"] = self.cleaned_data.get("to", "")  # type: ignore[index]  # a copy can be written
        super().add_error("to", error)


class TemplateForm(CommandForm):
    template = forms.ChoiceField(label=_l("Text"), choices=[(code, each.title) for code, each in TEMPLATES.items()])


class SubmissionForm(CommandForm):
    kind = forms.ChoiceField(label=label_of(Submission, "kind"), choices=SubmissionKind.choices)
    organisation = organisation_field(label_of(Submission, "organisation"), required=False)
    at = moment_field(label_of(Submission, "at"), help_text=_l("Empty: now."))
    text = field_of(Submission, "text", rows=4)


class PauseForm(CommandForm):
    reason = field_of(ClockPause, "reason", required=True)
    at = moment_field(_l("Since when"), help_text=_l("Empty: now."))


class MemberForm(CommandForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = handler_field(_l("Who"), required=True, empty=_l("Choose one"))


class OtherCaseForm(CommandForm):
    """Another case that the person may read, by its reference."""

    name = "other"

    def __init__(self, *args: Any, viewer: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields[self.name] = forms.CharField(
            label=_("Other case"), max_length=20, help_text=_("Its reference, for example INC-2026-0047.")
        )
        self.order_fields([self.name])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        reference = str(given.get(self.name, "")).strip()
        found = Case.objects.visible_to(self.viewer).filter(reference__iexact=reference).first()
        if reference and found is None:
            self.add_error(self.name, _("There is no case with this reference."))
        return {**given, self.name: found}


class LinkForm(OtherCaseForm):
    reason = field_of(CaseLink, "reason")


class MergeForm(OtherCaseForm):
    name = "into"


class SplitForm(CommandForm):
    title = field_of(Case, "title", help_text=_l("Empty: the line of the report."))


class DutyForm(CommandForm):
    starts_at = moment_field(DutyShift._meta.get_field("starts_at").verbose_name, required=True)
    ends_at = moment_field(DutyShift._meta.get_field("ends_at").verbose_name, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = handler_field(_l("Who"), required=True, empty=_l("Choose one"))
        self.order_fields(["user"])


class FilterForm(CommandForm):
    name = field_of(SavedFilter, "name", required=True)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)
