"""Pages of webhooks: what is sent where, and what became of each message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.webhooks.access import get_webhook_for
from floreo.webhooks.actions import webhooks as acts
from floreo.webhooks.kinds import KINDS, TEST
from floreo.webhooks.models import MessageState, Webhook, WebhookMessage
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.programs.forms import WebhookForm
from floreo.workspace.programs.secrets import Made, secret_page

AREA = "tokens"
SHOWN = 50
GIVEN_UP = "given-up"


def new_webhook(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.PROGRAM_CONNECT)
    me = person(request)
    form = WebhookForm(None, posted(request))
    words = FormPage(
        _("Create a webhook"),
        _("Create the webhook"),
        reverse("workspace:tokens"),
        about=me.email,
        help=_(
            "From now on the program is notified of what your account may know of. Messages hold codes and addresses; titles only where they are public."
        ),
        area=AREA,
    )

    def do() -> Made:
        facts: dict[str, Any] = form.facts()
        return acts.make_webhook(me, by=me, **facts)

    return secret_page(request, form, do, words, shown=_("Webhook created"), use=_use())


def _use() -> str:
    return _(
        "The program checks each message with it: header webhook-signature, as in the Standard Webhooks specification."
    )


def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown once; for a day the one before signs beside it."""
    found = get_webhook_for(request.user, pk)
    words = FormPage(
        _("Renew the secret"),
        _("Renew the secret"),
        found.workspace_url(),
        about=found.name,
        help=_(
            "The new secret is shown once. For 24 hours each message carries two signatures, one by the new secret and one by the secret before it, so that nothing is refused while you change it in the program. After that only the new one signs."
        ),
        area=AREA,
    )
    form = CommandForm(posted(request))
    return secret_page(
        request,
        form,
        lambda: acts.renew_secret(found, by=person(request)),
        words,
        shown=_("Secret renewed"),
        use=_use(),
    )


def _words_of(name: str) -> str:
    if name == TEST:
        return str(_("Test"))
    return str(KINDS[name].words) if name in KINDS else name


def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_webhook_for(request.user, pk)
    ours = WebhookMessage.objects.filter(webhook=found)
    given_up = ours.filter(state=MessageState.FAILED)
    only = request.GET.get("show") == GIVEN_UP
    newest = (given_up if only else ours).prefetch_related("tries").order_by("-pk")[:SHOWN]
    rows = []
    for message in newest:
        tries = list(message.tries.all())
        rows.append({"message": message, "kind": _words_of(message.kind), "last": tries[0] if tries else None})
    context = {
        "workspace_section": AREA,
        "webhook": found,
        "kinds": [_words_of(name) for name in found.kinds],
        "rows": rows,
        "waiting": ours.filter(state=MessageState.WAITING).count(),
        "given_up": given_up.count(),
        "only_given_up": only,
        "shown": SHOWN,
        "is_own": found.user_id == person(request).pk,
    }
    return render(request, "workspace/programs/webhook.html", context)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_webhook_for(request.user, pk)
    form = WebhookForm(found, posted(request))
    words = FormPage(_("Change the webhook"), _("Save"), found.workspace_url(), about=found.name, area=AREA)
    return form_page(request, form, lambda facts: acts.update_webhook(found, by=person(request), **facts), words)


def _pressed(request: HttpRequest, pk: int, do: Callable[[Webhook], object], done: str) -> HttpResponse:
    found = get_webhook_for(request.user, pk)
    return press(request, lambda: do(found), done, found.workspace_url())


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("A test message will be sent within seconds. Reload the page to see what became of it.")
    return _pressed(request, pk, lambda found: acts.send_test(found, by=person(request)), done)


@require_POST
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Webhook enabled. What waited is sent now.")
    return _pressed(request, pk, lambda found: acts.enable_webhook(found, by=person(request)), done)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    return _pressed(request, pk, lambda found: acts.end_webhook(found, by=person(request)), _("Webhook ended."))


@require_POST
def all_again(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("What was given up is sent again within seconds. Reload the page to see what became of it.")
    return _pressed(request, pk, lambda found: acts.redeliver_given_up(found, by=person(request)), done)


@require_POST
def again(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    done = _("It will be sent again within seconds.")
    return _pressed(request, pk, lambda found: acts.redeliver(found, by=person(request), number=message), done)
