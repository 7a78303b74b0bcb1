"""Lists, languages and addresses as template tags; `ui` takes them in, so that no page has to load them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.template.loader import render_to_string
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.routes import path_to
from floreo.core.ui import locale
from floreo.core.wording import colon

register = template.Library()

MOST_CHIPS = 8  # a filter with more choices is a select


@register.inclusion_tag("ui/filters.html", takes_context=True)
def filters(context: Context, listing: Any, hint: str = "") -> dict[str, Any]:
    """{% filters listing %}: search box, chips for filters of few choices, a select for those of many; and what a context processor
    puts beside lists (`below_filters`)."""
    below = context.get("below_filters")
    every = [f for f in listing.filters if len(f.options) > 1]
    return {
        "listing": listing,
        "hint": hint,
        "below": below(listing) if callable(below) else "",
        "few": [(f, _chips(f)) for f in every if len(f.options) <= MOST_CHIPS],
        "many": [(f, _options(f)) for f in every if len(f.options) > MOST_CHIPS],
    }


# A hundred choices as nodes of a template take longer than all else of a list.
def _chips(shown: Any) -> SafeString:
    rows = ((o.href, mark_safe(' aria-current="true"') if o.is_current else "", o.title) for o in shown.options)
    return format_html_join("", '<li><a href="{}"{}>{}</a></li>', rows)


def _options(shown: Any) -> SafeString:
    rows = (
        f'<option value="{escape(str(o.value))}"{" selected" if o.is_current else ""}>'
        f"{escape(f'{shown.title}{colon()} {o.title}' if o.value in ('', 'all') else str(o.title))}</option>"
        for o in shown.options
    )
    return mark_safe("".join(rows))  # noqa: S308 -- each value was escaped


@register.simple_tag
def choices(pairs: Iterable[tuple[object, object]]) -> SafeString:
    """{% choices points %}: an option for each pair of value and words."""
    return format_html_join("", '<option value="{}">{}</option>', pairs)


@register.simple_tag
def menu_links(menu: Any, here: str) -> SafeString:
    """{% menu_links workspace_menu here %}: each heading with its links, that of the area `here` marked; the rest under "More"."""
    shown = menu.showing(here)
    more = format_html("", "")
    if shown.more:
        more = format_html(
            '<details class="fl-menu-more"><summary>{}</summary>{}</details>', _("More"), _menu_groups(shown.more, here)
        )
    return format_html('<div class="fl-entries">{}{}</div>', _menu_groups(shown.first, here), more)


def _menu_groups(groups: Iterable[Any], here: str) -> SafeString:
    return format_html_join("", '<p class="fl-kicker">{}</p><ul>{}</ul>', ((g.words, _links(g, here)) for g in groups))


def _links(group: Any, here: str) -> SafeString:
    rows = (
        (each.href, mark_safe(' aria-current="page"') if each.here == here else "", each.words, _count(each.waits))
        for each in group.links
    )
    return format_html_join("", '<li><a href="{}"{}>{}{}</a></li>', rows)


def _count(waits: Any) -> SafeString | str:
    """How much waits behind an entry; nothing where nothing does."""
    if not waits.number:
        return ""
    css = "fl-count fl-count--late" if waits.is_late else "fl-count"
    aloud = _("waiting, some overdue") if waits.is_late else _("waiting")
    return format_html(
        '<span class="{}">{}<span class="visually-hidden"> {}</span></span>', css, locale.number(waits.number), aloud
    )


@register.simple_tag(takes_context=True)
def made(context: Context, name: str) -> SafeString:
    """{% made "ui/workspace_nav.html" as nav %}: what `include` would print here, for a part that a page has twice."""
    assert context.template is not None
    return context.template.engine.get_template(name).render(context)


@register.inclusion_tag("ui/pager.html")
def pager(listing: Any) -> dict[str, Any]:
    return {"listing": listing}


@register.inclusion_tag("ui/downloads.html")
def downloads(listing: Any) -> dict[str, Any]:
    """{% downloads listing %}: the same rows and columns as files."""
    links = [(kind.upper(), listing.download_href(kind)) for kind in ("csv", "xlsx", "json")]
    return {"links": links}


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> SafeString:
    """The same page in the site's other languages, its query kept."""
    request: HttpRequest | None = context.get("request")
    items = []
    for code, _name in context.get("site_languages") or []:
        own = languages.own_name(code)
        if code == locale.language():
            items.append(format_html('<li><span aria-current="true">{}</span></li>', own))
        elif request is not None:
            href = locale.address_in(code, request.get_full_path())
            items.append(format_html('<li><a href="{}" lang="{}" hreflang="{}">{}</a></li>', href, code, code, own))
    return mark_safe("".join(items))  # noqa: S308 -- each part was escaped


