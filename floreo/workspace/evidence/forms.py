"""Forms of the vault. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, reach
from floreo.core.errors import Refused
from floreo.core.policy import Tlp
from floreo.evidence.models import Evidence, EvidenceKind
from floreo.organisations.models import Organisation
from floreo.workspace.form_page import posted
from floreo.workspace.forms import SOURCE, CommandForm, RecordForm, field_of, organisation_field, words_of

_TLP_WORDS = {
    Tlp.CLEAR: _l("TLP:CLEAR, can be published"),
    Tlp.GREEN: _l("TLP:GREEN, everyone who works on the strategy"),
    Tlp.AMBER: _l("TLP:AMBER, people who work on the strategy and need it"),
    Tlp.AMBER_STRICT: _l("TLP:AMBER+STRICT, its own organisation and the secretariat"),
    Tlp.RED: _l("TLP:RED, its own organisation and the secretariat, never shared further"),
}


def tlp_field() -> forms.ChoiceField:
    return forms.ChoiceField(**words_of(Evidence, "tlp"), choices=list(_TLP_WORDS.items()), initial=Tlp.GREEN)


def owner_field(viewer: object) -> Any:
    """Whose evidence it is: anybody's for who keeps the whole vault, else of the viewer's own bodies."""
    own = reach(viewer, Permission.EVIDENCE_KEEP)
    field = organisation_field(**words_of(Evidence, "organisation"), required=False)
    field.empty_label = _l("No owner")
    if own is not None:
        field.queryset = Organisation.objects.filter(pk__in=own)
        field.required, field.empty_label, field.initial = True, None, field.queryset.first()
    return field


class KeepForm(CommandForm):
    """A file or a link. The file comes last: when it is too large and the rest is not read, the words are kept."""

    title = field_of(
        Evidence,
        "title",
        help_text=_l(
            "For example: minutes of the workshop, 10 February 2020. If you leave it empty, the file name is used."
        ),
    )
    note = field_of(Evidence, "note", rows=2)
    place = forms.CharField(
        label=_l("Where in it"), required=False, max_length=300, help_text=_l("For example: page 4.")
    )
    dated = field_of(Evidence, "dated")
    valid_until = field_of(Evidence, "valid_until")
    tlp = tlp_field()
    is_public = field_of(Evidence, "is_public")
    url = forms.CharField(
        label=_l("Address of a link"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=_l(
            "Public address. It is checked once a week, and its owner is notified if it is no longer available."
        ),
    )
    file = forms.FileField(
        label=_l("Or a file"),
        required=False,
        widget=forms.ClearableFileInput(),
        help_text=_l("A PDF, an image, a text, an office document without macros, or a ZIP of those."),
    )

    def __init__(self, request: HttpRequest, *, is_attached: bool = False, **kwargs: Any) -> None:
        super().__init__(posted(request), request.FILES or None, **kwargs)
        self.stopped = getattr(request, "upload_refused", None)
        self.fields["organisation"] = owner_field(request.user)
        self.order_fields(["title", "note", "place", "dated", "valid_until", "organisation", "tlp", "is_public"])
        if not is_attached:
            del self.fields["place"]
        if reach(request.user, Permission.EVIDENCE_KEEP) is not None:
            del self.fields["is_public"]

    def clean_file(self) -> Any:
        """The file; where it was stopped on its way, the reason comes first, since what followed it was not read."""
        if isinstance(self.stopped, Refused):
            raise ValidationError(str(self.stopped.sentence))
        return self.cleaned_data.get("file")


class EvidenceForm(RecordForm):
    """What is said of evidence that is kept already. A file stays the file that it is."""

    tlp = tlp_field()

    class Meta:
        model = Evidence
        fields: ClassVar[tuple[str, ...]] = (
            "title",
            "note",
            "url",
            "dated",
            "valid_until",
            "organisation",
            "tlp",
            "is_public",
            *SOURCE,
        )
        widgets: ClassVar[dict[str, Any]] = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, viewer: object, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"] = owner_field(viewer)
        self.initial["organisation"] = self.instance.organisation
        if self.instance.kind != EvidenceKind.LINK:
            del self.fields["url"]
        if reach(viewer, Permission.EVIDENCE_KEEP) is not None and not self.instance.is_public:
            del self.fields["is_public"]


class WithdrawForm(CommandForm):
    reason = forms.CharField(
        label=_l("Reason for withdrawal"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReplaceForm(KeepForm):
    """What is to be in its place; it begins with what was said of the old one."""

    def __init__(self, request: HttpRequest, old: Evidence) -> None:
        names = ("title", "note", "tlp", "is_public")
        initial = {name: getattr(old, name) for name in names} | {"organisation": old.organisation}
        super().__init__(request, initial=initial)
        self.fields["title"].help_text = _("Give its year or version.")


class AttachForm(forms.Form):
    """Where in the evidence that it is said, beside the button that attaches it."""

    note = forms.CharField(required=False, max_length=300)

    def __init__(self, evidence: Evidence, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("Place in “%(title)s”") % {"title": evidence.named()}
        self.fields["note"].widget.attrs |= {"aria-label": label, "placeholder": _("Place, for example page 4")}


class ChooseForm(forms.Form):
    """The box that narrows what can be attached."""

    q = forms.CharField(
        label=_l("Words in the title, file name or address"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
