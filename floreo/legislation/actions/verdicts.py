"""How an instrument meets a treaty: rated by one person, reviewed by another, to be looked at again where a clause changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.writing import assign, lock_latest, save
from floreo.frameworks.models import Framework, Item
from floreo.legislation.models import Instrument, LawVersion, TreatyStatus, TreatyVerdict, Verdict


@action("verdict.rated", needs=Permission.LAW_EDIT)
def rate(
    instrument: Instrument,
    *,
    by: Actor,
    item: Item,
    on_version: LawVersion | None,
    verdict: str,
    provisions: Sequence[str],
    reason: str,
) -> TreatyVerdict:
    """A verdict of one version on one item, with the provisions that it rests on. A new verdict has to be reviewed again; those on other
    versions stay."""
    if verdict not in Verdict.values:
        sentence = _("Choose a verdict.")
        raise Refused(sentence, code="bad_verdict", fields={"verdict": sentence})
    if verdict != Verdict.UNKNOWN and not reason.strip():
        sentence = _("Enter the reason: what the provisions say, or what is missing.")
        raise Refused(sentence, code="no_reason", fields={"reason": sentence})
    labels = [each.strip() for each in provisions if each.strip()]
    known = dict(on_version.provisions.filter(label__in=labels).values_list("label", "digest")) if on_version else {}
    missing = [each for each in labels if each not in known]
    if on_version and missing:
        sentence = _("This version does not have: %(labels)s.") % {"labels": ", ".join(missing)}
        raise Refused(sentence, code="no_provision", fields={"provisions": sentence})
    if verdict in {Verdict.FULL, Verdict.PARTIAL} and not labels:
        sentence = _("Name the provisions that meet it, for example 10(1), 10(2).")
        raise Refused(sentence, code="no_provisions", fields={"provisions": sentence})
    row = TreatyVerdict.objects.filter(instrument=instrument, item=item, on_version=on_version).first()
    row = row or TreatyVerdict(instrument=instrument, item=item, on_version=on_version)
    row.verdict, row.provisions, row.digests = verdict, labels, known
    row.set_text("reason", reason.strip())
    row.rated_by, row.rated_by_code, row.rated_on = by.actor_name[:200], by.actor_code[:80], clock.today()
    row.reviewed_by, row.reviewed_on = "", None
    return save(row)


@action("verdict.reviewed", needs=Permission.LAW_REVIEW, decides=itself)
def review(row: TreatyVerdict, *, by: Actor, shown: str | None = None) -> TreatyVerdict:
    """A second person agrees with what was `shown`. Whoever rated does not review."""
    row = lock_latest(row)
    if _is_same_person(row, by):
        raise Refused(_("The person who rated it cannot review it. Ask a second person."), code="own_rating")
    row.reviewed_by, row.reviewed_on = by.actor_name[:200], clock.today()
    return save(row)


def _is_same_person(row: TreatyVerdict, by: Actor) -> bool:
    """By the code of the account; where a pack brought the rating, its name is all that is known."""
    return row.rated_by_code == by.actor_code[:80] if row.rated_by_code else row.rated_by == by.actor_name[:200]


@action("treaty.recorded", needs=Permission.LAW_EDIT)
def record_treaty(framework: Framework, *, by: Actor, **facts: Any) -> TreatyStatus:
    """Where the country is with a treaty."""
    row = TreatyStatus.objects.filter(framework=framework).first() or TreatyStatus(framework=framework)
    assign(row, facts)
    days: list[date | None] = [row.signed_on, row.ratified_on, row.in_force_on]
    known = [day for day in days if day is not None]
    if known != sorted(known):
        sentence = _("The dates are out of order: a treaty is signed, then ratified, then in force.")
        raise Refused(sentence, code="bad_order", fields={"ratified_on": sentence})
    return save(row)
