"""Pages of one organisation in a campaign: its form, its review, its results, gaps and plan, and the report of all that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.assessments import presenters
from floreo.assessments.access import ForReview, get_line_for, get_participant_for, may_review
from floreo.assessments.actions import answering, planning, reviewing
from floreo.assessments.form import answer_of, choices, given_of, level_text, rows_of
from floreo.assessments.models import Participant, PlanLine, SelfRating
from floreo.assessments.pages import (
    MOST_BYTES,
    EvidenceForm,
    evidence_page,
    item_or_missing,
    overview,
    press_evidence,
    results_of,
    section_or_missing,
)
from floreo.assessments.papers import report as report_document
from floreo.assessments.queries import AssessedItem, open_lines, written_by_ended
from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import named
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.papers import paper
from floreo.core.uploads import takes_up_to
from floreo.organisations.queries import the_country
from floreo.workspace.assessments import forms
from floreo.workspace.commands import Command, command_view, commands_for, new, over_row
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

AREA = "organisation_assessments"
_RUN, _ANSWER, _REVIEW = Permission.ASSESSMENT_RUN, Permission.ASSESSMENT_ANSWER, Permission.ASSESSMENT_REVIEW


def _is_submitted(review: ForReview, viewer: object) -> bool:
    return review.participant.state == "submitted" and may_review(viewer, review.participant)


COMMANDS: Mapping[str, Command] = {
    "submit": Command(
        _l("Submit to the reviewer"),
        _l("Submit"),
        _ANSWER,
        new(CommandForm),
        answering.submit,
        lambda row, _viewer: row.takes_answers,
        help=_l("After that nothing can be changed, unless the reviewer returns it."),
        done=_l("It is submitted."),
    ),
    "line": Command(
        _l("Add to the action plan"),
        _l("Add to the plan"),
        _ANSWER,
        forms.LineForm,
        planning.add_line,
        lambda row, _viewer: row.is_accepted,
        back=lambda row: f"{row.workspace_url()}#plan",
    ),
}
REVIEWS: Mapping[str, Command] = {
    "accept": Command(
        _l("Accept the assessment"),
        _l("Accept"),
        _REVIEW,
        new(CommandForm),
        reviewing.accept,
        _is_submitted,
        help=_l("It does not change any more. Where you gave no level of your own, theirs is confirmed."),
        done=_l("The assessment is accepted."),
    ),
    "return": Command(
        _l("Return the assessment"),
        _l("Return with a note"),
        _REVIEW,
        new(forms.ReturnForm),
        reviewing.return_to,
        _is_submitted,
        done=_l("The assessment is returned, and an e-mail says so."),
    ),
}
OF_LINE: Mapping[str, Command] = {
    "done": Command(
        _l("It is done"),
        _l("It is done"),
        _ANSWER,
        lambda data, _line: forms.DoneForm(data, initial={"on": clock.today()}),
        planning.finish_line,
        lambda line, _viewer: line.state == "open",
    ),
    "edit": Command(
        _l("Change the line"),
        _l("Change"),
        _ANSWER,
        over_row(forms.LineEditForm),
        planning.update_line,
        lambda line, _viewer: line.state == "open",
    ),
    "drop": Command(
        _l("Give the line up"),
        _l("Give it up"),
        _ANSWER,
        lambda data, _line: forms.DropForm(data, initial={"on": clock.today()}),
        planning.give_up_line,
        lambda line, _viewer: line.state == "open",
    ),
}
LINE_ACTIONS: Mapping[str, Command] = {
    "give": Command(
        _l("An action of the national plan does it"),
        _l("Link to an action"),
        _RUN,
        new(forms.GiveActionForm),
        planning.give_action,
        lambda line, _viewer: line.state == "open" and line.action_id is None,
    ),
    "make": Command(
        _l("Make an action of the national plan"),
        _l("Make an action"),
        _RUN,
        new(forms.MakeActionForm),
        planning.make_action,
        lambda line, _viewer: line.state == "open" and line.action_id is None,
        help=_l("It has the due date of this line, and is not public."),
    ),
}


def assessment(request: HttpRequest, code: str) -> HttpResponse:
    """How far it is while it is answered; then the self-view beside the review; then results, gaps and the plan."""
    found = get_participant_for(request.user, code)
    shown = results_of(found, person(request))
    own = [
        (command, reverse("workspace:campaign_assessment_command", args=[code, name]), name)
        for name, command in commands_for(request.user, found, COMMANDS).items()
    ]
    reviews = [
        (command, reverse("workspace:review_command", args=[code, name]), name)
        for name, command in commands_for(request.user, ForReview(found), REVIEWS).items()
    ]
    plan = [(line, presenters.line_state_text(line), _line_links(request, found, line)) for line in open_lines(found)]
    items = shown.asked.by_code
    word = shown.asked.version.word_of
    planned = {line.item_id for line, _state, _links in plan}
    context = {
        "may_read_plan": can(request.user, Permission.PLAN_READ),
        "workspace_section": AREA,
        "participant": found,
        "campaign": found.campaign,
        "phase": presenters.phase_text(found.campaign),
        "commands": [*reviews, *own],
        "main": next((name for _c, _a, name in [*reviews, *own] if name in {"accept", "submit", "line"}), ""),
        "radar": shown.radar,
        "gaps": [
            (items[gap.code], word(gap.level), word(gap.target), items[gap.code].pk in planned) for gap in shown.gaps
        ],
        "plan_href": reverse("workspace:campaign_assessment_command", args=[code, "line"]),
        "may_bring_in": found.takes_answers and can(request.user, _ANSWER, found),
        "may_plan": found.is_accepted and can(request.user, _ANSWER, found),
        "has_answers": any(line.is_answered for line in shown.lines),
        "differing": [(line, _levels(line, shown.asked.version)) for line in shown.lines if line.differs],
        "plan": plan,
        "ended": written_by_ended(found),
        "history": history_of(found, viewer=request.user),
        **overview(found, person(request), lambda part: reverse("workspace:campaign_section", args=[code, part])),
    }
    return render(request, "workspace/assessments/assessment.html", context)


def _levels(line: AssessedItem, version: Any) -> tuple[str, str]:
    own = line.own
    assert own is not None
    return level_text(version, own.level, applies=own.applies), version.word_of(line.reviewed)


def _line_links(request: HttpRequest, found: Participant, line: PlanLine) -> list[tuple[Any, str]]:
    assert found.assessment is not None
    code = found.assessment.code
    own = commands_for(request.user, line, OF_LINE)
    acts = commands_for(request.user, line, LINE_ACTIONS)
    return [
        *((c.button, reverse("workspace:plan_line_command", args=[code, line.pk, name])) for name, c in own.items()),
        *((c.button, reverse("workspace:plan_line_action", args=[code, line.pk, name])) for name, c in acts.items()),
    ]


def assessment_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_participant_for(request.user, code)
    if name == "line" and request.method == "GET" and request.GET.get("item"):
        table = {"line": _starting_line(request.GET["item"])}
        return command_view(request, found, table, name, area=AREA)
    return command_view(request, found, COMMANDS, name, area=AREA)


def _starting_line(item: str) -> Command:
    """The form of a line that begins with the gap it is about."""
    return replace(COMMANDS["line"], form=lambda data, row: forms.LineForm(data, row, initial={"item": item}))


def review_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_participant_for(request.user, code)
    return command_view(request, ForReview(found), REVIEWS, name, area=AREA)


def line_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_participant_for(request.user, code)
    line, back = get_line_for(found, pk), f"{found.workspace_url()}#plan"
    return command_view(request, line, OF_LINE, name, area=AREA, about=named(line), back=back)


def line_action(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_participant_for(request.user, code)
    line, back = get_line_for(found, pk), f"{found.workspace_url()}#plan"
    return command_view(request, line, LINE_ACTIONS, name, area=AREA, about=named(line), back=back)


# --- The form -----------------------------------------------------------------------------------------------------


def section(request: HttpRequest, code: str, section: str) -> HttpResponse:
    """One section: as a form for the organisation, and with the review beside it for who reviews."""
    found = get_participant_for(request.user, code)
    by = person(request)
    part = section_or_missing(found, by, section)
    may_write = found.takes_answers and can(by, _ANSWER, found)
    is_script = request.headers.get("Accept") == "application/json"
    status, saved, errors, typed, refusal = 200, None, {}, {}, None
    here = reverse("workspace:campaign_section", args=[code, section])
    if request.method == "POST":
        must(by, _ANSWER, found)
        try:
            typed = given_of(request.POST, part.items)
            if request.POST.get("do") == "take-over":
                answering.take_over(found, by=by, items=part.items)
                return HttpResponseRedirect(here)
            saved = answering.save_answers(found, by=by, given=list(typed.values()))
        except NotAllowed:
            raise
        except Refused as wrong:
            status, refusal = wrong.status, wrong
            errors = {name.partition("-")[2]: str(text) for name, text in wrong.fields.items()}
        if is_script and refusal is not None:
            return JsonResponse({"sentence": str(refusal.sentence)}, status=status)
        if saved is not None:
            if is_script:
                answer = answer_of(saved, found.campaign.in_version)
                return JsonResponse(answer, status=409 if saved.conflicts else 200)
            if not saved.conflicts:
                return HttpResponseRedirect(_next(request, code, part.after_it, here, found))
            status = 409
    lines, version = part.lines(), found.campaign.in_version
    may_judge = may_review(by, found) and found.state == "submitted"
    context = {
        "workspace_section": AREA,
        "participant": found,
        "campaign": found.campaign,
        "part": part,
        "rows": rows_of(
            lines,
            version,
            typed=typed,
            saved=saved,
            errors=errors,
            href=lambda item: reverse("workspace:campaign_item", args=[code, section, item]),
        ),
        "levels": choices(version),
        "may_write": may_write,
        "can_take_over": any(line.before and not line.is_answered for line in lines),
        "just_saved": request.GET.get("saved") == "yes",
        "refusal": refusal,
        "conflicts": saved.conflicts if saved is not None else {},
        "reviews": [_review_row(line, version, code, section, may_judge=may_judge) for line in lines],
        "status": status,
    }
    return render(request, "workspace/assessments/section.html", context, status=status)


def _next(request: HttpRequest, code: str, after: str, here: str, found: Participant) -> str:
    if request.POST.get("do") != "next":
        return f"{here}?saved=yes"
    return reverse("workspace:campaign_section", args=[code, after]) if after else found.workspace_url()


def _review_row(line: AssessedItem, version: Any, code: str, section: str, *, may_judge: bool) -> dict[str, Any]:
    own = line.own
    may = may_judge and own is not None and own.level is not None
    return {
        "line": line,
        "self": level_text(version, own.level, applies=own.applies) if own is not None else "",
        "reviewed": version.word_of(line.reviewed),
        "reason": line.answer.in_language("reason") if line.answer is not None else "",
        "who": line.answer.reviewed_by if line.answer is not None else "",
        "href": reverse("workspace:review_answer_of_organisation", args=[code, section, line.item.code]) if may else "",
    }


def _limit(_request: HttpRequest) -> int:
    return MOST_BYTES


@takes_up_to(_limit)
def item(request: HttpRequest, code: str, section: str, item: str) -> HttpResponse:
    """The evidence of one item."""
    found, by = get_participant_for(request.user, code), person(request)
    part = section_or_missing(found, by, section)
    one = item_or_missing(part, item)
    bound = request.POST if request.method == "POST" and request.POST.get("do") == "add" else None
    asked, status, refusal = EvidenceForm(bound, request.FILES if bound is not None else None), 200, None
    if request.method == "POST":
        must(by, _ANSWER, found)
        try:
            if press_evidence(request, found, by, one, asked):
                return HttpResponseRedirect(request.path)
            status = 422
        except (NotAllowed, Missing):
            raise
        except Refused as wrong:
            status, refusal = wrong.status, wrong
            if asked.is_bound and asked.is_valid():
                refuse_on(asked, wrong)
                refusal = None
    line = next(line for line in part.lines() if line.item.pk == one.pk)
    context = {
        "workspace_section": AREA,
        "participant": found,
        "campaign": found.campaign,
        "part": part,
        "item": one,
        "hidden": line.hidden_evidence,
        "form": asked,
        "refusal": refusal,
        "status": status,
        "back": reverse("workspace:campaign_section", args=[code, section]),
        "may_write": found.takes_answers and can(by, _ANSWER, found),
        **evidence_page(found, by, one),
    }
    return render(request, "workspace/assessments/item.html", context, status=status)


def review_item(request: HttpRequest, code: str, section: str, item: str) -> HttpResponse:
    """The reviewer's level beside that of the organisation."""
    found, by = get_participant_for(request.user, code), person(request)
    must(by, _REVIEW, found.campaign)
    part = section_or_missing(found, by, section)
    one = item_or_missing(part, item)
    rating = SelfRating.objects.filter(answer__assessment=found.assessment_id, answer__item=one)
    own = rating.select_related("answer").first()
    if own is None:
        raise Missing
    version = found.campaign.in_version
    starts = own.answer.level if own.answer.level is not None else own.level
    levels = [(f"{value:f}", version.word_of(value)) for value in version.scale.values]
    initial: dict[str, object] = {"reason": own.answer.reason, "version": own.answer.version}
    initial["level"] = next((f"{value:f}" for value in version.scale.values if value == starts), "")
    words = FormPage(
        _("Review %(item)s") % {"item": one.named()},
        _("Save the review"),
        reverse("workspace:campaign_section", args=[code, section]) + f"#{one.anchor}",
        about=found.organisation.in_language("name"),
        help=_("They say: %(level)s. %(text)s")
        % {"level": level_text(version, own.level, applies=own.applies), "text": own.text},
        done=_("Saved."),
        area=AREA,
    )
    form = forms.ReviewForm(levels, posted(request), initial=initial)

    def do(facts: dict[str, Any]) -> object:
        return reviewing.review_item(found.campaign, by=by, participant=found, item=one, **facts)

    return form_page(request, form, do, words, thing=own.answer)


def report(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The report of one organisation as PDF or Word, for who may see it here."""
    found, country = get_participant_for(request.user, code), the_country()
    if country is None:
        raise Missing
    shown = results_of(found, person(request))
    document = report_document(
        country, found, shown.asked, shown.lines, shown=shown.radar, gaps=shown.gaps, plan=open_lines(found)
    )
    return paper(document, kind, name=code)
