"""One's own calendar address, weekly e-mail and notifications."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.tasks import actions as acts
from floreo.tasks.access import feed_token
from floreo.tasks.letters import absolute
from floreo.tasks.queries import rhythms_of, weekly_of
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.home.forms import NotificationsForm, WeeklyForm


def calendar(request: HttpRequest) -> HttpResponse:
    """The address of one's calendar feed, and what it is good for."""
    must(request.user, Permission.WORKSPACE_OPEN)
    address = absolute(reverse("portal:calendar", args=[feed_token(person(request))]))
    context = {
        "workspace_section": "tasks",
        "address": address,
        "subscribe": f"webcal://{address.partition('://')[2]}",
    }
    return render(request, "workspace/home/calendar.html", context)


@require_POST
def renew_calendar(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.WORKSPACE_OPEN)
    acts.renew_feed(person(request), by=person(request))
    messages.success(request, _("The calendar has a new address. The old one no longer works."))
    return HttpResponseRedirect(reverse("workspace:my_calendar"))


def weekly(request: HttpRequest) -> HttpResponse:
    """On which day the weekly e-mail comes."""
    must(request.user, Permission.WORKSPACE_OPEN)
    user = person(request)
    form = WeeklyForm(weekly_of(user), posted(request))
    words = FormPage(
        _("Weekly e-mail"),
        _("Save"),
        reverse("workspace:home"),
        area="tasks",
        done=_("Saved."),
        help=_("One e-mail a week with all your tasks, most urgent first. If you have no tasks, no e-mail is sent."),
    )
    return form_page(request, form, lambda f: acts.set_weekly(user, by=user, **f), words)


def notifications(request: HttpRequest) -> HttpResponse:
    """Of what one is notified, and how often."""
    must(request.user, Permission.WORKSPACE_OPEN)
    user = person(request)
    form = NotificationsForm(rhythms_of(user), weekly_of(user), posted(request))
    words = FormPage(
        _("My notifications"),
        _("Save"),
        reverse("workspace:my_notifications"),
        area="tasks",
        done=_("Saved."),
        help=_(
            "How you learn of new tasks. At once: an e-mail within minutes. Once a day: one e-mail in the morning. Once a week: with the weekly"
            " e-mail. No e-mail is sent when there is nothing new. Requests by name, reminders that a person sends, votes of committees and"
            " urgent alerts of the response team always arrive."
        ),
    )
    return form_page(request, form, lambda f: acts.set_notifications(user, by=user, **f), words)
