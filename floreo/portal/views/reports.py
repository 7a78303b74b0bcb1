"""Reports: every closed period, each as a page and as files, the minister's page, a donor's view, the closing evaluation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from floreo.core import clock
from floreo.core.documents.blocks import Document, Paragraph
from floreo.core.errors import Missing
from floreo.core.slots import DRAWING
from floreo.core.throttle import address_of, charge
from floreo.core.ui.papers import KINDS, paper
from floreo.core.wording import colon, number_figures
from floreo.indicators.presenters import period_text
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import Crumb, page, public_page
from floreo.reports import queries
from floreo.reports.access import get_snapshot_for, preview_of_token
from floreo.reports.documents import closing as evaluation
from floreo.reports.documents import donor
from floreo.reports.documents import minister as for_minister
from floreo.reports.documents.progress import ON_PAGE
from floreo.reports.models import PreviewLink, Snapshot, SnapshotKind
from floreo.reports.presenters import ReportSummary
from floreo.strategy.access import get_edition_for
from floreo.strategy.models import Edition
from floreo.strategy.presenters.status_text import status_sentences, tally_text

BURST, PER_HOUR = 60, 600  # of files by one visitor
FILES = (*KINDS, "json")
TYPES = {**KINDS, "json": "application/json"}


@dataclass(frozen=True)
class ListedReport:
    """One report in the list."""

    snapshot: Snapshot
    period: str
    frozen: date
    answer: str
    counts: dict[Any, int]
    tally: str
    is_closing: bool


@dataclass(frozen=True)
class Group:
    """An edition with its reports, and where its closing evaluation is."""

    edition: Edition
    rows: list[ListedReport]
    closing: str


def _row(one: queries.Listed) -> ListedReport:
    snapshot = one.snapshot
    closing = snapshot.kind == SnapshotKind.CLOSING
    period = _("Closing evaluation") if closing else period_text(snapshot.period)
    answer = status_sentences(one.counts) or _("No actions have been recorded.")
    return ListedReport(
        snapshot, period, clock.day_of(snapshot.frozen_at), answer, one.counts, tally_text(one.counts), closing
    )


def _groups() -> list[Group]:
    by_edition: dict[int, list[ListedReport]] = {}
    for one in queries.listed(None):
        by_edition.setdefault(one.snapshot.edition_id, []).append(_row(one))
    found = []
    for edition in Edition.objects.visible_to(None):
        closing = reverse("portal:closing", args=[edition.code]) if queries.closing_period(edition) else ""
        rows = by_edition.get(edition.pk, [])
        if rows or closing:
            found.append(Group(edition, rows, closing))
    return found


@login_not_required
@public_page
def reports(request: HttpRequest) -> HttpResponseBase:
    """Every report, edition by edition. The heading says what the newest says."""
    groups = _groups()
    rows = [r for g in groups for r in g.rows if not r.is_closing]
    title = f"{rows[0].period}{colon()} {rows[0].answer}" if rows else _("No review has been closed yet")
    text = ngettext("%(n)s report", "%(n)s reports", len(rows)) % {"n": number_figures(len(rows))}
    return page(request, "portal/reports.html", section="reports", title=title, groups=groups, count=text, files=FILES)


def _snapshot(edition: str, code: str) -> Snapshot:
    """As the public may see it, whoever asks: what is internal is shown in the workspace."""
    return get_snapshot_for(None, edition, code)


def _crumbs(edition: Edition, *more: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(_("Reports"), reverse("portal:reports")), *more, Crumb(edition.in_language("title"), ""))


def _count(request: HttpRequest) -> None:
    """A file may have to be drawn, which takes a second: visitors may ask often, but not without end."""
    if not request.user.is_authenticated:
        charge("report-file", address_of(request), capacity=BURST, per_hour=PER_HOUR)


def _file(request: HttpRequest, snapshot: Snapshot, part: str, kind: str, *, funder: str = "") -> HttpResponse:
    if kind not in FILES or (kind == "json" and part not in {"report", "closing"}):
        raise Missing
    _count(request)
    with DRAWING.one():
        made = queries.public_file(snapshot, part, kind, funder=funder)
    response = HttpResponse(made, content_type=TYPES[kind])
    name = slugify(f"{snapshot.edition.code} {snapshot.code} {'' if part == 'report' else part} {funder}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["ETag"] = f'"{snapshot.digest}"' if kind == "json" else f'"{snapshot.digest[:24]}-{part}-{kind}"'
    return response


@dataclass(frozen=True)
class Addresses:
    """Where the forms of one report are: for everybody."""

    snapshot: Snapshot

    def page(self) -> str:
        return self.snapshot.get_absolute_url()

    def minister(self) -> str:
        return reverse("portal:minister", args=[self.snapshot.edition.code, self.snapshot.code])

    def of_funder(self, funder: str) -> str:
        return reverse("portal:donor_of", args=[self.snapshot.edition.code, self.snapshot.code, funder])

    def file(self, part: str, funder: str, kind: str) -> str:
        base = {"report": "report", "closing": "report", "minister": "minister", "funder": "donor"}[part]
        args = [self.snapshot.edition.code, self.snapshot.code, *([funder] if funder else [])]
        return reverse(f"portal:{base}_file", args=[*args, kind])


@dataclass(frozen=True)
class Preview:
    """The same for whoever holds a link, before it is published."""

    link: PreviewLink
    token: str

    def page(self) -> str:
        return reverse("portal:report_preview", args=[self.token])

    def minister(self) -> str:
        return reverse("portal:minister_preview", args=[self.token])

    def of_funder(self, funder: str) -> str:
        return reverse("portal:donor_preview", args=[self.token, funder])

    def file(self, part: str, funder: str, kind: str) -> str:
        if part == "funder":
            return reverse("portal:donor_preview_file", args=[self.token, funder, kind])
        return reverse("portal:report_preview_file", args=[self.token, part, kind])


def _without_repeats(document: Document, title: str) -> Document:
    """Without the paragraphs that say only what the heading of the page says already."""
    kept = [b for b in document.blocks if not (isinstance(b, Paragraph) and b.text.strip() == title.strip())]
    return replace(document, blocks=kept)


def _shown(
    request: HttpRequest,
    summary: ReportSummary,
    part: str,
    snapshot: Snapshot,
    *,
    title: str,
    funder: str = "",
    link: Preview | None = None,
) -> HttpResponseBase:
    document = queries.drawn(summary, part, funder=funder, most=ON_PAGE)
    at: Addresses | Preview = link or Addresses(snapshot)
    files = [
        (kind.upper(), at.file(part, funder, kind)) for kind in FILES if kind != "json" or part in {"report", "closing"}
    ]
    return page(
        request,
        "portal/report_of.html",
        section="reports",
        title=title,
        description=summary.headline(),
        doc=_without_repeats(document, title),
        summary=summary,
        snapshot=snapshot,
        files=files,
        part=part,
        funders=[(name, at.of_funder(code)) for code, name in summary.funders()],
        page_href=at.page(),
        minister_href=at.minister(),
        preview=link.link if link else None,
        crumbs=_crumbs(snapshot.edition),
    )


@login_not_required
@public_page
def report_of(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    """One closed period. The heading is the answer."""
    snapshot = _snapshot(edition, code)
    summary = queries.summary_of(snapshot)
    if snapshot.kind == SnapshotKind.CLOSING:
        return _shown(request, summary, "closing", snapshot, title=evaluation.headline(summary))
    return _shown(request, summary, "report", snapshot, title=summary.headline())


# --- Before it is published ------------------------------------------------------------------------------------------


def _preview(request: HttpRequest, token: str) -> PreviewLink:
    """The link, for whoever holds it. Guesses are counted."""
    try:
        return preview_of_token(token)
    except Missing:
        count_guess(request, "report-preview")
        raise


@login_not_required
@require_safe
def preview(request: HttpRequest, token: str, part: str = "report", funder: str = "") -> HttpResponseBase:
    """A report as it will be once it is published, for whoever holds the link; it shows and changes nothing. Once the report is
    published, the link leads to it."""
    link = _preview(request, token)
    snapshot = link.snapshot
    if snapshot.is_out:
        return redirect(snapshot)
    summary = queries.summary_of(snapshot)
    if part == "report":
        part = queries.part_of(snapshot)
    title = for_minister.headline(summary) if part == "minister" else _title(summary, part)
    if part == "funder":
        document = donor.donor_document(summary, funder)
        if document is None:
            raise Missing
        title = document.title
    return _shown(request, summary, part, snapshot, title=title, funder=funder, link=Preview(link, token))


def _title(summary: ReportSummary, part: str) -> str:
    return evaluation.headline(summary) if part == "closing" else summary.headline()


@login_not_required
@require_safe
def preview_file(request: HttpRequest, token: str, part: str, kind: str, funder: str = "") -> HttpResponseBase:
    snapshot = _preview(request, token).snapshot
    if snapshot.is_out:
        return redirect(snapshot)
    if part not in {queries.part_of(snapshot), "minister", "funder"}:
        raise Missing
    response = _file(request, snapshot, part, kind, funder=funder)
    del response.headers["ETag"]
    return response


@login_not_required
@public_page
def report_file(request: HttpRequest, edition: str, code: str, kind: str) -> HttpResponseBase:
    snapshot = _snapshot(edition, code)
    return _file(request, snapshot, queries.part_of(snapshot), kind)


@login_not_required
@public_page
def minister(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    """The minister's page: what fits on one A4."""
    snapshot = _snapshot(edition, code)
    summary = queries.summary_of(snapshot)
    return _shown(request, summary, "minister", snapshot, title=for_minister.headline(summary))


