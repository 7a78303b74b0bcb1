"""What every template knows about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from floreo.core import audit, clock
from floreo.core.access import Permission, can


def site(request: HttpRequest) -> dict[str, Any]:
    here = getattr(request, "country", None)
    languages = [(code, name) for code, name in settings.LANGUAGES if here is None or code in here.languages]
    user = getattr(request, "user", None)
    return {
        "country": here,
        "today": clock.today(),
        "site_languages": languages if len(languages) > 1 else [],
        "language": (get_language() or "en").split("-")[0],
        "can_open_workspace": can(user, Permission.WORKSPACE_OPEN),
        "audit_head": audit.head,
    }
