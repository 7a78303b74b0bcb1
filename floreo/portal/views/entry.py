"""An organisation's own entry in the register, by the link that was sent to one of its contacts. No account, no cookie, no script: a link
acts only on a press."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.core import throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.proposals import What
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.evidence.actions import send_document
from floreo.evidence.queries import documents_of
from floreo.organisations import actions as acts
from floreo.organisations.access import Guest, Keeper, keeper_of
from floreo.organisations.actions.proposing import kind_of
from floreo.organisations.entry_page import entry_facts, shown_holdings
from floreo.organisations.models import OPEN_STATES, Organisation
from floreo.organisations.proposal_forms import ClaimDocumentForm, HoldingClaimForm, ProposalForm, RemovalForm
from floreo.portal.views.by_link import count_guess

SECTION = "organisations"
PRESSES, PRESSES_PER_HOUR = 60, 240  # by one link
DOCUMENTS, DOCUMENTS_PER_HOUR = 10, 10  # of one organisation, by all of its links
REQUESTS, REQUESTS_PER_HOUR = 10, 20  # for links, from one caller
LINKS, LINKS_PER_HOUR = 2, 1 / 6  # to one address: two, then one in six hours


def _keeper(request: HttpRequest, token: str) -> Keeper:
    try:
        return keeper_of(token)
    except Missing:
        count_guess(request, "register-entry")
        raise


def _spend(keeper: Keeper) -> None:
    throttle.spend("register-entry", f"contact:{keeper.contact.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)


def _slow(response: HttpResponse, refusal: Refused | None) -> HttpResponse:
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _done_text(done: str) -> str:
    return {
        "confirmed": _("Thank you. Your entry is confirmed as of today."),
        "proposed": _("It waits for review. Nothing has changed yet."),
        "same": _("Nothing differs from the register, so nothing was proposed."),
        "claimed": _("Claimed. Prove it by a name server record or a signed letter: see the claim below."),
        "document": _("The team has your signed letter. It reads it before it decides on the claim."),
        "proved": _("The record is there: the claim is proved."),
        "withdrawn": _("It is taken back."),
    }.get(done, "")


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, token: str) -> HttpResponse:
    """All that the register says of the organisation, and what became of what it proposed."""
    keeper = _keeper(request, token)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            _spend(keeper)
            return HttpResponseRedirect(f"{request.path}?done={_press(request, keeper)}")
        except Missing:
            raise
        except Refused as wrong:
            refusal = wrong
    status = refusal.status if refusal is not None else 200
    holdings = shown_holdings(keeper.organisation)
    context = {
        **entry_facts(keeper.organisation, keeper, holdings, documents_of(holdings)),
        "token": token,
        "address": keeper.contact.email,
        "refusal": refusal,
        "done": _done_text(request.GET.get("done", "")) if refusal is None else "",
        "section": SECTION,
        "status": status,
    }
    return _slow(render(request, "portal/register/entry.html", context, status=status), refusal)


def _press(request: HttpRequest, keeper: Keeper) -> str:
    """What one of the page's buttons does. Returns what is said of it."""
    order, _colon, number = request.POST.get("do", "").partition(":")
    organisation = keeper.organisation
    if order == "confirm":
        acts.confirm_entry(organisation, by=keeper)
        return "confirmed"
    pk = int(number) if number.isascii() and number.isdecimal() and len(number) < 12 else 0
    if order == "take-back":
        change = organisation.proposed_changes.filter(pk=pk).first()
        if change is None:
            raise Missing
        acts.withdraw_proposal(change, by=keeper)
        return "withdrawn"
    holding = organisation.holdings.filter(pk=pk).first()
    if holding is None or order not in {"check", "withdraw"}:
        raise Missing
    if order == "check":
        acts.look_for_record(holding, by=keeper)
        return "proved"
    acts.withdraw_holding(holding, by=keeper)
    return "withdrawn"


