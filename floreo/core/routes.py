"""Addresses of our own pages by the name of their route. Name, parts and languages say all, so each is worked out once: a
page has a hundred of them."""

from __future__ import annotations

from functools import lru_cache

from django.urls import URLPattern, URLResolver, reverse
from django.urls.resolvers import LocalePrefixPattern
from django.utils.translation import get_language

from floreo.core import languages


def path_to(name: str, *parts: object) -> str:
    """The same as Django's `reverse` in the reader's language. Raises NoReverseMatch."""
    return _address(get_language() or "", languages.home(), languages.site(), name, *parts)


@lru_cache(maxsize=10_000)
def _address(_language: str, _home: str, _site: tuple[str, ...], name: str, *parts: object) -> str:
    return reverse(name, args=parts)


class SitePrefix(LocalePrefixPattern):
    """The language before an address, as the site has it: none for its home language (core/languages.py)."""

    @property
    def language_prefix(self) -> str:
        return languages.prefix(languages.now())


def in_each_language(*patterns: URLPattern | URLResolver) -> list[URLResolver]:
    """Django's `i18n_patterns`, by the languages of the site."""
    return [URLResolver(SitePrefix(prefix_default_language=False), list(patterns))]
