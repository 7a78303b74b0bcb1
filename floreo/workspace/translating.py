"""The form for the texts of one record in the other languages of the site, and what its fields are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django import forms
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.models import Translated
from floreo.offers import tables
from floreo.workspace.forms import CommandForm

_NO_COLUMN: Mapping[str, Promise] = {  # what no table of the open data shows
    "also_published_as": _l("Also published as"),
    "number": _l("Number"),
    "purpose": _l("Purpose"),
    "stated_target": _l("Target"),
}


def label(model: type[models.Model], field: models.Field[Any, Any]) -> Promise | str:
    """What a field is called in the reader's language: by its model, else by the table of the open data that shows its rows,
    else by any other that has a column of its name."""
    if isinstance(field.verbose_name, Promise):
        return field.verbose_name
    return _columns(model).get(field.name) or _NO_COLUMN.get(field.name) or _columns(None).get(field.name) or field.name


@cache
def _columns(model: type[models.Model] | None) -> dict[str, Promise | str]:
    """The titles of the columns, by name, of the tables of a model; None means all tables, of which the first has its way."""
    found = [table for table in tables().values() if model is None or table.rows(None).model is model]
    return {column.name: column.title for table in reversed(found) for column in table.columns}


def fields_of(row: Any) -> list[models.Field[Any, Any]]:
    """The fields of the row whose text has one in each language, where they say something."""
    names = [name for name in row.translatable() if getattr(row, name)] if isinstance(row, Translated) else []
    return [row._meta.get_field(name) for name in names]


class TranslateForm(CommandForm):
    """A field for each text of the row and each other language, below what it says in the language of the pack."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        row: Any,
        into: Mapping[models.Field[Any, Any], Sequence[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        """`into`: the fields of `row`, each with the languages that are asked for; without it all, in the site's other languages."""
        super().__init__(*args, **kwargs)
        asked = {field: languages.others() for field in fields_of(row)} if into is None else into
        self.pairs: list[tuple[str, str]] = []  # field and language
        self.fields["version"].initial = row.version
        for field, codes in asked.items():
            written = str(getattr(row, field.name))
            for code in codes:
                self.pairs.append((field.name, code))
                words = {"label": str(label(row._meta.model, field)), "language": languages.name(code)}
                self.fields[f"{field.name}_{code}"] = forms.CharField(
                    label=_("%(label)s, in %(language)s") % words,
                    help_text=written,
                    required=False,
                    max_length=getattr(field, "max_length", None),
                    initial=row.translations.get(code, {}).get(field.name, ""),
                    widget=forms.Textarea(attrs={"rows": 2 + len(written) // 100, "lang": code}),
                )

    def facts(self) -> dict[str, Any]:
        texts: dict[str, dict[str, str]] = {}
        for name, code in self.pairs:
            texts.setdefault(code, {})[name] = self.cleaned_data[f"{name}_{code}"]
        return {"texts": texts, "version": self.cleaned_data["version"]}
