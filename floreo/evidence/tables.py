"""What of the vault leaves: the pieces of evidence, and what each is attached to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.columns import SOURCED, column
from floreo.core.policy import Tlp
from floreo.core.tables import Cell, CellKind, Column, Filter, Table, Words
from floreo.core.whole import whole
from floreo.core.wording import who_text
from floreo.evidence.logic import SOON, Validity
from floreo.evidence.models import Attachment, Evidence, EvidenceKind, LinkState
from floreo.evidence.presenters import VALIDITY_WORDS
from floreo.organisations.models import Organisation

INTERNAL = Permission.EVIDENCE_READ


def _evidence(viewer: object) -> QuerySet[Evidence]:
    rows = Evidence.objects.visible_to(viewer)
    return rows.select_related("organisation__merged_into", "replaced_by")


def _organisation(evidence: Evidence) -> Cell:
    body = evidence.organisation
    return body.code if body is not None and body.is_public else None


def _address(evidence: Evidence) -> Cell:
    where = evidence.get_absolute_url()
    return where if evidence.kind == EvidenceKind.LINK else settings.SITE_ADDRESS + where


def _bodies() -> Iterable[tuple[str, Words]]:
    rows = Organisation.objects.filter(is_public=True).exclude(evidence=None).distinct()
    return [(body.code, body.label) for body in rows]


def in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    """The rows that are so today; "dead" is a link that no longer answers."""
    today, current = clock.today(), rows.filter(withdrawn_on=None)
    methods = {
        Validity.OPEN: Q(valid_until=None),
        Validity.VALID: Q(valid_until__gt=today + SOON),
        Validity.SOON: Q(valid_until__gte=today, valid_until__lte=today + SOON),
        Validity.OUT: Q(valid_until__lt=today),
        "dead": Q(link_state=LinkState.DEAD),
    }
    return rows.exclude(withdrawn_on=None) if state == Validity.WITHDRAWN else current.filter(methods[state])


def _states() -> Iterable[tuple[str, Words]]:
    return [*((state.value, words) for state, words in VALIDITY_WORDS.items()), ("dead", _("Broken link"))]


EVIDENCE = Table(
    "evidence",
    _("Evidence"),
    _(
        "Files, links and records that support what is recorded elsewhere, with their hashes and how "
        "long they are valid."
    ),
    rows=_evidence,
    columns=(
        Column.of(Evidence, "code", _("Part of its address")),
        column("title", _("Title"), _("What it is")),
        Column.of(Evidence, "kind", _("file, link or record")),
        column("note", _("Note"), _("What it supports, and where in the document")),
        Column("address", _("Address"), _("Where to get it"), _address, CellKind.LINK),
        Column.of(Evidence, "file_name", _("As received, with the extension of its type")),
        Column.of(Evidence, "media_type", _("Detected from its content")),
        Column.of(Evidence, "size", _("In bytes"), CellKind.WHOLE),
        Column.of(Evidence, "sha256", _("Hash of the file, to check that it has not changed")),
        Column.of(Evidence, "link_state", _("alive, dead or closed; empty if not checked")),
        Column.of(Evidence, "link_seen_on", _("The day on which the link was last checked"), CellKind.DATE),
        column("dated", _("Date"), _("Date of the document"), CellKind.DATE),
        Column.of(Evidence, "valid_until", _("Last day; empty if it does not expire"), CellKind.DATE),
        Column.of(Evidence, "tlp", _("Traffic Light Protocol 2.0")),
        Column("organisation", _("Organisation"), _("Code of the organisation that owns it"), _organisation),
        column("is_public", _("Public"), _("Whether it can be published"), CellKind.FLAG, needs=INTERNAL),
        Column.of(Evidence, "kept_by", _("Who added it"), needs=INTERNAL),
        Column.of(Evidence, "withdrawn_on", _("Date of withdrawal"), CellKind.DATE, needs=INTERNAL),
        Column.of(
            Evidence,
            "replaced_by",
            _("Code of the evidence that replaces it"),
            value=lambda row: row.replaced_by.code if row.replaced_by is not None else None,
            needs=INTERNAL,
        ),
        *SOURCED,
        Column.of(Evidence, "changed_at", _("Date of the last change of the row, UTC"), CellKind.MOMENT),
    ),
    order=("-pk",),
    search=("code", "title", "note", "file_name", "url"),
    filters=(
        Filter("kind", _("Kind"), lambda: EvidenceKind.choices, lambda rows, v: rows.filter(kind=v)),
        Filter("tlp", _("Marking"), lambda: Tlp.choices, lambda rows, v: rows.filter(tlp=v)),
        Filter("state", _("State"), _states, in_state),
        Filter(
            "attached",
            _("Attached"),
            lambda: [("yes", _("Attached to something")), ("no", _("Not attached to anything yet"))],
            lambda rows, v: rows.filter(attachments__isnull=v == "no").distinct(),
        ),
        Filter("organisation", _("Organisation"), _bodies, lambda rows, v: rows.filter(organisation__code=v)),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _attachments(viewer: object) -> QuerySet[Attachment]:
    seen = Evidence.objects.visible_to(viewer)
    return Attachment.objects.filter(evidence__in=seen).select_related("evidence")


ATTACHMENTS = Table(
    "attachments",
    _("Attachments"),
    _("Which evidence supports which record."),
    rows=_attachments,
    columns=(
        Column("id", _("Number"), _("Identifies the rows of this table"), lambda a: a.pk, CellKind.WHOLE),
        Column.of(Attachment, "evidence", _("Its code"), value=lambda a: a.evidence.code),
        Column("title", _("Title"), _("Name of the evidence"), lambda a: a.evidence.title),
        Column.of(Attachment, "thing", _("Type and number of the record it supports, as in the audit chain")),
        Column.of(Attachment, "note", _("Where in it")),
        Column.of(Attachment, "attached_by", _("Who attached it"), value=lambda a: who_text(a.attached_by)),
        Column.of(Attachment, "created_at", _("Date and time, UTC"), CellKind.MOMENT),
    ),
    order=("pk",),
    key="id",
    needs=INTERNAL,
    search=("evidence__code", "evidence__title", "thing", "note"),
    lookup=lambda rows, key: rows.filter(pk=number) if (number := whole(key)) is not None else rows.none(),
)

TABLES: dict[str, Table] = {table.name: table for table in (EVIDENCE, ATTACHMENTS)}
