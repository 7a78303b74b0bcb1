"""The store of events that pages read."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from floreo.feeds.engine.store import Store


@cache
def _store_at(root: str) -> Store:
    return Store(root)


def the_store() -> Store:
    return _store_at(str(settings.EVENTS_ROOT))
