"""Claims to addresses and domains: what waits, what is open about each, its proofs and its decision; and the files of registries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core.access import Actor, Permission, can, must, reach
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import takes_up_to, uploaded_file
from floreo.core.whole import whole
from floreo.core.wording import colon
from floreo.evidence.actions import attach
from floreo.evidence.downloads import download_of
from floreo.evidence.models import Attachment, Evidence
from floreo.evidence.queries import documents_of
from floreo.organisations import actions as acts
from floreo.organisations.access import get_holding_for
from floreo.organisations.actions.holdings import must_be_live, must_wait
from floreo.organisations.actions.proving import rdap_address, record_name
from floreo.organisations.actions.rdap import wanted_of
from floreo.organisations.claims import Code, problems_of
from floreo.organisations.models import (
    OPEN_STATES,
    DifferenceState,
    Holding,
    HoldingProof,
    HoldingState,
    Network,
    RegistryAnswer,
    RegistryDifference,
    RegistryFile,
    RegistrySource,
)
from floreo.organisations.registry import LARGEST_ANSWER, LARGEST_FILE
from floreo.organisations.tables import HOLDINGS
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.register import forms

AREA = "claims"
EDIT = Permission.REGISTER_EDIT
SHOWN, PROBLEMS = 200, 50


def claims(request: HttpRequest) -> HttpResponseBase:
    """For whoever reads the whole register: it compares what organisations claim."""
    if reach(request.user, Permission.ASSET_READ) is not None:
        raise NotAllowed
    listing = Listing(HOLDINGS, request)
    if file := listing.download():
        return file
    live = list(Holding.objects.live().select_related("organisation"))
    problems = problems_of(live)
    code = request.GET.get("organisation", "")
    waiting = [h for h in live if h.state in OPEN_STATES and (not code or h.organisation.code == code)]
    waiting.sort(key=lambda h: (h.state != HoldingState.PROVED, h.claimed_on is None, h.claimed_on, h.pk))
    open_ones = [
        (h, found)
        for h in live
        if h.state == HoldingState.APPROVED and (found := [p for p in problems[h.pk] if p.code != Code.NOT_PROVED])
    ]
    documents = documents_of(waiting[:SHOWN])
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": listing.rows,
        "waiting": [(h, problems[h.pk], documents.get(h.pk, ())) for h in waiting[:SHOWN]],
        "waiting_number": len(waiting),
        "open_ones": open_ones[:SHOWN],
        "unproved": sum(h.state == HoldingState.APPROVED and h.verified_on is None for h in live),
        "files": list(RegistryFile.objects.all()),
        "narrowed_to": next((h.organisation for h in waiting if code), None),
        "may_edit": can(request.user, EDIT),
    }
    return render(request, "workspace/register/claims.html", context)


def _ask_registry(holding: Holding, *, by: Actor, is_the_holder: bool = False) -> Holding:
    return acts.prove_by_registry(
        holding,
        by=by,
        content=acts.ask_registry(holding),
        source=rdap_address(holding),
        is_the_holder=is_the_holder,
    )


def _by_document(holding: Holding, *, by: Actor, evidence: Evidence, **facts: object) -> Holding:
    """The signed letter is attached to the claim, where whoever does it may attach evidence."""
    with transaction.atomic():
        proved = acts.prove_by_document(holding, by=by, evidence=evidence.code, **facts)  # type: ignore[arg-type]
        if can(by, Permission.EVIDENCE_KEEP):
            attach(evidence, by=by, thing=holding)
    return proved


def _open_text(holding: Holding) -> str:
    found = problems_of([holding])[holding.pk]
    if not found:
        return _("It is proved, and nothing is open about it.")
    return " ".join([_("Open:"), *(problem.sentence for problem in found)])


COMMANDS: Mapping[str, Command] = {
    "approve": Command(
        _l("Approve the claim"),
        _l("Approve"),
        EDIT,
        new(forms.ApproveForm),
        acts.approve_holding,
        allowed_by(must_wait),
        help=_open_text,
        done=_l("Approved. Findings there are attributed to the organisation from now on."),
    ),
    "reject": Command(
        _l("Reject the claim"),
        _l("Reject"),
        EDIT,
        new(forms.DecideForm),
        acts.reject_holding,
        allowed_by(must_be_live),
        done=_l("Rejected."),
    ),
    "withdraw": Command(
        _l("Withdraw the claim"),
        _l("Withdraw"),
        EDIT,
        new(forms.WithdrawForm),
        acts.withdraw_holding,
        allowed_by(must_be_live),
        help=_l("The organisation does not hold it, or no longer. Findings there are no longer attributed to it."),
        done=_l("Withdrawn."),
    ),
}


def holding(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = get_holding_for(request.user, code, pk)
    is_team = reach(request.user, Permission.ASSET_READ) is None and can(request.user, EDIT)
    documents = documents_of([found]).get(found.pk, []) if is_team else []
    proofs = list(found.proofs.all())
    letters = _letters(found, proofs, documents, viewer=request.user)
    context = {
        "workspace_section": AREA if is_team else "own_entry",
        "holding": found,
        "organisation": found.organisation,
        "problems": problems_of([found])[found.pk] if is_team else [],
        "proofs": [(proof, letters.get(proof.evidence, "")) for proof in proofs],
        "documents": documents,
        "asked": found.answers.exclude(tried_at=None).first(),
        "record_name": record_name(found),
        "is_team": is_team,
        "is_live": found.state in (*OPEN_STATES, HoldingState.APPROVED),
        "commands": [
            (command, reverse("workspace:claim_command", args=[code, pk, name]))
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
    }
    return render(request, "workspace/register/holding.html", context)


def _letters(
    holding: Holding, proofs: Iterable[HoldingProof], documents: Iterable[Attachment], *, viewer: object
) -> dict[str, str]:
    """Where the viewer can open the signed letters among the proofs, by their code: in the vault where it is open to them, else among the
    `documents` of the claim that they decide on. One that neither opens is missing, and the page names it without a link."""
    codes = {proof.evidence for proof in proofs if proof.evidence}
    own = holding.organisation.code
    found = {
        each.evidence.code: reverse("workspace:claim_document", args=[own, holding.pk, each.pk])
        for each in documents
        if each.evidence.code in codes
    }
    has_page = can(viewer, Permission.EVIDENCE_READ)
    for each in Evidence.objects.visible_to(viewer).filter(code__in=codes) if codes else ():
        found[each.code] = each.workspace_url() if has_page else each.portal_url()
    return found


def document(request: HttpRequest, code: str, pk: int, number: int) -> FileResponse:
    """A signed letter that was handed in for the claim, as a download: for whoever decides on it, whatever its marking."""
    found = get_holding_for(request.user, code, pk)
    must(request.user, EDIT)
    for each in documents_of([found]).get(found.pk, []):
        if each.pk == number:
            response = download_of(each.evidence)
            patch_cache_control(response, private=True, no_store=True)
            return response
    raise Missing


@takes_up_to(lambda _request: LARGEST_ANSWER)
def holding_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_holding_for(request.user, code, pk)
    back = reverse("workspace:holding", args=[code, pk])
    about = f"{found.organisation.named()}{colon()} {found.value}"
    must(request.user, EDIT)
    if name == "registry":
        return _registry(request, found, about, back)
    if name == "record":
        if request.method != "POST":
            raise Missing
        done = _("The record is there: the claim is proved.")
        return press(request, lambda: acts.look_for_record(found, by=person(request)), done, back)
    if name == "document":
        form = forms.DocumentForm(posted(request), found, request.user)
        words = FormPage(
            _("Prove by a signed letter"), _("Save the proof"), back, about=about, done=_("Saved."), area=AREA
        )
        return form_page(request, form, lambda facts: _by_document(found, by=person(request), **facts), words)
    return command_view(request, found, COMMANDS, name, area=AREA, about=about, back=back)


def _registry(request: HttpRequest, found: Holding, about: str, back: str) -> HttpResponse:
    """By a file, or by the server where none is given."""
    form = forms.RegistryAnswerForm(posted(request), request.FILES or None)
    words = FormPage(
        _("Prove by the registry"),
        _("Read the answer"),
        back,
        about=about,
        help=_("The answer must cover the claim, be of this country, and name the organisation."),
        done=_("The registry confirms the claim."),
        area=AREA,
    )

    def do(facts: dict[str, object]) -> object:
        is_the_holder = bool(facts.get("is_the_holder"))
        if not request.FILES.get("answer") and getattr(request, "upload_refused", None) is None:
            return _ask_registry(found, by=person(request), is_the_holder=is_the_holder)
        upload = uploaded_file(request, "answer")
        return acts.prove_by_registry(
            found,
            by=person(request),
            content=upload.read(LARGEST_ANSWER + 1),
            source=str(upload.name or ""),
            is_the_holder=is_the_holder,
        )

    return form_page(request, form, do, words)


@takes_up_to(lambda _request: LARGEST_FILE)
def registry_files(request: HttpRequest) -> HttpResponse:
    """The delegated files that were read, and the form to read a newer one."""
    must(request.user, EDIT)
    form = forms.RegistryFileForm(posted(request), request.FILES or None)
    status = 200
    if form.is_bound:
        try:
            upload = uploaded_file(request, "file")
            made = acts.read_registry_file(
                upload.read(LARGEST_FILE + 1),
                by=person(request),
                name=str(upload.name or ""),
                is_complete=bool(request.POST.get("is_complete")),
            )
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            form.is_valid()
            refuse_on(form, refusal)
            status = 422
        else:
            words = {"n": made.own_rows, "all": made.rows}
            messages.success(request, _("Read: %(all)d blocks, %(n)d of this country.") % words)
            return HttpResponseRedirect(reverse("workspace:registry_files"))
    context = {
        "workspace_section": AREA,
        "form": form,
        "files": RegistryFile.objects.all(),
        "sources": RegistrySource.objects.all(),
        "differences": _differences(),
        "rdap": _rdap_state(),
        "status": status,
    }
    return render(request, "workspace/register/registry_files.html", context, status=status)


def _differences() -> list[tuple[RegistryDifference, Network | None]]:
    """Those that wait, each with its network as the register has it."""
    rows = list(RegistryDifference.objects.filter(state=DifferenceState.OPEN)[:SHOWN])
    found = Network.objects.filter(asn__in=[row.asn for row in rows]).select_related("holder__merged_into")
    networks = {network.asn: network for network in found}
    return [(row, networks.get(row.asn)) for row in rows]


@dataclass(frozen=True)
class RdapState:
    """How far registries were asked about the networks and claims of the register, and what came of no question."""

    a_day: int
    has_server: bool
    wanted: int  # prefixes of networks, numbers of those without, and claims
    answered: int
    newest: datetime | None
    problems: list[RegistryAnswer]
    more: int


def _rdap_state() -> RdapState:
    of_networks = sum(len(wanted_of(network)) for network in Network.objects.only("asn", "prefixes"))
    claims = Holding.objects.live().count()
    rows = RegistryAnswer.objects.all()
    found = rows.exclude(answered_at=None).aggregate(n=Count("pk"), newest=Max("answered_at"))
    wrong = rows.exclude(problem="")
    return RdapState(
        a_day=settings.RDAP_A_DAY,
        has_server=bool(settings.RDAP_SERVER or settings.RDAP_BOOTSTRAP),
        wanted=of_networks + claims,
        answered=found["n"],
        newest=found["newest"],
        problems=list(wrong.select_related("network", "holding__organisation").order_by("-tried_at", "pk")[:PROBLEMS]),
        more=max(wrong.count() - PROBLEMS, 0),
    )


@require_POST
def decide_differences(request: HttpRequest) -> HttpResponse:
    """What is ticked, each by itself: one that is refused stops no other."""
    must(request.user, EDIT)
    decide = {"approve": acts.approve_difference, "reject": acts.reject_difference}.get(request.POST.get("do", ""))
    if decide is None:
        raise Missing
    chosen = [text.partition(".") for text in request.POST.getlist("difference")][:SHOWN]
    versions = {whole(pk): whole(version) for pk, _point, version in chosen}
    rows = RegistryDifference.objects.filter(pk__in=[pk for pk in versions if pk is not None])

    def do() -> int:
        count, refused = 0, list[str]()
        for row in rows:
            try:
                decide(row, by=person(request), version=versions[row.pk])
                count += 1
            except Refused as refusal:
                refused.append(" ".join(map(str, [row.name + ":", *(refusal.fields.values() or [refusal.sentence])])))
        for sentence in refused[:5]:
            messages.error(request, sentence)
        if not count:
            raise Refused(_("Nothing was decided. Choose differences in the list first."), code="none")
        return count

    def done(count: int) -> str:
        return ngettext("%(n)d difference decided.", "%(n)d differences decided.", count) % {"n": count}

    return press(request, do, done, f"{reverse('workspace:registry_files')}#differences")
