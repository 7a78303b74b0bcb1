"""What an operator replies to an advisory on something that it runs."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.advisories.models import Advisory, AdvisoryReply, AdvisoryState, ReplyKind
from floreo.advisories.queries import assets_named
from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, refuse, save
from floreo.infrastructure.models import Asset


def must_be_answerable(advisory: Advisory) -> None:
    if advisory.state != AdvisoryState.PUBLISHED:
        raise Refused(_("Only a published advisory can be answered."), code="not_out")


@action("advisory.answered", needs=Permission.FINDING_ANSWER)
def reply(asset: Asset, *, by: Actor, advisory: Advisory, kind: str, note: str = "") -> AdvisoryReply:
    """What is so now, of one asset; it replaces what was replied before. Refused of an asset whose product the advisory does not name,
    and of an advisory that `by` may not read."""
    advisory = lock_latest(advisory)
    must_be_answerable(advisory)
    if not Advisory.objects.visible_to(by).filter(pk=advisory.pk).exists():
        raise Refused(_("Only a published advisory can be answered."), code="not_out")
    if asset.pk not in {each.asset.pk for each in assets_named(advisory, by)}:
        raise Refused(_("The advisory does not name what this asset runs."), code="not_named")
    if kind not in ReplyKind.values:
        raise refuse("kind", _("Select a reply."))
    row = AdvisoryReply.objects.filter(advisory=advisory, asset=asset).first() or AdvisoryReply(
        advisory=advisory, asset=asset
    )
    row.kind, row.note, row.issue = kind, note.strip(), advisory.issue
    row.replied_at, row.replied_by = clock.now(), by.actor_name
    return save(row)
