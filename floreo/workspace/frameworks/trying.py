"""One form among others on a page: done, or with what was wrong on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.ui.forms import refuse_on


def attempt(form: Any, do: Callable[[dict[str, Any]], object]) -> int:
    """200 when it was done; otherwise what was wrong is on the form, and the status says so."""
    if not form.is_valid():
        return 422
    try:
        do(form.facts())
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        refuse_on(form, refusal)
        if isinstance(refusal, Changed):
            form.data = form.data.copy()
            form.data[form.add_prefix("version")] = str(refusal.theirs["version"])
        return refusal.status
    return 200
