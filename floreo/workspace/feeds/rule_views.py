"""Pages of the team's rules: one readable table, and what a rule would do before it counts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, can, must
from floreo.feeds.access import get_rule_for, must_see_all
from floreo.feeds.actions import rules as acts
from floreo.feeds.models import FeedRule
from floreo.workspace.feeds import feed_forms as forms
from floreo.workspace.feeds import summaries, trying
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

ROOM = "feeds"


def rules(request: HttpRequest) -> HttpResponse:
    must_see_all(request.user)
    rows = [(rule, summaries.conditions_of(rule), summaries.effect_text(rule)) for rule in FeedRule.objects.all()]
    context = {"workspace_section": ROOM, "rows": rows, "may_run": can(request.user, Permission.FEED_RUN)}
    return render(request, "workspace/feeds/rules.html", context)


def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule in words, and what it would do to the newest file."""
    found = get_rule_for(request.user, pk)
    night = trying.last_night()
    effect = trying.try_rule(found, night) if night else None
    context = {
        "workspace_section": ROOM,
        "rule": found,
        "conditions": summaries.conditions_of(found),
        "does": summaries.effect_text(found),
        "night": night,
        "effect": effect,
        "examples": summaries.examples_of(effect),
        "may_run": can(request.user, Permission.FEED_RUN),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/feeds/rule.html", context)


def new_rule(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.FEED_RUN)
    question = FormPage(
        _("Add a rule"),
        _("Add rule"),
        reverse("workspace:feed_rules"),
        room=ROOM,
        done=_("Rule added, switched off. Check its effect, then switch it on."),
        help=_(
            "The new rule is the last, and switched off. Rules apply in order: a later rule sees the values "
            "that an earlier rule wrote."
        ),
    )
    form = forms.RuleForm(posted(request), instance=FeedRule())
    return form_page(request, form, lambda f: acts.make_rule(by=person(request), **f), question)


def edit_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FEED_RUN)
    found = get_rule_for(request.user, pk)
    back = reverse("workspace:feed_rule", args=[found.pk])
    question = FormPage(_("Change the rule"), _("Save changes"), back, about=found.name, done=_("Saved."), room=ROOM)
    form = forms.RuleForm(posted(request), instance=found)
    return form_page(request, form, lambda f: acts.change_rule(found, by=person(request), **f), question, thing=found)


def drop_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FEED_RUN)
    found = get_rule_for(request.user, pk)
    back = reverse("workspace:feed_rules")
    question = FormPage(
        _("Remove the rule"),
        _("Remove rule"),
        back,
        about=found.name,
        done=_("Rule removed."),
        room=ROOM,
        help=_("Its effect on earlier files stays. To stop the rule for a while, switch it off instead."),
    )
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.remove_rule(found, by=person(request)), question
    )


@require_POST
def switch_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FEED_RUN)
    found = get_rule_for(request.user, pk)
    acts.switch_rule(found, by=person(request), is_on=request.POST.get("to") == "on")
    messages.success(
        request,
        _("The rule applies from the next file.") if request.POST.get("to") == "on" else _("The rule is switched off."),
    )
    return HttpResponseRedirect(reverse("workspace:feed_rule", args=[pk]))


@require_POST
def move_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FEED_RUN)
    acts.move_rule(get_rule_for(request.user, pk), by=person(request), up=request.POST.get("to") == "up")
    messages.success(request, _("Moved."))
    return HttpResponseRedirect(reverse("workspace:feed_rules"))
