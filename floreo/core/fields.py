"""The words of a field are on the model: its label and its help. Forms, tables, workbooks and histories read them here,
so that a field has one name wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise  # there for type checkers alone

Words = str | Promise


def field_named(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise FieldDoesNotExist(f"{model.__name__}.{name} is no field of its own")
    return field


def label_of(model: type[models.Model], name: str) -> _StrOrPromise:
    return field_named(model, name).verbose_name


def help_of(model: type[models.Model], name: str) -> Words:
    return field_named(model, name).help_text


def has_words(model: type[models.Model], name: str) -> bool:
    """Whether somebody named the field for readers: Django else makes a label of its name, in English only."""
    try:
        return isinstance(label_of(model, name), Promise)
    except FieldDoesNotExist:
        return False
