"""Forms of imports: the upload, which tables, what each column is, what each text means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core.fields import label_of
from floreo.core.importing import Holds, ImportRows
from floreo.core.ui.forms import NeededFile
from floreo.core.wording import colon
from floreo.imports import formats
from floreo.imports.choosing import FieldTexts, Text
from floreo.imports.grid import Grid
from floreo.imports.models import SheetImport
from floreo.imports.planning import LEAVE, NEW, OTHERS, shown_header
from floreo.imports.tables import SheetTable, header_texts
from floreo.imports.targets import targets_for
from floreo.workspace.forms import CommandForm, day_field

_SHOWN = 3  # values of a column
_LONGEST = 60  # characters of a value that are shown
_MOST_HEADER_ROWS = 3
_ALL_OPTIONS = 40  # with so many or fewer, every option is in the list


class UploadForm(forms.Form):
    target = forms.ChoiceField(label=label_of(SheetImport, "target"))
    file = NeededFile(
        required=False,  # core/uploads.py says why there is none
        label=_l("Spreadsheet"),
        help_text=_l("XLSX, XLS, ODS, CSV or TSV, of any layout: on the next pages you match its columns and values."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, viewer: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = target_choices(viewer)  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, str]:
        """The target and its scope."""
        name, _at, scope = self.cleaned_data["target"].partition("@")
        return name, scope


class NameForm(forms.Form):
    """For which source columns and values are remembered, if for any."""

    source_name = forms.CharField(
        required=False, max_length=120, label=_l("Remember columns and values for the source")
    )


def target_choices(viewer: object) -> list[tuple[str, str]]:
    return [
        (f"{name}@{code}", f"{target.title}{colon()} {title}" if title else str(target.title))
        for name, target in targets_for(viewer).items()
        for code, title in target.scopes(viewer)
    ]


class TablesForm(CommandForm):
    tables = forms.MultipleChoiceField(
        required=False,
        label=_l("Tables of the file"),
        help_text=_l(
            "Select several where they are parts of one table: columns with the same header are taken together."
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    sheet = forms.TypedChoiceField(coerce=int, required=False, empty_value=None, label=_l("Or another table: sheet"))
    header_row = forms.IntegerField(
        min_value=1,
        required=False,
        label=_l("Row of its header"),
        help_text=_l("As the spreadsheet numbers its rows. What is above it is left out."),
    )
    header_rows = forms.TypedChoiceField(
        coerce=int,
        choices=[(n, n) for n in range(1, _MOST_HEADER_ROWS + 1)],
        initial=1,
        label=_l("Rows that the header takes"),
    )

    def __init__(self, data: Any, run: SheetImport, sheets: Sequence[Grid], found: Sequence[SheetTable]) -> None:
        current = [SheetTable.from_json(part) for part in run.parts]
        self.parts = list(dict.fromkeys([*found, *current]))
        self.sheets = sheets
        super().__init__(data, initial={"tables": [str(self.parts.index(part)) for part in current]})
        self.fields["tables"].choices = [  # type: ignore[attr-defined]
            (str(n), _table_words(sheets, part)) for n, part in enumerate(self.parts)
        ]
        choices = [("", _("None")), *((x, sheet.title) for x, sheet in enumerate(sheets))]
        self.fields["sheet"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if (facts.get("sheet") is None) != (facts.get("header_row") is None):
            self.add_error("header_row", _("Give both the sheet and the row of the header, or neither."))
        return facts

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        parts = [self.parts[int(n)] for n in given["tables"]]
        if given["sheet"] is not None:
            parts = [
                SheetTable(
                    given["sheet"], given["header_row"], given["header_rows"], len(self.sheets[given["sheet"]].rows)
                )
            ]
        return {"parts": parts}


def _table_words(sheets: Sequence[Grid], part: SheetTable) -> str:
    count = max(0, part.last - part.header_row - part.header_rows + 1)
    words = {
        "sheet": sheets[part.sheet].title,
        "row": part.header_row,
        "n": count,
        "heads": ", ".join(filter(None, header_texts(sheets[part.sheet], part)))[:120],
    }
    text = ngettext(
        "“%(sheet)s”, header in row %(row)d, %(n)d row: %(heads)s",
        "“%(sheet)s”, header in row %(row)d, %(n)d rows: %(heads)s",
        count,
    )
    return text % words


class ColumnsForm(forms.Form):
    """For each column a field or nothing, and how its days or numbers are written where its values do not decide that."""

    def __init__(
        self,
        data: Any,
        run: SheetImport,
        rows: ImportRows,
        texts: Sequence[Sequence[str]],
        *,
        day_fields: frozenset[str],
    ) -> None:
        super().__init__(data)
        self.run = run
        choices = [("", _("Leave it out")), *((each.name, str(each.title)) for each in rows.fields)]
        self.holds = {each.name: each.holds for each in rows.fields}
        self.lines: list[tuple[str, str]] = []  # the names of the two controls of each column
        for x, (column, of_column) in enumerate(zip(run.columns, texts, strict=True)):
            name, shape = f"column_{x}", ""
            self.fields[name] = forms.ChoiceField(
                choices=choices, required=False, label=shown_header(column["header"]), initial=column["field"]
            )
            if shapes := _open_shapes(of_column):
                shape = f"format_{x}"
                label = _("How it is written: %(column)s") % {"column": shown_header(column["header"])}
                self.fields[shape] = forms.ChoiceField(
                    choices=[("", _("Choose one")), *shapes], required=False, label=label, initial=column["format"]
                )
            self.lines.append((name, shape))
        self.day_fields = day_fields
        if day_fields:
            self.fields["as_of"] = day_field(
                _("Day of the file"),
                help_text=_("The day on which it was up to date. Updates are entered for that day."),
            )
            self.initial["as_of"] = run.as_of

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        for name, shape in self.lines:
            holds = self.holds.get(facts.get(name, ""))
            if shape and not facts.get(shape) and holds in {Holds.DAY, Holds.PERIOD, Holds.DECIMAL, Holds.WHOLE}:
                self.add_error(shape, _("The values do not show how this column is written. Choose it."))
        chosen = {facts.get(name, "") for name, _shape in self.lines}
        if chosen & self.day_fields and not facts.get("as_of") and "as_of" not in self.errors:
            self.add_error("as_of", _("Give the day of the file: its updates are entered for that day."))
        return facts

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "fields": [given[name] for name, _shape in self.lines],
            "formats_of": [given.get(shape, "") if shape else "" for _name, shape in self.lines],
            "as_of": given.get("as_of"),
        }


def _open_shapes(texts: Sequence[str]) -> list[tuple[str, str]]:
    """What has to be chosen for a column of such values, if it is taken as days, or as numbers."""
    if formats.order_of(texts).is_asked:
        return [
            (str(formats.Order.DAY_FIRST), _("Day first: 3/4/2026 is 3 April")),
            (str(formats.Order.MONTH_FIRST), _("Month first: 3/4/2026 is March 4")),
        ]
    if formats.point_of(texts).is_asked:
        return [
            (str(formats.Point.POINT), _("Decimal point: 1,234.5")),
            (str(formats.Point.COMMA), _("Decimal comma: 1.234,5")),
        ]
    return []


def samples(texts: Sequence[str]) -> str:
    """The first values of a column in one line."""
    return " · ".join(text[:_LONGEST] for text in texts[:_SHOWN])


class ValuesForm(forms.Form):
    """For each text that is called like nothing, or like several, what it means; and for all others of a field together."""

    def __init__(self, data: Any, found: Sequence[FieldTexts], shown: Sequence[Text]) -> None:
        super().__init__(data)
        self.shown = list(shown)
        self.found = {each.name: each for each in found}
        for each in found:
            if each.open_texts:
                self.fields[f"others_{each.name}"] = forms.ChoiceField(
                    choices=[("", _("Refuse their rows")), *_outside(each)],
                    required=False,
                    label=_("Texts that nothing is chosen for: %(field)s") % {"field": each.title},
                    initial=each.others,
                )
        for text in self.shown:
            of_field = self.found[text.field]
            self.fields[text.name] = forms.ChoiceField(
                choices=_options(of_field, text), required=False, label=text.text[:120], initial=text.proposed
            )
            if len(of_field.matcher.options) > _ALL_OPTIONS:
                self.fields[f"{text.name}_code"] = forms.CharField(
                    required=False, max_length=80, label=_("Code of another: %(text)s") % {"text": text.text[:60]}
                )

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        chosen: dict[str, dict[str, str]] = {}
        for name, of_field in self.found.items():
            if f"others_{name}" in given and given[f"others_{name}"] != of_field.others:
                chosen.setdefault(name, {})[OTHERS] = given[f"others_{name}"]
        for text in self.shown:
            option = given.get(f"{text.name}_code", "").strip() or given[text.name]
            chosen.setdefault(text.field, {})[text.text] = option
        return {"chosen": chosen}


def _outside(of_field: FieldTexts) -> list[tuple[str, str]]:
    made = [(NEW, _("Make a new record"))] if of_field.can_make else []
    return [*made, (LEAVE, _("Leave it open"))]


def _options(of_field: FieldTexts, text: Text) -> list[tuple[str, str]]:
    listed = {each.option.key: f"{each.option.title} ({each.likeness} %)" for each in text.suggestions}
    if len(of_field.matcher.options) <= _ALL_OPTIONS:
        listed |= {each.key: each.title for each in of_field.matcher.options if each.key not in listed}
    if text.chosen in of_field.matcher.by_key:
        listed.setdefault(text.chosen, of_field.matcher.by_key[text.chosen].title)
    return [("", _("Not decided")), *listed.items(), *_outside(of_field)]
