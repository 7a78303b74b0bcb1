"""{% serves act %}: which items of frameworks a thing serves, and where to say so."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Model

from floreo.core.access import Permission, can
from floreo.core.keys import key
from floreo.frameworks.queries import served_by

register = template.Library()


@register.inclusion_tag("workspace/frameworks/_serves.html", takes_context=True)
def serves(context: Any, thing: Model) -> dict[str, Any]:
    """{% serves act %} or {% serves objective %}: one query."""
    may = can(context["request"].user, Permission.FRAMEWORK_ASSESS)
    return {"contributions": served_by(thing), "key": key(thing), "may": may}


@register.filter
def key_of(thing: Model) -> str:
    """{{ objective|key_of }}: how addresses name it."""
    return key(thing)
