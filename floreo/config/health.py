"""The page of `floreo doctor` for administrators. It stands here, above all apps, as what it looks at does."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.config import doctor
from floreo.core.access import Permission, must
from floreo.core.ui import locale


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
