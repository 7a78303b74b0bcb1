"""What a member of a committee answers by a link: a vote in a written procedure, and when they can come. To open the page does nothing; a
press does. No account, no cookie, no script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core import clock, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.ui.forms import refuse_on
from floreo.evidence.downloads import download_of
from floreo.evidence.models import EvidenceKind
from floreo.meetings import between_text
from floreo.meetings.access import answering, date_member_of, papers_by_link, procedure_member_of
from floreo.meetings.actions.dates import answer_dates
from floreo.meetings.actions.procedures import own_ballot, vote
from floreo.meetings.models import DateAnswerChoice, DateMember, PollState, ProcedureMember, WrittenProcedure
from floreo.meetings.voting import ProcedureKind, ProcedureState
from floreo.portal.views.by_link import count_guess

SECTION = "strategy"
PRESSES, PRESSES_PER_HOUR = 30, 60  # by one link


class VoteForm(forms.Form):
    """The answer of one member, and the reason of an objection."""

    def __init__(self, data: Any, procedure: WrittenProcedure, *, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        self.fields["choice"] = forms.ChoiceField(
            label=_("Your answer"),
            choices=list(between_text.choice_words(procedure).items()),
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose one of the answers."),
                "invalid_choice": _("Choose one of the answers."),
            },
        )
        if procedure.kind == ProcedureKind.SILENCE:
            self.fields["reason"] = forms.CharField(
                label=_("If you object: to what, and why"),
                required=False,
                max_length=2_000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )


def _slowed(response: HttpResponse, refusal: Refused | None) -> HttpResponse:
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _status(form: forms.Form, refusal: Refused | None) -> int:
    if refusal is not None:
        return refusal.status
    return 422 if form.errors else 200


def _member(request: HttpRequest, token: str) -> ProcedureMember:
    try:
        return procedure_member_of(token)
    except Missing:
        count_guess(request, "committee-vote")
        raise


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def vote_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The question of a written procedure, and the answer of one member until it closes."""
    member = _member(request, token)
    procedure = member.procedure
    form = VoteForm(request.POST if request.method == "POST" else None, procedure, initial=own_ballot(member))
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            throttle.spend("committee-vote", str(member.pk), capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
            if form.is_valid():
                vote(member, by=answering(member), **form.cleaned_data)
                return HttpResponseRedirect(request.path)
            if not procedure.is_open:  # said even where nothing was chosen
                vote(member, by=answering(member), choice="")
        except Refused as wrong:
            if wrong.fields:
                refuse_on(form, wrong)
            else:
                refusal = wrong
    status = _status(form, refusal)
    members = procedure.members.count()
    context = {
        "member": member,
        "procedure": procedure,
        "name": between_text.title(procedure),
        "papers": papers_by_link(procedure),
        "form": form,
        "refusal": refusal,
        "rule": between_text.rule_text(procedure, members),
        "ballot": between_text.ballot_text(procedure),
        "closes": between_text.closes_text(procedure),
        "is_open": procedure.is_open,
        "is_closed": procedure.state == ProcedureState.CLOSED,
        "is_withdrawn": procedure.state == ProcedureState.WITHDRAWN,
        "has_left": not member.holds_on(clock.today()),
        "result": between_text.result_text(procedure) if procedure.state == ProcedureState.CLOSED else "",
        "answers": between_text.counted(procedure),
        "shows_own": not procedure.is_secret,
        "own": between_text.choice_words(procedure).get(own_ballot(member).get("choice", ""), ""),
        "section": SECTION,
        "status": status,
    }
    return _slowed(render(request, "portal/meetings/vote.html", context, status=status), refusal)


@login_not_required
@require_safe
def vote_paper(request: HttpRequest, token: str, code: str) -> HttpResponseBase:
    """A paper of the procedure, for whoever holds the link of a member who still sits there."""
    member = _member(request, token)
    if not member.holds_on(clock.today()):
        raise Missing
    paper = next((each for each in papers_by_link(member.procedure) if each.code == code), None)
    if paper is None:
        raise Missing
    if paper.kind == EvidenceKind.LINK:
        return HttpResponseRedirect(paper.url)
    response = download_of(paper)
    response["Cache-Control"] = "private, no-store"
    return response


class DatesForm(forms.Form):
    """For each date whether the member can come."""

    def __init__(self, data: Any, member: DateMember) -> None:
        super().__init__(data)
        given = {each.slot_id: each.answer for each in member.answers.all()}
        for slot in member.poll.slots.all():
            self.fields[f"slot-{slot.pk}"] = forms.ChoiceField(
                label=between_text.slot_text(slot),
                choices=DateAnswerChoice.choices,
                widget=forms.RadioSelect,
                initial=given.get(slot.pk, ""),
                error_messages={"required": _("Answer for each date."), "invalid_choice": _("Answer for each date.")},
            )

    def answers(self) -> dict[int, str]:
        return {int(name.removeprefix("slot-")): answer for name, answer in self.cleaned_data.items()}


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def find_date(request: HttpRequest, token: str) -> HttpResponse:
    """When a member can come."""
    try:
        member = date_member_of(token)
    except Missing:
        count_guess(request, "committee-dates")
        raise
    poll = member.poll
    form = DatesForm(request.POST if request.method == "POST" else None, member)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            throttle.spend("committee-dates", str(member.pk), capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
            if form.is_valid():
                answer_dates(member, by=answering(member), answers=form.answers())
                return HttpResponseRedirect(request.path)
        except Refused as wrong:
            refusal = wrong
    status = _status(form, refusal)
    context = {
        "member": member,
        "poll": poll,
        "form": form,
        "refusal": refusal,
        "is_open": poll.state == PollState.OPEN and poll.closes_on >= clock.today(),
        "is_chosen": poll.state == PollState.CHOSEN,
        "meeting": poll.meeting,
        "has_left": not member.holds_on(clock.today()),
        "section": SECTION,
        "status": status,
    }
    return _slowed(render(request, "portal/meetings/find_date.html", context, status=status), refusal)
