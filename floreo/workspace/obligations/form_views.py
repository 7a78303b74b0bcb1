"""Pages of the forms of notifications: every version, its questions by stage, the rules of significance; a draft is changed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.language_codes import WRITTEN
from floreo.core.ui import locale as ui
from floreo.obligations import presenters
from floreo.obligations.access import get_form_for
from floreo.obligations.actions import form_editing as acts
from floreo.obligations.logic import Question, SignificanceRule
from floreo.obligations.models import EDIT, Notification, NotificationForm, StageChoice
from floreo.obligations.queries import form_on
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.obligations import form_forms as forms
from floreo.workspace.verbs import history_of

AREA = "notification_forms"
NEW: Mapping[str, Command] = {
    "form": Command(
        _l("Add a form of notifications"),
        _l("Add form"),
        EDIT,
        new(forms.NotificationFormForm),
        acts.add_form,
        help=_l("It begins as an empty draft. To change the form in force, make a new version of it instead."),
        done=_l("Added. It is a draft: add its questions."),
    )
}
COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish the form"),
        _l("Publish"),
        EDIT,
        forms.PublishForm,
        acts.publish_form,
        allowed_by(acts.must_be_complete),
        help=_l(
            "Nobody changes it any more. Notifications that were begun before keep the questions that they began with."
        ),
        done=_l("Published."),
    ),
    "edit": Command(
        _l("Edit the title and the law"),
        _l("Edit"),
        EDIT,
        over_row(forms.NotificationFormForm),
        acts.update_form,
        allowed_by(acts.must_be_a_draft),
    ),
    "remove": Command(
        _l("Remove the draft"),
        _l("Remove"),
        EDIT,
        new(CommandForm),
        acts.remove_form,
        allowed_by(acts.must_be_a_draft),
        help=_l("All of its questions are deleted. Published versions stay."),
        done=_l("Removed."),
        back=lambda _form: reverse("workspace:notification_forms"),
    ),
}


def notification_forms(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first within its form."""
    in_force = form_on(clock.today())
    rows = NotificationForm.objects.order_by("is_example", "code", "-is_draft", "-holds_from", "-pk")
    context = {
        "workspace_section": AREA,
        "rows": [(each, presenters.form_state_text(each, in_force), len(each.questions)) for each in rows],
        "in_force": in_force,
    }
    return render(request, "workspace/obligations/forms.html", context)


def new_form(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "form", area=AREA, back=reverse("workspace:notification_forms"))


def _item_row(question: Question, language: str) -> tuple[Question, str, str, list[str]]:
    """With its words, its stages, and what else is said of it."""
    kinds = dict(forms.KINDS)
    more = [str(kinds[question.kind])]
    if question.choices:
        more.append(", ".join(question.choice_words(value, language) for value, _words in question.choices))
    if question.needs:
        words = {"question": question.needs[0], "answers": ", ".join(question.needs[1])}
        more.append(_("only after %(question)s: %(answers)s") % words)
    if question.fact:
        more.append(_("sets: %(fact)s") % {"fact": Notification._meta.get_field(question.fact).verbose_name})  # type: ignore[union-attr]
    if not question.is_inherited:
        more.append(_("answered again in each stage"))
    return question, question.words(language), presenters.stages_text(question), more


def _rule_text(rule: SignificanceRule) -> str:
    if rule.at_least is not None:
        return _("%(question)s: %(n)s or more") % {"question": rule.question, "n": ui.number(rule.at_least)}
    return _("%(question)s: %(answers)s") % {"question": rule.question, "answers": ", ".join(rule.one_of)}


def _why_not_complete(form: NotificationForm) -> str:
    try:
        acts.must_be_complete(form)
    except Refused as refusal:
        return str(refusal.sentence)
    return ""


