"""Things named by their key ("strategy.action:17"): what evidence, ratings, mails and decisions point to, whatever it is.

A key has no foreign key behind it, so it may outlive its thing: whoever reads keys leaves out those without one."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.db import models

from floreo.core.audit import key
from floreo.core.composed import ComposedQuery
from floreo.core.whole import whole

__all__ = ["key", "thing_of", "things_of"]


def things_of(keys: Iterable[str]) -> dict[str, models.Model]:
    """The things that those keys name, by key; one query a model, with what a model's `named_with` says that its name and its
    address need. Unknown and gone ones are left out."""
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for each in keys:
        label, _colon, number = each.partition(":")
        pk = whole(number)
        if pk is not None and label.count(".") == 1:
            try:
                model = apps.get_model(label)
            except LookupError:
                continue
            if isinstance(model._meta.pk, models.AutoField):  # others have no numbers
                wanted[model].add(pk)
    found: dict[str, models.Model] = {}
    for model, ids in wanted.items():
        found |= {key(thing): thing for thing in rows_by_number(model)(sorted(ids))}
    return found


@functools.cache
def rows_by_number(model: type[models.Model]) -> ComposedQuery[[list[int]], models.Model]:
    """A page of the workspace asks for what it shows by its key, again and again: composed once for each kind."""

    def rows(ids: list[int]) -> models.QuerySet[models.Model]:
        found = model._default_manager.filter(pk__among=ids)
        needed = getattr(model, "named_with", ())
        return found.select_related(*needed) if needed else found  # without a name it would take all

    return ComposedQuery(rows)


def thing_of(name: str) -> models.Model | None:
    return things_of([name]).get(name)
