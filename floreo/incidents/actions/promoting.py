"""A finding of a feed becomes a report in the inbox."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.keys import key
from floreo.core.ui.locale import day, language
from floreo.core.writing import refuse
from floreo.feeds.models import Finding
from floreo.feeds.texts import title_for_others
from floreo.incidents.actions.receiving import receive
from floreo.incidents.incoming import Incoming
from floreo.incidents.models import Channel, ObservableKind, Report


def promote(finding: Finding, *, by: Actor, note: str = "") -> Report:
    """Takes the finding in as a report, once for each time that it was open. The team decides on it as on any other."""
    body = finding.organisation.successor()
    title = title_for_others(finding.kind, language(), finding.taxonomy)
    words = {"title": title, "where": finding.subject, "first": day(finding.first_day), "last": day(finding.last_day)}
    text = _("%(title)s at %(where)s, seen from %(first)s to %(last)s.") % words
    incoming = Incoming(
        channel=Channel.FEED,
        source_key=f"finding:{finding.pk}:{finding.opened_on.isoformat()}",
        received_at=finding.last_seen,
        happened_at=clock.sound(finding.first_seen),
        subject=f"{title}: {finding.subject}",
        text="\n\n".join(filter(None, [text, note.strip()])),
        kind="weakness" if finding.taxonomy == "vulnerable" else "other",
        rsit=f"{finding.taxonomy}/{finding.type}" if finding.taxonomy and finding.type else "",
        organisation=body.code,
        organisation_name=body.name,
        tlp=finding.feed.tlp,
        observables=((_kind_of(finding), finding.subject),),
        finding_key=key(finding),
        is_proven=True,
    )
    got = receive(incoming, by=by)
    if got.already:
        sentence = _("It was made a report already: %(reference)s.") % {"reference": got.report.reference}
        raise refuse("note", sentence, code="already")
    return got.report


def _kind_of(finding: Finding) -> str:
    if not finding.ip:
        return ObservableKind.DOMAIN
    return ObservableKind.IPV6 if ":" in finding.ip else ObservableKind.IPV4
