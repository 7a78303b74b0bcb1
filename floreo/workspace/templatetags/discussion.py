"""{% discussion act %}: the comments on a record, and the form for another one. One line on any record's page."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Model
from django.template import Context

from floreo.core.keys import key
from floreo.core.links import form_key
from floreo.discussion.queries import discussion_of

register = template.Library()


@register.inclusion_tag("workspace/discussion/_of_thing.html", takes_context=True)
def discussion(context: Context, thing: Model) -> dict[str, Any]:
    """Nothing for who may not read them."""
    request = context["request"]
    return {
        "discussion": discussion_of(thing, request.user),
        "once": form_key(),
        "csrf_token": context.get("csrf_token"),
        "request": request,
    }


@register.inclusion_tag("workspace/discussion/_link.html")
def comments_link(thing: Model) -> dict[str, Any]:
    """{% comments_link row %}: the way to the comments on one row of a list that only those see who may read them."""
    return {"key": key(thing), "thing": thing}
