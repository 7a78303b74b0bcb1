"""Our components as template tags. Every one is shown in every state at /about/pieces/; docs/guide/look.md has all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import nh3
from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from markdown_it import MarkdownIt

from floreo.core import clock, languages, units
from floreo.core.access import Permission, can, reach
from floreo.core.models import Translated, named
from floreo.core.routes import path_to
from floreo.core.ui import bars, locale
from floreo.core.ui.templatetags import ui_charts, ui_documents, ui_forms, ui_lists
from floreo.core.wording import colon, day_text, who_text

register = template.Library()
for library in (ui_charts.register, ui_documents.register, ui_forms.register, ui_lists.register):
    register.tags.update(library.tags)
    register.filters.update(library.filters)

# Short name of the icon and colour of each status; the words are the reader's.
STATUS = {
    "done": ("done", gettext_lazy("Done")),
    "on_track": ("track", gettext_lazy("On track")),
    "at_risk": ("risk", gettext_lazy("At risk")),
    "late": ("late", gettext_lazy("Late")),
    "stalled": ("stalled", gettext_lazy("Stalled")),
    "not_started": ("todo", gettext_lazy("Not started")),
    "carried": ("carried", gettext_lazy("Carried over")),
    "not_known": ("unknown", gettext_lazy("Not known")),
}


@lru_cache(maxsize=100)
def shape(name: str) -> SafeString:
    return format_html('<svg aria-hidden="true"><use href="#s-{}"/></svg>', name)


@register.filter
def sign(mark: str) -> str:
    """{{ label }}{{ ":"|sign }} {{ value }}: a colon as the reader's language writes it. Within a sentence it belongs to the sentence."""
    return colon() if mark == ":" else mark


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "late" %}: one of the six silhouettes, without a word. Only beside a word."""
    return shape(STATUS[name][0] if name in STATUS else name)


@register.simple_tag
def status_word(status: str, days: int = 0, note: str = "") -> SafeString:
    """{% status_word "late" days=40 %}: shape, word, and in small print the days or a note."""
    short, word = STATUS[str(status)]
    small = note or (days_text(days) if days and status in {"late", "stalled"} else "")
    extra = format_html(" <small>{}</small>", small) if small else ""
    return format_html('<span class="fl-status fl-{}">{}<span>{}{}</span></span>', short, shape(short), word, extra)


def days_text(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": locale.number(days)}


@register.simple_tag
def status(act: Any, *, plain: bool = False) -> SafeString:
    """{% status action %}: the status of an action; late with its days, done with its month, or who set it."""
    result = act.status_result
    days = result.days(clock.today())
    if act.override:
        note = (
            ""
            if plain
            else _("set by %(name)s, %(day)s") % {"name": act.override_by, "day": locale.day(act.override_on)}
        )
        text = status_word(act.status, note=note)
        return text if plain else format_html('{} <a href="{}">{}</a>', text, act.get_absolute_url(), _("Reason"))
    if result.status == "done" and act.closed_on:
        return status_word("done", note=locale.day(act.closed_on, "month"))
    return status_word(str(result.status), days=days if result.status == "late" else 0)


@register.simple_tag
def status_bar(counts: Mapping[Any, int], *, tall: bool = False, noun: str = "") -> SafeString:
    """{% status_bar counts %}: the bar and its tally, from a mapping of status to number."""
    plain = {str(k): int(v) for k, v in counts.items()}
    shown = [s for s in STATUS if plain.get(s) or s not in bars.ONLY_WHERE_THERE_ARE]
    items = [{"short": STATUS[s][0], "word": STATUS[s][1], "n": plain.get(s, 0)} for s in shown]
    svg = bars.status_bar(plain, height=44 if tall else 34, label=tally_text(plain))
    return mark_safe(render_to_string("ui/status_bar.html", {"svg": mark_safe(svg), "items": items, "tall": tall}))  # noqa: S308 -- the chart escapes its words


def tally_text(counts: Mapping[Any, int]) -> str:
    """ "2 done, 3 on track, 1 late": only what there is."""
    return ", ".join(_TALLY_WORDS[s](counts[s]) % {"number": locale.number(counts[s])} for s in STATUS if counts.get(s))


# In English one and many read the same; in other languages the word agrees with the number.
_TALLY_WORDS: Mapping[str, Callable[[int], str]] = {
    "done": lambda n: ngettext("%(number)s done", "%(number)s done", n),
    "on_track": lambda n: ngettext("%(number)s on track", "%(number)s on track", n),
    "at_risk": lambda n: ngettext("%(number)s at risk", "%(number)s at risk", n),
    "late": lambda n: ngettext("%(number)s late", "%(number)s late", n),
    "stalled": lambda n: ngettext("%(number)s stalled", "%(number)s stalled", n),
    "not_started": lambda n: ngettext("%(number)s not started", "%(number)s not started", n),
    "carried": lambda n: ngettext("%(number)s carried over", "%(number)s carried over", n),
    "not_known": lambda n: ngettext("%(number)s not known", "%(number)s not known", n),
}


@register.filter
def in_text(counts: Mapping[Any, int]) -> str:
    """{{ counts|in_text }}"""
    return tally_text({str(k): v for k, v in counts.items()})


@register.simple_tag
def mini_bar(counts: Mapping[Any, int], *, wide: bool = False) -> SafeString:
    """{% mini_bar counts %}: a small bar beside words that say the same."""
    return mark_safe(bars.mini_bar({str(k): int(v) for k, v in counts.items()}, stretch=wide))  # noqa: S308 -- numbers only


@register.simple_tag(takes_context=True)
def as_shown(context: Context, address: str) -> str:
    """{% as_shown address %}: the way to a decision's form, with what this page was made from (core/decisions.py)."""
    return f"{address}?shown={getattr(context['request'], 'as_shown', '')}"


