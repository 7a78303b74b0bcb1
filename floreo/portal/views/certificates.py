"""Certificates: the page on which anybody checks one, the form for a number or a badge, what the holder does by the personal link, and
what verifiers elsewhere fetch. No account, no cookie, no script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.certificates import badges, checking, identity, papers
from floreo.certificates.access import Holder, certificate_of_code, certificate_of_link
from floreo.certificates.actions.holding import ask_renewal, erase, hide_name, show_name
from floreo.certificates.actions.issuing import must_be_renewable
from floreo.certificates.logic import State, Verdict, read_code, same_name
from floreo.certificates.models import Certificate, StatusList
from floreo.certificates.queries import keys_that_count
from floreo.certificates.reading import LARGEST
from floreo.certificates.tables import CERTIFICATE_COUNTS
from floreo.core import clock, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import takes_up_to, uploaded_file
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import Crumb, page, public_page

CHECKS, CHECKS_PER_HOUR = 30, 120  # by number, of one address: names must not be tried one after another
BADGES, BADGES_PER_HOUR = 20, 60  # each takes a tenth of a second of a processor
PRESSES, PRESSES_PER_HOUR = 30, 60
PAPERS, PAPERS_PER_HOUR = 10, 60
LONGEST_TEXT = 200_000  # characters of a pasted badge
_SECTION = "about"
_NO_STORE = "private, no-cache"


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Certificates"), reverse("portal:certificates")),)


class NumberForm(forms.Form):
    """The number with the name, or the code alone: a number by itself does not say who holds it."""

    number = forms.CharField(
        label=_l("Number or code"),
        max_length=40,
        help_text=_l("As printed on the certificate, for example 2026-00142, or the code beside the QR code."),
        error_messages={"required": _l("Enter the number or the code on the certificate.")},
    )
    name = forms.CharField(
        label=_l("Name of the holder"),
        required=False,
        max_length=200,
        help_text=_l("As printed on the certificate. Not needed with the code."),
    )


class BadgeForm(forms.Form):
    text = forms.CharField(
        label=_l("Or paste its text"),
        required=False,
        strip=True,
        help_text=_l("It begins with { or with eyJ."),
        widget=forms.Textarea(attrs={"rows": "4"}),
    )


def _largest(request: HttpRequest) -> int:
    return LARGEST


@login_not_required
@csrf_exempt  # no cookie gives any right here
@takes_up_to(_largest)
@require_http_methods(["GET", "HEAD", "POST"])
def certificates(request: HttpRequest) -> HttpResponseBase:
    """How to check a certificate, and the forms for it."""
    if request.method != "POST":
        return _front(request, NumberForm(auto_id="n-%s"), BadgeForm(auto_id="b-%s"))
    if request.POST.get("what") == "badge":
        return _check_badge(request)
    return _check_number(request)


def _front(
    request: HttpRequest, number: NumberForm, badge: BadgeForm, *, status: int = 200, seconds: int = 0
) -> HttpResponseBase:
    response = page(
        request,
        "portal/certificates/certificates.html",
        title=_("Check a certificate"),
        section=_SECTION,
        description=_("Whether a certificate is genuine, and whether it is still valid."),
        number=number,
        badge=badge,
        failed=next((form for form in (number, badge) if form.is_bound and form.errors), None),
        status=status,
        counts=_public_counts(),
        day=clock.today(),
        largest=LARGEST // 1_000_000,
    )
    response.status_code = status
    response.headers["Cache-Control"] = _NO_STORE
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def _public_counts() -> list[dict[str, Any]]:
    """Of each public course what its row of open data says."""
    columns = {c.name: c.value for c in CERTIFICATE_COUNTS.columns}
    rows = CERTIFICATE_COUNTS.ordered(None)
    return [{"row": row, "issued": columns["issued"](row), "valid": columns["valid"](row)} for row in rows]


def _check_number(request: HttpRequest) -> HttpResponseBase:
    form, badge = NumberForm(request.POST, auto_id="n-%s"), BadgeForm(auto_id="b-%s")
    if not form.is_valid():
        return _front(request, form, badge, status=422)
    try:
        throttle.spend("certificate-number", throttle.address_of(request), capacity=CHECKS, per_hour=CHECKS_PER_HOUR)
        return HttpResponseRedirect(_found_by(form).get_absolute_url())
    except Refused as refusal:
        refuse_on(form, refusal)
        return _front(request, form, badge, status=refusal.status, seconds=getattr(refusal, "seconds", 0))


def _found_by(form: NumberForm) -> Certificate:
    """By code, or by number and name. One sentence for a number that is none and for a name that is another, so that nobody learns
    which numbers there are."""
    given, name = form.cleaned_data["number"], form.cleaned_data["name"]
    if code := read_code(given):
        found = Certificate.objects.filter(code=code).first()
        if found is not None:
            return found
    elif not name.strip():
        sentence = _("Enter the name as well: a number alone opens nothing. With the code you need no name.")
        raise Refused(sentence, code="name_missing", fields={"name": sentence})
    number = "".join(given.split())
    found = Certificate.objects.filter(Q(number=number)).first() if name.strip() else None
    if found is not None and same_name(found.name, name) and found.public_name:
        return found
    sentence = _(
        "There is no such certificate with that name on record here. Compare both with the certificate. If the holder hid"
        " the name, only the code opens it."
    )
    raise Refused(sentence, code="unknown", fields={"number": sentence})


def _check_badge(request: HttpRequest) -> HttpResponseBase:
    number, form = NumberForm(auto_id="n-%s"), BadgeForm(request.POST, auto_id="b-%s")
    try:
        throttle.charge("certificate-badge", throttle.address_of(request), capacity=BADGES, per_hour=BADGES_PER_HOUR)
        form.is_valid()
        check = checking.check_badge(_content(request, form.cleaned_data.get("text", "")))
    except Refused as refusal:
        form.is_valid()
        refuse_on(form, refusal)
        return _front(request, number, form, status=refusal.status, seconds=getattr(refusal, "seconds", 0))
    return _checked(request, check)


def _content(request: HttpRequest, text: str) -> bytes:
    """What was brought. Raises Refused."""
    if "file" in request.FILES or isinstance(getattr(request, "upload_refused", None), Refused):
        try:
            return bytes(uploaded_file(request, "file").read())
        except Refused as refusal:
            raise Refused(refusal.sentence, code=refusal.code, fields={"text": refusal.sentence}) from refusal
    if len(text) > LONGEST_TEXT:
        sentence = _("This text is too long for a badge.")
        raise Refused(sentence, code="too_long", fields={"text": sentence})
    if not text.strip():
        sentence = _("Choose the file of the badge, or paste its text.")
        raise Refused(sentence, code="nothing", fields={"text": sentence})
    return text.encode("utf-8", "replace")


def _checked(request: HttpRequest, check: checking.Check) -> HttpResponseBase:
    response = page(
        request,
        "portal/certificates/checked.html",
        title=checking.headline(check),
        section=_SECTION,
        crumbs=_crumbs(),
        check=check,
        explanation=checking.explanation(check),
        tone=_tone(check.verdict),
        stated=checking.stated(check.read),
        certificate=check.certificate,
        differs=[checking.difference_text(name) for name in check.differs],
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _tone(verdict: Verdict) -> str:
    if verdict is Verdict.VALID:
        return "good"
    return "" if verdict in checking.NOT_KNOWN_HERE or verdict is Verdict.NO_BADGE else "bad"


# --- The public page of one ---------------------------------------------------------------------------------------


def _state(found: Certificate) -> dict[str, Any]:
    """In words, and what it means."""
    state = found.state
    words = {
        State.CURRENT: _("This certificate is valid"),
        State.EXPIRES_SOON: _("This certificate is valid"),
        State.EXPIRED: _("This certificate has expired"),
        State.REVOKED: _("This certificate was revoked"),
        None: _("This certificate is not valid yet"),
    }
    tones = {State.CURRENT: "good", State.EXPIRES_SOON: "good", State.REVOKED: "bad", State.EXPIRED: "bad", None: ""}
    return {"headline": words[state], "tone": tones[state], "state": str(state or "")}


@login_not_required
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who issued it, to whom, for what, until when, and whether it holds today: an edited paper is answered only by what is here."""
    try:
        found = certificate_of_code(code)
    except Missing:
        count_guess(request, "certificate-code")
        return _unknown(request)
    about = _state(found)
    response = page(
        request,
        "portal/certificates/certificate.html",
        title=about["headline"],
        section=_SECTION,
        crumbs=_crumbs(),
        certificate=found,
        renewal=found.renewals.filter(revoked_on=None).first(),
        has_badge=found.is_signed and bool(found.public_name),
        day=clock.today(),
        **about,
    )
    response.headers["Cache-Control"] = _NO_STORE
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _unknown(request: HttpRequest) -> HttpResponseBase:
    response = page(
        request,
        "portal/certificates/unknown.html",
        title=_("There is no such certificate"),
        section=_SECTION,
        crumbs=_crumbs(),
    )
    response.status_code = 404
    response.headers["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_safe
def certificate_badge(request: HttpRequest, code: str) -> HttpResponse:
    """The credential, for programs; not where the holder withheld the name, which is in it."""
    found = certificate_of_code(code)
    if not found.public_name or not found.is_signed:
        raise Missing
    response = HttpResponse(found.credential, content_type=papers.KINDS["json"])
    response.headers["Cache-Control"] = _NO_STORE
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


# --- The holder ---------------------------------------------------------------------------------------------------


def _own(request: HttpRequest, token: str) -> Certificate:
    try:
        return certificate_of_link(token)
    except Missing:
        count_guess(request, "certificate-link")
        raise


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def own_certificate(request: HttpRequest, token: str) -> HttpResponse:
    """The holder's page: files, whether the name is public, a renewal, erasure."""
    found = _own(request, token)
    if request.method != "POST":
        return _own_page(request, found)
    do, by = request.POST.get("do", ""), Holder(found)
    if do not in {"hide", "show", "renew", "erase"}:
        raise Missing
    try:
        throttle.spend("certificate-press", str(found.pk), capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        match do:
            case "hide":
                hide_name(found, by=by)
            case "show":
                show_name(found, by=by)
            case "renew":
                ask_renewal(found, by=by)
            case "erase":
                erase(found, by=by)
                return render(request, "portal/certificates/erased.html", {"certificate": found, "section": _SECTION})
    except Missing:
        raise
    except Refused as refusal:
        found.refresh_from_db()
        response = _own_page(request, found, refusal=refusal, status=refusal.status)
        if isinstance(refusal, Slower):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    return HttpResponseRedirect(f"{request.path}?done={do}")


def _own_page(
    request: HttpRequest, found: Certificate, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    done = {
        "hide": _("Your name is hidden from the public page."),
        "show": _("Your name is on the public page."),
        "renew": _("You asked for a renewal. You will get an e-mail."),
    }
    context = {
        "certificate": found,
        "refusal": refusal,
        "done": done.get(request.GET.get("done", ""), "") if status == 200 else "",
        "kinds": [(kind, _kind_text(kind)) for kind in papers.KINDS if kind == "pdf" or found.is_signed],
        "may_renew": _may_renew(found),
        "public_address": settings.SITE_ADDRESS + found.get_absolute_url(),
        "section": _SECTION,
        "status": status,
        **_state(found),
    }
    return render(request, "portal/certificates/own.html", context, status=status)


def _kind_text(kind: str) -> str:
    return {
        "pdf": _("PDF, to print"),
        "json": _("Digital badge, JSON"),
        "jwt": _("Digital badge, JWT"),
        "svg": _("Picture that carries the badge, SVG"),
        "png": _("Picture that carries the badge, PNG"),
    }[kind]


def _may_renew(found: Certificate) -> bool:
    try:
        must_be_renewable(found)
    except Refused:
        return False
    return found.wants_renewal_on is None


@login_not_required
@require_safe
def own_certificate_file(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    found = _own(request, token)
    throttle.charge("certificate-paper", throttle.address_of(request), capacity=PAPERS, per_hour=PAPERS_PER_HOUR)
    response = HttpResponse(papers.file_of(found, kind), content_type=papers.KINDS.get(kind, ""))
    response.headers["Content-Disposition"] = f'attachment; filename="{slugify(found.number)}.{kind}"'
    return response


# --- For verifiers elsewhere --------------------------------------------------------------------------------------


@login_not_required
@public_page
def did_document(request: HttpRequest) -> HttpResponseBase:
    """The keys of this site as did:web. Missing where the site has no address that others can open."""
    rows = keys_that_count()
    did = identity.did_of(rows[0].public_key) if rows else ""
    if not identity.is_web(did):
        raise Missing
    return JsonResponse(
        badges.did_document(did, [each.public_key for each in rows]), content_type="application/did+json"
    )


@login_not_required
@public_page
def status_list(request: HttpRequest, number: int) -> HttpResponseBase:
    """The signed list of revoked certificates."""
    found = StatusList.objects.filter(number=number).first()
    if found is None or not found.text:
        raise Missing
    return HttpResponse(found.text, content_type="application/vc+jwt")
