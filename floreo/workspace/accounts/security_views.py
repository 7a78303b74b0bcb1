"""The page of security events: sign-ins, refusals, files taken and keys used, for the auditor."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, must
from floreo.core.security_events import Kind, newest
from floreo.workspace.accounts.forms import SecurityForm

MOST = 200
WORDS: Mapping[str, Promise] = {
    Kind.SIGNED_IN: _("Signed in"),
    Kind.SIGN_IN_FAILED: _("Sign-in failed"),
    Kind.SIGN_IN_LIMITED: _("Too many sign-in attempts"),
    Kind.SIGNED_OUT: _("Signed out"),
    Kind.IDLE: _("Session ended after inactivity"),
    Kind.ACCOUNT_CHANGED: _("Sign-in method changed"),
    Kind.REFUSED: _("Access refused"),
    Kind.FILE_TAKEN: _("File downloaded"),
    Kind.KEY_USED: _("Private link used"),
    Kind.TOKEN_USED: _("API token used"),
    Kind.TOKEN_REFUSED: _("API token refused"),
    Kind.SESSIONS_ENDED: _("Sessions ended by the directory"),
    Kind.DIRECTORY_REFUSED: _("Request of the directory refused"),
    Kind.TOKEN_EXPOSED: _("API token sent without encryption, or in an address"),
}


def events(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.AUDIT_READ)
    form = SecurityForm(request.GET or None)
    wanted = form.cleaned_data["q"].strip() if form.is_bound and form.is_valid() else ""
    rows = [(event, WORDS.get(event.kind, event.kind)) for event in newest(MOST, wanted=wanted)]
    context = {"rows": rows, "form": form, "narrowed": bool(wanted), "most": MOST, "workspace_section": "security"}
    return render(request, "workspace/accounts/security.html", context)
