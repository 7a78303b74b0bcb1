"""The saved views of a list, under its filters: on every list page of the workspace, without a line of its own in each."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from floreo.core import languages
from floreo.core.access import Permission, can
from floreo.core.lists import Listing
from floreo.core.ui import locale
from floreo.saved_views.access import views_of
from floreo.saved_views.logic import is_page, kept_query


def list_extras(request: HttpRequest) -> dict[str, Any]:
    """For templates: what `{% filters listing %}` shows beneath its filters. Nothing outside the workspace."""
    path = locale.address_in(languages.home(), request.path)
    return {"below_filters": partial(_below, request, path)} if is_page(path) else {}


def _below(request: HttpRequest, path: str, listing: Listing) -> SafeString:
    if not can(request.user, Permission.WORKSPACE_OPEN):
        return mark_safe("")
    try:
        query = kept_query(request.META.get("QUERY_STRING", ""))
    except ValueError:
        query = ""
    views = [(view, view.query == query, view.is_own(request.user)) for view in views_of(request.user, path)]
    may_save = listing.is_narrowed and bool(query) and not any(is_current and own for _v, is_current, own in views)
    if not views and not may_save:
        return mark_safe("")
    new = f"{reverse('workspace:new_view')}?{urlencode({'page': path, 'query': query})}"
    context = {"views": views, "may_save": may_save, "new_href": new, "path": request.path}
    return mark_safe(render_to_string("workspace/saved_views/_of_list.html", context))  # noqa: S308 -- rendered by a template
