"""Publications: the list with its feed, and each under an address that stays."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import keys
from floreo.core.decisions import decided_by_maker
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.core.search import Findable
from floreo.core.ui.locale import language
from floreo.core.ui.rss import MEDIA_TYPE, NEWEST
from floreo.core.wording import number_figures
from floreo.open_data.files import list_file
from floreo.organisations.models import Contact
from floreo.portal.views.page import Crumb, country_of, page, public_page
from floreo.publications import feeds
from floreo.publications.access import get_public
from floreo.publications.files import opened_file
from floreo.publications.models import Posting, Publication, PublicationKind, PublicationState
from floreo.publications.tables import PUBLICATIONS


@login_not_required
@public_page
def publications(request: HttpRequest) -> HttpResponseBase:
    """Everything that is out, newest first."""
    listing = Listing(PUBLICATIONS, request, rows=PUBLICATIONS.rows(None))
    if file := list_file(listing, whole=True):
        return file
    total = listing.total
    text = ngettext("%(number)s publication", "%(number)s publications", total) % {"number": number_figures(total)}
    text = text if total else _("Publications")  # the page says below that there are none
    return page(
        request,
        "portal/publications.html",
        section="publications",
        title=text,
        listing=listing,
        rows=listing.rows,
        description=_("Reports, press notices and documents, each at a permanent address."),
    )


@login_not_required
@public_page
def feed(request: HttpRequest) -> HttpResponseBase:
    """The newest as RSS, in the language of its address."""
    rows = Publication.objects.out().newest(NEWEST)
    country = country_of(request)
    title = _("%(country)s: publications") % {"country": country.in_language("name") if country else "Floreo"}
    addresses = {"list_address": reverse("portal:publications"), "feed_address": reverse("portal:publications_feed")}
    return HttpResponse(feeds.feed_of(rows, title=title, **addresses), content_type=MEDIA_TYPE)


@dataclass(frozen=True)
class Leads:
    """What a publication makes public, and where that is."""

    title: str
    href: str


def _leads(publication: Publication) -> Leads | None:
    """The page of what it is about, where the public may see it."""
    thing = keys.thing_of(publication.about) if publication.about else None
    if isinstance(thing, Findable):
        entry = thing.search_entry()
        named = getattr(thing, "named", None)
        title = named() if named else entry.title
        return Leads(title, entry.address) if entry.is_public else None
    address = getattr(thing, "get_absolute_url", None)
    is_public = getattr(thing, "is_public", False) is True
    return Leads(str(thing), address()) if address is not None and is_public else None


def _contact(publication: Publication) -> Contact | None:
    """Whom the press may ask: the public contact of the publisher for that purpose."""
    body = publication.organisation
    if body is None or not body.is_public or publication.kind != PublicationKind.PRESS:
        return None
    return body.contacts.filter(is_public=True, purpose__iexact="press").first()


@login_not_required
@public_page
def publication(request: HttpRequest, code: str) -> HttpResponseBase:
    """One publication as it is, with what was corrected; or the sentence that it was withdrawn."""
    found = get_public(code)
    crumbs = (Crumb(_("Publications"), reverse("portal:publications")),)
    if found.state == PublicationState.WITHDRAWN:
        return _withdrawn(request, found, crumbs)
    body = found.organisation
    return page(
        request,
        "portal/publication.html",
        section="publications",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        crumbs=crumbs,
        publication=found,
        publisher=body if body is not None and body.is_public else None,
        contact=_contact(found),
        leads=_leads(found),
        edition=found.edition if found.edition is not None and found.edition.is_public else None,
        versions=list(found.versions.all()),
        postings=_postings(found),
        by_maker=bool(decided_by_maker(("publication.published", "publication.scheduled"), [found])),
        **_text(found),
    )


def _text(publication: Publication) -> dict[str, str]:
    """The text in the reader's language, or as written and marked with its language."""
    is_own = publication.language == language() or publication.language_of("text") != ""
    return {"text": publication.in_language("text"), "text_language": "" if is_own else publication.language}


def _postings(publication: Publication) -> list[Posting]:
    return list(publication.postings.filter(skipped=False).select_related("channel"))


def _withdrawn(request: HttpRequest, publication: Publication, crumbs: tuple[Crumb, ...]) -> HttpResponseBase:
    """Gone, and said so: 410. Neither its title nor its text is repeated, since they may be why it was withdrawn."""
    title = _("This page was withdrawn")
    response = page(
        request, "portal/withdrawn.html", section="publications", title=title, crumbs=crumbs, publication=publication
    )
    response.status_code = 410
    return response


@login_not_required
@public_page
def publication_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """Its file, always as a download."""
    found = get_public(code)
    if not found.is_out:
        raise Missing
    return FileResponse(opened_file(found), as_attachment=True, filename=found.file_name, content_type=found.media_type)
