"""Looking whether links answer: a few at a time, each once a week."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.addresses import is_public_address
from floreo.core.outbound import Allow, LinkCheck, Seen, check_address
from floreo.core.writing import save
from floreo.evidence.models import Evidence, EvidenceKind, LinkState
from floreo.organisations.queries import the_country

log = logging.getLogger(__name__)
AT_ONCE = 5  # a run looks at so few that the worker is soon back at its other work
EVERY = timedelta(days=7)
_STATES = {
    Seen.ALIVE: LinkState.ALIVE,
    Seen.DEAD: LinkState.DEAD,
    Seen.UNREACHED: LinkState.DEAD,
    Seen.CLOSED: LinkState.CLOSED,
}


def check_links(*, by: Actor, allow: Allow = is_public_address, most: int = AT_ONCE) -> int:
    """Looks at the links that nobody has looked at for a week, those longest unseen first. Returns how many it noted.

    Where no server at all answered, this machine is the one that is offline, and nothing is said of any link. The links
    of a sample country are invented: nobody looks."""
    country = the_country()
    if country is not None and country.is_sample:
        return 0
    due = Evidence.objects.not_withdrawn().filter(kind=EvidenceKind.LINK)
    seen_long_ago = Q(link_seen_on__lte=clock.today() - EVERY)
    by_a_wrong_clock = Q(link_seen_on__gt=clock.today() + EVERY)
    due = due.filter(Q(link_seen_on=None) | seen_long_ago | by_a_wrong_clock)
    rows = list(due.order_by("link_seen_on", "pk")[:most])
    looks = [(evidence, check_address(evidence.url, allow=allow)) for evidence in rows]
    if looks and not any(look.status for _evidence, look in looks):
        unreached = [evidence for evidence, look in looks if look.seen is Seen.UNREACHED]
        if unreached:
            log.info("no server answered: links are looked at when this machine is on the internet again")
        looks = [(evidence, look) for evidence, look in looks if look.seen is not Seen.UNREACHED]
    return _note_seen(looks, by=by) if looks else 0


@action("evidence.links_checked", needs=None, quiet=True)  # the worker's: says of links what anybody can see
def _note_seen(looks: Iterable[tuple[Evidence, LinkCheck]], *, by: Actor) -> int:
    count = 0
    for evidence, look in looks:
        fresh = Evidence.objects.select_for_update().filter(pk=evidence.pk, url=evidence.url).first()
        if fresh is not None:
            fresh.link_state, fresh.link_seen_on = _STATES[look.seen], clock.today()
            save(fresh, full_clean=False)
            count += 1
    return count
