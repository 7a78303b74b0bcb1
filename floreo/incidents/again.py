"""A report whose form was sent again: which answers are others than before, in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC

from django.utils.translation import gettext as _

from floreo.incidents.case_text import moment_text, yes_text
from floreo.incidents.incoming import Incoming
from floreo.incidents.models import Report, ReportKind
from floreo.organisations.models import Place

# Columns of a report, which `Incoming` has under the same names.
_YES_NO = ("is_in_danger", "wants_police", "concerns_child")
_LINES = ("organisation_name", "reporter_name", "reporter_mail", "reporter_phone")
_IN_ORDER = (*_YES_NO, "kind", "noticed_at", "place", *_LINES)


def what_changed(report: Report, incoming: Incoming) -> tuple[str, Mapping[str, str]]:
    """What to add, "" where nothing changed; and all that the form says now, to be compared with the next time."""
    now = _answers_of(incoming, incoming.place)
    before = _answers_of(report, report.place.code if report.place else "")
    for each in report.additions:
        before |= json.loads(each.get("sent") or "{}")
    lines = [_line(name, now[name]) for name in _IN_ORDER if now[name] != before[name]]
    if lines:
        lines.insert(0, _("The form was sent again with other answers:"))
    text = incoming.text.strip() if now["text"] != before["text"] else ""
    return "\n\n".join(filter(None, (text, "\n".join(lines)))), now


def _answers_of(given: Report | Incoming, place: str) -> dict[str, str]:
    """Each answer as text; of what happened, its hash."""
    text = given.text.replace("\x00", " ").strip()
    return {
        "text": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        "kind": given.kind,
        "noticed_at": given.noticed_at.astimezone(UTC).isoformat() if given.noticed_at else "",
        "place": place,
        **{name: _YES_NO_WORDS[getattr(given, name)] for name in _YES_NO},
        **{name: " ".join(getattr(given, name).replace("\x00", " ").split()) for name in _LINES},
    }


_YES_NO_WORDS: Mapping[bool | None, str] = {True: "yes", False: "no", None: ""}


def _line(name: str, value: str) -> str:
    label = str(Report._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # columns of its own
    return f"{label}{'' if label.endswith('?') else ':'} {_in_words(name, value) or _('no answer')}"


def _in_words(name: str, value: str) -> str:
    if name in _YES_NO:
        return yes_text({"yes": True, "no": False}.get(value))
    if name == "kind":
        return str(ReportKind(value).label)
    if name == "noticed_at":
        return moment_text(value) if value else ""
    if name == "place" and value:
        place = Place.objects.filter(code=value).first()
        return place.named() if place else value
    return value
