"""Pages of the team's rules: one readable table, and what a rule would do before it counts."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, can, must
from floreo.feeds.access import get_rule_for, must_see_all
from floreo.feeds.actions import rules as acts
from floreo.feeds.models import FeedRule
from floreo.workspace.commands import Command, command_view, new, over_row
from floreo.workspace.feeds import feed_forms as forms
from floreo.workspace.feeds import summaries, trying
from floreo.workspace.form_page import person
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

AREA, RUN = "feeds", Permission.FEED_RUN


def rules(request: HttpRequest) -> HttpResponse:
    must_see_all(request.user)
    rows = [(rule, summaries.conditions_of(rule), summaries.effect_text(rule)) for rule in FeedRule.objects.all()]
    context = {"workspace_section": AREA, "rows": rows, "may_run": can(request.user, RUN)}
    return render(request, "workspace/feeds/rules.html", context)


def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule in words, and what it would do to the newest file."""
    found = get_rule_for(request.user, pk)
    night = trying.last_night()
    effect = trying.try_rule(found, night) if night else None
    context = {
        "workspace_section": AREA,
        "rule": found,
        "conditions": summaries.conditions_of(found),
        "does": summaries.effect_text(found),
        "night": night,
        "effect": effect,
        "examples": summaries.examples_of(effect),
        "may_run": can(request.user, RUN),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/feeds/rule.html", context)


NEW: Mapping[str, Command] = {
    "rule": Command(
        _l("Add a rule"),
        _l("Add rule"),
        RUN,
        new(forms.RuleForm),
        acts.make_rule,
        help=_l(
            "The new rule is the last, and switched off. Rules apply in order: a later rule sees the values "
            "that an earlier rule wrote."
        ),
        done=_l("Rule added, switched off. Check its effect, then switch it on."),
    ),
}
RULE_COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Change the rule"), _l("Save changes"), RUN, over_row(forms.RuleForm), acts.change_rule),
    "remove": Command(
        _l("Remove the rule"),
        _l("Remove rule"),
        RUN,
        new(CommandForm),
        acts.remove_rule,
        help=_l("Its effect on earlier files stays. To stop the rule for a while, switch it off instead."),
        done=_l("Rule removed."),
        back=lambda _rule: reverse("workspace:feed_rules"),
    ),
}


def new_rule(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "rule", area=AREA, back=reverse("workspace:feed_rules"))


def rule_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found, back = get_rule_for(request.user, pk), reverse("workspace:feed_rule", args=[pk])
    return command_view(request, found, RULE_COMMANDS, name, area=AREA, about=found.name, back=back)


@require_POST
def switch_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, RUN)
    found = get_rule_for(request.user, pk)
    acts.switch_rule(found, by=person(request), is_on=request.POST.get("to") == "on")
    messages.success(
        request,
        _("The rule applies from the next file.") if request.POST.get("to") == "on" else _("The rule is switched off."),
    )
    return HttpResponseRedirect(reverse("workspace:feed_rule", args=[pk]))


@require_POST
def move_rule(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, RUN)
    acts.move_rule(get_rule_for(request.user, pk), by=person(request), up=request.POST.get("to") == "up")
    messages.success(request, _("Moved."))
    return HttpResponseRedirect(reverse("workspace:feed_rules"))
