"""The form with which observers note, of each expected action, whether it was met: in the workspace, and by the link of an observer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from floreo.tabletops.models import ExpectedAction, Inject, VerdictChoice


@dataclass(frozen=True)
class Noted:
    """What was entered of one expected action."""

    expected: ExpectedAction
    verdict: str
    minute: int | None
    note: str


class ObservationsForm(forms.Form):
    """Verdict, minute and note of every expected action of the injects that were sent."""

    def __init__(self, data: Any, rows: Iterable[ExpectedAction], *, by_code: str) -> None:
        super().__init__(data, auto_id="o-%s")
        self.expected = list(rows)
        self.before: dict[int, tuple[str, int | None, str]] = {}
        for each in self.expected:
            own = next((o for o in each.observations.all() if o.by_code == by_code), None)
            self.before[each.pk] = (own.verdict, own.minute, own.note) if own else ("", None, "")
            self._add(each)

    def _add(self, each: ExpectedAction) -> None:
        verdict, minute, note = self.before[each.pk]
        self.fields[f"verdict-{each.pk}"] = forms.ChoiceField(
            label=_("Verdict"),
            choices=[("", _("Not observed")), *VerdictChoice.choices],
            required=False,
            initial=verdict,
        )
        self.fields[f"minute-{each.pk}"] = forms.IntegerField(
            label=_("Minute"),
            required=False,
            min_value=0,
            initial=minute,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        )
        self.fields[f"note-{each.pk}"] = forms.CharField(label=_("Note"), required=False, max_length=1000, initial=note)

    def by_inject(self) -> list[tuple[Inject, list[tuple[ExpectedAction, Any, Any, Any]]]]:
        found: dict[int, tuple[Inject, list[tuple[ExpectedAction, Any, Any, Any]]]] = {}
        for each in self.expected:
            bound = (each, self[f"verdict-{each.pk}"], self[f"minute-{each.pk}"], self[f"note-{each.pk}"])
            found.setdefault(each.inject_id, (each.inject, []))[1].append(bound)
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for each in self.expected:
            has_more = given.get(f"minute-{each.pk}") is not None or given.get(f"note-{each.pk}")
            if has_more and not given.get(f"verdict-{each.pk}"):
                self.add_error(f"verdict-{each.pk}", _("Choose a verdict with the minute or the note."))
        return given

    def changed(self) -> Iterator[Noted]:
        """What is otherwise than before."""
        given = self.cleaned_data
        for each in self.expected:
            now = Noted(each, given[f"verdict-{each.pk}"], given[f"minute-{each.pk}"], given[f"note-{each.pk}"].strip())
            if now.verdict and (now.verdict, now.minute, now.note) != self.before[each.pk]:
                yield now
