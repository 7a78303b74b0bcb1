"""A case leaves for machines of others, as a file of the format that they read; and what they share comes into a case."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.tables import safe_text
from floreo.core.writing import save
from floreo.incidents import moments
from floreo.incidents.actions.cases import locked
from floreo.incidents.actions.making import log
from floreo.incidents.exchange import misp, stix
from floreo.incidents.exchange.shared import Audience, Leaving, Shared, SharedObservable, what_may_leave
from floreo.incidents.models import Case, Observable
from floreo.organisations.models import Country

HANDLE = Permission.INCIDENT_HANDLE
Writer = Callable[[Shared, Audience, str, str, datetime], bytes]


def _csv(shared: Shared, _audience: Audience, _team: str, _address: str, _at: datetime) -> bytes:
    """kind, value, role, tlp, pap: one observable a line, refanged, for machines; nothing in it is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["kind", "value", "role", "tlp", "pap"])
    for each in shared.observables:
        writer.writerow([each.kind, safe_text(each.value), safe_text(each.role), each.tlp, each.pap])
    return text.getvalue().encode()


FORMATS: Mapping[str, tuple[str, str, Writer]] = {  # words, ending, writer
    "stix": ("STIX 2.1", "json", lambda s, _a, team, home, at: stix.bundle(s, team=team, address=home, at=at)),
    "misp": ("MISP", "json", lambda s, a, team, home, at: misp.event(s, a, team=team, address=home, at=at)),
    "csv": ("CSV", "csv", _csv),
}


def shared_of(case: Case) -> Shared:
    """The case as plain data, with all of its observables."""
    return Shared(
        reference=case.reference,
        title=case.title,
        summary=case.summary,
        rsit="/".join(filter(None, [case.rsit_class, case.rsit_type])),
        tlp=case.tlp,
        pap=case.pap,
        created_at=case.received_at,
        modified_at=case.changed_at,
        occurred_at=case.occurred_at,
        observables=tuple(
            SharedObservable(o.kind, o.value, o.role, o.tlp, o.pap, o.is_malicious, o.seen_at)
            for o in case.observables.all()
        ),
        is_exercise=case.is_exercise,
    )


def leaving(case: Case, audience: Audience) -> Leaving:
    """What would go to the audience, and what stays with its reason: shown before anything leaves."""
    return what_may_leave(shared_of(case), audience)


@action("case.given_to_machines", needs=HANDLE)
def share(case: Case, *, by: Actor, audience: str, form: str) -> bytes:
    """The file for the audience; that it was made is in the log and in the trail. Refuses where nothing may go."""
    to = Audience(audience)
    goes = leaving(case, to)
    if goes.shared is None:
        raise Refused(_("Nothing of this case may go to them."), code="nothing")
    words, _ending, write = FORMATS[form]
    country = Country.objects.first()
    team = country.name if country else ""
    content = write(goes.shared, to, team, settings.SITE_ADDRESS, moments.now())
    count = len(goes.shared.observables)
    note(audience=to.value, form=form, observables=count, left_out=len(goes.left_out))
    log(case, what="given_to_machines", facts={"form": words, "audience": to.value, "n": count})
    return content


@action("case.taken_from_machines", needs=HANDLE)
def take_in(case: Case, *, by: Actor, shared: Shared, name: str, sha256: str) -> int:
    """Adds the observables that the case has not, each with its own markings. Returns how many. Refuses a case that is not open."""
    case = locked(case)
    here = set(case.observables.values_list("kind", "value"))
    made = [each for each in shared.observables if (each.kind, each.value[:500]) not in here]
    for each in made:
        save(
            Observable(
                case=case,
                kind=each.kind,
                value=each.value[:500],
                role=each.role[:200],
                tlp=each.tlp,
                pap=each.pap,
                is_malicious=each.is_malicious,
                seen_at=each.seen_at,
            )
        )
    if not made:
        raise Refused(_("The case has all of these already."), code="all_here")
    note(file=name, sha256=sha256)
    log(case, what="taken_from_machines", facts={"name": name, "n": len(made)})
    return len(made)