@register.simple_tag(takes_context=True)
def tr(context: Context, thing: Any, field: str = "title") -> SafeString | str:
    """{% tr action "title" %}: the text in the reader's language, or as written, marked with its own language."""
    text, written_in = thing.in_language(field), thing.written_in(field)
    if locale.language() == written_in or thing.language_of(field):
        return str(text or "")
    return _marked(text, written_in)


@register.filter
def called(thing: Any) -> str:
    """{{ seat|called }}: what a record is called, in the reader's language where that is known; for what is read aloud and titles."""
    return named(thing)


@register.filter
def who(name: str) -> str:
    """{{ holding.claimed_by|who }}: a name, or in the reader's language by which link it was done."""
    return who_text(name)


@register.filter
def short_day(given: date | datetime) -> str:
    """{{ notice.link_until|short_day }}: "2 dic 2026", for what is within a sentence; of a moment, the country's day."""
    return locale.day(clock.calendar_day(given) if isinstance(given, datetime) else given)


@register.filter
def translated(thing: Any, field: str) -> str:
    """{{ point|translated:"title" }}: one of its texts, in the reader's language where that is known, without a mark."""
    return str(thing.in_language(field))


@register.simple_tag(takes_context=True)
def original(context: Context, text: str) -> SafeString | str:
    """{% original row.doubt %}: text kept in the language it was written in, marked with it for who reads another."""
    written_in = _written_in(context)
    return str(text or "") if locale.language() == written_in else _marked(text, written_in)


def _written_in(context: Context) -> str:
    """The language in which records are written: the first of the country's."""
    country = context.get("country")
    return str(country.languages[0]) if country and country.languages else languages.first()


def _marked(text: str, written_in: str) -> SafeString | str:
    if not text:
        return ""
    return format_html('<span lang="{}">{}</span>', written_in, text)


@register.simple_tag(takes_context=True)
def doubt(context: Context, row: Any) -> SafeString | str:
    """{% doubt row %}: why nobody has checked it, in the reader's language where it is translated, else marked with its own."""
    return tr(context, row, "doubt") if isinstance(row, Translated) else original(context, row.doubt)


