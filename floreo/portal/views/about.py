"""About this site: pages of the pack, how status is worked out, who may do what, what nobody has checked, the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from floreo.advisories import provider
from floreo.advisories.access import own_team
from floreo.core import audit, clock, heads, heartbeat, languages
from floreo.core.access import PERMISSION_WORDS, ROLES, Permission, Role, Scope
from floreo.core.models import SignedHead
from floreo.core.ui.locale import address_in
from floreo.core.whole import whole
from floreo.core.wording import number_figures
from floreo.organisations.queries import public_page as text_of
from floreo.organisations.sender import national_team
from floreo.packs.checking import KINDS, Kind, trust
from floreo.portal.views.page import Crumb, country_of, page, public_page
from floreo.strategy.presenters.rules import rules_in_order

ROWS = 50  # unconfirmed rows of a kind on one page


def _about_crumb() -> tuple[Crumb, ...]:
    return (Crumb(_("About"), reverse("portal:about")),)


def _text_page(request: HttpRequest, name: str, title: str) -> HttpResponseBase:
    country = country_of(request)
    text = text_of(country, name, languages.now()) if country else ""
    address = parseaddr(settings.MAIL_REPLY_TO)[
        1
    ]  # for corrections; where none is set, nobody is named who would not answer
    return page(request, f"portal/{name}.html", title=title, text=text, mistake_address=address)


@login_not_required
@public_page
def about(request: HttpRequest) -> HttpResponseBase:
    return _text_page(request, "about", _("About this site"))


@login_not_required
@public_page
def accessibility(request: HttpRequest) -> HttpResponseBase:
    return _text_page(request, "accessibility", _("Accessibility"))


@login_not_required
@public_page
def privacy(request: HttpRequest) -> HttpResponseBase:
    return _text_page(request, "privacy", _("Privacy"))


@login_not_required
@public_page
def notices(request: HttpRequest) -> HttpResponseBase:
    """For whoever receives a notice of findings: who writes, why, and how to check that it is genuine. What the installation
    does not know is called unknown."""
    return page(
        request,
        "portal/notices.html",
        title=_("Notices of findings: who writes, and how to check them"),
        team=national_team(),
        from_address=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        links_begin=f"{settings.SITE_ADDRESS}/",
        is_smime=bool(settings.SMIME_KEY),
        is_openpgp=bool(settings.PGP_KEY),
        openpgp_key=provider.newest_key(),
    )


@login_not_required
@public_page
def status_rules(request: HttpRequest) -> HttpResponseBase:
    title = _("How status is calculated")
    return page(request, "portal/status_rules.html", title=title, crumbs=_about_crumb(), rules=rules_in_order())


@dataclass(frozen=True)
class PermissionRow:
    """One permission with, for each role, whether it holds for all, for its own, or not at all."""

    words: str | Promise
    scopes: list[tuple[Role, Scope | None]]


@login_not_required
@public_page
def roles(request: HttpRequest) -> HttpResponseBase:
    """Who may do what, from the code that decides."""
    columns: list[Role] = list(ROLES.values())
    rows = [PermissionRow(PERMISSION_WORDS[p], [(r, r.grants.get(p)) for r in columns]) for p in Permission]
    title = _("Roles and permissions")
    return page(request, "portal/roles.html", title=title, crumbs=_about_crumb(), roles=columns, rows=rows)


@dataclass(frozen=True)
class UnconfirmedKind:
    """Rows of one kind that nobody has checked, the first of them ready to show."""

    kind: Kind
    number: int
    rows: list[tuple[object, str]]
    more: int
    next_href: str


def _unconfirmed_of(kind: Kind, number: int, first: int) -> UnconfirmedKind:
    rows = list(kind.unconfirmed()[first : first + ROWS])
    more = max(number - first - len(rows), 0)
    following = f"?kind={kind.name}&from={first + ROWS}" if more else ""
    return UnconfirmedKind(kind, number, [(row, kind.address(row)) for row in rows], more, following)


@login_not_required
@public_page
def unconfirmed(request: HttpRequest) -> HttpResponseBase:
    """Every public row that nobody has checked, with why and where it comes from."""
    counts = trust()
    asked = KINDS.get(request.GET.get("kind", ""))
    first = whole(request.GET.get("from", "")) or 0 if asked else 0
    kinds = [k for k in KINDS.values() if counts.unconfirmed_of.get(k.name) and (asked is None or k is asked)]
    text = _("%(number)s of %(total)s rows are not checked yet")
    if counts.total == 0:
        text = _("No row has been entered yet")
    elif counts.unconfirmed == 0:
        text = _("All rows are checked")
    words = {"number": number_figures(counts.unconfirmed), "total": number_figures(counts.total)}
    return page(
        request,
        "portal/unconfirmed.html",
        title=text % words,
        crumbs=_about_crumb(),
        trust=counts,
        asked=asked,
        kinds=[_unconfirmed_of(k, counts.unconfirmed_of[k.name], first) for k in kinds],
    )


@login_not_required
@public_page
def audit_chain(request: HttpRequest) -> HttpResponseBase:
    """The newest link of the chain, what it proves, and how to check it."""
    title = _("Every change leaves a trace")
    head = audit.head()
    parts = [head.hash[i : i + 16] for i in range(0, len(head.hash), 16)]  # where a narrow screen may break it
    signed = SignedHead.objects.last()
    return page(
        request, "portal/audit.html", title=title, crumbs=_about_crumb(), head=head, hash_parts=parts, signed=signed
    )


_HEADS = 500  # given at once: those before come with ?before=, the entry of the first


@login_not_required
@public_page
def signed_heads(request: HttpRequest) -> HttpResponseBase:
    """The newest signed heads, oldest first, one a line: whoever keeps them can show that the chain was rewritten."""
    rows = SignedHead.objects.order_by("-number")
    before = whole(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(number__lt=before)
    lines = [f"{heads.as_line(head)}\n" for head in reversed(rows[:_HEADS])]
    return HttpResponse("".join(lines), content_type="application/jsonl; charset=utf-8")


@login_not_required
@public_page
def head_key(request: HttpRequest) -> HttpResponseBase:
    """The public keys with which heads were signed, the newest first."""
    keys = dict.fromkeys(SignedHead.objects.order_by("-number").values_list("public_key", flat=True)[:10_000])
    return HttpResponse("".join(heads.pem_of(key) for key in keys), content_type="application/x-pem-file")


@login_not_required
@public_page
def robots(request: HttpRequest) -> HttpResponseBase:
    lines = [
        "User-agent: *",
        "Disallow: /workspace/",
        "Disallow: /account/",
        *(f"Disallow: {address_in(code, '/search/')}" for code in languages.site()),
        f"Sitemap: {settings.SITE_ADDRESS}{reverse('portal:sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@public_page
def security_txt(request: HttpRequest) -> HttpResponseBase:
    """Where a weakness of this installation is reported (RFC 9116): the page on which its operator says how, and the team that
    runs it, where its profile has an address; and where its advisories are for programs (CSAF)."""
    address, team = settings.SITE_ADDRESS, own_team()
    lines = [f"Contact: {address}{reverse('portal:report')}"]
    if team is not None and team.email:
        lines.append(f"Contact: mailto:{team.email}")
    if provider.newest_key() is not None:
        lines.append(f"Encryption: {provider.address(provider.KEY)}")
    lines += [
        f"Expires: {clock.machine().date() + timedelta(days=180)}T00:00:00Z",
        "Preferred-Languages: en, es",
        f"Canonical: {address}/.well-known/security.txt",
        f"Policy: {address}{reverse('portal:team')}",
        f"CSAF: {provider.address('provider-metadata.json')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@never_cache
def health(request: HttpRequest) -> HttpResponseBase:
    """For whoever watches the machine: whether the site answers, its database does, and the worker is at work."""
    try:
        problem = "" if heartbeat.is_at_work() else "worker not at work"
    except Exception:
        problem = "database unreachable"
    text = problem or "ok"
    response = HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=503 if problem else 200)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark: who asks each second fills no log
    return response
