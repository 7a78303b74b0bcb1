"""Reads of evidence: what shows a thing, and what a piece of evidence shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from floreo.core import clock
from floreo.core.access import Permission, can, is_stranger
from floreo.core.composed import composed
from floreo.core.keys import key
from floreo.core.models import Record, Translated
from floreo.core.policy import Tlp, things_seen
from floreo.evidence.models import Attachment, Evidence, EvidenceKind
from floreo.evidence.presenters import Piece, piece_of
from floreo.organisations.models import Holding


def evidence_of(keys: Iterable[str], viewer: object) -> dict[str, list[Attachment]]:
    """What is behind each of those things, in one query: only what the viewer may see and was not withdrawn."""
    names = sorted(set(keys))
    found: dict[str, list[Attachment]] = defaultdict(list)
    if not names:
        return {}
    for attachment in _public_attachments(names) if is_stranger(viewer) else _attachments(names, viewer):
        found[attachment.thing].append(attachment)
    return dict(found)


def _attachments(names: list[str], viewer: object) -> models.QuerySet[Attachment]:
    seen = Evidence.objects.visible_to(viewer).not_withdrawn()
    rows = Attachment.objects.filter(thing__among=names, evidence__in=seen)
    return rows.select_related("evidence__organisation__merged_into").order_by("pk")


@composed
def _public_attachments(names: list[str]) -> models.QuerySet[Attachment]:
    return _attachments(names, None)


def open_pieces_of(things: Iterable[models.Model]) -> dict[str, list[Piece]]:
    """What anybody may have of it, by the things' keys: for public pages, which show everybody the same."""
    today = clock.today()
    found = evidence_of([key(thing) for thing in things], None)
    return {name: [piece_of(a.evidence, a.note, today=today) for a in rows] for name, rows in found.items()}


@dataclass(frozen=True)
class Shown:
    """Evidence beside a thing, as the include `evidence/of_thing.html` draws it."""

    key: str
    name: str
    pieces: tuple[Piece, ...]
    may_attach: bool

    def __bool__(self) -> bool:
        return bool(self.pieces) or self.may_attach


def evidence_shown(things: Iterable[models.Model], viewer: object) -> dict[str, Shown]:
    """What the include needs for each thing, by its key."""
    rows, today = list(things), clock.today()
    found = evidence_of([key(thing) for thing in rows], viewer)
    return {
        key(thing): Shown(
            key(thing),
            name_of(thing),
            tuple(piece_of(a.evidence, a.note, today=today) for a in found.get(key(thing), ())),
            may_attach=can(viewer, Permission.EVIDENCE_KEEP, thing),
        )
        for thing in rows
    }


def name_of(thing: models.Model) -> str:
    return thing.named() if isinstance(thing, Translated) else str(thing)


@dataclass(frozen=True)
class Place:
    """A thing that a piece of evidence shows, for a reader: its kind, its name, what it belongs to, and its page."""

    attachment: Attachment
    kind: str
    name: str
    of: str
    href: str
    may_detach: bool


def places_of(evidence: Evidence, viewer: object) -> list[Place]:
    """All that it shows and the viewer may know of."""
    attachments = list(evidence.attachments.all())
    things = things_seen([a.thing for a in attachments], viewer)
    return [_place(a, things[a.thing], viewer) for a in attachments if a.thing in things]


def _place(attachment: Attachment, thing: models.Model, viewer: object) -> Place:
    whole = thing.audit_subject() if isinstance(thing, Record) else thing
    return Place(
        attachment,
        kind=str(thing._meta.verbose_name),
        name=name_of(thing),
        of=name_of(whole) if whole != thing else "",
        href=page_of(thing) or page_of(whole),
        may_detach=can(viewer, Permission.EVIDENCE_KEEP, attachment),
    )


def page_of(thing: Any) -> str:
    """Its page in the workspace, "" where it has none."""
    return str(thing.workspace_url()) if hasattr(thing, "workspace_url") else ""


def successor_of(code: str, viewer: object) -> Evidence | None:
    """What is in place of evidence that the viewer once could have: the newest of its line, where they see it."""
    old = (
        Evidence.objects.filter(code=code, is_public=True, tlp=Tlp.CLEAR)
        .exclude(replaced_by=None)
        .select_related("replaced_by")
        .first()
    )
    seen: set[int] = set()
    while old is not None and old.replaced_by is not None and old.pk not in seen:
        seen.add(old.pk)
        old = old.replaced_by
    if old is None:
        return None
    return Evidence.objects.visible_to(viewer).not_withdrawn().filter(pk=old.pk).first()


def seen_or_none(evidence: Evidence | None, viewer: object) -> Evidence | None:
    """That piece, where the viewer may know of it."""
    return Evidence.objects.visible_to(viewer).filter(pk=evidence.pk).first() if evidence else None


def counts_of(rows: Iterable[Evidence]) -> dict[int, int]:
    """How many things each piece shows."""
    found = Attachment.objects.filter(evidence__in=list(rows)).order_by()
    return dict(found.values_list("evidence").annotate(n=models.Count("pk")))


def to_choose_from(key_: str, words: str, viewer: object, *, most: int = 25) -> list[Evidence]:
    """Valid evidence that could be put on that thing, newest first: what holds each of the words."""
    rows = Evidence.objects.visible_to(viewer).not_withdrawn().exclude(attachments__thing=key_)
    for word in words.split()[:8]:
        rows = rows.filter(
            models.Q(title__icontains=word)
            | models.Q(note__icontains=word)
            | models.Q(file_name__icontains=word)
            | models.Q(url__icontains=word)
            | models.Q(code__icontains=word)
        )
    return list(rows.select_related("organisation")[:most])


def shown_numbers(model: type[models.Model]) -> set[int]:
    """The things of one kind that evidence that is not withdrawn is attached to, by number."""
    rows = Attachment.objects.filter(thing__startswith=f"{model._meta.label_lower}:", evidence__withdrawn_on=None)
    return {int(thing.rpartition(":")[2]) for thing in rows.values_list("thing", flat=True)}


def documents_of(holdings: Iterable[Holding]) -> dict[int, list[Attachment]]:
    """What was handed in for those claims, by the number of the claim, the newest first: files of its own organisation, or that anybody may
    have. For whoever decides on claims, and for its organisation: it was handed in for them, whatever its marking. One query."""
    claims = {key(holding): holding for holding in holdings}
    if not claims:
        return {}
    rows = Attachment.objects.filter(
        thing__among=sorted(claims), evidence__kind=EvidenceKind.FILE, evidence__withdrawn_on=None
    ).select_related("evidence__organisation__merged_into")
    found: dict[int, list[Attachment]] = defaultdict(list)
    for row in rows.order_by("-created_at", "-pk"):
        holding = claims[row.thing]
        if row.evidence.is_open_to_all() or holding.organisation.successor().pk in row.evidence.owner_ids():
            found[holding.pk].append(row)
    return dict(found)
