"""What is computed from records again: values of indicators, the search index."""

from __future__ import annotations

import argparse

from django.apps import apps

from floreo.config.commands.starting import echo
from floreo.core import search
from floreo.core.access import SYSTEM
from floreo.core.models import SearchEntry
from floreo.indicators.actions import recompute_all


def figures(_asked: argparse.Namespace) -> int:
    echo(f"{recompute_all(by=SYSTEM)} readings computed.")
    return 0


def search_index(_asked: argparse.Namespace) -> int:
    SearchEntry.objects.all().delete()
    for model in apps.get_models():
        if search.is_indexed(model):
            search.refresh_many(model._default_manager.iterator(chunk_size=2000))
    echo(f"{SearchEntry.objects.count()} things can be found.")
    return 0