@register.simple_tag(takes_context=True)
def alternates(context: Context) -> SafeString:
    """Head links to this page in each language."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return mark_safe("")
    links = [
        format_html(
            '<link rel="alternate" hreflang="{}" href="{}">',
            code,
            request.build_absolute_uri(locale.address_in(code, request.get_full_path())),
        )
        for code, _name in context.get("site_languages") or []
    ]
    return mark_safe("\n".join(links))  # noqa: S308 -- each part was escaped


@register.simple_tag
def direction() -> SafeString | str:
    """{% direction %}: of the whole page, where its language is written from right to left."""
    return mark_safe('dir="rtl"') if languages.direction(locale.language()) == "rtl" else ""


@register.inclusion_tag("ui/interface_language.html")
def interface_language() -> dict[str, Any]:
    """{% interface_language %}: that the interface is not in the reader's language, or not all of it."""
    code = locale.language()
    lacks = languages.lacking(code)
    return {
        "lacks": lacks is not None,
        "language": languages.name(code),
        "shown": languages.name(languages.rest_of_interface(code)),
        "done": lacks[0] if lacks else 0,
        "total": lacks[1] if lacks else 0,
    }


@register.simple_tag
def not_yet_here(written_in: str) -> SafeString | str:
    """{% not_yet_here guide.language %}: above a text that ships with the program and is not in the reader's language."""
    sentence = languages.not_yet_here(written_in)
    return format_html('<p class="fl-note">{}</p>', sentence) if sentence else ""


@register.simple_tag
def text_not_yet_here(thing: Any, field: str = "title") -> SafeString | str:
    """{% text_not_yet_here framework %}: the same of a record that came with the program."""
    if thing is None or thing.language_of(field):
        return ""
    return not_yet_here(thing.written_in(field))


@register.simple_tag
def address(name: str, *args: Any) -> str:
    """{% address "workspace:plan" edition.code as href %}: an address, or nothing while there is no such area."""
    try:
        return path_to(name, *args)
    except NoReverseMatch:
        return ""


class Address(URLNode):
    """Django's own works out every address again (core/routes.py)."""

    def render(self, context: Context) -> str:
        if self.kwargs or self.asvar:
            return super().render(context)
        parts = [each.resolve(context) for each in self.args]
        found = path_to(self.view_name.resolve(context), *parts)
        return conditional_escape(found) if context.autoescape else found


@register.simple_tag
def kept(name: str, **values: str | bool) -> SafeString:
    """{% kept "ui/site_nav.html" section=section %}: a template that shows nothing but these words and addresses of the site, which are
    the same for everybody: made once in a process for each language. It gets these values and nothing else of the page, so nothing
    of one person, request or record can come in; tests/contracts/test_kept.py says what it may consist of."""
    return _kept(get_language(), languages.home(), languages.site(), name, tuple(values.items()))


@lru_cache(maxsize=256)
def _kept(
    _language: str | None, _home: str, _site: tuple[str, ...], name: str, values: tuple[tuple[str, str | bool], ...]
) -> SafeString:
    return mark_safe(render_to_string(name, dict(values)))  # noqa: S308 -- rendered by a template


@register.tag
def url(parser: Parser, token: Token) -> Address:
    """{% url "portal:home" %}: in the place of Django's tag of that name."""
    node = django_url(parser, token)
    return Address(node.view_name, node.args, node.kwargs, node.asvar)
