"""What the installation says of its own health: the page of `floreo doctor` for administrators, and `/ready/` and `/metrics` for
whoever watches the machine. It is here, above all apps, as what it looks at does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from floreo.config import doctor, monitors, readiness
from floreo.config import metrics as prometheus
from floreo.core.access import Permission, must
from floreo.core.ui import locale
from floreo.portal.views import about

View = Callable[[HttpRequest], HttpResponseBase]


def health(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.ACCOUNT_MANAGE)
    found = doctor.examine()
    order = {doctor.BAD: 0, doctor.WATCH: 1, doctor.GOOD: 2}
    context = {
        "findings": sorted((f for f in found if f.state != doctor.GOOD), key=lambda f: order[f.state]),
        "good": [f for f in found if f.state == doctor.GOOD],
        "answer": _answer(found),
        "workspace_section": "mail",
    }
    return render(request, "workspace/mail/health.html", context)


def _answer(found: list[doctor.Finding]) -> str:
    wrong = sum(f.state == doctor.BAD for f in found)
    look = sum(f.state == doctor.WATCH for f in found)
    if wrong:
        text = ngettext("%(n)s problem found.", "%(n)s problems found.", wrong)
        return text % {"n": locale.number(wrong)}
    if look:
        text = ngettext("No problems found. %(n)s warning.", "No problems found. %(n)s warnings.", look)
        return text % {"n": locale.number(look)}
    return _("No problems found.")


# For whoever watches the machine. In English alone: a program reads it.


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether everything that the site needs is there: 200, or 503 with what is not."""
    _must_open(request)
    found = readiness.look()
    response = JsonResponse(readiness.as_json(found), status=200 if readiness.is_ready(found) else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark, as in the portal's health check
    return response


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus."""
    _must_open(request)
    return HttpResponse(prometheus.as_text(prometheus.look()), content_type=prometheus.CONTENT_TYPE)


def _must_open(request: HttpRequest) -> None:
    """To everybody else there is no such page."""
    if not monitors.opens(request.path_info, request.META):
        raise Http404


MONITORED: Mapping[str, View] = {monitors.HEALTH: about.health, monitors.READY: ready, monitors.METRICS: metrics}


def answer_monitors(get_response: View) -> View:
    """The middleware. Whoever watches the machine is answered before anything asks the database for a page: which country
    this is, and what is kept of it. So they are answered when the database is away, too."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        view = MONITORED.get(request.path_info)
        is_look = request.method in {"GET", "HEAD"}
        if view is not None and is_look and monitors.opens(request.path_info, request.META):
            return view(request)
        return get_response(request)

    return respond
