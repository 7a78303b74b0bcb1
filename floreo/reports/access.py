"""Who may see a report, and make one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core import links
from floreo.core.access import Permission, can
from floreo.core.errors import Missing, Refused
from floreo.reports.models import PreviewLink, Snapshot, WordTemplate
from floreo.strategy.access import get_edition_for


def get_snapshot_for(viewer: object, edition_code: str, code: str) -> Snapshot:
    """Raises Missing for one that is not there, or not public and the viewer may not read the plan."""
    edition = get_edition_for(viewer, edition_code)
    found = Snapshot.objects.visible_to(viewer).filter(edition=edition, code=code)
    snapshot = found.select_related("edition", "review", "release").prefetch_related("corrections", "sign_offs").first()
    if snapshot is None:
        raise Missing
    return snapshot


PURPOSE = "report.preview"


def preview_token(link: PreviewLink) -> str:
    """What is in the address of a preview. Nothing of it is stored; withdrawing the link is kept with it."""
    return links.sign(PURPOSE, link.pk, 1)


def preview_of_token(token: str) -> PreviewLink:
    """The link of that token. Raises Missing for one that was not made here, and for one that was withdrawn."""
    try:
        number, _version = links.signed(PURPOSE, token)
    except Refused as refusal:
        raise Missing(str(refusal.sentence)) from None
    rows = PreviewLink.objects.select_related("snapshot__edition", "snapshot__release")
    found = rows.prefetch_related("snapshot__corrections", "snapshot__sign_offs").filter(pk=number).first()
    if found is None:
        raise Missing(_("We do not recognise this link. Copy the whole link, or ask for a new one."))
    if found.withdrawn_at is not None:
        raise Missing(_("This link was withdrawn. Ask the person who sent it for a new one."))
    return found


def get_preview_for(viewer: object, snapshot: Snapshot, pk: int) -> PreviewLink:
    """For who publishes reports."""
    found = snapshot.previews.filter(pk=pk).first() if can(viewer, Permission.PUBLICATION_PUBLISH) else None
    if found is None:
        raise Missing
    return found


def get_template_for(viewer: object, code: str) -> WordTemplate:
    template = WordTemplate.objects.filter(code=code).first() if can(viewer, Permission.REPORT_MAKE) else None
    if template is None:
        raise Missing
    return template
