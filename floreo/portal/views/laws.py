"""Laws: bills and Acts with their text, a permanent address for each clause, versions side by side, and how they meet treaties."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.consultation.models import Consultation
from floreo.consultation.presenters import changed_clauses, state_text
from floreo.core import clock, throttle
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.core.wording import day_text, number_figures
from floreo.frameworks.models import Framework
from floreo.legislation import files, presenters, printing, queries
from floreo.legislation.access import get_public_law, get_version_for
from floreo.legislation.models import Instrument, InstrumentKind, LawVersion, StageState, TreatyStatus
from floreo.legislation.tables import LAWS
from floreo.legislation.text.compare import ComparedProvision, summary
from floreo.open_data.files import list_file
from floreo.portal.views.page import Crumb, page, public_page

SECTION = "laws"
MADE, MADE_PER_HOUR = 30, 120  # comparisons, and papers, of one address


def _crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(_("Laws"), reverse("portal:laws")), *more)


@login_not_required
@public_page
def laws(request: HttpRequest) -> HttpResponseBase:
    """Bills and Acts that are public, and where the country is with treaties."""
    listing = Listing(LAWS, request, rows=LAWS.rows(None).prefetch_related("stages"))
    if file := list_file(listing, whole=True):
        return file
    total = listing.total
    title = ngettext("%(n)s law", "%(n)s laws", total) % {"n": number_figures(total)} if total else _("Laws")
    treaties = list(TreatyStatus.objects.select_related("framework"))
    return page(
        request,
        "portal/laws.html",
        section=SECTION,
        title=title,
        description=_(
            "Bills and Acts of the legislative framework, with their text, their stages and the treaties they implement."
        ),
        listing=listing,
        rows=[(law, _state(law)) for law in listing.rows],
        treaties=treaties,
    )


def _state(law: Instrument) -> str:
    """Where it is: the stage of a bill, or since when an Act is in force."""
    now = next((stage for stage in law.stages.all() if stage.state == StageState.NOW), None)
    if now is not None:
        return now.in_language("title")
    if law.in_force_on:
        return _in_force_text(law.in_force_on)
    last = [stage for stage in law.stages.all() if stage.state == StageState.DONE]
    return last[-1].in_language("title") if last else ""


def _in_force_text(day: date) -> str:
    words = {"day": day_text(day)}
    return _("In force since %(day)s") % words if day <= clock.today() else _("In force from %(day)s") % words


@login_not_required
@public_page
def law(request: HttpRequest, code: str) -> HttpResponseBase:
    """One law: its newest public text. `?on=2026-08-01` leads to how it read on that day, with what was not in force then."""
    found = get_public_law(code)
    if asked := request.GET.get("on", ""):
        day = _day(asked)
        version = queries.version_on(found, day, None) if day else None
        if version is None:
            raise Missing(_("No text of this law is known for that day."))
        return HttpResponseRedirect(reverse("portal:law_version", args=[code, version.code]) + f"?on={day}")
    versions = _versions(found)
    return _page_of(request, found, queries.newest_of(versions), versions)


@login_not_required
@public_page
def law_version(request: HttpRequest, code: str, version: str) -> HttpResponseBase:
    found = get_public_law(code)
    versions = _versions(found)
    shown = next((each for each in versions if each.code == version), None)
    if shown is None:
        raise Missing
    asked = request.GET.get("on", "")
    day = _day(asked)
    if asked and day is None:
        raise Missing(_("No text of this law is known for that day."))
    return _page_of(request, found, shown, versions, day=day)


def _versions(found: Instrument) -> list[LawVersion]:
    """Those that everybody may read, without their texts."""
    return list(found.versions.visible_to(None).defer("text", "doubts"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


@dataclass(frozen=True)
class TreatyShown:
    framework: Framework
    coverage: queries.Coverage


def _page_of(
    request: HttpRequest,
    found: Instrument,
    version: LawVersion | None,
    versions: list[LawVersion],
    *,
    day: date | None = None,
) -> HttpResponseBase:
    """`versions` are all that everybody may read, `version` the one among them that is shown."""
    newest = queries.newest_of(versions)
    prefetch_related_objects([found], "commencements")
    asked = request.GET.get("q", "").replace("\x00", " ").strip()[:200]
    hits = [
        {"eid": hit.eid, "label": hit.label, "heading": hit.heading, "passage": _safe(printing.marked(hit.passage))}
        for hit in (queries.search_inside(version, asked) if version and asked else [])
    ]
    before = queries.before_of(version, versions) if version else None
    marks = printing.commencement_marks(version, day or clock.today()) if version else ()
    shown = printing.printed(version, before, marks) if version else None
    stages = list(found.stages.all())
    return page(
        request,
        "portal/law.html",
        section=SECTION,
        title=found.in_language("title"),
        description=found.in_language("summary")[:300] or found.in_language("title"),
        crumbs=_crumbs(),
        law=found,
        kicker=_kicker(found),
        version=version,
        is_newest=version is newest,
        versions=versions,
        before=before,
        front=shown.front if shown else None,
        contents=_safe(shown.contents) if shown else "",
        body=_safe(shown.body) if shown else "",
        stages=stages,
        citations=list(found.citations.all()),
        commencements=list(found.commencements.all()),
        asked=asked,
        hits=hits,
        on=day,
        marks=len(marks),
        lede=_lede(found, stages, version, before, shown.changed if shown else 0),
        treaties=_treaties(found, version),
        consultations=[
            (each, state_text(each))
            for each in Consultation.objects.visible_to(None).filter(law_version__instrument=found)
        ],
        changed_clauses=changed_clauses(version, None) if version else [],
        json_ld=_safe(_json_ld(found, version)),
        instructions=list(version.instructions.all()) if version else [],
    )


def _kicker(law: Instrument) -> str:
    """ "Bill 14/2026, Attorney General’s Office"."""
    body = law.organisation
    name = f"{law.get_kind_display()} {law.number_and_year}".strip()
    return f"{name}, {body.in_language('name')}" if body is not None and body.is_public else name


def _safe(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308 -- printing.py escapes each word, and JSON-LD its signs


def _lede(
    found: Instrument, stages: list[Any], version: LawVersion | None, before: LawVersion | None, changed: int
) -> str:
    """Two sentences: where it is, and how much of it is other than the version before."""
    sentences = []
    now = next((stage for stage in stages if stage.state == StageState.NOW), None)
    if now is not None:
        sentences.append(_("Current stage: %(stage)s.") % {"stage": now.in_language("title")})
    elif found.in_force_on:
        sentences.append(f"{_in_force_text(found.in_force_on)}.")
    if before is not None and version is not None:
        words = ngettext("%(n)s clause differs from “%(before)s”.", "%(n)s clauses differ from “%(before)s”.", changed)
        sentences.append(words % {"n": number_figures(changed), "before": before.in_language("title")})
    if version is not None and not found.is_text_complete:
        sentences.append(_("The text here is incomplete: what was not seen is marked."))
    return " ".join(sentences)


def _treaties(found: Instrument, version: LawVersion | None) -> list[TreatyShown]:
    wanted = {
        v.item.in_version.framework_id for v in found.verdicts.visible_to(None).select_related("item__in_version")
    }
    rows = Framework.objects.filter(pk__in=wanted).order_by("position", "pk")
    return [TreatyShown(f, queries.coverage(queries.matrix(found, f, version, None))) for f in rows]


def _json_ld(found: Instrument, version: LawVersion | None) -> str:
    """schema.org Legislation, with the ELI of each version: what search engines and registers of law read."""
    here = settings.SITE_ADDRESS + reverse("portal:law", args=[found.code])
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Legislation",
        "@id": here,
        "name": found.title,
        "legislationType": found.kind,
        "inLanguage": found.language,
    }
    if found.in_force_on or found.kind == InstrumentKind.BILL:  # of an Act without a day it is not known
        is_in_force = found.in_force_on is not None and found.in_force_on <= clock.today()
        data["legislationLegalForce"] = "InForce" if is_in_force else "NotInForce"
    if found.number:
        data["legislationIdentifier"] = f"{found.number} of {found.year}" if found.year else found.number
    if found.dated:
        data["legislationDate"] = found.dated.isoformat()
    if found.organisation is not None and found.organisation.is_public:
        data["legislationPassedBy"] = {"@type": "Organization", "name": found.organisation.name}
    if found.amends is not None and found.amends.is_public:
        data["legislationChanges"] = settings.SITE_ADDRESS + reverse("portal:law", args=[found.amends.code])
    if version is not None:
        address = settings.SITE_ADDRESS + reverse("portal:law_version", args=[found.code, version.code])
        data["legislationDateVersion"] = version.dated.isoformat()
        data["encoding"] = [
            {"@type": "LegislationObject", "encodingFormat": "application/akn+xml", "contentUrl": f"{address}text.xml"},
            {"@type": "LegislationObject", "encodingFormat": "application/pdf", "contentUrl": f"{address}text.pdf"},
        ]
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


@login_not_required
@public_page
def law_file(request: HttpRequest, code: str, version: str, kind: str) -> HttpResponseBase:
    """The text as Akoma Ntoso, PDF or Word."""
    found = get_version_for(None, code, version)
    if kind != "xml":
        _charge(request, "law-paper")
    return files.text_file(found, kind)


def _charge(request: HttpRequest, purpose: str) -> None:
    """What takes a tenth of a second or more to make, a visitor cannot have made without end."""
    throttle.charge(purpose, throttle.address_of(request), capacity=MADE, per_hour=MADE_PER_HOUR)


@login_not_required
@public_page
def law_compare(request: HttpRequest, code: str, version: str, other: str) -> HttpResponseBase:
    """`version` beside the earlier `other`: clauses aligned, then words."""
    _charge(request, "law-compare")
    new, old = get_version_for(None, code, version), get_version_for(None, code, other)
    found = queries.compared(old, new)
    return page(
        request,
        "portal/law_compare.html",
        section=SECTION,
        title=_("What changed: %(law)s") % {"law": new.instrument.in_language("title")},
        description=presenters.summary_text(summary(found)),
        crumbs=_crumbs(Crumb(new.instrument.in_language("title"), new.instrument.get_absolute_url())),
        law=new.instrument,
        new=new,
        old=old,
        summary=presenters.summary_text(summary(found)),
        body=_safe("".join(printing.compared_html(each) for each in found if each.change != "same")),
        changed=[_line_of(each) for each in found if each.change != "same"],
        versions=[v for v in new.instrument.versions.visible_to(None).defer("text", "doubts") if v.pk != new.pk],
    )


def _line_of(each: ComparedProvision) -> tuple[str, str, str, str]:
    one = each.new or each.old
    assert one is not None
    return one.eid, one.label, one.heading, str(printing.CHANGES[each.change])


@login_not_required
@public_page
def law_compare_file(request: HttpRequest, code: str, version: str, other: str, kind: str) -> HttpResponseBase:
    """The comparison as PDF, or as Word with tracked changes."""
    _charge(request, "law-paper")
    new, old = get_version_for(None, code, version), get_version_for(None, code, other)
    return files.compared_file(old, new, kind)


@login_not_required
@public_page
def law_treaty(request: HttpRequest, code: str, framework: str) -> HttpResponseBase:
    """How the law meets each article of a treaty."""
    found = get_public_law(code)
    treaty = next((f for f in queries.treaties() if f.code == framework), None)
    if treaty is None:
        raise Missing
    version = queries.newest_version(found, None)
    rows = queries.matrix(found, treaty, version, None)
    return page(
        request,
        "portal/law_treaty.html",
        section=SECTION,
        title=_("%(law)s and the %(treaty)s")
        % {"law": found.in_language("title"), "treaty": treaty.in_language("title")},
        description=presenters.coverage_text(queries.coverage(rows)),
        crumbs=_crumbs(Crumb(found.in_language("title"), found.get_absolute_url())),
        law=found,
        treaty=treaty,
        rows=[row for row in rows if row.verdict is not None],
        missing=sum(row.verdict is None for row in rows),
        coverage=queries.coverage(rows),
        text=presenters.coverage_text(queries.coverage(rows)),
        version=version,
    )
