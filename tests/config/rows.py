"""Rows of an installation, to be said to another database: ids and all."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from floreo.offers import APPS

Keys = dict[str, set[object]]
Rows = list[tuple[str, list[models.Model]]]  # label of a model, and its rows


def our_tables() -> list[type[models.Model]]:
    found: list[type[models.Model]] = []
    for config in apps.get_app_configs():
        if config.label in APPS:
            found += [m for m in config.get_models(include_auto_created=True) if m._meta.managed]
    return found


def all_keys() -> Keys:
    return {m._meta.label: set(m._default_manager.values_list("pk", flat=True)) for m in our_tables()}


def rows_besides(before: Keys) -> Rows:
    """Every row that was not there `before`."""
    return [
        (m._meta.label, [r for r in m._default_manager.all() if r.pk not in before[m._meta.label]])
        for m in our_tables()
    ]
