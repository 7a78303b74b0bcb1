"""Addresses of our own pages by the name of their route. Name, parts and language say all, so each is worked out once: a
page has a hundred of them."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import get_language


def path_to(name: str, *parts: object) -> str:
    """The same as Django's `reverse` in the reader's language. Raises NoReverseMatch."""
    return _address(get_language() or "", name, *parts)


@lru_cache(maxsize=10_000)
def _address(_language: str, name: str, *parts: object) -> str:
    return reverse(name, args=parts)
