"""The words of a plan's levels on pages: {% level_title "pillar" edition %} is "Pillar", or what the country calls one."""

from __future__ import annotations

from django import template

from floreo.strategy import levels
from floreo.strategy.models import Edition

register = template.Library()


@register.simple_tag
def level_one(level: str, edition: Edition | None = None) -> str:
    """As within a sentence."""
    return levels.one(level, edition)


@register.simple_tag
def level_title(level: str, edition: Edition | None = None) -> str:
    """As a heading."""
    return levels.title_of(level, edition)


@register.simple_tag
def level_titles(level: str, edition: Edition | None = None) -> str:
    """Several, as a heading."""
    return levels.titles_of(level, edition)
