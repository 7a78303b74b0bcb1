"""What the reporter may do by the secret link of their report: add text and files, and withdraw."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, refuse, save
from floreo.incidents import files, logic
from floreo.incidents.actions.receiving import add_file
from floreo.incidents.files import Kept
from floreo.incidents.incoming import IncomingFile
from floreo.incidents.models import Report, ReportState

LONGEST = 8000  # characters of one text
MOST_ADDITIONS, MOST_FILES = 50, 30  # of one report


def add(report: Report, *, by: Actor, text: str, given: Iterable[IncomingFile] = ()) -> Report:
    """Adds a text, files, or both. Files reach the disk before the transaction opens."""
    given = list(given)
    _require_something(report, text, given)
    with files.stored(given) as kept:
        return _add(report, by=by, text=text, kept=kept)


def why_full(report: Report) -> Refused | None:
    """Why nothing more is taken in for it."""
    if report.state == ReportState.WITHDRAWN:
        return Refused(_("This report was withdrawn. Make a new one."), code="withdrawn")
    if len(report.additions) >= MOST_ADDITIONS:
        return refuse("text", _("Nothing more can be added here. Call or write to the team."), code="too_many")
    return None


def _require_something(report: Report, text: str, given: list[IncomingFile]) -> None:
    if not text.strip() and not given:
        raise refuse("text", _("Write something, or choose a file."), code="empty")
    if len(text) > LONGEST:
        words = {"number": len(text), "most": LONGEST}
        raise refuse("text", _("The text has %(number)d characters. At most %(most)d fit.") % words, code="too_long")
    if len(report.additions) >= MOST_ADDITIONS and (full := why_full(report)) is not None:
        raise full
    if given and report.files.count() + len(given) > MOST_FILES:
        raise refuse("files", _("No more files can be added here. Call or write to the team."), code="too_many")


@action("incident_report.added_to", needs=None)
def _add(report: Report, *, by: Actor, text: str, kept: list[Kept]) -> Report:
    fresh = lock_latest(report)
    if (full := why_full(fresh)) is not None:
        raise full
    return _put_in(fresh, {"at": clock.now().isoformat(timespec="seconds"), "text": text}, kept)


def _put_in(fresh: Report, addition: dict[str, str], kept: list[Kept]) -> Report:
    addition["text"] = addition["text"].replace("\x00", " ").strip()
    if kept:
        addition["files"] = ", ".join(each.name for each in kept)
    fresh.additions = [*fresh.additions, addition]
    if fresh.state == ReportState.ASKED:  # they answered: it is the team's turn again
        fresh.state = ReportState.NEW
    saved = save(fresh)
    for each in kept:
        add_file(saved, each)
    return saved


@action("incident_report.withdrawn", needs=None)
def withdraw(report: Report, *, by: Actor) -> Report:
    """The reporter takes it back. A case that was made of it goes on: the team decides about it."""
    fresh = lock_latest(report)
    if not logic.can_step(logic.REPORT_STEPS, fresh.state, ReportState.WITHDRAWN):
        raise Refused(_("This report is closed already and cannot be withdrawn."), code="closed")
    fresh.state = ReportState.WITHDRAWN
    fresh.decided_at = fresh.decided_at or clock.now()
    return save(fresh)


def add_again(
    report: Report,
    *,
    by: Actor,
    text: str,
    key: str,
    at: datetime,
    given: Iterable[IncomingFile] = (),
    sent: Mapping[str, str] | None = None,
) -> Report:
    """The form was sent a second time with other answers: what changed is added, once for each `key`. `sent`: all of its answers,
    by which a third time is recognised. Nobody waits for an answer here: where nothing more is taken in, a doubt says so."""
    if _has(report, key):
        return report
    addition = {"at": at.isoformat(timespec="seconds"), "text": text, "key": key}
    if sent is not None:
        addition["sent"] = json.dumps(dict(sent))
    with files.stored(given) as kept:
        saved, is_added = _add_again(report, by=by, addition=addition, kept=kept)
        if not is_added:
            files.let_all_go(kept)
    return saved


def _has(report: Report, key: str) -> bool:
    return any(each.get("key") == key for each in report.additions)


@action("incident_report.sent_again", needs=Permission.INCIDENT_HANDLE)
def _add_again(report: Report, *, by: Actor, addition: dict[str, str], kept: list[Kept]) -> tuple[Report, bool]:
    fresh = lock_latest(report)
    if _has(fresh, addition["key"]):
        return fresh, False
    if why_full(fresh) is not None:
        doubt = _("The form was sent again with other answers. They could not be added any more: ask the reporter.")
        if doubt not in fresh.doubts:
            fresh.doubts = [*fresh.doubts, doubt]
        return save(fresh), False
    return _put_in(fresh, addition, kept), True
