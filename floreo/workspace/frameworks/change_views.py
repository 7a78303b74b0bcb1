"""What is done to frameworks: opening and closing assessments, checking titles, entering scores, saying what serves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.visibility import things_seen
from floreo.evidence.queries import name_of, page_of
from floreo.frameworks import actions as acts
from floreo.frameworks import queries
from floreo.frameworks.access import get_assessment_for, get_framework_for, get_item_for, get_version_for
from floreo.frameworks.models import Assessment
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.frameworks import forms
from floreo.workspace.frameworks.trying import attempt
from floreo.workspace.frameworks.walking import SERVING


def _question(title: str, button: str, back: str, **more: Any) -> FormPage:
    return FormPage(title, button, back, room="frameworks", **more)


def new_assessment(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_framework_for(request.user, code)
    version = get_version_for(request.user, found, request.GET.get("version", ""))
    question = _question(
        _("Start an assessment"),
        _("Start"),
        found.workspace_url(),
        about=version.in_language("title"),
        help=_("The people who know each item then rate it, and another person reviews it."),
        done=_("Assessment opened. Rate its first item."),
    )
    form = forms.OpenForm(version, request.user, posted(request))
    return form_page(request, form, lambda f: acts.open_assessment(version, by=person(request), **f), question)


def _of(found: Assessment, title: str, button: str, **more: Any) -> FormPage:
    return _question(title, button, found.workspace_url(), about=str(found), **more)


def close(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_assessment_for(request.user, code)
    waiting = found.answers.filter(level=None).count()
    help_ = (
        _("Items without a reviewed level: %(n)d. They will count as not answered.") % {"n": waiting} if waiting else ""
    )
    question = _of(found, _("Close the assessment"), _("Close"), help=help_, done=_("Assessment closed."))
    form = forms.CloseForm(posted(request), initial={"note_text": found.note})
    return form_page(request, form, lambda f: acts.close_assessment(found, by=person(request), **f), question)


def reopen(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_assessment_for(request.user, code)
    question = _of(found, _("Reopen the assessment"), _("Reopen"), done=_("Assessment reopened."))
    form = forms.ReasonForm(posted(request))
    return form_page(request, form, lambda f: acts.reopen_assessment(found, by=person(request), **f), question)


def publish(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    must(request.user, Permission.PLAN_PUBLISH)
    found = get_assessment_for(request.user, code)
    question = _of(
        found,
        _("Publish the assessment"),
        _("Publish"),
        done=_("Assessment published."),
        help=_(
            "The public will see each reviewed level with its reason, and public evidence. Individual "
            "ratings and the names of raters are not published."
        ),
    )
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.publish_assessment(found, by=person(request)), question
    )


def unpublish(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_assessment_for(request.user, code)
    question = _of(
        found,
        _("Remove from the public site"),
        _("Remove from the public site"),
        done=_("Removed from the public site."),
    )
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.unpublish_assessment(found, by=person(request)), question
    )


def check_item(request: HttpRequest, code: str, version: str, item: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_item_for(request.user, version, item)
    if found.in_version.framework.code != code:
        raise Missing
    question = _question(
        _("Check the title of %(code)s") % {"code": found.code},
        _("Confirm the title"),
        found.workspace_url(),
        about=found.in_version.in_language("title"),
        done=_("Title checked."),
        help=_("Compare it with the publisher's text, and correct it if it differs."),
    )
    form = forms.CheckForm.of(found, posted(request))
    return form_page(request, form, lambda f: acts.check_item(found, by=person(request), **f), question)


def new_score(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_framework_for(request.user, code)
    version = get_version_for(request.user, found)
    question = _question(
        _("Enter a published score"),
        _("Enter score"),
        found.workspace_url(),
        about=found.in_language("title"),
        done=_("Score entered."),
        help=_("As published. A score for the same year and part replaces the earlier one."),
    )
    form = forms.ScoreForm(version, posted(request))
    return form_page(
        request, form, lambda f: acts.record_score(found, by=person(request), in_version=version, **f), question
    )


@require_POST
def remove_score(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_framework_for(request.user, code)
    row = found.scores.filter(pk=pk).first()
    if row is None:
        raise Missing
    acts.remove_score(row, by=person(request))
    messages.success(request, _("Score removed."))
    return HttpResponseRedirect(found.workspace_url())


def _thing(request: HttpRequest, key: str) -> Model:
    """The objective or action of that key, where this person may know of it."""
    if key.partition(":")[0] not in SERVING:
        raise Missing
    thing = things_seen([key], request.user).get(key)
    if thing is None:
        raise Missing
    return thing


def _place(thing: Model, key: str) -> str:
    """Where it goes on after a change: the thing's own page, or the list of what it serves."""
    return page_of(thing) or reverse("workspace:contribution", args=[key])


def contribution(request: HttpRequest, key: str) -> HttpResponse:
    """Which items an objective or an action serves: the list, and one more."""
    must(request.user, Permission.FRAMEWORK_ASSESS)
    thing = _thing(request, key)
    form, status = forms.ContributionForm(posted(request)), 200

    def do(facts: dict[str, Any]) -> object:
        version, _slash, code = facts.pop("item").partition("/")
        return acts.add_contribution(
            get_item_for(request.user, version, code), by=person(request), thing=thing, **facts
        )

    if form.is_bound:
        status = attempt(form, do)
        if status == 200:
            messages.success(request, _("Added."))
            return HttpResponseRedirect(_place(thing, key))
    context = {
        "workspace_section": "frameworks",
        "thing": name_of(thing),
        "page": page_of(thing),
        "key": key,
        "form": form,
        "contributions": queries.served_by(thing),
        "status": status,
    }
    return render(request, "workspace/frameworks/contribution.html", context, status=status)


def remove_contribution(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_ASSESS)
    thing = _thing(request, key)
    found = next((row for row in queries.served_by(thing) if row.pk == pk), None)
    if found is None:
        raise Missing
    question = _question(
        _("Remove the link to %(item)s") % {"item": found.item.named()},
        _("Remove"),
        _place(thing, key),
        about=name_of(thing),
        done=_("Removed."),
    )
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.remove_contribution(found, by=person(request)), question
    )