def _record(organisation: Organisation, kind: str, pk: int) -> Model:
    record: Model | None = kind_of(kind).rows(organisation).filter(pk=pk).first()
    if record is None:
        raise Missing
    return record


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, token: str, kind: str, pk: int | None = None, what: str = "change") -> HttpResponse:
    """The form of a change, of a new record, or of a removal."""
    keeper, known = _keeper(request, token), kind_of(kind)
    order = What.NEW if pk is None else What(what)
    if not known.may(order) or not known.is_known_to(keeper, keeper.organisation):
        raise Missing
    record = _record(keeper.organisation, kind, pk) if pk is not None else None
    data = request.POST if request.method == "POST" else None
    form: Any = (
        RemovalForm(data)
        if order == What.REMOVE
        else ProposalForm(data, kind=known, record=record, organisation=keeper.organisation)
    )
    title = {
        What.NEW: _("Propose a new one: %(kind)s"),
        What.CHANGE: _("Propose a change: %(kind)s"),
        What.REMOVE: _("Propose the removal: %(kind)s"),
    }[order] % {"kind": known.words}

    def do() -> str:
        made = acts.propose(
            keeper.organisation,
            by=keeper,
            kind=kind,
            what=order,
            record=record,
            facts=form.facts(),
            reason=str(form.cleaned_data.get("why", "")),
        )
        return "proposed" if made is not None else "same"

    return _form_page(request, keeper, form, do, token=token, title=title, about=str(record or ""))


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """The form of a claim to addresses or a domain."""
    keeper = _keeper(request, token)
    form = HoldingClaimForm(request.POST if request.method == "POST" else None)

    def do() -> str:
        acts.claim_holding(keeper.organisation, by=keeper, **form.cleaned_data)
        return "claimed"

    return _form_page(request, keeper, form, do, token=token, title=_("Claim addresses or a domain"))


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """The form that takes the signed letter for a claim that waits, and what was sent before."""
    keeper = _keeper(request, token)
    holding = keeper.organisation.holdings.filter(pk=pk).first()
    if holding is None:
        raise Missing
    if request.method != "POST" and holding.state not in OPEN_STATES:
        return HttpResponseRedirect(reverse("portal:entry", args=[token]))
    form = ClaimDocumentForm(request.POST if request.method == "POST" else None)

    def do() -> str:
        upload = uploaded_file(request, "file")
        who = f"organisation:{keeper.organisation.pk}"
        throttle.spend("register-document", who, capacity=DOCUMENTS, per_hour=DOCUMENTS_PER_HOUR)
        send_document(holding, upload, by=keeper)
        return "document"

    return _form_page(
        request,
        keeper,
        form,
        do,
        token=token,
        title=_("Send a signed letter"),
        about=holding.value,
        template="portal/register/document.html",
        more={"documents": documents_of([holding]).get(holding.pk, [])},
    )


def _form_page(
    request: HttpRequest,
    keeper: Keeper,
    form: Any,
    do: Callable[[], str],
    *,
    token: str,
    title: str,
    about: str = "",
    template: str = "portal/register/form.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    back, status, slow = reverse("portal:entry", args=[token]), 200, None
    if request.method == "POST":
        status = 422
        try:
            _spend(keeper)
            if form.is_valid():
                return HttpResponseRedirect(f"{back}?done={do()}")
        except Missing:
            raise
        except Refused as refusal:
            form.is_valid()
            refuse_on(form, refusal)
            status, slow = refusal.status, refusal
    context = {
        "organisation": keeper.organisation,
        "form": form,
        "title": title,
        "about": about,
        "back": back,
        "section": SECTION,
        "status": status,
        **(more or {}),
    }
    return _slow(render(request, template, context, status=status), slow)


# --- Asking for the link ------------------------------------------------------------------------------------------


class AskForm(forms.Form):
    address = forms.EmailField(
        label=_l("E-mail address"),
        help_text=_l("An address that the register has as a contact of your organisation. The link is sent there."),
        error_messages={
            "required": _l("Enter your e-mail address."),
            "invalid": _l("Enter the whole e-mail address, for example name@example.org."),
        },
    )


@login_not_required
@csrf_exempt  # nothing is known of who asks, and nothing is done but a mail to a known address
@require_http_methods(["GET", "HEAD", "POST"])
def ask_link(request: HttpRequest) -> HttpResponse:
    """Mails the link to an address, where it is a contact's. The answer is the same for every address, so that nobody learns which are."""
    form = AskForm(request.POST if request.method == "POST" else None, auto_id="a-%s")
    status, slow, done = 200, None, request.GET.get("done") == "yes"
    if request.method == "POST":
        status, done = 422, False
        try:
            throttle.spend("entry-link", throttle.address_of(request), capacity=REQUESTS, per_hour=REQUESTS_PER_HOUR)
            if form.is_valid():
                _mail(form.cleaned_data["address"])
                return HttpResponseRedirect(f"{request.path}?done=yes")
        except Refused as refusal:
            form.is_valid()
            refuse_on(form, refusal)
            status, slow = refusal.status, refusal
    context = {"form": form, "done": done, "section": SECTION, "status": status}
    return _slow(render(request, "portal/register/ask_link.html", context, status=status), slow)


def _mail(address: str) -> None:
    """Not more often than a person needs it, however often somebody asks: who asks does not learn that either."""
    try:
        throttle.spend("entry-link-to", address.lower(), capacity=LINKS, per_hour=LINKS_PER_HOUR)
    except Slower:
        return
    acts.ask_for_entry_link(by=Guest(gettext_noop("somebody who asked for a link")), address=address)
