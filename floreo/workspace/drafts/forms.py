"""Forms of imports: the upload, one row in a person's own words, and where the rows go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.fields import label_of
from floreo.strategy.actions.drafts.fields import FIELDS, shown_value
from floreo.strategy.models import DraftRow, Edition, EditionPart

ACCEPTED = ".txt,.md,.html,.htm,.docx,.pdf"
NEW = "new"


class UploadForm(forms.Form):
    file = forms.FileField(
        required=False,  # core/uploads.py says why there is none
        label=_l("Text of a strategy"),
        help_text=_l("PDF with text, Word (.docx), web page, Markdown or plain text."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )


class RowForm(forms.Form):
    """A row's title and fields. They are text here: the action reads them and says what is wrong with which."""

    title = forms.CharField(label=label_of(DraftRow, "title"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, row: DraftRow, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=f"row{row.number}-%s")
        self.row = row
        self.fields["title"].initial = row.title
        for each in FIELDS.get(row.kind, ()):
            value = shown_value(row, each.name)
            self.fields[each.name] = self._field(each.sort, each.title, "" if value is None else str(value))

    def _field(self, sort: str, title: Any, value: str) -> forms.Field:
        if sort == "part":
            choices = [("", _("Choose one")), *EditionPart.choices]
            return forms.ChoiceField(label=title, choices=choices, initial=value, required=False)
        widget = forms.DateInput(attrs={"type": "date"}) if sort == "date" else forms.TextInput()
        if sort in {"year", "number"}:
            widget.attrs["inputmode"] = "numeric"
        return forms.CharField(label=title, required=False, initial=value, widget=widget)

    def initial_data(self) -> dict[str, Any]:
        """What the unbound form shows, as if it had been sent."""
        return {name: field.initial or "" for name, field in self.fields.items()}

    def given(self) -> dict[str, str]:
        return {name: str(self.data.get(name, "")) for name in self.fields if name != "title"}


class FinishForm(forms.Form):
    """Into which edition the accepted rows go."""

    into = forms.ChoiceField(label=_l("Choose the edition"), widget=forms.RadioSelect)
    code = forms.CharField(
        label=_l("Code of the new edition"),
        required=False,
        max_length=40,
        help_text=_l("Used in its address: usually its years, such as 2025-2028."),
    )

    def __init__(self, data: Any, *, editions: list[Edition], own: Edition | None, code: str) -> None:
        super().__init__(data)
        choices = [
            (e.code, _("%(title)s (%(code)s)") % {"title": e.in_language("title"), "code": e.code}) for e in editions
        ]
        if code:
            choices.append((NEW, _("A new edition, in preparation and not public")))
        else:
            del self.fields["code"]
        self.fields["into"].choices = choices  # type: ignore[attr-defined]  # a choice field
        self.fields["into"].initial = own.code if own else NEW
        if code:
            self.fields["code"].initial = code
