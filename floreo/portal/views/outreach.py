"""Outreach on the public site: coverage, who agreed to be listed, the form by which an ambassador is asked for, and the page on which
ambassadors log sessions by their personal link, also without a signal."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core import clock, languages, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.papers import paper
from floreo.core.uploads import takes_up_to
from floreo.core.wording import number_figures
from floreo.open_data.files import list_file, part_of_table
from floreo.outreach import papers, presenters
from floreo.outreach.access import ANYBODY, Logger, link_of
from floreo.outreach.actions.requests import ask_for_ambassador
from floreo.outreach.actions.sessions import Arrival, Logged, log_session
from floreo.outreach.forms import SessionForm, text_of, venues_of
from floreo.outreach.geojson import features
from floreo.outreach.models import (
    Ambassador,
    AmbassadorLink,
    OutreachSession,
    PhotoConsent,
    SessionChannel,
    SessionState,
)
from floreo.outreach.pictures import LARGEST, MOST, Picture, all_redrawn
from floreo.outreach.queries import coverage, main_scheme, sessions_of
from floreo.outreach.tables import AMBASSADORS, COVERAGE
from floreo.portal.outreach_forms import RequestForm
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import Crumb, country_of, page, public_page

REQUESTS, REQUESTS_PER_HOUR = 5, 10  # of one address
OF_ALL, OF_ALL_PER_HOUR = 60, 120  # and of all together
PRESSES, PRESSES_PER_HOUR = 120, 600  # by one link: a phone that was without a signal for a month sends at once
PAPERS, PAPERS_PER_HOUR = 10, 60
SENT_SHOWN = 10
JSON = "application/json"
_TOTAL = MOST * LARGEST + 64 * 1024  # bytes of one session with its photos


# --- For everybody ------------------------------------------------------------------------------------------------


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Outreach"), reverse("portal:outreach")),)


@login_not_required
@public_page
def outreach(request: HttpRequest) -> HttpResponseBase:
    """How well the country is covered: map, ranking and table, without what is for coordinators."""
    kind = request.GET.get("download", "")
    if kind and kind != "geojson":
        return part_of_table(request, COVERAGE, COVERAGE.ordered(None), kind)
    found, scheme = coverage(clock.today(), with_internal=False), main_scheme()
    if kind:
        response = JsonResponse(features(found), content_type="application/geo+json")
        response.headers["Content-Disposition"] = 'attachment; filename="outreach_coverage.geojson"'
        return response
    words = presenters.coverage_words(found, scheme)
    return page(
        request,
        "portal/outreach/coverage.html",
        title=words["headline"],
        description=_("Ambassadors and awareness sessions in each district, for the number of its inhabitants."),
        section="outreach",
        found=found,
        scheme=scheme,
        is_recorded=Ambassador.objects.exists(),
        with_people_rate=True,
        small=presenters.small_text(found),
        **words,
    )


@login_not_required
@public_page
def ambassadors(request: HttpRequest) -> HttpResponseBase:
    """Who agreed to be listed."""
    listing = Listing(AMBASSADORS, request, rows=AMBASSADORS.rows(None))
    if file := list_file(listing, whole=True):
        return file
    number = listing.total
    title = ngettext("%(n)s ambassador is listed", "%(n)s ambassadors are listed", number)
    return page(
        request,
        "portal/outreach/ambassadors.html",
        title=title % {"n": number_figures(number)},
        section="outreach",
        crumbs=_crumbs(),
        listing=listing,
        rows=[(a, presenters.languages_text(a.languages)) for a in listing.rows],
    )


@login_not_required
@csrf_exempt  # no cookie gives any right here
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form by which a school, a firm or a group asks for an ambassador."""
    form = RequestForm(request.POST if request.method == "POST" else None, initial={"language": _language()})
    if request.method != "POST":
        return _ask_page(request, form)
    try:
        if not form.is_valid():
            return _ask_page(request, form, status=422)
        address = throttle.address_of(request)
        throttle.charge("ambassador-request", address, capacity=REQUESTS, per_hour=REQUESTS_PER_HOUR)
        throttle.charge("ambassador-request-all", "", capacity=OF_ALL, per_hour=OF_ALL_PER_HOUR)
        sent = ask_for_ambassador(by=ANYBODY, source_key=form.source_key(), **form.facts())
    except OperationalError:
        form.add_error(None, _("Your request was not sent: this site is busy. Try again in a minute."))
        return _ask_page(request, form, status=503)
    except Refused as refusal:
        refuse_on(form, refusal)
        response = _ask_page(request, form, status=refusal.status)
        if isinstance(refusal, Slower):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    context = {"found": sent, "section": "outreach", "scheme": main_scheme()}
    response = render(request, "portal/outreach/asked.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask_page(request: HttpRequest, form: RequestForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "section": "outreach", "scheme": main_scheme(), "status": status}
    response = render(request, "portal/outreach/ask.html", context, status=status)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _language() -> str:
    return languages.now()


# --- By the personal link -----------------------------------------------------------------------------------------


def _limit(_request: HttpRequest) -> int:
    return _TOTAL


def _wants_json(request: HttpRequest) -> bool:
    return JSON in request.headers.get("Accept", "")


def _link(request: HttpRequest, token: str) -> AmbassadorLink:
    try:
        return link_of(token)
    except Missing:
        count_guess(request, "ambassador-link")
        raise


@login_not_required
@csrf_exempt  # the address itself gives the right
@takes_up_to(_limit)
@require_http_methods(["GET", "HEAD", "POST"])
def ambassador_log(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an ambassador, which a phone keeps and opens without a signal; and what it sends, now or days later."""
    if request.method == "POST":
        return _sent(request, token)
    link = _link(request, token)
    if not link.is_live:
        return _ended(request, link, token)
    form = SessionForm(ambassador=link.ambassador, auto_id="o-%s", initial=_start(request, link.ambassador))
    return _log_page(request, link, token, form)


def _start(request: HttpRequest, ambassador: Ambassador) -> dict[str, Any]:
    """The form over a session that came back, where the page was asked for that."""
    session = _returned(ambassador, request.GET.get("change", ""))
    return text_of(session) if session is not None else {}


def _returned(ambassador: Ambassador, reference: str) -> OutreachSession | None:
    rows = ambassador.sessions.select_related("district", "material")
    return rows.filter(reference=reference, state=SessionState.RETURNED).first() if reference else None


def _log_page(
    request: HttpRequest,
    link: AmbassadorLink,
    token: str,
    form: SessionForm,
    *,
    number: str = "",
    status: int = 200,
) -> HttpResponse:
    ambassador = link.ambassador
    rows = sessions_of(ambassador)
    returned = _returned(ambassador, request.GET.get("change", ""))
    context = _about(link, token) | {
        "form": form,
        "number": number or (str(returned.uuid) if returned is not None else str(uuid4())),
        "resend": str(returned.uuid) if returned is not None else "",
        "venues": venues_of(ambassador),
        "most_photos": MOST,
        "sent": [(s, presenters.session_line(s), presenters.received_text(s)) for s in rows[:SENT_SHOWN]],
        "more": len(rows) - SENT_SHOWN,
        "just_sent": _just_sent(rows, request.GET.get("sent", "")),
        "status": status,
    }
    response = render(request, "portal/outreach/log.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _just_sent(rows: Sequence[OutreachSession], reference: str) -> str:
    """What became of the form that was sent a moment ago."""
    session = next((s for s in rows if s.reference == reference), None)
    return _logged_text(Logged(session)) if session is not None else ""


def _about(link: AmbassadorLink, token: str) -> dict[str, Any]:
    return {
        "ambassador": link.ambassador,
        "link": link,
        "manifest": reverse("portal:ambassador_manifest", args=[token]),
        "consent": reverse("portal:ambassador_consent", args=[token]),
        "paper": reverse("portal:ambassador_paper", args=[token]),
        "scope": _scope(),
        "address": reverse("portal:ambassador_log", args=[token]),
    }


def _scope() -> str:
    """All pages of ambassadors in this language: that is what the service worker may serve."""
    return reverse("portal:ambassador_log", args=["x"]).removesuffix("x/")


def _ended(request: HttpRequest, link: AmbassadorLink, token: str) -> HttpResponse:
    """What an ended link opens: nothing but the queue of this phone, so that what waits in it still arrives."""
    response = render(request, "portal/outreach/ended.html", _about(link, token) | {"status": 410}, status=410)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent(request: HttpRequest, token: str) -> HttpResponse:
    """A session, by a phone's queue or by the form of the page. Whatever goes wrong says so in a sentence; the phone keeps what was not
    taken."""
    return _sent_by_queue(request, token) if _wants_json(request) else _sent_by_form(request, token)


def _asked(request: HttpRequest, token: str) -> tuple[AmbassadorLink, SessionForm]:
    """By which link, and what was typed."""
    link = _link(request, token)
    throttle.spend("ambassador-log", f"link:{link.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
    return link, SessionForm(request.POST, ambassador=link.ambassador, auto_id="o-%s")


def _busy() -> str:
    return _("This site is busy. Nothing was lost: try again in a minute.")


def _sent_by_queue(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link, form = _asked(request, token)
        return (
            _receipt(_log(request, link, form, channel=SessionChannel.PHONE))
            if form.is_valid()
            else _refused_form(form)
        )
    except OperationalError:  # the database is busy, or away: the phone tries again
        return _error(503, "busy", _busy())
    except Refused as refusal:
        return _refusal(refusal)


def _sent_by_form(request: HttpRequest, token: str) -> HttpResponse:
    link, form = _asked(request, token)
    number, status = request.POST.get("uuid", ""), 422
    try:
        if form.is_valid():
            logged = _log(request, link, form, channel=SessionChannel.WEB)
            if link.is_live:
                return HttpResponseRedirect(f"{request.path}?sent={logged.session.reference}")
            context = _about(link, token) | {"logged_text": _logged_text(logged), "status": 200}
            return render(request, "portal/outreach/ended.html", context)
    except OperationalError:
        form.add_error(None, _busy())
        status = 503
    except Refused as refusal:
        refuse_on(form, refusal)
        status = refusal.status
    return _log_page(request, link, token, form, number=number, status=status)


def _log(request: HttpRequest, link: AmbassadorLink, form: SessionForm, *, channel: str) -> Logged:
    if isinstance(stopped := getattr(request, "upload_refused", None), Refused):
        raise stopped
    number, given = _uuid(request.POST.get("uuid", "")), form.given()
    files = [] if given.photo_consent == PhotoConsent.NONE else _files(request)
    digest = given.digest(hashlib.sha256(each).hexdigest() for each in files)
    pictures: list[Picture] = []
    refused = 0
    is_known = OutreachSession.objects.filter(uuid=number, sent_hash=digest).exists()
    if files and not is_known:  # drawn before the action: it takes a moment, and nobody else writes meanwhile
        pictures, refused = all_redrawn(files)
    arrival = Arrival(
        uuid=number,
        digest=digest,
        written=_moment(request.POST.get("phone_clock", "")),
        sent=_moment(request.POST.get("sent_clock", "")),
        pictures=pictures,
        refused=refused,
        channel=channel,
    )
    return log_session(link, by=Logger(link), given=given, arrival=arrival)


def _files(request: HttpRequest) -> list[bytes]:
    return [bytes(each.read(LARGEST + 1)) for each in request.FILES.getlist("photos")[:MOST]]


def _uuid(given: str) -> str:
    try:
        return str(UUID(given))
    except ValueError:
        raise Refused(
            _(
                "This session carries no number of its own, so it could be counted twice. Reload the page and save it again."
            ),
            code="no_number",
        ) from None


def _moment(given: str) -> datetime | None:
    try:
        found = parse_datetime(given[:40])
    except ValueError:
        return None
    return found if found is not None and is_aware(found) else None


def _logged_text(logged: Logged) -> str:
    text = presenters.received_text(logged.session) + "."
    more = presenters.receipt_text(logged.session, is_again=logged.is_again, is_changed=logged.is_changed)
    return f"{text} {more}".strip()


def _receipt(logged: Logged) -> JsonResponse:
    """The same for the same number, however often it is sent."""
    session = logged.session
    sentence = presenters.receipt_text(session, is_changed=logged.is_changed)
    facts = {"receipt": session.reference, "received_at": session.received_at.isoformat(), "sentence": sentence}
    return JsonResponse(facts, status=200 if logged.is_again else 201)


def _error(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> JsonResponse:
    """The one error shape of this site (api/errors.py)."""
    return JsonResponse({"error": {"code": code, "message": message, "fields": fields or {}}}, status=status)


def _refusal(refusal: Refused) -> JsonResponse:
    fields = {name: str(sentence) for name, sentence in refusal.fields.items()}
    response = _error(refusal.status, refusal.code, str(refusal.sentence), fields)
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _refused_form(form: SessionForm) -> JsonResponse:
    fields = {name: " ".join(str(each) for each in errors) for name, errors in form.errors.items()}
    return _error(422, "bad_fields", _("Some entries cannot be accepted yet."), fields)


@login_not_required
@require_safe
def ambassador_manifest(request: HttpRequest, token: str) -> HttpResponse:
    """By which a phone puts the page among its programs (https://www.w3.org/TR/appmanifest/)."""
    link = _link(request, token)
    country = country_of(request)
    facts = {
        "name": _("Log a session") + (f": {country.named()}" if country else ""),
        "short_name": pgettext("name of a program on a telephone", "Outreach"),
        "lang": _language(),
        "start_url": reverse("portal:ambassador_log", args=[token]),
        "scope": _scope(),
        "id": f"{_scope()}{link.key}",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#11392f",
        "icons": [{"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


def _paper_of(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    link, country = _link(request, token), country_of(request)
    if country is None or not link.is_live:
        raise Missing
    throttle.charge("ambassador-paper", f"link:{link.pk}", capacity=PAPERS, per_hour=PAPERS_PER_HOUR)
    if kind == "consent":
        return paper(papers.photo_consent(country, scheme=link.ambassador.scheme), "pdf", name="photo-consent")
    return paper(papers.session_form(country, ambassador=link.ambassador), "pdf", name=f"session-{link.ambassador}")


@login_not_required
@require_safe
def ambassador_consent(request: HttpRequest, token: str) -> HttpResponse:
    """What is signed before photos are taken; kept on the phone with the page."""
    return _paper_of(request, token, "consent")


@login_not_required
@require_safe
def ambassador_paper(request: HttpRequest, token: str) -> HttpResponse:
    """The form on paper, for a phone that is broken."""
    return _paper_of(request, token, "session")
