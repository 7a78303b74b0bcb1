"""The form of an arrangement: how a file is set out, and which of its columns is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.feeds.engine.arrange.model import (
    COMMENTS,
    DELIMITERS,
    HEADERS,
    ORDERS,
    Arrangement,
    WrongArrangement,
    arrangement_of,
    classes,
    column_of,
)
from floreo.feeds.engine.columns import COLUMN
from floreo.feeds.models import Severity
from floreo.feeds.presenters.arranging import LABELS, WORDS, arrangement_sentence
from floreo.workspace.forms import CommandForm

_BETWEEN = ","  # names of lists, in their order
_COLUMNS = (
    "address",
    "name",
    "url",
    "port",
    "types",
    "time",
    "clock",
    "kind_column",
    "severity_column",
    "category_column",
)


def _words_of(key: str, values: Sequence[str]) -> list[tuple[str, Any]]:
    return [(value, WORDS.get((key, value), value)) for value in values]


class _Words(forms.CharField):
    """A word of the source and a word of the program on each line: `alta = high`."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return (
            "\n".join(f"{theirs} = {ours}" for theirs, ours in value.items()) if isinstance(value, Mapping) else value
        )

    def to_python(self, value: Any) -> Any:
        out = dict[str, str]()
        for line in str(value or "").splitlines():
            theirs, sign, ours = line.rpartition("=")
            if line.strip() and not (sign and theirs.strip() and ours.strip()):
                raise forms.ValidationError(
                    _("Write a word of the source and your word for it on each line, as in: alta = high.")
                )
            if line.strip():
                out[theirs.strip()] = ours.strip()
        return out


