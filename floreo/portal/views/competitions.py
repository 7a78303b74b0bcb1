"""Competitions for youth: the list, one with its result, the form of an entry; and what guardians, entrants and the jury do by their links.
No account, no cookie, no script."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core import throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import takes_up_to
from floreo.initiatives import presenters
from floreo.initiatives.access import (
    ANYBODY,
    Entrant,
    Guardian,
    Juror,
    entry_for_jury,
    entry_of_guardian,
    entry_of_link,
    get_competition_for,
    member_of_link,
)
from floreo.initiatives.actions import entering
from floreo.initiatives.files import download
from floreo.initiatives.logic import LARGEST, Phase
from floreo.initiatives.models import Competition, CompetitionEntry, JuryMember
from floreo.initiatives.queries import criteria_of, points_of, published_entries, to_judge
from floreo.portal.initiative_forms import EntryForm, PointsForm
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import Crumb, page, public_page

SECTION = "capacity"
# Of one address: a school shares one, and a class enters in an hour. And of all together, per competition.
ENTRIES, ENTRIES_PER_HOUR = 40, 60
OF_ALL, OF_ALL_PER_HOUR = 500, 2000
PRESSES, PRESSES_PER_HOUR = 120, 480  # by one link
_NO_STORE = "private, no-cache"  # kept by the browser for its Back button, by nobody else


def _limit(_request: HttpRequest) -> int:
    return LARGEST


def _crumbs(found: Competition | None = None) -> tuple[Crumb, ...]:
    first = (Crumb(_("Competitions"), reverse("portal:competitions")),)
    return first if found is None else (*first, Crumb(found.in_language("title"), found.get_absolute_url()))


@login_not_required
@public_page
def competitions(request: HttpRequest) -> HttpResponseBase:
    rows = list(Competition.objects.visible_to(None).select_related("organisation"))
    order = (
        (_("Open now"), {Phase.OPEN}),
        (_("Coming"), {Phase.COMING}),
        (_("Closed, being judged"), {Phase.JUDGING}),
        (_("Results"), {Phase.ENDED}),
    )
    return page(
        request,
        "portal/competitions/competitions.html",
        title=_("Competitions for youth"),
        description=_("Who may enter, until when, what can be won, and the results."),
        section=SECTION,
        groups=[
            (title, [(c, presenters.phase_text(c), presenters.ages_text(c)) for c in rows if c.phase in phases])
            for title, phases in order
        ],
        is_empty=not rows,
    )


@login_not_required
@public_page
def competition(request: HttpRequest, code: str) -> HttpResponseBase:
    """What it is about and how one enters; and the result, once it is published."""
    found = get_competition_for(None, code)
    return page(
        request,
        "portal/competitions/competition.html",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        section=SECTION,
        crumbs=_crumbs(),
        competition=found,
        phase=str(found.phase),
        phase_text=presenters.phase_text(found),
        ages=presenters.ages_text(found),
        organisation=found.organisation if found.organisation is not None and found.organisation.is_public else None,
        criteria=criteria_of(found),
        categories=[found.category_words(name) for name in found.category_names()],
        results=[
            (
                _("Result: %(category)s") % {"category": found.category_words(name)} if name else _("Result"),
                [(entry, presenters.who_text(entry), presenters.points_text(entry)) for entry in rows],
            )
            for name, rows in published_entries(found).items()
        ],
    )


# --- The form -----------------------------------------------------------------------------------------------------


@login_not_required
@csrf_exempt  # no cookie gives any right here
@takes_up_to(_limit)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """The form of an entry. Whoever was typing when it closed gets every word back."""
    found = get_competition_for(None, code)
    if request.method != "POST":
        if found.phase is not Phase.OPEN:
            return HttpResponseRedirect(found.get_absolute_url())
        return _form_page(request, found, EntryForm(competition=found))
    form = EntryForm(request.POST, request.FILES, competition=found)
    try:
        throttle.charge("entry", throttle.address_of(request), capacity=ENTRIES, per_hour=ENTRIES_PER_HOUR)
        throttle.charge("entry-all", found.code, capacity=OF_ALL, per_hour=OF_ALL_PER_HOUR)
        entering.must_take_entries(found)
        upload = _uploaded(request)
        if not form.is_valid():
            return _form_page(request, found, form, status=422)
        secret, source_key = form.keys(found)
        sent = entering.send_entry(
            found, by=ANYBODY, given=form.given(), secret=secret, source_key=source_key, upload=upload
        )
    except OperationalError:  # the database is busy, or away: what was typed is not lost with it
        form.add_error(None, _("This site is busy and nothing was sent. Your text is below. Try again in a minute."))
        return _form_page(request, found, form, status=503)
    except Refused as refusal:
        form.is_valid()
        refuse_on(form, refusal)
        response = _form_page(request, found, form, status=refusal.status)
        if isinstance(refusal, Slower):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    link = settings.SITE_ADDRESS + reverse("portal:own_entry", args=[secret])
    context = {"competition": found, "entry": sent, "link": link, "section": SECTION}
    response = render(request, "portal/competitions/sent.html", context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _uploaded(request: HttpRequest) -> UploadedFile[Any] | None:
    """The file, where one was chosen. Raises Refused for one that was stopped while it arrived."""
    stopped = getattr(request, "upload_refused", None)
    if isinstance(stopped, Refused):
        raise Refused(stopped.sentence, code=stopped.code, fields={"file": stopped.sentence})
    given = request.FILES.get("file")
    return given if isinstance(given, UploadedFile) and given.size else None


def _form_page(request: HttpRequest, found: Competition, form: EntryForm, *, status: int = 200) -> HttpResponse:
    context = {
        "competition": found,
        "form": form,
        "ages": presenters.ages_text(found),
        "phase_text": presenters.phase_text(found),
        "section": SECTION,
        "status": status,
    }
    response = render(request, "portal/competitions/enter.html", context, status=status)
    response.headers.setdefault("Cache-Control", _NO_STORE)
    return response


# --- By the link of who sent it -----------------------------------------------------------------------------------


def _spend(purpose: str, pk: int) -> None:
    throttle.spend(purpose, f"{purpose}:{pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def own_entry(request: HttpRequest, token: str) -> HttpResponse:
    """What has become of an entry; and its withdrawal."""
    try:
        found = entry_of_link(token)
    except Missing:
        count_guess(request, "own-entry")
        raise
    refusal = None
    if request.method == "POST":
        try:
            _spend("own-entry", found.pk)
            entering.withdraw_entry(found, by=Entrant(found))
            return render(request, "portal/competitions/withdrawn.html", {"section": SECTION})
        except Refused as wrong:
            refusal = wrong
    context = {"entry": found, "refusal": refusal, **_about(found)}
    return _answer(request, "portal/competitions/own.html", context, refusal)


def _about(found: CompetitionEntry) -> dict[str, Any]:
    competition = found.competition
    return {
        "competition": competition,
        "state": presenters.entry_state_text(found),
        "category": competition.category_words(found.category),
        "section": SECTION,
    }


def _answer(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refused | None) -> HttpResponse:
    status = refusal.status if refusal is not None else 200
    response = render(request, template, context | {"status": status}, status=status)
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


# --- The guardian -------------------------------------------------------------------------------------------------


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest, token: str) -> HttpResponse:
    """The guardian reads what was sent and what happens with it, and agrees, or removes it. Opening the link agrees to nothing."""
    try:
        found = entry_of_guardian(token)
    except Missing:
        count_guess(request, "guardian")
        raise
    refusal = None
    if request.method == "POST":
        by, do = Guardian(found), request.POST.get("do", "")
        if do not in {"agree", "no-name", "remove"}:  # a program that sends forms at random agrees to nothing
            raise Missing
        try:
            _spend("guardian", found.pk)
            if do == "remove":
                entering.withdraw_entry(found, by=by)
                return render(request, "portal/competitions/withdrawn.html", {"section": SECTION})
            if do == "no-name":
                entering.withdraw_name(found, by=by)
            else:
                entering.agree(found, by=by, may_name=request.POST.get("may_name") == "on")
            return HttpResponseRedirect(f"{request.path}?done=yes")
        except Refused as wrong:
            refusal = wrong
            found.refresh_from_db()
    context = {
        "entry": found,
        "refusal": refusal,
        "done": request.GET.get("done") == "yes" and refusal is None,
        **_about(found),
    }
    return _answer(request, "portal/competitions/guardian.html", context, refusal)


# --- The jury -----------------------------------------------------------------------------------------------------


def _member(request: HttpRequest, token: str) -> JuryMember:
    try:
        return member_of_link(token)
    except Missing:
        count_guess(request, "jury")
        raise


@login_not_required
@require_safe
def jury(request: HttpRequest, token: str) -> HttpResponse:
    """The entries that a member judges, and how far they are."""
    member = _member(request, token)
    rows = to_judge(member)
    context = {
        "member": member,
        "competition": member.competition,
        "phase_text": presenters.phase_text(member.competition),
        "token": token,
        "rows": [
            (each, member.competition.category_words(each.entry.category), presenters.judged_text(each))
            for each in rows
        ],
        "done": sum(each.is_done for each in rows),
        "section": SECTION,
    }
    return render(request, "portal/competitions/jury.html", context)


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def jury_entry(request: HttpRequest, token: str, reference: str) -> HttpResponse:
    """One entry, without who sent it, and the points of this member."""
    member = _member(request, token)
    entry = entry_for_jury(member, reference)
    criteria = criteria_of(member.competition)
    bound = request.POST if request.method == "POST" and request.POST.get("do") == "score" else None
    form = PointsForm(bound, criteria=criteria, given=points_of(member, entry))
    status, refused = 200, None
    if request.method == "POST":
        try:
            _spend("jury", member.pk)
            if _jury_did(request.POST.get("do", ""), member, entry, form):
                return HttpResponseRedirect(reverse("portal:jury", args=[token]))
            status = 422
        except Refused as refusal:
            status, refused = refusal.status, refusal
            if form.is_bound and form.is_valid():
                refuse_on(form, refusal)
                refused = None
    context = {
        "member": member,
        "competition": member.competition,
        "entry": entry,
        "category": member.competition.category_words(entry.category),
        "form": form,
        "has_conflict": member.conflicts.filter(entry=entry).exists(),
        "may_judge": member.competition.phase in {Phase.OPEN, Phase.JUDGING},
        "refusal": refused,
        "token": token,
        "section": SECTION,
        "status": status,
    }
    return render(request, "portal/competitions/jury_entry.html", context, status=status)


def _jury_did(do: str, member: JuryMember, entry: CompetitionEntry, form: PointsForm) -> bool:
    """Does what was pressed. False where the form is not filled in."""
    by = Juror(member)
    match do:
        case "conflict":
            entering.declare_conflict(member, by=by, entry=entry)
        case "no-conflict":
            entering.withdraw_conflict(member, by=by, entry=entry)
        case _:
            if not form.is_valid():
                return False
            entering.give_points(member, by=by, entry=entry, points=form.points())
    return True


@login_not_required
@require_safe
def jury_file(request: HttpRequest, token: str, reference: str) -> HttpResponseBase:
    return download(entry_for_jury(_member(request, token), reference))
