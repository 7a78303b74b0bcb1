"""Pages of quizzes and self-checks: the list, one with its questions and what was counted, and the import of GIFT files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods

from floreo.awareness import gift, presenters
from floreo.awareness.access import get_option_for, get_question_for, get_quiz_for
from floreo.awareness.actions import publishing
from floreo.awareness.actions import quizzes as actions
from floreo.awareness.models import Quiz
from floreo.awareness.queries import counts_of, questions_of, why_not_takeable
from floreo.awareness.tables import QUIZZES
from floreo.core.access import Permission, can
from floreo.core.errors import Refused
from floreo.core.lists import Listing
from floreo.core.ui.forms import Answering
from floreo.core.uploads import takes_up_to, uploaded_file
from floreo.workspace.awareness import forms
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.form_page import person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

AREA = "quizzes"
_RUN = Permission.AWARENESS_RUN
SHOWN_PROBLEMS = 50


def _question_form(data: Any, quiz: Quiz) -> Any:
    return forms.CheckQuestionForm(data) if quiz.is_check else forms.QuestionForm(data)


def _option_form(data: Any, question: Any) -> Any:
    return forms.CheckOptionForm(data) if question.quiz.is_check else forms.OptionForm(data)


COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish the quiz"),
        _l("Publish"),
        _RUN,
        new(CommandForm),
        publishing.publish_quiz,
        allowed_by(publishing.must_be_draft),
        help=_l("Anybody can take it. What is chosen is counted by day; who took it is not known."),
        done=_l("Published."),
    ),
    "question": Command(
        _l("Add a question"),
        _l("Add a question"),
        _RUN,
        _question_form,
        actions.add_question,
        allowed_by(publishing.must_be_draft),
    ),
    "edit": Command(_l("Edit"), _l("Edit"), _RUN, over_row(forms.QuizForm), publishing.update_quiz),
    "withdraw": Command(
        _l("Withdraw the quiz"),
        _l("Withdraw"),
        _RUN,
        new(CommandForm),
        publishing.withdraw_quiz,
        allowed_by(publishing.must_be_public),
        done=_l("Nobody outside the workspace sees it any more."),
    ),
    "remove": Command(
        _l("Remove the quiz"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        publishing.remove_quiz,
        allowed_by(publishing.must_be_unused),
        done=_l("Removed."),
        back=lambda _q: reverse("workspace:quizzes"),
    ),
}
NEW: Mapping[str, Command] = {
    "quiz": Command(
        _l("Prepare a quiz"),
        _l("Save draft"),
        _RUN,
        new(forms.NewQuizForm),
        publishing.prepare_quiz,
        help=_l("Its questions come next: typed in, or from a GIFT file."),
        done=_l("Draft saved."),
    ),
}
OF_QUESTION: Mapping[str, Command] = {
    "edit": Command(
        _l("Edit the question"),
        _l("Edit"),
        _RUN,
        lambda data, q: (forms.CheckQuestionForm if q.quiz.is_check else forms.QuestionForm)(data, instance=q),
        actions.update_question,
        allowed_by(actions.must_not_be_counted),
    ),
    "option": Command(
        _l("Add an answer"),
        _l("Add an answer"),
        _RUN,
        _option_form,
        actions.add_option,
        allowed_by(actions.must_not_be_counted),
    ),
    "remove": Command(
        _l("Remove the question"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        actions.remove_question,
        allowed_by(actions.must_be_removable),
    ),
}
OF_OPTION: Mapping[str, Command] = {
    "edit": Command(
        _l("Edit the answer"),
        _l("Edit"),
        _RUN,
        lambda data, o: (forms.CheckOptionForm if o.question.quiz.is_check else forms.OptionForm)(data, instance=o),
        actions.update_option,
    ),
    "remove": Command(_l("Remove the answer"), _l("Remove"), _RUN, new(CommandForm), actions.remove_option),
}


def quizzes(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(QUIZZES, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": list(listing.rows),
        "may_prepare": can(request.user, _RUN),
    }
    return render(request, "workspace/awareness/quizzes.html", context)


def new_quiz(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "quiz", area=AREA, back=reverse("workspace:quizzes"))


def quiz(request: HttpRequest, code: str) -> HttpResponse:
    found = get_quiz_for(request.user, code)
    asked = questions_of(found)
    named = commands_for(request.user, found, COMMANDS)
    counts = counts_of(found, asked)
    context = {
        "workspace_section": AREA,
        "quiz": found,
        "commands": [(c, reverse("workspace:quiz_command", args=[code, name]), name) for name, c in named.items()],
        "main": _main(found, has_questions=bool(asked)),
        "counts": counts,
        "taken": presenters.taken_text(counts.takers),
        "missing": "" if found.is_public else why_not_takeable(found),
        "may_run": can(request.user, _RUN),
        "may_change": can(request.user, _RUN) and not found.is_public,
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/awareness/quiz.html", context)


def _main(found: Quiz, *, has_questions: bool) -> str:
    if found.is_public:
        return ""
    return "publish" if has_questions else "question"


def _gift_limit(_request: HttpRequest) -> int:
    return gift.LARGEST


@takes_up_to(_gift_limit)
@require_http_methods(["GET", "POST"])
def import_gift(request: HttpRequest, code: str) -> HttpResponse:
    """The check says what is wrong with which question; the import adds those that are sound."""
    found = get_quiz_for(request.user, code)
    form, bank = forms.GiftForm(posted(request), request.FILES or None), None
    answer = Answering(form)
    if request.method == "POST":
        with answer:
            publishing.must_be_draft(found)
            name, text = _given(request)
            bank = _of_category(gift.read(text), request.POST.get("category", ""))
            if "import" in request.POST:
                number = actions.import_questions(found, by=person(request), questions=bank.questions, file_name=name)
                messages.success(request, actions.imported_text(number))
                return HttpResponseRedirect(found.workspace_url())
            answer.status = 422 if bank.problems or not bank.questions else 200
    context = {
        "workspace_section": AREA,
        "quiz": found,
        "form": form,
        "status": answer.status,
        "bank": bank,
        "found": presenters.bank_text(bank) if bank else "",
        "problems": [presenters.problem_text(each) for each in bank.problems[:SHOWN_PROBLEMS]] if bank else [],
        "more": max(len(bank.problems) - SHOWN_PROBLEMS, 0) if bank else 0,
        "questions": bank.questions[:SHOWN_PROBLEMS] if bank else (),
        "categories": [each for each in bank.categories if each] if bank else [],
    }
    return render(request, "workspace/awareness/gift.html", context, status=answer.status)


def _given(request: HttpRequest) -> tuple[str, str]:
    """Name and text of what was sent: the file, else what was typed."""
    typed = request.POST.get("text", "")
    if typed.strip() and not request.FILES.get("file") and getattr(request, "upload_refused", None) is None:
        return "", typed
    given = uploaded_file(request, "file")
    raw = given.read()
    if len(raw) > gift.LARGEST:
        sentence = _("The file is larger than %(limit)d MB. Send a smaller one.") % {"limit": 2}
        raise Refused(sentence, code="too_large", fields={"file": sentence})
    return given.name or "", gift.decoded(raw)


def _of_category(bank: gift.Bank, wanted: str) -> gift.Bank:
    category = wanted.strip()
    if not category:
        return bank
    return replace(bank, questions=tuple(each for each in bank.questions if each.category == category))


def quiz_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_quiz_for(request.user, code), COMMANDS, name, area=AREA)


def question_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    found = get_question_for(request.user, code, number)
    back = f"{found.quiz.workspace_url()}#question-{number}"
    return command_view(request, found, OF_QUESTION, name, area=AREA, back=back)


def option_command(request: HttpRequest, code: str, number: int, option: int, name: str) -> HttpResponse:
    found = get_option_for(request.user, code, number, option)
    back = f"{found.question.quiz.workspace_url()}#question-{number}"
    return command_view(request, found, OF_OPTION, name, area=AREA, back=back)
