"""Findings whose network changes hands in the register: they go to the new holder, or end as outside our constituency. Nothing of
that counts as fixed. Within the action that takes a file in."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.action import note
from floreo.core.writing import save
from floreo.feeds.actions.finding_rows import Known, Row
from floreo.feeds.models import EndingKind, Finding, FindingEnding
from floreo.feeds.owners import Owners


def move(row: Row, *, to: int) -> None:
    """To another organisation, which has not been notified and has not replied."""
    changes = {
        "moved_from_id": row["organisation_id"],
        "moved_on": clock.today(),
        "organisation_id": to,
        "reply": "",
        "replied_on": None,
        "claim": "",
        "notified_on": None,
        "notified_state": "",
        "alerted_on": None,
    }
    Finding.objects.filter(pk=row["id"]).update(**changes)
    row.update(changes)
    note(moved=row["id"])


def end_or_move(row: Row, owners: Owners, known: Known) -> None:
    """A finding that silence is about to end, by the register of today: its own holder's ends; that of another goes there first; what
    nobody holds is outside."""
    if owners.is_still(row):
        return
    holder = owners.of(row)
    place = {name: row[name] for name in ("unit", "kind", "port")}
    if holder is not None and not Finding.objects.filter(organisation=holder, **place).exists():
        move(row, to=holder)
        return
    if holder is None:
        reason = _("The register does not attribute %(network)s to anybody any more.")
    else:
        reason = _("The register attributes %(network)s to another organisation, which has this finding too.")
    known.endings.add(outside(row["id"], reason % {"network": row["network"] or row["subject"]}))


def outside(finding_id: int, reason: str) -> FindingEnding:
    """Because of the register; it holds until the finding is seen under it again."""
    ending = FindingEnding(
        kind=EndingKind.OUTSIDE,
        finding_id=finding_id,
        reason=reason[:500],
        made_by=_("The register"),
        made_on=clock.today(),
    )
    return save(ending, full_clean=False)


def lift(rows: Sequence[Row], known: Known) -> None:
    """What a file attributes to its organisation again is neither outside nor withdrawn."""
    today = clock.today()
    for row in rows:
        ending = known.endings.single.get(row["id"])
        if ending is None or not (ending.is_of_the_register or ending.kind == EndingKind.WITHDRAWN):
            continue
        ending.undone_on, ending.undone_by = today, _("Seen again")
        save(ending, full_clean=False)
        known.endings.remove(ending)
