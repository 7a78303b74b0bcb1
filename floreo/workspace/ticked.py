"""What was ticked in a list, to be acted on together."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from floreo.core.errors import Refused

Row = TypeVar("Row", bound=Model)


def ticked(request: HttpRequest, name: str, rows: QuerySet[Row], *, most: int, orders: set[str]) -> list[Row]:
    """The rows whose references were ticked under `name`, all of them. Raises Refused where one is not among `rows`, where they are
    more than `most`, and where what is to be done with them (`do`) is none of `orders`."""
    references = set(request.POST.getlist(name))
    if len(references) > most or request.POST.get("do", "") not in orders:
        sentence = _("Nothing was changed: too many were ticked, or it is not known what to do with them.")
        raise Refused(sentence, code="bad_order")
    found = list(rows.filter(reference__in=references).order_by("pk"))
    if len(found) != len(references):
        raise Refused(_("Nothing was changed: one of the ticked ones is not there."), code="not_there")
    return found
