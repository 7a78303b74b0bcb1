"""Evidence of a case: a file, or only the hash and the place of what is kept elsewhere; and who had it when."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action
from floreo.core.writing import refuse, require_text, save
from floreo.incidents import files, moments
from floreo.incidents.actions.cases import locked
from floreo.incidents.actions.making import log
from floreo.incidents.files import Kept
from floreo.incidents.incoming import IncomingFile
from floreo.incidents.models import Case, CaseEvidence, Custody, ReportFile

HANDLE = Permission.INCIDENT_HANDLE
_SHA256 = re.compile(r"[0-9a-f]{64}")


def add_evidence(
    case: Case,
    *,
    by: Actor,
    title: str,
    file: IncomingFile | None = None,
    sha256: str = "",
    collected_at: datetime | None = None,
    collected_by: str = "",
    place: str = "",
    tlp: str = "",
) -> CaseEvidence:
    """A file is on the disk before the transaction opens, and goes again where the row is not made."""
    must(by, HANDLE, case)
    with files.stored([file] if file is not None else []) as kept:
        return _add(
            case,
            by=by,
            title=title,
            kept=kept[0] if kept else None,
            sha256=sha256,
            collected_at=collected_at,
            collected_by=collected_by,
            place=place,
            tlp=tlp,
        )


@action("case.evidence_added", needs=HANDLE)
def _add(
    case: Case,
    *,
    by: Actor,
    title: str,
    kept: Kept | None,
    sha256: str,
    collected_at: datetime | None,
    collected_by: str,
    place: str,
    tlp: str,
) -> CaseEvidence:
    fresh = locked(case)
    return put_in(
        fresh,
        by=by,
        title=title,
        kept=kept,
        sha256=sha256,
        collected_at=collected_at,
        collected_by=collected_by,
        place=place,
        tlp=tlp,
    )


def _hash_given(text: str, kept: Kept | None) -> str:
    """As somebody wrote it, in small letters without spaces; empty where none was given. Refuses one that is not that of the file."""
    given = re.sub(r"\s", "", text).lower()
    if given and not _SHA256.fullmatch(given):
        raise refuse("sha256", _("A SHA-256 has 64 characters: digits and a to f."), code="bad_hash")
    if kept is not None and given and given != kept.sha256:
        raise refuse("sha256", _("The file has another hash. Check which of the two is right."), code="other_hash")
    return given


def put_in(
    fresh: Case,
    *,
    by: Actor,
    title: str,
    kept: Kept | None,
    sha256: str = "",
    collected_at: datetime | None = None,
    collected_by: str = "",
    place: str = "",
    tlp: str = "",
) -> CaseEvidence:
    """A row of evidence of an open case that is locked, and its line in the log. Within an action."""
    title = require_text(title, field="title", sentence=_("Say what it is."))
    given = _hash_given(sha256, kept)
    if kept is None and not given and not place.strip():
        raise refuse("file", _("Choose a file, or say its hash or where it is kept."), code="nothing")
    now = moments.now()
    if collected_at is not None and collected_at > max(now, clock.machine()):
        raise refuse("collected_at", _("That time is still to come. Enter when it happened."), code="future")
    made = CaseEvidence(
        case=fresh,
        number=f"E-{_last_number(fresh) + 1:02d}",
        title=title[:200],
        sha256=given,
        collected_at=collected_at or now,
        collected_by=collected_by.strip()[:200] or by.actor_name[:200],
    )
    if tlp:
        made.tlp = tlp
    if kept is not None:
        made.sha256, made.name, made.size = kept.sha256, kept.name, kept.size
        made.media_type, made.file.name = kept.media_type[:100], kept.place
    save(made)
    where = place.strip() or (_("Case files of this installation") if kept else "")
    _hand_over(
        made, now, from_whom=made.collected_by, to_whom=by.actor_name, place=where, reason=_("Taken into the case")
    )
    log(fresh, what="evidence_added", facts={"number": made.number, "title": made.title})
    return made


def _last_number(case: Case) -> int:
    numbers = case.evidence.values_list("number", flat=True)
    return max((int(each.removeprefix("E-")) for each in numbers if each.removeprefix("E-").isdecimal()), default=0)


def _hand_over(evidence: CaseEvidence, at: datetime, **facts: str) -> Custody:
    """One step: from_whom, to_whom, place, reason."""
    made = Custody(evidence=evidence, at=at, **facts)
    for name, most in (("from_whom", 200), ("to_whom", 200), ("place", 200), ("reason", 300)):
        setattr(made, name, getattr(made, name)[:most])
    return save(made)


@action("case.custody_handed_over", needs=HANDLE)
def hand_over(
    evidence: CaseEvidence,
    *,
    by: Actor,
    to_whom: str,
    from_whom: str = "",
    place: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> Custody:
    """One more step of the chain of custody. No step is changed or removed: a wrong one is followed by a right one that says so."""
    case = locked(evidence.case)
    to_whom = require_text(to_whom, field="to_whom", sentence=_("Say who receives it."))
    last = evidence.custody.order_by("-at", "-pk").first()
    when = at or moments.now()
    if when > max(moments.now(), clock.machine()):
        raise refuse("at", _("That time is still to come. Enter when it happened."), code="future")
    if last is not None and when < last.at:
        raise refuse("at", _("That is before the last step of the chain of custody."), code="before_last")
    giver = from_whom.strip() or (last.to_whom if last else evidence.collected_by)
    where = place.strip() or (last.place if last else "")
    made = _hand_over(evidence, when, from_whom=giver, to_whom=to_whom, place=where, reason=reason.strip())
    log(case, what="custody", facts={"number": evidence.number, "from": giver[:200], "to": to_whom[:200]})
    return made


def broken_files() -> Iterator[str]:
    """A sentence for each file of a case or of a report that is gone from the disk, or is not the one that was kept."""
    for model in (CaseEvidence, ReportFile):
        rows = model._default_manager.exclude(file="").order_by("pk")
        for row in rows.iterator(chunk_size=200):
            words = {"name": str(row), "about": str(row.audit_subject())}
            try:
                with row.file.open("rb") as opened:
                    digest = hashlib.file_digest(opened, "sha256").hexdigest()
            except OSError:
                yield _("The file “%(name)s” of %(about)s is no longer on the disk. Restore it from a backup.") % words
                continue
            if digest != row.sha256:
                yield _("The file “%(name)s” of %(about)s is not the one that was saved: its hash differs.") % words
