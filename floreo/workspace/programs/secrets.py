"""A form whose answer shows a secret once: on the very page that answers it, which nobody keeps, and never after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.links import form_key, spend_form
from floreo.core.ui.forms import refuse_on
from floreo.workspace.form_page import FormPage, person

Made = tuple[Any, str]  # a thing with an address in the workspace, and its secret


def secret_page(
    request: HttpRequest, form: Any, do: Callable[[], Made], words: FormPage, *, shown: str, use: str
) -> HttpResponse:
    """Shows `form`; when it is sent and sound, calls `do` and shows the secret, under the heading `shown`, with how it is used."""
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                made, secret = _once(request, do)
            except (NotAllowed, Missing):
                raise
            except Refused as refusal:
                refuse_on(form, refusal)
            else:
                facts = {"made": made, "secret": secret, "title": shown, "use": use, "workspace_section": words.area}
                response = render(request, "workspace/programs/secret.html", facts)
                response.headers["Cache-Control"] = "no-store"
                return response
    context = {
        "workspace_section": words.area,
        "form": form,
        "question": words,
        "once": request.POST.get("once", "") or form_key(),
        "status": status,
    }
    return render(request, "workspace/plan/form.html", context, status=status)


def _once(request: HttpRequest, do: Callable[[], Made]) -> Made:
    """A form that is sent twice makes one: the second press is informed, since the secret was shown to the first."""
    with transaction.atomic():
        content = request.POST.copy()
        content.pop("csrfmiddlewaretoken", None)
        if not spend_form(
            request.POST.get("once", "")[:64], subject=person(request).actor_code, content=content.urlencode()
        ):
            raise Refused(
                _("This form was sent already. Its secret was shown once; revoke it and create another."), code="twice"
            )
        return do()
