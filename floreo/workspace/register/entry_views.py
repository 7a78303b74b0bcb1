"""An organisation's own entry, for whoever represents it signed in: what the register says of it, and what they propose and claim."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must, reach
from floreo.core.errors import Missing
from floreo.core.models import named
from floreo.core.proposals import ProposalKind, What
from floreo.core.uploads import uploaded_file
from floreo.core.wording import colon
from floreo.evidence.actions import send_document
from floreo.evidence.queries import documents_of
from floreo.organisations import actions as acts
from floreo.organisations.access import get_organisation_for
from floreo.organisations.actions.proposing import kind_of
from floreo.organisations.entry_page import entry_facts, shown_holdings
from floreo.organisations.models import OPEN_STATES, Organisation, ProposedChange
from floreo.organisations.proposal_forms import ClaimDocumentForm, ProposalForm, RemovalForm
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.register import forms

AREA = "own_entry"
PROPOSE = Permission.REGISTER_PROPOSE


def _mine(request: HttpRequest, code: str) -> Organisation:
    found = get_organisation_for(request.user, code)
    must(request.user, PROPOSE, found)
    return found


def own_entry(request: HttpRequest) -> HttpResponse:
    """Straight to the entry of one's own organisation; a list for whoever has several, or may open any."""
    own = reach(request.user, PROPOSE)
    rows = Organisation.objects.filter(merged_into=None)
    if own is not None:
        rows = rows.filter(pk__in=own)
        if len(own) == 1 and (only := rows.first()) is not None:
            return HttpResponseRedirect(reverse("workspace:entry", args=[only.code]))
    context = {"workspace_section": AREA, "rows": rows.order_by("name", "pk")[:500]}
    return render(request, "workspace/register/own_entry.html", context)


def entry(request: HttpRequest, code: str) -> HttpResponse:
    found = _mine(request, code)
    holdings = shown_holdings(found)
    facts = entry_facts(found, request.user, holdings, documents_of(holdings))
    return render(request, "workspace/register/entry.html", {"workspace_section": AREA, **facts})


@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    found, back = _mine(request, code), reverse("workspace:entry", args=[code])
    done = _("Thank you. Your entry is confirmed as of today.")
    return press(request, lambda: acts.confirm_entry(found, by=person(request)), done, back)


def claim(request: HttpRequest, code: str) -> HttpResponse:
    found = _mine(request, code)
    words = FormPage(
        _("Claim addresses or a domain"),
        _("Claim"),
        reverse("workspace:entry", args=[code]) + "#holdings",
        about=found.named(),
        help=_("The team approves it when something proves that it is yours. Until then nothing is attributed to you."),
        done=_("Claimed. Prove it by a name server record or a signed letter: see the claim below."),
        area=AREA,
    )
    return form_page(
        request,
        forms.ClaimForm(posted(request)),
        lambda facts: acts.claim_holding(found, by=person(request), **facts),
        words,
    )


def document(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The form that takes the signed letter for a claim of one's own that waits."""
    found, back = _mine(request, code), reverse("workspace:entry", args=[code]) + "#holdings"
    holding = found.holdings.filter(pk=pk).first()
    if holding is None:
        raise Missing
    if request.method != "POST" and holding.state not in OPEN_STATES:
        return HttpResponseRedirect(back)
    words = FormPage(
        _("Send a signed letter"),
        _("Send the signed letter"),
        back,
        about=f"{found.named()}{colon()} {holding.value}",
        help=_("A signed letter alone approves nothing: a person of the team reads it and decides on the claim."),
        done=_("The team has your signed letter. It reads it before it decides on the claim."),
        area=AREA,
    )

    def do(_facts: dict[str, Any]) -> object:
        return send_document(holding, uploaded_file(request, "file"), by=person(request))

    return form_page(request, ClaimDocumentForm(posted(request)), do, words)


@require_POST
def claim_press(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    """One press on a claim of one's own: look for its record now, or withdraw it."""
    found, back = _mine(request, code), reverse("workspace:entry", args=[code]) + "#holdings"
    holding = found.holdings.filter(pk=pk).first()
    if holding is None or name not in {"check", "withdraw"}:
        raise Missing
    if name == "check":
        done = _("The record is there: the claim is proved.")
        return press(request, lambda: acts.look_for_record(holding, by=person(request)), done, back)
    return press(request, lambda: acts.withdraw_holding(holding, by=person(request)), _("Withdrawn."), back)


def _kind(request: HttpRequest, found: Organisation, kind: str) -> ProposalKind:
    known = kind_of(kind)
    if not known.is_known_to(request.user, found):
        raise Missing
    return known


def _record(found: Organisation, kind: ProposalKind, pk: int) -> Model:
    record: Model | None = kind.rows(found).filter(pk=pk).first()
    if record is None:
        raise Missing
    return record


def _form(request: HttpRequest, found: Organisation, form: Any, *, kind: str, what: What, record: Any) -> HttpResponse:
    def do(facts: dict[str, Any]) -> object:
        reason = str(form.cleaned_data.get("why", ""))
        given = {} if what == What.REMOVE else form.facts()
        return acts.propose(found, by=person(request), kind=kind, what=what, record=record, facts=given, reason=reason)

    title = {
        What.NEW: _("Propose a new one: %(kind)s"),
        What.CHANGE: _("Propose a change: %(kind)s"),
        What.REMOVE: _("Propose the removal: %(kind)s"),
    }[what]
    words = FormPage(
        title % {"kind": kind_of(kind).words},
        _("Propose it"),
        reverse("workspace:entry", args=[found.code]),
        about=f"{found.named()}{colon()} {named(record)}" if record is not None else found.named(),
        help=_("Nothing changes until a person of the team has reviewed it."),
        done=_("It waits for review."),
        area=AREA,
    )
    return form_page(request, form, do, words)


def propose_new(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    found = _mine(request, code)
    known = _kind(request, found, kind)
    if not known.may(What.NEW):
        raise Missing
    form = ProposalForm(posted(request), kind=known, record=None, organisation=found)
    return _form(request, found, form, kind=kind, what=What.NEW, record=None)


def propose_change(request: HttpRequest, code: str, kind: str, pk: int) -> HttpResponse:
    found = _mine(request, code)
    known = _kind(request, found, kind)
    record = _record(found, known, pk)
    if not known.may(What.CHANGE):
        raise Missing
    form = ProposalForm(posted(request), kind=known, record=record, organisation=found)
    return _form(request, found, form, kind=kind, what=What.CHANGE, record=record)


def propose_removal(request: HttpRequest, code: str, kind: str, pk: int) -> HttpResponse:
    found = _mine(request, code)
    known = _kind(request, found, kind)
    record = _record(found, known, pk)
    if not known.may(What.REMOVE):
        raise Missing
    return _form(request, found, RemovalForm(posted(request)), kind=kind, what=What.REMOVE, record=record)


@require_POST
def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found, back = _mine(request, code), reverse("workspace:entry", args=[code]) + "#proposals"
    change = ProposedChange.objects.visible_to(request.user).filter(organisation=found, pk=pk).first()
    if change is None:
        raise Missing
    return press(request, lambda: acts.withdraw_proposal(change, by=person(request)), _("Taken back."), back)