@login_not_required
@public_page
def minister_file(request: HttpRequest, edition: str, code: str, kind: str) -> HttpResponseBase:
    return _file(request, _snapshot(edition, code), "minister", kind)


@login_not_required
@public_page
def donor_of(request: HttpRequest, edition: str, code: str, organisation: str) -> HttpResponseBase:
    """What one funder pays for, in one closed period."""
    snapshot = _snapshot(edition, code)
    summary = queries.summary_of(snapshot)
    document = donor.donor_document(summary, organisation)
    if document is None:
        raise Missing
    return _shown(request, summary, "funder", snapshot, title=document.title, funder=organisation)


@login_not_required
@public_page
def donor_file(request: HttpRequest, edition: str, code: str, organisation: str, kind: str) -> HttpResponseBase:
    return _file(request, _snapshot(edition, code), "funder", kind, funder=organisation)


@login_not_required
@public_page
def newest_donor(request: HttpRequest, edition: str, organisation: str) -> HttpResponseBase:
    """A funder's own address: it leads to the newest closed period."""
    found = queries.newest_of(get_edition_for(None, edition), None)
    if found is None:
        raise Missing
    return redirect("portal:donor_of", edition, found.code, organisation)


@login_not_required
@public_page
def closing(request: HttpRequest, edition: str) -> HttpResponseBase:
    """The closing evaluation: the frozen one, else as the records are today, which it says."""
    found = get_edition_for(None, edition)
    summary, snapshot = queries.closing_summary(found)
    if snapshot is not None:
        return redirect(snapshot)
    document = queries.drawn(summary, "closing")
    files = [(kind.upper(), reverse("portal:closing_file", args=[found.code, kind])) for kind in KINDS]
    return page(
        request,
        "portal/report_of.html",
        section="reports",
        title=evaluation.headline(summary),
        doc=document,
        summary=summary,
        files=files,
        part="closing",
        funders=(),
        crumbs=_crumbs(found),
        edition=found,
    )


@login_not_required
@public_page
def closing_file(request: HttpRequest, edition: str, kind: str) -> HttpResponseBase:
    found = get_edition_for(None, edition)
    summary, snapshot = queries.closing_summary(found)
    if snapshot is not None:
        return _file(request, snapshot, "closing", kind)
    _count(request)
    with DRAWING.one():
        return paper(queries.drawn(summary, "closing"), kind, name=f"{found.code} closing")