@register.simple_tag
def when(day: date | datetime | None, precision: str = "day") -> SafeString | str:
    """{% when event.on event.precision %}: a date to its precision, or a moment."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        return _time(day.isoformat(), locale.moment(day))
    machine = {"year": f"{day.year}", "month": f"{day:%Y-%m}", "quarter": f"{day:%Y-%m}"}.get(
        precision, day.isoformat()
    )
    return _time(machine, locale.day(day, precision))


# The same day is shown again and again, in a list and from page to page.
@lru_cache(maxsize=4096)
def _time(machine: str, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, text)


@register.simple_tag
def between(first: date | None, last: date | None, precision: str = "day") -> SafeString | str:
    """{% between role.starts_on role.ends_on role.precision %}: "in 2023", "from 2020 to 2023", with either end open."""
    begin, end = when(first, precision), when(last, precision)
    if first and last and begin == end:
        return begin if precision == "day" else format_html(_("in {}"), begin)
    if first and last:
        return format_html(_("from {} to {}"), begin, end)
    if first:
        return format_html(_("from {}"), begin)
    return format_html(_("until {}"), end) if last else ""


@register.simple_tag
def when_text(day: date) -> str:
    """{% when_text notice.on %}: a date as text alone, for the title of a page."""
    return locale.day(day)


@register.simple_tag
def long_when(day: date) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), locale.long_day(day))


@register.simple_tag
def utc_offset() -> str:
    """{% utc_offset %}: how far local time is from UTC: "−6", "+5:30", or nothing where it is the same."""
    gap = timezone.localtime().utcoffset() or timedelta(0)
    minutes = int(gap.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign, more = "−" if minutes < 0 else "+", f":{rest:02d}" if rest else ""
    return f"{sign}{hours}{more}" if minutes else ""


@register.simple_tag
def number(value: Decimal | int | float | None, decimals: int | None = None) -> str:
    return "" if value is None else locale.number(value, decimals)


@register.simple_tag
def with_unit(value: Decimal | int, row: Any) -> str:
    """{% with_unit target.number target %}: the number with its unit, "1 exercise", "30 people"."""
    return units.with_number(locale.number(value), row)


@register.simple_tag
def money(amount: Decimal | int, currency: str) -> str:
    return locale.money(amount, currency)


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@register.simple_tag
def markdown(text: str) -> SafeString:
    """{% markdown text %}: Markdown of a pack or a person, cleaned."""
    return mark_safe(nh3.clean(_markdown.render(text or "")))  # noqa: S308 -- cleaned one call earlier


@register.simple_tag
def unconfirmed(thing: Any) -> SafeString | str:
    """{% unconfirmed row %}: the dashed word after a fact that nobody checked and nobody read in its source, leading to
    the reason."""
    if not getattr(thing, "is_doubtful", False):
        return ""
    doubt = getattr(thing, "doubt", "")
    if doubt and isinstance(thing, Translated):
        doubt = thing.in_language("doubt")
    href = path_to("portal:unconfirmed")
    return format_html(
        ' <a class="fl-unconf" href="{}" title="{}">{}</a>',
        href,
        doubt or _("nobody has checked this yet"),
        _("unchecked"),
    )


@register.simple_tag(takes_context=True)
def checked(context: Context, thing: Any) -> str:
    """{% checked row %}: that a person checked it against its source, and when; for the staff also who."""
    if not thing.confirmed_on:
        return _("Checked against source")
    words = {"day": day_text(thing.confirmed_on), "name": thing.confirmed_by}
    if "workspace_section" in context:
        return _("Checked by %(name)s, on %(day)s") % words
    return _("Checked against source on %(day)s") % words


@register.simple_tag
def read_in_source(thing: Any) -> str:
    """{% read_in_source row %}: when those who prepared the data read it in its source, and in which copy; "" if they did not."""
    if thing.read_on is None:
        return ""
    words = {"day": day_text(thing.read_on), "copy": thing.read_in}
    if thing.read_in:
        return _("Read in the source on %(day)s by those who prepared the data, in %(copy)s.") % words
    return _("Read in the source on %(day)s by those who prepared the data.") % words


@register.inclusion_tag("ui/source.html", takes_context=True)
def source(context: Context, thing: Any) -> dict[str, Any]:
    """{% source row %}: where a row came from, with its link and its doubt."""
    return {"row": thing, "country": context.get("country")}


@register.inclusion_tag("ui/official_wording.html", takes_context=True)
def official_wording(context: Context, thing: Any) -> dict[str, Any]:
    """{% official_wording action %}: the text as printed, with its place and source; `quotations` in the context are the
    passages of documents."""
    return {"row": thing, "country": context.get("country"), "quotations": context.get("quotations")}


class Boxed(Node):
    """A block tag around content: its template gets `content`, and the tag's words."""

    def __init__(self, nodes: NodeList, name: str, options: dict[str, Any]) -> None:
        self.nodes, self.name, self.options = nodes, name, options

    def render(self, context: Context) -> SafeString:
        options = {k: v.resolve(context) for k, v in self.options.items()}
        return mark_safe(render_to_string(f"ui/{self.name}.html", {"content": self.nodes.render(context), **options}))  # noqa: S308 -- rendered by templates


