"""What a webhook can be notified of: which acts of the trail, about which records. An act that is not named here is sent to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission


@dataclass(frozen=True)
class Kind:
    """One kind of message. `verbs` are acts of the trail; a kind without any is found by comparing states (webhooks/events.py). The record
    that it is about is the first of the entry that is one of `models`. `counts` names numbers that the entry notes and the message
    gives, and `only` the one of them without which there is no message. With `needs` the account of a webhook has to hold that permission, beside
    seeing the record."""

    name: str
    words: Promise
    models: tuple[str, ...]
    verbs: tuple[str, ...] = ()
    counts: str = ""
    only: str = ""
    needs: str = ""


_REPLIES = ("finding.answered", "finding.answered_signed_in")
_NOTIFIED = ("feeds.notice", "organisations.organisation")
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "update.added",
            _("An update on an action counts"),
            ("strategy.action",),
            ("update.added", "answer.approved"),
        ),
        Kind("action.status_changed", _("The status of an action changed"), ("strategy.action",)),
        Kind(
            "milestone.reached",
            _("A milestone was reached"),
            ("strategy.action", "strategy.milestone"),
            ("milestone.reached",),
        ),
        Kind(
            "report.published",
            _("A report was published"),
            ("reports.snapshot",),
            ("report.published", "report.closed", "report.frozen", "report.edition_closed"),
        ),
        Kind(
            "value.published",
            _("A value of an indicator was frozen or corrected"),
            ("indicators.reading",),
            ("reading.frozen", "reading.corrected", "period.closed"),
        ),
        Kind(
            "decision.recorded",
            _("A decision was recorded"),
            ("meetings.decision",),
            ("decision.taken", "decision.answered", "decision.carried_out"),
        ),
        Kind(
            "publication.published",
            _("Something was published"),
            ("publications.publication",),
            ("publication.published",),
        ),
        Kind("advisory.published", _("An advisory was published"), ("advisories.advisory",), ("advisory.published",)),
        Kind("finding.opened", _("A finding was opened"), ("feeds.finding",)),
        Kind("finding.fixed", _("A finding was fixed"), ("feeds.finding",)),
        Kind("finding.ended", _("A finding ended in another way than by being fixed"), ("feeds.finding",)),
        Kind("finding.critical", _("A critical finding was opened"), ("feeds.finding",)),
        Kind("reply.received", _("An organisation replied to a notice"), _NOTIFIED, _REPLIES, counts="replies"),
        Kind(
            "help.requested", _("An organisation needs help"), _NOTIFIED, _REPLIES, counts="replies", only="need_help"
        ),
        Kind("notice.undelivered", _("A notice was not delivered"), ("feeds.notice",), ("notice.undelivered",)),
        Kind(
            "notices.held",
            _("Notices are held: many more than usual"),
            ("organisations.organisation",),
            ("notices.held",),
            counts="notices",
            needs=Permission.FINDING_HANDLE,
        ),
        Kind("feed.silent", _("A feed sends nothing any more"), ("feeds.feed",), ("feed.silent",)),
        Kind("feed.failing", _("A feed cannot be fetched"), ("feeds.feed",), ("feed.failing",)),
        Kind("feed.not_taken", _("Something that came for a feed was not taken"), ("feeds.feed",), ("feed.not_taken",)),
        Kind(
            "alert.undelivered",
            _("An alert to the duty contact was not delivered"),
            ("organisations.organisation",),
            ("duty.undelivered",),
            needs=Permission.FINDING_HANDLE,
        ),
        Kind(
            "night.held", _("An unusual file of a feed is held"), ("feeds.feed",), ("feed.night_held",), counts="night"
        ),
    )
}
TEST = "test"
BY_VERB: Mapping[str, tuple[Kind, ...]] = {
    verb: tuple(kind for kind in KINDS.values() if verb in kind.verbs) for kind in KINDS.values() for verb in kind.verbs
}
