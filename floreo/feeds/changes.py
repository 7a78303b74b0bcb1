"""What changed of findings since a program asked last. It gives the place at which it is, and the place says of which stream and for
which organisations it was handed out. docs/adr/0056-changes-and-collectors.md says why nothing is missed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext as _

from floreo.core.access import Permission, reach
from floreo.core.errors import Refused
from floreo.feeds.actions.numbering import stream
from floreo.feeds.models import ChangeStream, Finding, FindingChange
from floreo.feeds.tables import FINDINGS
from floreo.organisations.queries import bodies_of

_SHAPE = re.compile(r"([0-9a-f]{12})\.([0-9a-f]{12})\.(\d{1,18})", re.ASCII)


class PlaceIsOver(Refused):
    """Places of before are worth nothing: the program reads everything again."""

    status = 410


@dataclass(frozen=True)
class Change:
    """A finding as it is now, or None where it is no longer the viewer's to see."""

    number: int
    finding_id: int
    finding: Finding | None


@dataclass(frozen=True)
class Changes:
    """In their order. `place` is where to go on; `more` says that there are more now, `is_waiting` that some were committed that have no
    number yet, which comes within seconds while the worker runs."""

    changes: list[Change]
    place: str
    more: bool
    is_waiting: bool


def changes_for(viewer: object, after: str, *, most: int) -> Changes:
    """At most `most` changes after that place, from the beginning where it is "". Raises Refused for a place that is none, or is over."""
    own = reach(viewer, Permission.FEED_READ)
    bodies = None if own is None else bodies_of(own)
    everything = FindingChange.objects.all()
    # Each body by itself, which the index of bodies and numbers answers; asked of several at once, databases walk through all numbers.
    parts = [everything] if bodies is None else [everything.filter(organisation=body) for body in sorted(bodies)]
    is_waiting = any(
        part.filter(number=None).exists() for part in parts
    )  # first: what is numbered meanwhile is read below
    now = stream()
    number, of_whom = _number_at(after, now, bodies), _digest(bodies)
    # No more than had been given when the stream was read: the parts are read one after the other, and what is numbered between two of
    # them would be seen in the second and missed in the first for good.
    first = (part.filter(number__gt=number, number__lte=now.last).order_by("number")[: most + 1] for part in parts)
    found = sorted(chain.from_iterable(first), key=lambda row: row.number or 0)[: most + 1]
    page = found[:most]
    last = page[-1].number if page else number
    return Changes(
        _with_findings(viewer, page), f"{now.name}.{of_whom}.{last}", more=len(found) > most, is_waiting=is_waiting
    )


def _with_findings(viewer: object, page: list[FindingChange]) -> list[Change]:
    """What the viewer may see is asked now, whatever was so when the number was given. Where a finding went to another organisation that
    the viewer sees too, that one's row says so."""
    seen = {f.pk: f for f in FINDINGS.rows(viewer).filter(pk__in={row.finding_id for row in page})}
    changes = []
    for row in page:
        finding = seen.get(row.finding_id)
        if finding is None or finding.organisation_id == row.organisation_id:
            changes.append(Change(row.number or 0, row.finding_id, finding))
    return changes


def _number_at(after: str, now: ChangeStream, bodies: Collection[int] | None) -> int:
    if not after:
        return 0
    found = _SHAPE.fullmatch(after)
    if found is None:
        sentence = _("The value of “after” is not valid. Use “cursor” of the last answer, or start again without it.")
        raise Refused(sentence, code="bad_cursor")
    name, of_whom, number = found[1], found[2], int(found[3])
    if name != now.name or number > now.last:
        sentence = _(
            "This cursor is of another database, or of the time before a backup was restored. Start again without it, and replace what you have."
        )
        raise PlaceIsOver(sentence, code="cursor_over")
    if of_whom != _digest(bodies):
        sentence = _(
            "The organisations that this token reads for have changed since. Start again without the cursor, and replace what you have."
        )
        raise PlaceIsOver(sentence, code="cursor_over")
    return number


def _digest(bodies: Collection[int] | None) -> str:
    text = "all" if bodies is None else ",".join(str(pk) for pk in sorted(bodies))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
