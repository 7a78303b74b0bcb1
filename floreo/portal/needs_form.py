"""The form by which an organisation answers how many people it needs: a line for each role, and nothing is needed of any of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.workforce.models import NeedsRequest, WorkforceNeed
from floreo.workforce.presenters import role_words
from floreo.workforce.queries import needs_of, role_items


class NeedsForm(forms.Form):
    """Shape only: whole numbers. What they mean, the action says."""

    note = forms.CharField(
        label=_l("Anything that we should know"),
        required=False,
        max_length=500,
        help_text=_l("For the coordinator. Not published; no names of persons."),
        widget=forms.Textarea(attrs={"rows": "2"}),
    )

    def __init__(self, data: Any = None, *, request: NeedsRequest) -> None:
        super().__init__(data, auto_id="n-%s")
        self.items = list(role_items())
        rows = WorkforceNeed.objects.filter(organisation=request.organisation)
        held = {need.role: need for need in needs_of(rows)}
        self.lines = []
        for item in self.items:
            words, before = role_words(item), held.get(item.pk)
            pair = []
            for name, label, value in (
                (f"needed_{item.pk}", _("%(role)s: people needed"), before.needed if before else None),
                (f"in_post_{item.pk}", _("%(role)s: people in post"), before.in_post if before else None),
            ):
                self.fields[name] = forms.CharField(
                    label=label % {"role": words},
                    required=False,
                    max_length=12,
                    initial="" if value is None else str(value),
                    widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                )
                pair.append(self[name])
            self.lines.append((words, *pair))

    def clean(self) -> dict[str, Any]:
        """Both numbers of a line, or none. A minus is read as one, so that the answer to it is that it is negative."""
        self.given: dict[int, tuple[int, int]] = {}
        for item in self.items:
            names = (f"needed_{item.pk}", f"in_post_{item.pk}")
            texts = [str(self.cleaned_data.get(name) or "").strip() for name in names]
            if not any(texts):
                continue
            numbers = [self._number(name, text) for name, text in zip(names, texts, strict=True)]
            if None not in numbers:
                self.given[item.pk] = (int(numbers[0] or 0), int(numbers[1] or 0))
        return self.cleaned_data

    def _number(self, name: str, text: str) -> int | None:
        bare = text.removeprefix("-")
        if text and bare.isascii() and bare.isdigit():
            return int(text)
        words = {"label": self.fields[name].label}
        self.add_error(name, _("“%(label)s”: write a whole number, 0 for nobody.") % words)
        return None
