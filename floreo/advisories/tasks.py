"""What waits for whom: advisories that a second person is to review, and for operators those on what they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.advisories.models import CLOSED, SENT_TO_ORGANISATIONS, Advisory, AdvisoryState
from floreo.advisories.presenters import VERDICTS, reply_text
from floreo.advisories.queries import advisories_on, assets_seen
from floreo.core import clock
from floreo.core.access import Permission, reach
from floreo.core.audit import key
from floreo.core.tasks import ActionLink, Recipient, Task

REPLY = Permission.FINDING_ANSWER
_WHY = _l("It names a product that your organisation runs. %(verdict)s.")


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """What whoever may publish is to review, as far as their role may read it; what an operator is to reply to."""
    own = reach(viewer, REPLY)
    if mine := recipient.organisations if own is None else recipient.organisations & own:
        yield from _to_reply(mine, viewer)
    if not recipient.everybody and Permission.ADVISORY_PUBLISH not in recipient.permissions:
        return
    rows = Advisory.objects.filter(state=AdvisoryState.REVIEW).order_by("sent_at", "pk")
    if not recipient.everybody and Permission.ADVISORY_RED not in recipient.permissions:
        rows = rows.exclude(tlp__in=CLOSED)
    for each in rows:
        needs = Permission.ADVISORY_RED if each.tlp in CLOSED else Permission.ADVISORY_PUBLISH
        yield Task(
            key=key(each),
            kind="advisory",
            title=each.in_language("title"),
            why=_("An advisory waits for your review"),
            href=each.workspace_url(),
            since=clock.day_of(each.sent_at) if each.sent_at else None,
            needs=needs,
            links=(ActionLink(_("Review"), each.workspace_url()),),
        )


def _to_reply(bodies: frozenset[int], viewer: object) -> Iterator[Task]:
    """Published advisories on what runs at these organisations, in a version that is affected or not known, until their operator
    replies that it is fixed or not affected. Which asset it is, the task does not say: it is in the weekly e-mail too."""
    for each in advisories_on(assets_seen(viewer).filter(service__operator__in=bodies).order_by("pk"), viewer):
        if not each.is_open or each.advisory.tlp not in SENT_TO_ORGANISATIONS:
            continue
        words, published = {"verdict": VERDICTS[each.verdict]}, each.advisory.published_at
        yield Task(
            key=f"advisories.named:{each.advisory.pk}-{each.asset.pk}",
            kind="advisory",
            title=each.advisory.in_language("title"),
            why=" ".join(filter(None, (_WHY % words, reply_text(each.reply)))),
            href=each.reply_url(),
            since=clock.day_of(published) if published else None,
            organisation=each.asset.service.operator_id,
            needs=REPLY,
            links=(ActionLink(_("Send a reply"), each.reply_url()),),
        )
