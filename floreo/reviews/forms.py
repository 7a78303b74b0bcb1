"""The form of one action on the answer sheet. It checks shape; actions check rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.wording import day_text
from floreo.reviews.logic import MOST_NAME
from floreo.reviews.models import Answer
from floreo.strategy.models import Action, Milestone


@dataclass(frozen=True)
class RequestedValue:
    """A figure that the lead enters for a period: what is counted, in what unit, and under which action it is."""

    code: str
    title: str
    unit: str
    definition: str
    starts_on: date
    ends_on: date
    period: str
    action_id: int


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _text(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, help_text=help_text, widget=widget, strip=False)


class WhoForm(forms.Form):
    """Who answers: the deputy may, and then says so."""

    reported_by = forms.CharField(
        label=_l("Your name"),
        required=False,
        max_length=MOST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def _due_text(thing: Milestone | Action) -> str:
    """When it is due, and when it is expected now; empty where neither is known."""
    if thing.due_on is None:
        return ""
    words = {"day": day_text(thing.due_on)}
    if thing.expected_on is None:
        return _("Due on %(day)s.") % words
    return _("Due on %(day)s, now expected on %(expected)s.") % (words | {"expected": day_text(thing.expected_on)})


class AnswerForm(forms.Form):
    """What can be said of one action: three texts, a note, milestones, expected dates, figures, evidence."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    done = _text(_l("Work done"))
    next = _text(_l("Next steps"), rows=2)
    risks = _text(_l("Risks"), rows=2)
    file = forms.FileField(label=_l("File as evidence"), required=False, allow_empty_file=True)
    link = forms.CharField(
        label=_l("Or web address of the evidence"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    internal_note = _text(_l("Note to the secretariat"), _l("Never published."), rows=2)

    def __init__(
        self,
        data: Any,
        files: Any,
        *,
        act: Action,
        answer: Answer | None,
        milestones: Iterable[Milestone],
        figures: Iterable[RequestedValue],
        prefix: str,
    ) -> None:
        super().__init__(data, files, prefix=prefix, initial=_known(answer))
        self.milestones, self.figures = list(milestones), list(figures)
        given = {f["indicator"]: f for f in answer.figures} if answer else {}
        self.drafted: dict[str, dict[str, str]] = answer.expected if answer else {}
        self._add_expected("", act, _("Whole action now expected on"))
        for milestone in self.milestones:
            self._add_milestone(milestone, answer.milestones if answer else {})
        for figure in self.figures:
            self._add_figure(figure, given.get(figure.code, {}))

    def _add_milestone(self, milestone: Milestone, ticked: Mapping[str, str]) -> None:
        day = ticked.get(milestone.code, "")
        title = milestone.in_language("title")
        self.fields[f"reached-{milestone.code}"] = forms.BooleanField(
            label=title, required=False, initial=bool(day), help_text=_due_text(milestone)
        )
        hidden = format_html('<span class="visually-hidden">: {}</span>', title)
        label = format_html("{}{}", _("Date reached, if not today"), hidden)
        self.fields[f"day-{milestone.code}"] = forms.DateField(label=label, required=False, initial=day, widget=_Day)
        self._add_expected(milestone.code, milestone, format_html("{}{}", _("Now expected on"), hidden))

    def _add_expected(self, code: str, thing: Milestone | Action, label: Any) -> None:
        """When it is expected now: as drafted, else as the plan says."""
        drafted = self.drafted.get(code)
        self.fields[_expected(code)] = forms.DateField(
            label=label,
            required=False,
            initial=drafted["after"] if drafted else thing.expected_on,
            help_text="" if code else _due_text(thing),
            widget=_Day,
        )

    def _add_figure(self, figure: RequestedValue, known: Mapping[str, str]) -> None:
        label = _("%(title)s, %(period)s, in %(unit)s") % {
            "title": figure.title,
            "period": figure.period,
            "unit": figure.unit,
        }
        self.fields[f"value-{figure.code}"] = forms.CharField(
            label=label,
            required=False,
            max_length=40,
            initial=known.get("value", ""),
            help_text=figure.definition,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
        self.fields[f"source-{figure.code}"] = forms.CharField(
            label=_("Source of this number"), required=False, max_length=500, initial=known.get("source", "")
        )

    def text_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("done", "next", "risks")]

    def milestone_fields(self) -> list[tuple[forms.BoundField, ...]]:
        return [tuple(self[f"{name}-{m.code}"] for name in ("reached", "day", "expected")) for m in self.milestones]

    def expected_field(self) -> forms.BoundField:
        return self["expected"]

    def has_words(self) -> bool:
        """Whether anything was typed in the boxes for text."""
        return any(str(self.data.get(self.add_prefix(n), "")).strip() for n in ("done", "next", "risks"))

    def changes_dates(self) -> bool:
        """Whether a date that is expected was changed, now or in the draft."""
        return bool(self.drafted) or any(name.startswith("expected") for name in self._changed())

    def _changed(self) -> list[str]:
        """The fields that were changed. A page without a date that is expected does not take it out."""
        return [n for n in self.changed_data if not n.startswith("expected") or self.add_prefix(n) in self.data]

    def figure_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"value-{f.code}"], self[f"source-{f.code}"]) for f in self.figures]

    def evidence_fields(self) -> list[forms.BoundField]:
        return [self["file"], self["link"]]

    def is_touched(self) -> bool:
        """Whether anything is in it that is not kept already. The hidden version does not count."""
        return any(name != "version" for name in self._changed())

    def facts(self) -> dict[str, Any]:
        """What the action is called with; evidence is kept apart, before."""
        given = self.cleaned_data
        found: dict[str, Any] = {name: given[name] for name in ("done", "next", "risks", "internal_note")}
        found["milestones"] = {
            m.code: given.get(f"day-{m.code}") or clock.today() for m in self.milestones if given[f"reached-{m.code}"]
        }
        codes = ["", *(m.code for m in self.milestones)]
        changed = self._changed()
        found["expected"] = {
            code: given[_expected(code)]
            for code in codes
            if self.add_prefix(_expected(code)) in self.data and (code in self.drafted or _expected(code) in changed)
        }
        found["figures"] = [
            {
                "indicator": f.code,
                "starts_on": f.starts_on.isoformat(),
                "ends_on": f.ends_on.isoformat(),
                "value": given[f"value-{f.code}"].strip(),
                "source": given[f"source-{f.code}"].strip(),
                "note": "",
            }
            for f in self.figures
            if given[f"value-{f.code}"].strip()
        ]
        return found

    def typed(self) -> list[tuple[Any, str]]:
        """What was typed, as it came: (label, text), for giving it back."""
        names = [
            n
            for n in self.fields
            if n not in ("version", "file") and not n.startswith(("reached-", "day-", "expected"))
        ]
        return [
            (self.fields[name].label, text)
            for name in names
            if (text := str(self.data.get(self.add_prefix(name), "")).strip())
        ]


def _expected(code: str) -> str:
    """The name of the field for a milestone, or with "" for the action."""
    return f"expected-{code}" if code else "expected"


def _known(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"version": 0}
    names = ("version", "done", "next", "risks", "internal_note")
    return {name: getattr(answer, name) for name in names}