def notification_form(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_form_for(request.user, pk)
    language, questions = ui.language(), found.all_items()
    context = {
        "workspace_section": AREA,
        "form": found,
        "state": presenters.form_state_text(found, form_on(clock.today())),
        "missing": _why_not_complete(found) if found.is_draft else "",
        "stages": [
            (
                stage.label,
                sum(stage.value in each.stages for each in questions),
                sum(stage.value in each.required for each in questions),
            )
            for stage in StageChoice
        ],
        "questions": [_item_row(each, language) for each in questions],
        "rules": [
            (rule, rule.title.get(language) or rule.title[WRITTEN], _rule_text(rule))
            for rule in found.significance_rules()
        ],
        "presses": [("up", _("Up")), ("down", _("Down")), ("remove", _("Remove"))],
        "may_begin_version": allowed_by(acts.must_have_no_draft)(found, request.user),
        "commands": [
            (command, reverse("workspace:notification_form_command", args=[pk, name]))
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/obligations/form.html", context)


def form_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    return command_view(request, get_form_for(request.user, pk), COMMANDS, name, area=AREA)


@require_POST
def new_version(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_form_for(request.user, pk)
    try:
        made = acts.begin_version(found, by=person(request))
    except (Missing, NotAllowed):
        raise
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(found.workspace_url())
    messages.success(request, _("This is the draft of the next version. The form in force has not changed."))
    return HttpResponseRedirect(made.workspace_url())


# --- Questions and rules ------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, found: NotificationForm, form: Any, do: Callable[[dict[str, Any]], object], title: str
) -> HttpResponse:
    at = "rules" if isinstance(form, forms.RuleForm) else "questions"
    back = f"{found.workspace_url()}#{at}"
    words = FormPage(title, _("Save"), back, about=found.named(), done=_("Saved."), area=AREA)
    return form_page(request, form, do, words, thing=found)


def new_item(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_form_for(request.user, pk)

    def do(given: dict[str, Any]) -> object:
        return acts.add_question(found, by=person(request), facts=given["facts"])

    form = forms.QuestionForm(posted(request), form=found)
    return _page(request, found, form, do, _("Add a question"))


def question(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    found = get_form_for(request.user, pk)
    form = forms.QuestionForm(posted(request), form=found, question=acts.item_named(found, code))

    def do(given: dict[str, Any]) -> object:
        return acts.update_question(found, by=person(request), code=code, **given)

    return _page(request, found, form, do, _("Edit the question"))


@require_POST
def item_press(request: HttpRequest, pk: int, code: str, name: str) -> HttpResponse:
    """One press on a question: up, down or remove."""
    found, back = get_form_for(request.user, pk), reverse("workspace:notification_form", args=[pk])
    if name == "remove":
        return press(
            request,
            lambda: acts.remove_question(found, by=person(request), code=code),
            _("Removed."),
            f"{back}#questions",
        )
    if name not in {"up", "down"}:
        raise Missing
    done, at = _("Moved."), f"{back}#question-{code}"
    return press(request, lambda: acts.move_question(found, by=person(request), code=code, up=name == "up"), done, at)


def new_rule(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_form_for(request.user, pk)

    def do(given: dict[str, Any]) -> object:
        return acts.add_rule(found, by=person(request), facts=given["facts"])

    form = forms.RuleForm(posted(request), form=found)
    return _page(request, found, form, do, _("Add a rule of significance"))


def rule(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    found = get_form_for(request.user, pk)
    known = next((each for each in found.significance_rules() if each.code == code), None)
    if known is None:
        raise Missing

    def do(given: dict[str, Any]) -> object:
        return acts.change_rule(found, by=person(request), code=code, **given)

    form = forms.RuleForm(posted(request), form=found, rule=known)
    return _page(request, found, form, do, _("Edit the rule"))


@require_POST
def remove_rule(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    found, back = get_form_for(request.user, pk), reverse("workspace:notification_form", args=[pk])
    return press(
        request, lambda: acts.remove_rule(found, by=person(request), code=code), _("Removed."), f"{back}#rules"
    )
