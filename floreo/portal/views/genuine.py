"""Where a receiver checks that a notice of findings was sent to them."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.core import throttle
from floreo.core.errors import Refused, Slower
from floreo.feeds.genuine import notice_of
from floreo.feeds.models import Notice
from floreo.portal.views.page import Crumb, page

CHECKS, CHECKS_PER_HOUR = 10, 20  # of one address of the network
IN_ALL, IN_ALL_PER_HOUR = 200, 600


class CheckForm(forms.Form):
    number = forms.CharField(
        label=_l("Number of the notice"),
        max_length=60,
        help_text=_l("It is at the end of the notice, for example 261124-7KQ2M-9XD4C."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _l("Enter the number that is at the end of the notice.")},
    )
    address = forms.EmailField(
        label=_l("Address that received it"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _l("Enter an e-mail address, for example name@example.org."),
            "invalid": _l("Enter an e-mail address, for example name@example.org."),
        },
    )


# No cookie gives any right here. What is asked is in no address: it would be in logs.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check_notice(request: HttpRequest) -> HttpResponseBase:
    """Whether a notice with that number was sent to that address, and when: nothing else of it, and of any other pair the same sentence."""
    if request.method != "POST":
        return _page(request, CheckForm())
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        throttle.spend("genuine", throttle.address_of(request), capacity=CHECKS, per_hour=CHECKS_PER_HOUR)
        throttle.spend("genuine-all", "all", capacity=IN_ALL, per_hour=IN_ALL_PER_HOUR)
    except Refused as no:
        form.add_error(None, str(no.sentence))
        response = _page(request, form, status=no.status)
        if isinstance(no, Slower):
            response.headers["Retry-After"] = str(no.seconds)
        return response
    return _page(request, form, found=notice_of(form.cleaned_data["number"], form.cleaned_data["address"]), asked=True)


def _page(
    request: HttpRequest, form: CheckForm, *, found: Notice | None = None, asked: bool = False, status: int = 200
) -> HttpResponseBase:
    response = page(
        request,
        "portal/check_notice.html",
        title=_("Check a notice"),
        crumbs=(Crumb(_("Notices of findings"), reverse("portal:notices")),),
        form=form,
        asked=asked,
        found=found,
        lines=found.lines.count() if found else 0,
    )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
