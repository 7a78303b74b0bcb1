"""What every template knows of the public site."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest

from floreo.portal.queries.districts import has_work_by_district


def public_site(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """Asked for by public pages alone, once a request."""
    return {"has_districts": cache(has_work_by_district)}
