"""One lead in the workspace: their sheet, what they said, approving it or giving it back."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.wording import colon
from floreo.indicators.requested import enter_value, readings_requested, titles_of
from floreo.organisations.models import User
from floreo.reviews import actions as acts
from floreo.reviews import presenters
from floreo.reviews.access import answerer_of, get_answer_for, get_request_for, get_review_for
from floreo.reviews.actions.checking import CLOSED
from floreo.reviews.models import Answer, UpdateRequest
from floreo.reviews.queries import reply_address, to_decide, unchanged_to_decide
from floreo.reviews.sheet import Sheet
from floreo.workspace.bulk import Bulk, bulk, picked, picks_of, run
from floreo.workspace.commands import Command, command_view, new
from floreo.workspace.form_page import person, press, shown_of
from floreo.workspace.reviews import forms
from floreo.workspace.reviews.rows import request_rows, rows_of
from floreo.workspace.reviews.views import AREA
from floreo.workspace.sending import left
from floreo.workspace.verbs import history_of


def _sheet(request: HttpRequest, found: UpdateRequest) -> Sheet:
    user = person(request)
    own = can(user, Permission.REVIEW_RUN)  # who runs reviews answers in somebody's place, and says in whose
    asked = found.person.name if found.person else ""
    name = asked if own else user.name
    return Sheet(
        found, answerer_of(user, found) or user, name, figures=lambda: readings_requested(found), titles=titles_of
    )


def update_request(request: HttpRequest, edition: str, code: str, pk: int) -> HttpResponse:
    """The same sheet as behind the link, for whoever has an account; and for the staff, what was said and decided."""
    found = get_request_for(request.user, edition, code, pk)
    sheet = _sheet(request, found)
    if request.method != "POST":
        return _page(request, found, sheet.fill())
    if answerer_of(request.user, found) is None:
        raise NotAllowed
    sheet.fill(request)
    try:
        done = sheet.press(request)
    except Refused as refusal:
        if refusal.code != CLOSED:
            raise
        context = {
            "workspace_section": AREA,
            "refusal": refusal,
            "typed": sheet.typed(),
            "reply": reply_address(found.review.edition),
            "update_request": found,
            "title": presenters.title(found.review),
            "status": refusal.status,
        }
        return render(request, "workspace/reviews/back.html", context, status=refusal.status)
    if not done:
        return _page(request, found, sheet.after_errors(request), status=422)
    return HttpResponseRedirect(f"{found.workspace_url()}?done=1")


def _page(request: HttpRequest, found: UpdateRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    found.refresh_from_db(fields=["state"])
    review = found.review
    runs = can(request.user, Permission.REVIEW_RUN)
    text = list(found.answers.select_related("action__edition", "update").order_by("action__position", "number"))
    context = {
        "workspace_section": AREA,
        "update_request": found,
        "review": review,
        "title": presenters.title(review),
        "sheet": sheet,
        "status": status,
        "row": request_rows([found], review)[0],
        "due": presenters.due_text(review, clock.today()),
        "runs": runs,
        "decides": can(request.user, Permission.REVIEW_DECIDE) and not review.is_closed,
        "answers": [(row, presenters.decided_text(row.answer)) for row in rows_of(text, request.user)],
        "may_answer": not review.is_closed and answerer_of(request.user, found) is not None,
        "done": "done" in request.GET,
        "history": history_of(found, viewer=request.user) if runs else [],
        "left": left(request.user, [key(found)], url=can(request.user, Permission.MAIL_READ)) if runs else [],
        "deputy": found.person.deputy if runs and found.person else None,
    }
    return render(request, "workspace/reviews/update_request.html", context, status=status)


@require_POST
def remind(request: HttpRequest, edition: str, code: str, pk: int) -> HttpResponse:
    must(request.user, Permission.REVIEW_RUN)
    found = get_request_for(request.user, edition, code, pk)

    return press(
        request,
        lambda: acts.remind_now(found.review, by=person(request), requests=[found]),
        _("The reminder will be sent."),
        found.workspace_url(),
    )


@require_POST
def escalate(request: HttpRequest, edition: str, code: str, pk: int) -> HttpResponse:
    must(request.user, Permission.REVIEW_RUN)
    found = get_request_for(request.user, edition, code, pk)

    return press(request, lambda: acts.escalate_now(found, by=person(request)), _escalated, found.workspace_url())


def _escalated(asked: UpdateRequest) -> str:
    return _("Request sent to the deputy, %(who)s.") % {"who": asked.deputy}


@require_POST
def renew(request: HttpRequest, edition: str, code: str, pk: int) -> HttpResponse:
    """A new link by mail; every earlier one stops opening."""
    must(request.user, Permission.REVIEW_RUN)
    found = get_request_for(request.user, edition, code, pk)

    return press(
        request,
        lambda: acts.send_again(found, by=person(request)),
        _("A new link will be sent. Earlier links no longer work."),
        found.workspace_url(),
    )


@require_POST
def approve(request: HttpRequest, edition: str, code: str, pk: int) -> HttpResponse:
    """The plan then says it. What the reviewer read is what is approved: a newer text is refused."""
    must(request.user, Permission.REVIEW_DECIDE)
    answer = get_answer_for(request.user, edition, code, pk)

    return press(
        request,
        lambda: acts.approve_answer(answer, by=person(request), enter=enter_value, shown=shown_of(request)),
        _("Approved and added to the plan."),
        _back(request, answer),
    )


def unchanged(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """All updates that wait and say that nothing changed, to be approved together as they are shown."""
    must(request.user, Permission.REVIEW_DECIDE)
    review = get_review_for(request.user, edition, code)
    if request.method == "POST":
        waiting = {str(each.pk): each for each in to_decide(review)}
        given = list(dict.fromkeys(request.POST.getlist("answer")))
        gone = [each for each in given if each not in waiting]
        return press(
            request,
            lambda: _approve_all(request, [] if gone else [waiting[each] for each in given], gone=len(gone)),
            lambda n: ngettext("%(n)d update approved.", "%(n)d updates approved and added to the plan.", n) % {"n": n},
            review.workspace_url() if not gone else request.path,
        )
    context = {
        "workspace_section": AREA,
        "review": review,
        "title": presenters.title(review),
        "answers": [(each, presenters.sent_text(each)) for each in unchanged_to_decide(review)],
    }
    return render(request, "workspace/reviews/unchanged.html", context)


def _approve_all(request: HttpRequest, answers: list[Answer], *, gone: int) -> int:
    if gone:
        sentence = ngettext(
            "%(n)d of these updates no longer waits for approval. Nothing was approved: read the list again.",
            "%(n)d of these updates no longer wait for approval. Nothing was approved: read the list again.",
            gone,
        )
        raise Refused(sentence % {"n": gone}, code="gone")
    return acts.approve_unchanged(answers, by=person(request), shown=shown_of(request))


def _approve_one(answer: Answer, by: User, facts: Mapping[str, object]) -> None:
    acts.approve_answer(answer, by=by, enter=enter_value, shown=str(facts["shown"]))


APPROVE = bulk(Bulk("reviews.approve", _l("Approve"), Permission.REVIEW_DECIDE, _approve_one))


@require_POST
def approve_many(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """Approves what was ticked, a line for each; what was changed since it was read is refused."""
    must(request.user, Permission.REVIEW_DECIDE)
    review = get_review_for(request.user, edition, code)
    try:
        given = [each.rpartition(":")[2].partition("|")[0] for each in picked(request, "pick")]
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(review.workspace_url())
    picks = picks_of(given, to_decide(review), lambda answer: str(answer.action.named()))
    return run(request, APPROVE, picks, {"shown": shown_of(request)}, back=review.workspace_url())


def _sent(answer: Answer) -> str:
    return f"{presenters.sent_text(answer)}{colon()} {answer.in_language('done') or _('Nothing changed.')}"


ANSWER_COMMANDS: Mapping[str, Command] = {
    "return": Command(
        _l("Return the update"),
        _l("Return with this note"),
        Permission.REVIEW_DECIDE,
        new(forms.ReturnForm),
        acts.return_answer,
        help=_sent,
        done=_l("Returned. The sender receives the note by e-mail."),
    ),
}


def answer_command(request: HttpRequest, *, edition: str, code: str, pk: int, name: str) -> HttpResponse:
    answer = get_answer_for(request.user, edition, code, pk)
    about, back = answer.action.named(), _back(request, answer)
    return command_view(request, answer, ANSWER_COMMANDS, name, area=AREA, about=about, back=back)


def _back(request: HttpRequest, answer: Answer) -> str:
    return (
        answer.update_request.workspace_url()
        if request.GET.get("from") == "update_request"
        else answer.update_request.review.workspace_url()
    )