def _boxed(name: str) -> None:
    def compile_tag(parser: Parser, token: Token) -> Boxed:
        options = {}
        for part in token.split_contents()[1:]:
            key, _equals, value = part.partition("=")
            options[key] = parser.compile_filter(value)
        nodes = parser.parse((f"end{name}",))
        parser.delete_first_token()
        return Boxed(nodes, name, options)

    register.tag(name, compile_tag)


_CELL = re.compile(r"""(<td\b[^<>]*?)\sdata-h=(?:"[^"]*"|'[^']*')([^<>]*>)(.*?)(?=</td>)""", re.S)
_SHOWS = re.compile(r"<(?:input|select|textarea|button|img|svg)\b")


@register.filter
def stacked(rows: str) -> SafeString:
    """{% filter stacked %}<tbody>…</tbody>{% endfilter %}: rows of a table that is stacked on a telephone. A cell with nothing in it has no
    head there."""

    def cell(found: re.Match[str]) -> str:
        opened, rest, inside = found.groups()
        is_filled = _SHOWS.search(inside) or re.sub(r"<[^<>]*>", "", inside).replace("&nbsp;", "").strip()
        return found[0] if is_filled else f"{opened}{rest}{inside}"

    return mark_safe(_CELL.sub(cell, rows))  # noqa: S308 -- rendered by a template


for _name in ("internal", "empty", "section", "working", "datatable"):
    _boxed(_name)


@register.inclusion_tag("ui/crumbs.html")
def crumbs(*pairs: str) -> dict[str, Any]:
    """{% crumbs _("Strategy") href _("2 Respond") href2 _("This page") "" %}: words and addresses in turn."""
    steps = [{"words": pairs[i], "href": pairs[i + 1] if i + 1 < len(pairs) else ""} for i in range(0, len(pairs), 2)]
    return {"steps": steps}


@register.inclusion_tag("ui/figure.html")
def figure(shown: Any = None, **facts: Any) -> dict[str, Any]:
    """{% figure title= href= value= unit= period= qualifier= outlook= outlook_note= change= note= spark= missing= %}, or
    {% figure shown %} with something that has these as its fields."""
    return facts if shown is None else vars(shown)


WORST_OF_ALL = 4  # steps of a mark of severity


@register.simple_tag
def severity(rank: int, words_: str) -> SafeString:
    """{% severity finding.severity_rank finding.get_severity_display %}: as many full steps as it is severe (rank 0 is worst),
    and the word. Ink, not a colour of status; the two worst are bold."""
    return _severity(rank, str(words_))


@lru_cache(maxsize=256)
def _severity(rank: int, words_: str) -> SafeString:
    full = max(WORST_OF_ALL - rank, 0)
    steps = format_html_join(
        "",
        '<rect x="{}" y="{}" width="3" height="{}"{}/>',
        (
            (step * 4, 12 - (step + 1) * 3, (step + 1) * 3, "" if step < full else mark_safe(' class="fl-off"'))
            for step in range(WORST_OF_ALL)
        ),
    )
    css = "fl-severity fl-severity--worst" if rank <= 1 else "fl-severity"
    picture = format_html('<svg viewBox="0 0 16 12" aria-hidden="true">{}</svg>', steps)
    return format_html('<span class="{}">{}<span>{}</span></span>', css, picture, words_)


@register.simple_tag
def tlp(label: str) -> SafeString:
    name = label.upper().removeprefix("TLP:")
    return format_html('<span class="fl-tlp fl-tlp--{}">TLP:{}</span>', name.split("+")[0].lower(), name)


@register.simple_tag
def waiting_for(holder: str = "you") -> SafeString:
    """{% waiting_for %}: "Waiting for you", marked; {% waiting_for organisation.label %}: who must act instead."""
    if holder == "you":
        return format_html('<span class="fl-waiting-for fl-waiting-for--you">{}</span>', _("Waiting for you"))
    return format_html('<span class="fl-waiting-for">{}</span>', _("Waiting for: %(name)s") % {"name": holder})


@register.filter
def may(user: Any, permission: str) -> bool:
    """{% if request.user|may:"plan.edit" %}"""
    return can(user, Permission(permission))


@register.filter
def may_all(user: Any, permission: str) -> bool:
    """{% if request.user|may_all:"feed.read" %}: of everybody, not of one's own organisation only."""
    return reach(user, Permission(permission)) is None


@register.simple_tag
def may_do(user: Any, permission: str, thing: Any = None) -> bool:
    """{% may_do request.user "plan.update" action as may_update %}"""
    return can(user, Permission(permission), thing)
