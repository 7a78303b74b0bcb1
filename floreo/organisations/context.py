"""What every template knows about the site."""

from typing import Any

from django.http import HttpRequest

from floreo.core import audit, clock, languages
from floreo.core.access import Permission, can
from floreo.organisations.branding.serving import addresses


def site(request: HttpRequest) -> dict[str, Any]:
    here = getattr(request, "country", None)
    user = getattr(request, "user", None)
    return {
        "country": here,
        "branding": addresses(here),
        "today": clock.today(),
        "site_languages": languages.choices() if len(languages.site()) > 1 else [],
        "language": languages.now(),
        "can_open_workspace": can(user, Permission.WORKSPACE_OPEN),
        "audit_head": audit.head,
    }
