"""The public form for reports: who handles them, at which hours, and whether it is open."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from floreo.core.errors import Missing
from floreo.core.fields import label_of
from floreo.incidents.actions.public_form import close_form, open_form, set_up
from floreo.incidents.models import ReportingPoint
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.report_form.forms import SetUpForm

AREA = "report_form"


def _team() -> ReportingPoint | None:
    return ReportingPoint.objects.select_related("organisation").order_by("pk").first()


@require_safe
def report_form(request: HttpRequest) -> HttpResponse:
    address = settings.SITE_ADDRESS + reverse("portal:report")
    team = _team()
    context = {
        "workspace_section": AREA,
        "team": team,
        "facts": _facts(team) if team else [],
        "address": address,
        "frame": f'<iframe src="{address}" width="100%" height="900"></iframe>',
    }
    return render(request, "workspace/report_form/report_form.html", context)


_SHOWN = ("hours", "answered_within", "emergency_phone", "child_help", "police_mail", "mailbox", "untouched_hours")


def _facts(team: ReportingPoint) -> list[tuple[object, str]]:
    """Each field with its label; what is empty is named as such."""
    rows: list[tuple[object, str]] = [(label_of(ReportingPoint, "organisation"), team.organisation.named())]
    for name in _SHOWN:
        value = team.in_language(name) if name in team.translated_fields else getattr(team, name)
        rows.append((label_of(ReportingPoint, name), str(value) if value not in ("", None) else _("Not entered")))
    rows.append((label_of(ReportingPoint, "frames"), ", ".join(team.frames) or _("None")))
    return rows


def change_report_form(request: HttpRequest) -> HttpResponse:
    team = _team() or ReportingPoint()
    words = FormPage(
        _("Who handles reports, and when"), _("Save"), reverse("workspace:report_form"), done=_("Saved."), area=AREA
    )
    form = SetUpForm(posted(request), instance=team)
    saved = team if team.pk else None
    return form_page(request, form, lambda facts: set_up(team, by=person(request), **facts), words, thing=saved)


@require_POST
def open_report_form(request: HttpRequest) -> HttpResponse:
    team = _required()
    done = _("The form is open. Anybody can report from now on.")
    return press(request, lambda: open_form(team, by=person(request)), done, reverse("workspace:report_form"))


@require_POST
def close_report_form(request: HttpRequest) -> HttpResponse:
    team = _required()
    done = _("The form is closed. What was sent before stays.")
    return press(request, lambda: close_form(team, by=person(request)), done, reverse("workspace:report_form"))


def _required() -> ReportingPoint:
    team = _team()
    if team is None:
        raise Missing(_("Enter first who handles reports and at which hours."))
    return team
