"""Marks of verdicts: a sign and its word, never colour alone."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from floreo.legislation.models import Verdict

register = template.Library()

_MARKS = {
    "full": ("a-full", Verdict.FULL.label),
    "partial": ("a-half", Verdict.PARTIAL.label),
    "gap": ("a-none", Verdict.GAP.label),
    "not_applicable": ("a-out", Verdict.NOT_APPLICABLE.label),
    "unknown": ("a-out", Verdict.UNKNOWN.label),
    "again": ("a-re", _("Check again")),
    "unreviewed": ("a-out", _("Not reviewed, not counted")),
}


@register.simple_tag
def verdict(name: str) -> SafeString:
    """{% verdict "full" %}"""
    sign, words = _MARKS[name]
    return format_html(
        '<span class="fl-law-ans"><svg aria-hidden="true"><use href="#{}"/></svg><span>{}</span></span>', sign, words
    )
