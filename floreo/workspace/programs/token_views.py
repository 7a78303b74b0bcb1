"""Pages of tokens: one's own; all of them to whoever manages accounts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.core.ui import locale
from floreo.organisations.actions.tokens import end_token, make_token
from floreo.organisations.models import ApiToken
from floreo.organisations.models.tokens import WARN_BEFORE
from floreo.organisations.scopes import SCOPES
from floreo.webhooks.models import Webhook
from floreo.workspace.form_page import FormPage, person, posted, press
from floreo.workspace.programs.forms import TokenForm
from floreo.workspace.programs.secrets import Made, secret_page
from floreo.workspace.verbs import history_of

AREA = "tokens"
MOST = 200


def get_token_for(viewer: object, pk: int) -> ApiToken:
    found = ApiToken.objects.visible_to(viewer).select_related("user", "organisation").filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def _with_words(token: ApiToken) -> ApiToken:
    today = clock.today()
    token.purposes = [str(SCOPES[name].words) for name in token.scopes if name in SCOPES]  # type: ignore[attr-defined]  # for the page only
    token.over = token.is_over(today) or not token.user.is_active  # type: ignore[attr-defined]  # as above
    token.ends_soon = not token.over and token.expires_on <= today + WARN_BEFORE  # type: ignore[attr-defined]  # as above
    return token


def tokens(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.PROGRAM_CONNECT)
    rows = ApiToken.objects.visible_to(request.user).select_related("user", "organisation")
    in_force = rows.in_force(clock.today()).count()
    answer = ngettext("%(n)s token is in use.", "%(n)s tokens are in use.", in_force)
    context = {
        "workspace_section": AREA,
        "answer": answer % {"n": locale.number(in_force)},
        "tokens": [_with_words(token) for token in rows.order_by("ended_at", "expires_on", "pk")[:MOST]],
        "webhooks": Webhook.objects.visible_to(request.user).select_related("user").order_by("ended_at", "name")[:MOST],
        "sees_all": can(request.user, Permission.ACCOUNT_MANAGE),
    }
    return render(request, "workspace/programs/programs.html", context)


def new_token(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.PROGRAM_CONNECT)
    me = person(request)
    form = TokenForm(me, posted(request))
    words = FormPage(
        _("Create a token"),
        _("Create the token"),
        reverse("workspace:tokens"),
        about=me.email,
        help=_(
            "A program with the token acts as your account, for these purposes only. It never has more than you, and ends when your account does. It is shown once."
        ),
        area=AREA,
    )

    def do() -> Made:
        facts: dict[str, Any] = form.facts()
        return make_token(me, by=me, **facts)

    return secret_page(
        request,
        form,
        do,
        words,
        shown=_("Token created"),
        use=_("The program sends it as a header: Authorization: Bearer …"),
    )


def token(request: HttpRequest, pk: int) -> HttpResponse:
    found = _with_words(get_token_for(request.user, pk))
    can_revoke = found.ended_at is None
    context = {"workspace_section": AREA, "token": found, "can_revoke": can_revoke}
    if can(request.user, Permission.AUDIT_READ):
        context["history"] = history_of(found.user, viewer=request.user)
    return render(request, "workspace/programs/token.html", context)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_token_for(request.user, pk)
    done = _("Token revoked. The program can no longer use the API.")
    return press(request, lambda: end_token(found, by=person(request)), done, reverse("workspace:token", args=[pk]))