class ArrangeForm(CommandForm):
    """`header`: columns of the file as it is set out now. Every one that is chosen is offered too, whether it is there or not."""

    reads = forms.ChoiceField(label=LABELS["reads"], choices=_words_of("reads", ("csv", "json")))
    delimiter = forms.ChoiceField(label=LABELS["delimiter"], choices=_words_of("delimiter", DELIMITERS), required=False)
    header = forms.ChoiceField(label=LABELS["header"], choices=_words_of("header", HEADERS), required=False)
    skip = forms.IntegerField(label=LABELS["skip"], min_value=0, max_value=1000, required=False)
    comment = forms.ChoiceField(label=LABELS["comment"], choices=_words_of("comment", COMMENTS), required=False)
    unfold = forms.CharField(
        label=LABELS["unfold"],
        required=False,
        max_length=600,
        help_text=_l(
            "For JSON: the name of the list; of a list within a list both, with a comma. For example: result.hits"
        ),
    )
    address = forms.ChoiceField(
        label=LABELS["address"],
        required=False,
        help_text=_l("A port may follow it: 192.0.2.1:8080, or 192.0.2.1|443."),
    )
    name = forms.ChoiceField(label=LABELS["name"], required=False)
    url = forms.ChoiceField(label=LABELS["url"], required=False, help_text=_l("Name and port are taken from it."))
    port = forms.ChoiceField(label=LABELS["port"], required=False)
    types = forms.ChoiceField(
        label=LABELS["types"],
        required=False,
        help_text=_l("For example ip-dst, domain, md5. Rows of other types, such as hashes, are left out and counted."),
    )
    several = forms.BooleanField(label=_l("A cell may hold several addresses: one event for each"), required=False)
    networks = forms.BooleanField(
        label=_l("Addresses may be whole networks: one event for each network of the register that they touch"),
        required=False,
    )
    time = forms.ChoiceField(label=LABELS["time"], required=False)
    clock = forms.ChoiceField(label=_l("Time of day, if it has a column of its own"), required=False)
    order = forms.ChoiceField(label=LABELS["order"], choices=_words_of("order", ORDERS), required=False)
    zone = forms.CharField(
        label=LABELS["zone"],
        required=False,
        max_length=60,
        help_text=_l("For example America/New_York, or -06:00. If empty: UTC."),
    )
    no_time = forms.ChoiceField(
        label=LABELS["no_time"], choices=_words_of("no_time", ("day", "refuse")), required=False
    )
    kind_column = forms.ChoiceField(label=_l("What it is, from a column"), required=False)
    kind_prefix = forms.CharField(
        label=LABELS["kind_prefix"],
        required=False,
        max_length=40,
        help_text=_l("With open-, the value rdp becomes open-rdp."),
    )
    kind = forms.CharField(
        label=_l("What it is, if no column says it"),
        required=False,
        max_length=80,
        help_text=_l("For example open-rdp."),
    )
    severity_column = forms.ChoiceField(label=_l("Severity, from a column"), required=False)
    severity_words = _Words(
        label=LABELS["severity_words"],
        required=False,
        max_length=20_000,
        help_text=_l(
            "One on each line, with ours: critical, high, medium, low, info or undefined. For example: alta = high"
        ),
    )
    severity = forms.ChoiceField(label=_l("Severity, if no column says it"), required=False)
    category_column = forms.ChoiceField(label=_l("Type of incident, from a column"), required=False)
    category_words = _Words(
        label=LABELS["category_words"],
        required=False,
        max_length=20_000,
        help_text=_l("One on each line, with a type of the RSIT taxonomy. For example: phish = phishing"),
    )
    category = forms.ChoiceField(label=_l("Type of incident, if no column says it"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    parts: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = (
        (_l("How the file is written"), ("reads", "delimiter", "header", "skip", "comment", "unfold")),
        (_l("What the rows are about"), ("address", "name", "url", "port", "types", "several", "networks")),
        (_l("When"), ("time", "clock", "order", "zone", "no_time")),
        (
            _l("What was found"),
            (
                "kind_column",
                "kind_prefix",
                "kind",
                "severity_column",
                "severity_words",
                "severity",
                "category_column",
                "category_words",
                "category",
            ),
        ),
    )

    def __init__(self, data: Any, *, header: Sequence[str], given: Arrangement, version: int | None = None) -> None:
        super().__init__(data, initial={**_initial(given), "version": version})
        chosen = [str(data.get(n) or "")[:300] for n in _COLUMNS] if data else []
        known = list(dict.fromkeys([*header, *given.columns, *(each for each in chosen if each)]))
        for name in _COLUMNS:
            self._choices(name, [("", _("No column")), *((column, column) for column in known)])
        self._choices("severity", [("", _("Undefined")), *Severity.choices])
        self._choices("category", [("", _("Undefined")), *((kind, kind) for kind in classes())])

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # for mypy
        field.choices = choices

    @property
    def fieldsets(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.parts]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.arranged = arrangement_of(_plain(given))
            except WrongArrangement as wrong:
                place = wrong.key if wrong.key in self.fields else None
                self.add_error(place, arrangement_sentence(wrong.key, wrong.why))
        return given


def _initial(given: Arrangement) -> dict[str, Any]:
    """What the fields show of an arrangement."""
    out: dict[str, Any] = {name: getattr(given, name) for name in ("reads", "delimiter", "header", "skip", "comment")}
    out |= {name: getattr(given, name) for name in ("address", "name", "url", "port", "types", "several", "networks")}
    out |= {
        name: getattr(given, name)
        for name in ("order", "zone", "no_time", "kind_prefix", "severity_words", "category_words")
    }
    out["unfold"] = f"{_BETWEEN} ".join(given.unfold)
    out["time"], out["clock"] = (*given.time, "", "")[:2]
    for name in ("kind", "severity", "category"):
        column = column_of(getattr(given, name))
        out[f"{name}_column"], out[name] = column, "" if column else getattr(given, name)
    return out


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """An arrangement, as it is kept, of what the fields hold. What only tables have is left out of one of JSON."""
    is_json = given["reads"] == "json"
    out: dict[str, Any] = {
        name: given[name]
        for name in ("reads", "address", "name", "url", "port", "types", "several", "networks", "order", "zone")
    }
    out |= {name: given[name] for name in ("kind_prefix", "severity_words", "category_words")}
    out["no_time"] = given["no_time"] or "day"
    out["time"] = [each for each in (given["time"], given["clock"]) if each]
    if is_json:
        out["unfold"] = [each.strip() for each in given["unfold"].split(_BETWEEN) if each.strip()]
    else:
        out |= {"delimiter": given["delimiter"] or ",", "header": given["header"] or "first"}
        out |= {"comment": given["comment"], "skip": given["skip"] or 0}
    for name in ("kind", "severity", "category"):
        column = given[f"{name}_column"]
        out[name] = f"{COLUMN}{column}" if column else given[name]
    return out
