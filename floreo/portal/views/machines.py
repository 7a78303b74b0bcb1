"""For programs: the map of the site, and what moved, as RSS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from floreo.core import clock, languages
from floreo.core.errors import Missing
from floreo.core.ui.locale import address_in
from floreo.core.ui.rss import MEDIA_TYPE, NEWEST, empty_feed
from floreo.core.wording import sentences
from floreo.core.xml import sound
from floreo.indicators import presenters as words
from floreo.indicators.models import Reading
from floreo.portal.queries import addresses
from floreo.portal.queries.action import read_around
from floreo.portal.queries.happenings import moved, public_actions
from floreo.portal.queries.history import history
from floreo.portal.views.page import country_of, edition_of, public_page
from floreo.reports.queries import listed
from floreo.strategy.models import Edition
from floreo.strategy.presenters.status_text import status_sentences

XML = "application/xml; charset=utf-8"
CHANGED = 10  # actions of which changes are shown
OF_A_KIND = NEWEST // 4  # so that no kind drives out the others
_SPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@login_not_required
@public_page
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Which files there are: one holds at most a few thousand addresses."""
    base = settings.SITE_ADDRESS
    lines = [
        f"<sitemap><loc>{escape(base + reverse('portal:sitemap_file', args=[n]))}</loc></sitemap>"
        for n in range(addresses.files())
    ]
    return HttpResponse(_document("sitemapindex", _SPACES, lines), content_type=XML)


@login_not_required
@public_page
def sitemap_file(request: HttpRequest, number: int) -> HttpResponseBase:
    """Public pages in each language of the site, each with the others beside it. What was withdrawn is not among them."""
    if number >= addresses.files():
        raise Missing
    codes, lines = languages.site(), list[str]()
    for address in addresses.addresses_of(number):
        everywhere = [(code, escape(settings.SITE_ADDRESS + address_in(code, address))) for code in codes]
        others = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{href}"/>' for code, href in everywhere)
        lines += [f"<url><loc>{href}</loc>{others if len(codes) > 1 else ''}</url>" for _code, href in everywhere]
    spaces = f'{_SPACES} xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return HttpResponse(_document("urlset", spaces, lines), content_type=XML)


def _document(name: str, spaces: str, lines: list[str]) -> str:
    inside = "\n".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} {spaces}>\n{inside}\n</{name}>\n'


# --- What moved ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Item:
    at: datetime
    title: str
    text: str
    href: str
    guid: str
    kind: str


def _noon(day: date) -> datetime:
    """A day as a moment: noon, so that it is the same day in most places."""
    return datetime.combine(day, time(12), tzinfo=UTC)


@login_not_required
@public_page
def changes_feed(request: HttpRequest) -> HttpResponseBase:
    """Changes of the plan, what was reached, published reports and new values, the newest first."""
    edition, country = edition_of(request), country_of(request)
    name = country.in_language("name") if country else "Floreo"
    feed = empty_feed(
        title=_("%(country)s: what moved in the strategy") % {"country": name},
        description=_("Changes of the plan, milestones reached, published reports and new values of indicators."),
        list_address=reverse("portal:home"),
        feed_address=reverse("portal:changes_feed"),
    )
    found = [*_values(), *_reports()]
    if edition is not None and edition.is_public:
        found += [*_moved(edition), *_plan_changes(edition)]
    for item in sorted(found, key=lambda each: each.at, reverse=True)[:NEWEST]:
        feed.add_item(
            title=sound(item.title),
            link=settings.SITE_ADDRESS + item.href,
            description=sound(item.text),
            unique_id=f"{settings.SITE_ADDRESS}{addresses.bare(item.href)}#{item.guid}",
            unique_id_is_permalink=False,
            pubdate=item.at,
            categories=[item.kind],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=MEDIA_TYPE)


def _values() -> Iterator[_Item]:
    rows = Reading.objects.visible_to(None).current().of_the_country().select_related("indicator__edition", "corrects")
    for reading in rows.order_by("-taken_at", "-pk")[:OF_A_KIND]:
        indicator = reading.indicator
        yield _Item(
            reading.taken_at,
            indicator.in_language("title"),
            words.headline(indicator, reading),
            indicator.get_absolute_url(),
            f"value-{reading.pk}-{reading.version}",
            _("Value"),
        )


def _reports() -> Iterator[_Item]:
    for row in listed(None)[:OF_A_KIND]:
        snapshot = row.snapshot
        title = _("Published report of %(period)s") % {"period": words.period_text(snapshot.period)}
        yield _Item(
            snapshot.frozen_at,
            title,
            status_sentences(row.counts),
            snapshot.get_absolute_url(),
            f"report-{snapshot.pk}",
            _("Report"),
        )


def _moved(edition: Edition) -> Iterator[_Item]:
    for moment in moved(edition, today=clock.today(), limit=OF_A_KIND):
        if moment.on is not None:
            row = moment.row
            guid = f"{type(row).__name__.lower()}-{row.pk}-{moment.on.isoformat()}"
            href = moment.address or edition.get_absolute_url()
            yield _Item(_noon(moment.on), moment.title, sentences(moment.note, moment.when), href, guid, _("Progress"))


def _plan_changes(edition: Edition) -> Iterator[_Item]:
    """What the public trail says of the actions that changed last."""
    for act in public_actions(edition).select_related("edition").order_by("-changed_at", "-pk")[:CHANGED]:
        read_around(act)
        for entry in history(act)[:1]:
            text = "; ".join(": ".join(filter(None, [c.what, ", ".join(c.fields)])) for c in entry.changes)
            href = reverse("portal:action_history", args=[edition.code, act.code])
            title = _("Changed: %(title)s") % {"title": f"{act.code} {act.in_language('title')}"}
            yield _Item(entry.at, title, text, href, f"change-{entry.at.isoformat()}", _("Change of the plan"))
