"""Money of an edition: where it comes from and where it goes, counted once; and the same for donors' own programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from floreo.core.errors import Missing
from floreo.open_data.files import IATI, made_file
from floreo.portal.views.page import Crumb, country_of, eyes, page, public_page
from floreo.strategy.access import get_edition_for
from floreo.strategy.iati import reporting_body
from floreo.strategy.levels import Level, has_level, in_words, title_of
from floreo.strategy.money import MoneyRow, money_of
from floreo.strategy.presenters import money as money_text


@dataclass(frozen=True)
class MoneyView:
    """One way to look at the same money: a chart for each currency, and the table that says the same."""

    code: str
    title: str
    head: str
    caption: str
    charts: list[money_text.MoneyChart]
    lines: list[money_text.MoneyLine]


def _part(code: str, words: tuple[str, str, str], rows: Sequence[MoneyRow], currencies: Sequence[str]) -> MoneyView:
    charts = money_text.charts_of(rows, currencies, largest_first=code != "years")
    return MoneyView(code, *words, charts, money_text.lines_of(rows))


@login_not_required
@public_page
def money(request: HttpRequest, code: str) -> HttpResponseBase:
    """By funder, by year, by pillar; agreements beside; and what is not known."""
    edition = get_edition_for(request.user, code)
    facts = money_of(edition, eyes(request, edition))
    currencies = [each.currency for each in facts.totals]
    parts = [
        _part("funders", (_("Source"), _("Funder"), _("Planned money by funder")), facts.by_funder, currencies),
        _part("years", (_("Timing"), _("Fiscal year"), _("Planned money by year")), facts.by_year, currencies),
    ]
    if has_level(edition, Level.PILLAR):
        words = (_("Purpose"), title_of(Level.PILLAR, edition), in_words(_("Planned money by %(pillar)s"), edition))
        parts.append(_part("pillars", words, facts.by_pillar, currencies))

    whole = [MoneyRow("", _("The whole strategy"), facts.totals)]
    return page(
        request,
        "portal/money.html",
        section="strategy",
        title=money_text.headline(facts),
        description=_("Sources and uses of the money of the strategy, counted once."),
        crumbs=(Crumb(edition.in_language("title"), edition.get_absolute_url()),),
        edition=edition,
        facts=facts,
        parts=parts,
        total=money_text.lines_of(whole),
        unknowns=money_text.unknowns(facts),
        grants=[(each, money_text.grant_sentence(each)) for each in facts.grants],
        has_iati=reporting_body() is not None,
    )


@login_not_required
@public_page
def iati(request: HttpRequest) -> HttpResponseBase:
    """Everything public as IATI 2.03 activities."""
    if reporting_body() is None or country_of(request) is None:
        raise Missing(_("There is no IATI file, because no public organisation is set as the reporting organisation."))
    return made_file(request, IATI, "xml", attached=False)
