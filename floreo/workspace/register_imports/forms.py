"""Forms of spreadsheets: the upload, where the header stands, what each column is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import can
from floreo.register_imports.grid import NO_VALUE, Grid
from floreo.register_imports.kinds import KINDS
from floreo.register_imports.models import MOST_HEADER_ROWS, NEEDS, RegisterImport, RowKind
from floreo.workspace.forms import CommandForm, words_of

_SHOWN = 3  # values of a column
_LONGEST = 60  # characters of a value that are shown


class UploadForm(forms.Form):
    kind = forms.ChoiceField(**words_of(RegisterImport, "kind"))
    file = forms.FileField(
        required=False,  # core/uploads.py says why there is none
        label=_l("Spreadsheet"),
        help_text=_l("XLSX or CSV, of any layout: on the next page you say what its columns are."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def __init__(self, *args: Any, viewer: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, kind.label) for kind in RowKind if can(viewer, NEEDS[kind])
        ]


class LayoutForm(CommandForm):
    sheet = forms.TypedChoiceField(coerce=int, **words_of(RegisterImport, "sheet"))
    header_row = forms.IntegerField(min_value=1, **words_of(RegisterImport, "header_row"))
    header_rows = forms.TypedChoiceField(
        coerce=int,
        choices=[(n, n) for n in range(1, MOST_HEADER_ROWS + 1)],
        **words_of(RegisterImport, "header_rows"),
    )

    def __init__(self, data: Any, run: RegisterImport, sheets: list[Grid]) -> None:
        held = {"sheet": run.sheet, "header_row": run.header_row, "header_rows": run.header_rows}
        super().__init__(data, initial=held)
        self.fields["sheet"].choices = [(x, sheet.title) for x, sheet in enumerate(sheets)]  # type: ignore[attr-defined]


class ColumnsForm(forms.Form):
    """A choice for each column of the sheet: a field of the kind, or to leave it out."""

    def __init__(self, data: Any, run: RegisterImport) -> None:
        super().__init__(data)
        choices = [("", _("Leave it out"))]
        choices += [(each.name, str(each.title)) for each in KINDS[run.kind].fields]
        for x, column in enumerate(run.columns):
            self.fields[f"column_{x}"] = forms.ChoiceField(
                choices=choices, required=False, label=column["header"], initial=column["field"]
            )

    def chosen(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]


def samples(run: RegisterImport, grid: Grid) -> list[str]:
    """The first different values of each column below the header, in one line."""
    found: list[list[str]] = [[] for _column in run.columns]
    first = run.header_row + run.header_rows - 1
    for y, row in enumerate(grid.rows[first:], start=first):
        if grid.across.get(y, 0) > 1:
            continue  # a heading
        for x, cell in enumerate(row[: len(found)]):
            shown = cell[:_LONGEST]
            if cell and cell != NO_VALUE and len(found[x]) < _SHOWN and shown not in found[x]:
                found[x].append(shown)
    return [", ".join(values) for values in found]
